import { again, discard } from "../outbox.js";
import { mine, others, photosWaiting, queue, watch } from "../queue.js";
import { attempt, flushSoon } from "../schedule.js";
import { state } from "../store.js";
import { age, ask, say } from "../words.js";

const GROUPS = { waiting: "waiting", saving: "waiting", needs: "needs", acked: "sent" };
const MOST_SENT = 50;

/** The outbox page: every entry with what became of it, and the two things to do with a refused one. */
export function outboxPage() {
  watch(draw);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-send-now], [data-again], [data-discard]");
    if (!button) return;
    const id = button.closest("[data-entry]")?.dataset.entry;
    if ("sendNow" in button.dataset) sendNow(button);
    else if ("again" in button.dataset) again(id).then(flushSoon);
    else throwAway(id, button.dataset.confirm);
  });
  storage();
}

function draw() {
  const lists = [...document.querySelectorAll("[data-outbox]")];
  if (!lists.length) return;
  for (const list of lists) {
    const entries = mine().filter((entry) => GROUPS[entry.state] === list.dataset.outbox);
    if (list.dataset.outbox === "sent") entries.reverse().splice(MOST_SENT);
    list.replaceChildren(...entries.map(row));
    const group = list.closest("[data-group]") || list;
    group.hidden = !entries.length;
    group.querySelectorAll("[data-count]").forEach((place) => (place.textContent = String(entries.length)));
  }
  const waits = new Set(mine().map((entry) => GROUPS[entry.state]));
  show("[data-photos-wait]", photosWaiting(), say("photos_wait", { n: photosWaiting() }));
  show("[data-empty]", !photosWaiting() && !waits.has("waiting") && !waits.has("needs"));
  show("[data-others]", others().length, say("other_person_waits", { n: others().length }));
}

function show(selector, shown, text) {
  const place = document.querySelector(selector);
  if (!place) return;
  place.hidden = !shown;
  if (text !== undefined) place.textContent = text;
}

/** @param {import("../outbox.js").Entry} entry */
function row(entry) {
  const item = document.getElementById("outbox-row").content.firstElementChild.cloneNode(true);
  const words = {
    kind: document.querySelector(`[data-kind-labels] [data-kind="${entry.kind}"]`)?.textContent || entry.kind,
    label: entry.label,
    age: age(Date.now() - Date.parse(entry.made_at)),
    message: entry.answer?.message || "",
  };
  item.dataset.entry = entry.id;
  item.dataset.state = entry.state;
  for (const [name, text] of Object.entries(words)) {
    const place = item.querySelector(`[data-field="${name}"]`);
    if (place) place.textContent = text;
    if (place && !text) place.hidden = true;
  }
  for (const button of item.querySelectorAll("[data-again], [data-discard]"))
    button.hidden = entry.state !== "needs";
  return item;
}

/** Honest progress: what the server has acknowledged of what waited. */
async function sendNow(button) {
  const bar = document.querySelector("progress[data-progress]");
  button.disabled = true;
  const all = mine().filter((entry) => entry.state === "waiting").length;
  const left = await attempt(
    (_, remaining) =>
      bar && Object.assign(bar, { hidden: false, max: all || 1, value: Math.max(0, all - remaining) }),
  );
  button.disabled = false;
  if (bar) bar.hidden = !left;
}

async function throwAway(id, words) {
  const entry = queue().find((one) => one.id === id);
  if (await ask(words || entry.label)) await discard(id);
}

async function storage() {
  const place = document.querySelector("[data-storage]");
  if (!place || !navigator.storage?.persisted) return;
  place.textContent = say(
    (await navigator.storage.persisted()) ? "storage_persisted" : "storage_not_persisted",
  );
}
