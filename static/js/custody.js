import { hear } from "./channel.js";
import { refreshPack } from "./pack.js";

/** The pack is asked for no sooner than this after the last time. */
const PAUSE = 31e3;
let again;

/** Whoever takes a thing walks into a stairwell with it: its page has to be on the phone by then. */
hear("outbox", ({ answered = [] }) => {
  if (!answered.length) return;
  clearTimeout(again);
  refreshPack();
  again = setTimeout(refreshPack, PAUSE);
});

/**
 * Signing with a finger: `[data-sign]` in a form holds an <svg> with one path and a hidden field. Without this
 * script whoever signs types their name.
 */
const WIDEST = 300;
const TALLEST = 120;
const LONGEST = 4000;
const CLOSE = 2;

/** The stroke being drawn: where it is, and the field it goes into. */
let pen = null;

const field = (target) => /** @type {HTMLElement|null} */ (target.closest?.("[data-sign]"));
const value = (place) => place.querySelector("input");

/** Where a pointer is, in the units of the drawing, in whole numbers. */
function at(svg, { clientX, clientY }) {
  const { left, top, width, height } = svg.getBoundingClientRect();
  const within = (share, most) => Math.max(0, Math.min(most, Math.round(share * most)));
  return [within((clientX - left) / width, WIDEST), within((clientY - top) / height, TALLEST)];
}

function write(place, path) {
  value(place).value = path;
  place.querySelector("path").setAttribute("d", path);
}

document.addEventListener("pointerdown", (event) => {
  const place = field(event.target);
  const svg = place && event.target.closest("svg");
  if (!svg) return;
  event.preventDefault();
  const [x, y] = at(svg, event);
  pen = { place, svg, x, y, id: event.pointerId, begun: false };
  svg.setPointerCapture(event.pointerId);
});

document.addEventListener("pointermove", (event) => {
  if (pen?.id !== event.pointerId) return;
  const { place, svg } = pen;
  let path = value(place).value;
  for (const one of event.getCoalescedEvents?.() || [event]) {
    const [x, y] = at(svg, one);
    if (Math.abs(x - pen.x) + Math.abs(y - pen.y) < CLOSE) continue;
    const more = `${pen.begun ? "" : `M${pen.x} ${pen.y}`}l${x - pen.x} ${y - pen.y}`;
    if (path.length + more.length > LONGEST) break;
    path += more;
    Object.assign(pen, { x, y, begun: true });
  }
  write(place, path);
});

for (const end of ["pointerup", "pointercancel"])
  document.addEventListener(end, (event) => {
    if (pen?.id === event.pointerId) pen = null;
  });

document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-wipe]")) write(field(target), "");
});

document.addEventListener("reset", ({ target }) => {
  for (const place of target.querySelectorAll("[data-sign]")) write(place, "");
});

/** Pages are drawn anew while they are looked at: a field that is new is shown. */
const show = () => {
  for (const place of document.querySelectorAll("[data-sign][hidden]")) place.hidden = false;
};
new MutationObserver(show).observe(document.body, { childList: true, subtree: true });
show();
