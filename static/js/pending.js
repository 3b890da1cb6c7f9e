import { left } from "./behaviours/behind.js";
import { answerOf, pageSeq, wordOf } from "./envelope.js";
import { mine } from "./queue.js";
import { tally } from "./tally.js";
import { fill } from "./words.js";

/** What the server said of each door, as long as something else is drawn over it. */
const bases = new WeakMap();

/** Draw what this person did and the page does not show yet. May be called at any time. */
export function draw() {
  const board = document.querySelector("[data-board]");
  const seq = pageSeq();
  const unseen = mine().filter(({ state, answer }) => state !== "needs" && !(answer?.seq <= seq));
  drawForms(unseen);
  if (!board) return;
  const here = ({ data }) => data.round === board.dataset.round;
  const { marks, undone } = fold(unseen.filter(here));
  const refused = new Set(
    mine()
      .filter((entry) => entry.state === "needs" && here(entry))
      .map(({ data }) => data.door),
  );
  for (const door of board.querySelectorAll("[data-door]")) {
    const { door: id } = door.dataset;
    drawDoor(door, marks.get(id), undone);
    if (refused.has(id) !== "refused" in door.dataset) door.toggleAttribute("data-refused");
  }
  tally(board);
}

/** Give the page back as the server sent it, before it is compared with a newer one. */
export function undraw() {
  for (const door of document.querySelectorAll("[data-door]")) {
    restore(door);
    door.removeAttribute("data-refused");
  }
}

/** The end of an id, which is all that a board says of its marks: four digits keep it small. */
const tail = (id = "") => id.slice(-4);

/** The last mark of each door that was not taken back, and what was taken back. */
function fold(entries) {
  const undone = new Map(
    entries
      .filter(({ kind }) => kind === "round.undo" || kind === "report.take_back")
      .map((entry) => [tail(entry.data.mark || entry.data.report), entry]),
  );
  const stands = entries.filter(({ id }) => !undone.has(tail(id)));
  const marks = new Map();
  for (const entry of stands)
    if (entry.kind === "round.mark") marks.set(entry.data.door, entry);
    else if (entry.kind === "report.make") marks.set(entry.data.door, counted(entry, stands));
  return { marks, undone };
}

/** A report as the mark that it makes of its door. */
function counted(entry, entries) {
  const count = left(entry.data.door, entries);
  return { ...entry, data: { ...entry.data, answer: count ? "some" : "reported", count } };
}

function drawDoor(door, mark, undone) {
  const base = bases.get(door);
  const entry = mark || undone.get(tail((base ? base.data : door.dataset).mark));
  if (!entry) return restore(door);
  if (!base) bases.set(door, baseOf(door));
  show(door, mark ? mark.data.answer : "", entry);
}

const baseOf = (door) => ({
  data: { ...door.dataset },
  label: door.getAttribute("aria-label"),
  words: [...(door.querySelector("small")?.childNodes || [])],
});

function restore(door) {
  const base = bases.get(door);
  if (!base) return;
  bases.delete(door);
  const { answer, tone, mark, owed } = base.data;
  set(door, { answer, tone, mark, owed, pending: undefined, saving: undefined });
  door.setAttribute("aria-label", base.label);
  door.querySelector("small")?.replaceChildren(...base.words);
}

/** @param {import("./outbox.js").Entry} entry */
function show(door, answer, entry) {
  const drawn = `${entry.id} ${entry.state}`;
  if (bases.get(door).drawn === drawn) return;
  bases.get(door).drawn = drawn;
  const look = answer ? answerOf(answer) : null;
  const counted = look && "counted" in look.dataset;
  const count = counted ? entry.data.count || door.dataset.due : "";
  const word = [look ? wordOf(answer) : unmarked("word"), count].filter(Boolean).join(" ");
  const gaps = { floor: door.closest("[data-floor]")?.dataset.floor, label: door.dataset.label, word };
  const flag = (on) => (on ? "" : undefined);
  set(door, {
    answer,
    tone: look?.dataset.tone,
    mark: answer ? tail(entry.id) : undefined,
    owed: answer ? count || "0" : undefined,
    pending: flag(entry.state !== "acked"),
    saving: flag(entry.state === "saving"),
  });
  door.setAttribute("aria-label", fill(unmarked("aria"), gaps));
  const glyph = Object.assign(document.createElement("i"), {
    textContent: look?.dataset.glyph,
    ariaHidden: "true",
  });
  door.querySelector("small")?.replaceChildren(...(look?.dataset.glyph ? [glyph, " "] : []), word);
}

/** Words of the board that belong to no answer. */
function unmarked(what) {
  const selector = what === "aria" ? "[data-aria]" : '[data-word="unmarked"]';
  return document.getElementById("answers")?.content.querySelector(selector)?.textContent.trim();
}

function set(element, data) {
  for (const [name, value] of Object.entries(data))
    if (value === undefined) delete element.dataset[name];
    else element.dataset[name] = value;
}

/** A form whose operation is on its way says so, wherever it is. */
function drawForms(unseen) {
  for (const form of document.querySelectorAll("form[data-op]:not([data-draw])")) {
    const kind = form.getAttribute("action").split("/").pop();
    const hidden = [...form.elements].filter(
      ({ type, name }) => type === "hidden" && !["seen", "next"].includes(name),
    );
    const same = (entry) =>
      entry.kind === kind && hidden.every(({ name, value }) => !value || entry.data[name] === value);
    form.toggleAttribute("data-pending", unseen.some(same));
  }
}
