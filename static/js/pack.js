import { forgetAll, keep, pagesOf } from "./caches.js";
import { exchangeKeys } from "./handover.js";
import { ask, remember } from "./session.js";
import { state } from "./store.js";
import { keepCalls } from "./subscription.js";

const AT_ONCE = 4;
const PAUSE = 30e3;
const SOON = 5e3;
const LATE = 5 * 60e3;
/** Needed without signal whatever the work is. */
const ALWAYS = ["/", "/notices", "/outbox"];

let last = 0;
let delay = SOON;
let again;

/** Have the pages of this person's work on the phone; what a bad signal withholds is asked for again. */
export async function refreshPack() {
  if (!globalThis.caches || Date.now() - last < PAUSE) return;
  last = Date.now();
  clearTimeout(again);
  if (await fetchPack().catch(() => false)) {
    delay = SOON;
    return;
  }
  last = 0;
  again = setTimeout(refreshPack, delay * (0.5 + Math.random()));
  delay = Math.min(LATE, delay * 2);
}

/** Fetch the pages that changed, so that they open without signal. @returns whether all are here */
async function fetchPack() {
  const response = await ask("/pack");
  if (!response?.ok) return Boolean(response) && response.status < 500;
  const { account, pages, push_key, forget } = await response.json();
  await remember(account);
  await forgetOnce(account, forget);
  const cache = await pagesOf(account);
  const has = new Set((await cache.keys()).map(({ url }) => url));
  const before = (await state.get("pack")) || {};
  const now = Object.fromEntries(
    [...ALWAYS.map((url) => ({ url, version: "" })), ...pages].map((page) => [page.url, page.version]),
  );
  const whole = (url) => new URL(url, location.href).href;
  const due = Object.keys(now).filter((url) => now[url] !== before[url] || !has.has(whole(url)));
  const gone = Object.keys(before).filter((url) => !(url in now));
  await Promise.all(gone.map((url) => cache.delete(url, { ignoreVary: true })));
  const came = await Promise.all(Array.from({ length: AT_ONCE }, () => fetchAll(due, now, before)));
  await state.set("pack", now);
  await exchangeKeys();
  keepCalls(account, push_key).catch(() => {}); // the next pack tries again
  return came.every(Boolean);
}

/** An incident was closed: what was kept before is deleted here too, once, and fetched anew. */
async function forgetOnce(account, forget) {
  if (!forget || forget === (await state.get("forgot"))) return;
  await forgetAll(account);
  await state.set("forgot", forget);
}

/** Take pages from the shared list until none is left; what fails is due again next time, and said. */
async function fetchAll(due, now, before) {
  let all = true;
  for (let url = due.shift(); url; url = due.shift()) {
    const response = await ask(url);
    all &&= Boolean(response);
    if (response?.ok) await keep(url, response);
    else if (url in before) now[url] = before[url];
    else delete now[url];
  }
  return all;
}

export function keepPack() {
  setTimeout(refreshPack, 1000);
  addEventListener("online", refreshPack);
  document.addEventListener("visibilitychange", () => document.hidden || refreshPack());
}
