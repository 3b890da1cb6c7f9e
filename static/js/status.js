import { mine, photosWaiting, watch } from "./queue.js";

/** The pill says what the queue says, and nothing else. */
function draw() {
  const pill = document.querySelector("[data-status]");
  const waiting = mine().filter(({ state }) => state === "waiting");
  const needs = mine().filter(({ state }) => state === "needs");
  if (!pill) return;
  pill.dataset.state = needs.length ? "needs" : waiting.length ? "waiting" : photosWaiting() ? "photos" : "idle";
  fill(pill, '[data-when="waiting"] [data-count]', waiting.length);
  fill(pill, '[data-when="needs"] [data-count]', needs.length);
  fill(pill, '[data-when="photos"] [data-count]', photosWaiting());
  const oldest = waiting.length ? Date.parse(waiting[0].made_at) : Date.now();
  fill(pill, "[data-age]", Math.max(0, Math.floor((Date.now() - oldest) / 60e3)));
}

function fill(pill, selector, value) {
  const place = pill.querySelector(selector);
  if (place && place.textContent !== String(value)) place.textContent = String(value);
}

export function showStatus() {
  watch(draw);
  setInterval(draw, 30e3);
}
