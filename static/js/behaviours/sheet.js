import { after, ownDoors } from "../tally.js";
import { say, toast } from "../words.js";
import { fillSheet, left } from "./behind.js";
import { submit } from "./op-form.js";

const LONG = 500;
/** The second tap of a double tap comes within this. */
const TWICE = 600;

const sheet = () => /** @type {?HTMLDialogElement} */ (document.getElementById("sheet"));

let marked = { door: "", at: -TWICE };
let sent = { door: "", who: undefined, at: -TWICE };
let walking = false;
let holding;
let held = false;

/** A tap marks an open door; a marked door, a long press and "next" open the sheet. */
export function sheets() {
  document.addEventListener("click", tap, true);
  document.addEventListener("pointerdown", press);
  for (const type of ["pointerup", "pointercancel", "scroll"])
    document.addEventListener(type, () => clearTimeout(holding), true);
  document.addEventListener("contextmenu", (event) => {
    const door = doorOf(event);
    if (!door) return;
    event.preventDefault();
    hold(door);
  });
  document.addEventListener("click", inside);
  document.addEventListener("submit", once, true);
  document.addEventListener("saved", ({ detail }) => {
    marked = { door: detail[0].kind === "round.mark" ? detail[0].data.door : "", at: performance.now() };
    if (!sheet()?.open || !detail.some(({ data }) => String(data.door) === shown())) return;
    fillSheet(sheet(), shown());
    if (detail[0].kind !== "report.make" || !left(shown())) close();
  });
}

/** A door this person may say something of. @returns {?HTMLElement} */
const doorOf = (event) => (sheet() ? event.target.closest(".door[data-door]:not(.away)") : null);

function tap(event) {
  const door = doorOf(event);
  if (!door) return;
  const { door: id, answer } = door.dataset;
  const twice = marked.door === id && performance.now() - marked.at < TWICE;
  const asks = answer || "photoFirst" in sheet().dataset; // a photo is taken first
  if (!asks && !held && !twice && door.matches("button")) return;
  event.preventDefault();
  if (held || twice) held = false;
  else if (asks || !document.querySelector("form#marks")) open(door);
  // A link whose mark was taken back is as good as a button.
  else
    submit(
      document.getElementById("marks"),
      Object.assign(document.createElement("button"), { name: "door", value: id }),
    );
}

/** The second tap of a double tap in the sheet is the first one's, whichever door comes next. */
function once(event) {
  if (!sheet()?.contains(event.target) || !event.target.matches("[data-op]")) return;
  const who = event.target.elements.namedItem("resident")?.value;
  const twice = sent.door === shown() && sent.who === who && performance.now() - sent.at < TWICE;
  if (twice) event.preventDefault();
  else sent = { door: shown(), who, at: performance.now() };
}

/** The door that the sheet is about. */
const shown = () => sheet().querySelector('[name="door"]').value;

function press(event) {
  held = false;
  const door = doorOf(event);
  if (door && event.button === 0) holding = setTimeout(hold, LONG, door);
}

function hold(door) {
  clearTimeout(holding);
  held = true;
  if (!sheet().open) open(door);
}

/** @param {HTMLElement} door */
export function open(door, walk = false) {
  const dialog = sheet();
  const { door: id, label, due } = door.dataset;
  const form = /** @type {HTMLFormElement} */ (dialog.querySelector("form[data-op]:not([data-behind] *)"));
  form.reset();
  form.elements.namedItem("door").value = id;
  const count = form.elements.namedItem("count");
  if (count) count.max = due;
  dialog.querySelector("[data-label]").textContent = label;
  dialog.querySelector("[data-detail]").textContent = door.getAttribute("aria-label");
  const history = dialog.querySelector("[data-history]");
  history.href = history.dataset.base + id;
  walking = walk;
  dialog.toggleAttribute("data-walking", walk);
  fillSheet(dialog, id);
  if (!dialog.open) dialog.showModal();
}

/** After an answer: to the next door when walking, else back to the board. */
function close() {
  const dialog = sheet();
  const next = walking && after(shown());
  if (next) return open(next, true);
  dialog.close();
  dialog.querySelector("form[data-op]").reset();
  if (walking && !ownDoors().length) toast(say("all_done"));
}

/** The stepper and closing. */
function inside(event) {
  const { step, close: shut } = event.target.closest("[data-step], [data-close]")?.dataset || {};
  const count = event.target.closest("fieldset")?.querySelector('[name="count"]');
  if (step && count)
    count.value = Math.min(count.max || Infinity, Math.max(1, Number(count.value) + Number(step)));
  if (shut === undefined) return;
  event.target.closest("dialog")?.querySelector("form[data-op]")?.reset();
  event.target.closest("dialog")?.close();
}
