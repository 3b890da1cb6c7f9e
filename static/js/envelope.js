import { account } from "./session.js";
import { uuid7 } from "./uuid7.js";

const ABOUT_THE_PAGE = ["seen", "next"];

/** The page's place in the history: what it shows was so at this seq. */
export const pageSeq = () => Number(document.body.dataset.seq) || 0;

/** What a form says, as one data object per operation. @returns {object[]} */
export function dataOf(form, submitter) {
  const fields = [...new FormData(form)];
  if (submitter?.name) fields.push([submitter.name, submitter.value]);
  const left = [...ABOUT_THE_PAGE, ...fieldsOfOthers(form, submitter)];
  const data = {};
  // A file goes a way of its own: see photos.js.
  for (const [name, value] of fields) if (value && !value.name && value.size !== 0 && !left.includes(name)) put(data, name, value);
  return expand(data);
}

/** A fieldset with a button of its own speaks only when that is pressed: "owed" and how many. */
function fieldsOfOthers(form, submitter) {
  const others = [...form.querySelectorAll("fieldset")].filter(
    (set) => set.querySelector("button[name]") && !set.contains(submitter),
  );
  return others.flatMap((set) => [...set.querySelectorAll("input, select")].map(({ name }) => name));
}

/** `stairwells[]` makes a list and `answers.days_left` an object; the rest are strings. */
function put(data, name, value) {
  const [outer, inner] = name.split(".");
  if (name.endsWith("[]")) (data[name.slice(0, -2)] ||= []).push(value);
  else if (inner) (data[outer] ||= {})[inner] = value;
  else data[name] = value;
}

/** `each: "door:57 58"` means one operation for each. */
function expand({ each, ...data }) {
  if (!each) return [data];
  const [name, values] = each.split(":");
  return values
    .split(" ")
    .filter(Boolean)
    .map((value) => ({ ...data, [name]: value }));
}

/**
 * Operations made here and now by the person whose page this is.
 * @returns {import("./outbox.js").Entry[]}
 */
export function entriesOf(form, list) {
  const kind = form.getAttribute("action").split("/").pop();
  const group = list.length > 1 ? uuid7() : null;
  const common = {
    kind,
    v: Number(form.dataset.v) || 1,
    actor: account(),
    made_at: new Date().toISOString(),
    server_seen_at: null,
    seen: Number(form.elements.namedItem("seen")?.value) || pageSeq(),
    group,
    subject: form.dataset.subject || location.pathname,
    state: /** @type {const} */ ("saving"),
  };
  return list.map((data) => ({ id: uuid7(), ...common, data, label: labelOf(form, data) }));
}

/** Words for the outbox, all of them from the page. */
function labelOf(form, { door, answer }) {
  const place = form.dataset.label || document.querySelector("h1")?.textContent.trim();
  const there = door && document.querySelector(`[data-door="${CSS.escape(door)}"]`)?.dataset.label;
  return [place, there, answer && wordOf(answer)].filter(Boolean).join(" · ");
}

const looks = new WeakMap();

/** How the board draws an answer. @returns {HTMLElement|undefined} */
export function answerOf(answer) {
  const template = document.getElementById("answers");
  if (!template) return undefined;
  if (!looks.has(template)) {
    const all = [...template.content.querySelectorAll("[data-answer]")];
    looks.set(template, Object.fromEntries(all.map((look) => [look.dataset.answer, look])));
  }
  return looks.get(template)[answer];
}

export const wordOf = (answer) => answerOf(answer)?.textContent.trim() ?? "";
