import { mine } from "../queue.js";

/** In a round in which each person reports, the sheet of a door holds a form for each of its people. */

/** Who lives behind a door, as the page says. @returns {HTMLElement[]} */
export const behind = (door) => {
  const all = /** @type {?HTMLTemplateElement} */ (document.getElementById("behind"));
  return all ? [...all.content.querySelectorAll(`[data-of="${CSS.escape(door)}"]`)] : [];
};

/** How many behind a door have not reported: neither as the page says nor in what waits here. */
export const left = (door, entries = standing()) =>
  behind(door).filter((who) => !hasReported(who, entries)).length;

const hasReported = ({ dataset }, entries) =>
  "said" in dataset ||
  entries.some(({ kind, data, state }) => kind === "report.make" && state !== "needs" && data.resident === dataset.resident);

/** What was reported here and not taken back. */
function standing() {
  const all = mine();
  const back = new Set(all.filter(({ kind }) => kind === "report.take_back").map(({ data }) => data.report));
  return all.filter(({ id }) => !back.has(id));
}

/** Put a form for everybody there into the sheet, or bring those that are there up to date. */
export function fillSheet(dialog, door) {
  const place = dialog.querySelector("[data-behind]");
  if (!place) return;
  if (place.dataset.behind !== door) {
    place.dataset.behind = door;
    place.replaceChildren(...behind(door).map((who) => formOf(who, door)));
  }
  const entries = standing();
  for (const one of place.children) {
    const who = behind(door).find(({ dataset }) => dataset.resident === one.dataset.resident);
    one.querySelector("[data-said]").hidden = !hasReported(who, entries);
  }
}

function formOf(who, door) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById("person"));
  const section = /** @type {HTMLElement} */ (template.content.cloneNode(true)).firstElementChild;
  const form = section.querySelector("form");
  section.dataset.resident = who.dataset.resident;
  section.querySelector("[data-name]").textContent = who.textContent;
  form.elements.namedItem("door").value = door;
  form.elements.namedItem("resident").value = who.dataset.resident;
  return section;
}
