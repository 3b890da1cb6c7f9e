/**
 * `[data-clock]` runs from the call, by the server's clock: `data-now` is what that showed when the page was drawn,
 * `data-from` when the emergency was called. A page that the phone kept says when it was kept.
 */
const LONGEST = 15 * 60e3;

/** Each moment of the server with the moment here at which it was heard. */
const heard = new Map();
const kept = Number(document.documentElement.dataset.kept);

/** How long ago the call was, in ms, whatever the clock of this phone shows. */
function since({ from, now }) {
  if (!heard.has(now)) heard.set(now, (!heard.size && kept) || Date.now());
  return Math.max(0, Date.now() - heard.get(now) + Number(now) - Number(from));
}

/** Minutes and seconds, as a stop-watch shows them. */
const shown = (gone) => `${Math.floor(gone / 60e3)}:${String(Math.floor(gone / 1e3) % 60).padStart(2, "0")}`;

function tick() {
  for (const clock of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-clock]"))) {
    const gone = since(clock.dataset);
    (clock.querySelector("[data-time]") || clock).textContent = shown(gone);
    clock.toggleAttribute("data-late", gone > LONGEST);
    const bar = clock.querySelector("progress");
    if (bar) bar.value = Math.min(gone, LONGEST);
  }
}

tick();
setInterval(tick, 1000);
