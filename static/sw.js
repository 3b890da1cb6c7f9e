import { keep, kept, pagesOf, shellName } from "./js/caches.js";
import { called, resubscribed, tapped } from "./js/called.js";
import { flush } from "./js/flush.js";
import { state } from "./js/store.js";
import { upload } from "./js/upload.js";
import { within } from "./js/within.js";

const BUILD = "__BUILD__";
const SHELL = __SHELL__;
const OFFLINE = "/offline";
const SHARED = "/photos/shared";
const ASSET = /^\/static\/([^/]+)\/(.+)/;

/** Assets and pages; everything else, every POST and other hosts go past the worker. */
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method === "POST" && pathname === SHARED) event.respondWith(share(request));
  if (request.method !== "GET" || origin !== location.origin) return;
  const [, build, path] = ASSET.exec(pathname) || [];
  if (path) event.respondWith(asset(request, build, path));
  else if (request.mode === "navigate") event.respondWith(page(event, pathname));
});

/** Assets never change under one build; those of a build before this one are answered with this one's. */
async function asset(request, build, path) {
  const shell = await caches.open(shellName(BUILD));
  const ours = () => shell.match(`/static/${BUILD}/${path}`, { ignoreVary: true });
  const past = build === BUILD || (await pastBuilds()).includes(build);
  const copy = (await shell.match(request, { ignoreVary: true })) || (past && (await ours()));
  if (copy) return copy;
  try {
    const response = await within(5000, fetch(request));
    if (response.ok) await shell.put(request, response.clone());
    return response;
  } catch {
    return (await ours()) || Response.error();
  }
}

/** Pages of the pack from the cache, and they make themselves fresh; others from the network within 2 s. */
async function page(event, pathname) {
  const copy = await kept(event.request.url);
  if (copy && pathname in ((await state.get("pack")) || {})) return marked(copy);
  const answer = fetch(event.request).then((response) => {
    event.waitUntil(keep(event.request.url, response.clone()));
    return copy && response.status >= 500 ? marked(copy) : response;
  });
  event.waitUntil(answer.catch(() => {}));
  if (copy) return within(2000, answer).catch(() => marked(copy));
  return answer.catch(async () => (await scanned(pathname)) || caches.match(OFFLINE, { ignoreVary: true }));
}

/** Without signal a household's card leads to its door on a board of a test site that is kept. */
async function scanned(pathname) {
  const [, card] = /^\/card\/([\w-]+)$/.exec(pathname) || [];
  const account = card && (await state.get("account"));
  if (!account) return undefined;
  const pages = await pagesOf(account);
  const its = new RegExp(`data-card="${card}" data-of="(\\d+)"`, "i");
  for (const { url } of await pages.keys()) {
    if (!url.includes("/stairwells/")) continue;
    const [, door] = its.exec(await (await pages.match(url, { ignoreVary: true })).text()) || [];
    if (door) return Response.redirect(`${url}#${door}`);
  }
  return undefined;
}

/** A photo from another app waits on the phone until its person has said what it is of. */
async function share(request) {
  await state.set("shared", (await request.formData()).get("photo"));
  return Response.redirect(SHARED, 303);
}

/** A copy says on its `html` element when it was kept. */
async function marked(copy) {
  const { headers } = copy;
  const text = await copy.text();
  return new Response(text.replace("<html", `<html data-kept="${headers.get("X-Kept")}"`), { headers });
}

const pastBuilds = async () => (await state.get("past")) || [];

self.addEventListener("install", (event) => event.waitUntil(takeShell()));

/** The page for what was never seen is fetched as nobody, so that it names nobody later. */
async function takeShell() {
  const shell = await caches.open(shellName(BUILD));
  await shell.addAll(SHELL.filter((url) => ASSET.test(url)));
  await shell.add(new Request(OFFLINE, { cache: "reload", credentials: "omit" }));
}

self.addEventListener("activate", (event) => event.waitUntil(takeOver()));

async function takeOver() {
  const old = (await caches.keys()).filter((name) => name.startsWith(shellName("")) && name !== shellName(BUILD));
  await Promise.all(old.map((name) => caches.delete(name)));
  const builds = [...(await pastBuilds()), ...old.map((name) => name.slice(shellName("").length))];
  await state.set("past", builds.slice(-20));
  await self.clients.claim();
}

/** A page says when nobody is typing, or that it came while the worker was on its way and was left out. */
self.addEventListener("message", (event) => {
  if (event.data === "take over") event.waitUntil(self.skipWaiting());
  if (event.data === "take me too") event.waitUntil(self.clients.claim());
});

/** Chromium wakes the worker when there is a signal; it asks again where something is left. */
self.addEventListener("sync", (event) => {
  if (event.tag === "flush") event.waitUntil(flush().then(async (facts) => facts || (await upload())).then((left) => left && Promise.reject(new Error(`${left} wait`))));
});

self.addEventListener("push", (event) => event.waitUntil(called(self.registration, event.data)));
self.addEventListener("notificationclick", (event) => event.waitUntil(tapped(event)));
self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(resubscribed(self.registration)));
