import { busy } from "./busy.js";
import { keep, kept } from "./caches.js";
import { hear } from "./channel.js";
import { pageSeq } from "./envelope.js";
import { undraw } from "./pending.js";
import { changed } from "./queue.js";
import { account, ask, remember } from "./session.js";
import { age, say } from "./words.js";

const here = () => location.pathname + location.search;
let wanted;
let refreshing = false;

let beside = false;

/**
 * Show the newest page as soon as nobody is in the middle of something, at most once a second.
 * @param {boolean} [unnumbered] something changed that the history does not number
 */
export function wantRefresh(unnumbered = false) {
  beside ||= unnumbered;
  wanted ||= setTimeout(async () => {
    wanted = null;
    if (busy() || refreshing || document.hidden) wantRefresh();
    else await refresh();
  }, 1000);
}

/** Fetch this page, keep it, and bring what is shown up to date. */
export async function refresh() {
  refreshing = true;
  try {
    const response = await ask(here());
    if (!response?.ok) return false;
    const whose = response.headers.get("X-Stairwell-Account");
    if (whose && whose !== account()) return await change(whose);
    const seq = Number(response.headers.get("X-Stairwell-Seq"));
    const text = await response.clone().text();
    const newer = seq > pageSeq() || beside || (await differs(text));
    await keep(here(), response);
    if (newer && busy()) wantRefresh();
    else if (newer) await replace(text, seq);
    if (!newer || !wanted) notStale();
    return true;
  } catch {
    return false; // htmx could not be loaded, or storage is gone: the page stays as it is
  } finally {
    refreshing = false;
  }
}

/** Pages that carry no seq are compared with the copy that is shown. */
async function differs(text) {
  const shown = document.documentElement.dataset.kept && (await kept(here()));
  return Boolean(shown) && (await shown.text()) !== text;
}

/** Somebody else has signed in since this page was kept: it is not theirs to see. */
async function change(whose) {
  await remember(whose);
  location.reload();
  return true;
}

async function replace(text, seq) {
  await htmxLoaded();
  if (busy()) return wantRefresh();
  beside = false;
  undraw();
  for (const part of ["#main", "header.top"])
    await htmx.swap({ text, target: part, select: part, swap: "outerMorph", sourceElement: document.body });
  document.body.dataset.seq = String(seq);
  changed();
}

/** Nothing else needs htmx, and nothing without signal does: it is loaded when first used. */
const htmxLoaded = () =>
  globalThis.htmx ||
  new Promise((resolve, reject) => {
    const src = new URL("../vendor/htmx.min.js", import.meta.url).href;
    document.head.append(
      Object.assign(document.createElement("script"), { src, onload: resolve, onerror: reject }),
    );
  });

/** A page from the cache says so until the server has been heard. */
export async function confirmPage() {
  const since = Number(document.documentElement.dataset.kept);
  if (!since) return;
  const slow = setTimeout(stale, 2000, since);
  const fresh = await refresh();
  clearTimeout(slow);
  if (!fresh) stale(since);
}

function stale(since) {
  const note = document.querySelector("[data-stale]") || document.createElement("p");
  note.className = "stale";
  note.dataset.stale = "";
  note.textContent = say("stale_page", { age: age(Date.now() - since) });
  document.getElementById("main")?.before(note);
}

function notStale() {
  delete document.documentElement.dataset.kept;
  document.querySelector("[data-stale]")?.remove();
}

export function keepFresh() {
  hear(
    "page",
    ({ path, seq }) => path === location.pathname && seq > pageSeq() && !refreshing && wantRefresh(),
  );
  document.addEventListener("visibilitychange", () => document.hidden || confirmPage());
  addEventListener("online", confirmPage);
  confirmPage();
}
