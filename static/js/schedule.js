import { askedToWait, flush } from "./flush.js";
import { mine, photosWaiting } from "./queue.js";

const SOON = 2e3;
const LATE = 5 * 60e3;

let delay = SOON;
let timer;
let running;
let wanted = false;
let sending;

/** Something changed for the better: try now, and again soon if that fails. */
export function flushSoon() {
  delay = SOON;
  return attempt();
}

export const flushing = () => Boolean(running);

/** Flush now; while it runs, further calls make it look once more. @returns {Promise<number>} */
export async function attempt(progress) {
  clearTimeout(timer);
  wanted = true;
  running ||= (async () => {
    let left = 0;
    while (wanted) {
      wanted = false;
      left = await flush(progress).catch(() => 1);
    }
    return left;
  })().finally(() => (running = null));
  const left = (await running) || (await sendPhotos());
  clearTimeout(timer);
  if (left) {
    timer = setTimeout(attempt, Math.max(askedToWait(), delay * (0.5 + Math.random())));
    delay = Math.min(LATE, delay * 2);
    askWorker();
  }
  return left;
}

/**
 * Photos go after all facts. What sends them is loaded where one waits; the worker stands by, should the page
 * be closed before they are there.
 */
function sendPhotos() {
  const src = new URL("photos.js", import.meta.url).href;
  if (photosWaiting() && !sending) {
    askWorker();
    sending = import(src)
      .then((photos) => photos.sendPhotos())
      .catch(() => 1)
      .finally(() => (sending = null));
  }
  return sending || 0;
}

/** Chromium flushes even when the page is gone. Elsewhere there is no such thing. */
const askWorker = () =>
  navigator.serviceWorker?.ready.then((registration) => registration.sync?.register("flush")).catch(() => {});

export function keepFlushing() {
  addEventListener("online", flushSoon);
  addEventListener("pageshow", flushSoon);
  document.addEventListener("visibilitychange", () => document.hidden || flushSoon());
  if (mine().length || photosWaiting()) flushSoon();
}
