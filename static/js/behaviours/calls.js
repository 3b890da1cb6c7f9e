import { busy } from "../busy.js";
import { watch } from "../queue.js";
import { wantRefresh } from "../refresh.js";
import { account } from "../session.js";
import { state } from "../store.js";
import { calls, keepCalls, subscribe, unsubscribe } from "../subscription.js";
import { toast } from "../words.js";

const WEEK = 7 * 24 * 3600e3;

/** What came of the last tap here; empty until there was one. */
let came = "";

/** `[data-calls]`: being called without opening the app, turned on and off by a tap only. */
export function beCalled() {
  keepCalls(account()).then(draw, draw);
  watch(draw);
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-call-on], [data-call-off], [data-call-later]");
    if (!button) return;
    if ("callOn" in button.dataset) turnOn();
    else if ("callOff" in button.dataset) unsubscribe().then(() => become(""));
    else state.set("later", { account: account(), until: Date.now() + WEEK }).then(() => become(""));
  });
}

/** Whoever tapped a notification wants its page, but not at the cost of what is being typed. */
export function openCalled() {
  navigator.serviceWorker?.addEventListener("message", ({ data, ports }) => {
    if (data?.hears) ports[0].postMessage(true);
    if (!data?.open) return;
    const go = () => location.assign(data.open);
    if (data.open === location.pathname) wantRefresh(true);
    else if (busy()) toast(data.title, go);
    else go();
  });
}

/** The permission is asked for first: browsers want it asked in the very tap. */
async function turnOn() {
  become("wait");
  const answer = await Notification.requestPermission();
  if (answer !== "granted") return become("");
  const registration = await navigator.serviceWorker.ready;
  become(await subscribe(registration).catch(() => "offline"));
}

function become(what) {
  came = what;
  return draw();
}

/** One of the parts is shown; the card on the first page only where there is something to decide. */
async function draw() {
  const place = document.querySelector("[data-calls]");
  if (!place) return;
  const now = await standing();
  const later = await state.get("later");
  const waits = later?.account === account() && later.until > Date.now();
  const settled = waits || ["denied", "browser"].includes(now) || (now === "on" && !came);
  place.hidden = "card" in place.dataset && settled;
  for (const part of place.querySelectorAll("[data-call]"))
    part.hidden = !part.dataset.call.split(" ").includes(now);
}

/** How it stands with calls on this phone, for this person. */
async function standing() {
  const { PushManager, Notification, navigator } = globalThis;
  if (!PushManager || !Notification || !navigator.serviceWorker)
    return navigator.standalone === false ? "home" : "browser";
  if (Notification.permission === "denied") return "denied";
  const on = await calls();
  return on?.account === account() ? "on" : came || "ask";
}
