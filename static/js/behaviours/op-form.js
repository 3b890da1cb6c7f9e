import { hear } from "../channel.js";
import { dataOf, entriesOf } from "../envelope.js";
import { mine, watch } from "../queue.js";
import { wantRefresh } from "../refresh.js";
import { save } from "../save.js";
import { flushSoon } from "../schedule.js";
import { account } from "../session.js";
import { ask, say, toast } from "../words.js";

const PATIENCE = 4000;

/** What was done on this page, by id. */
const made = new Set();

/** Every `form[data-op]` becomes operations in the outbox; a form that is none may still ask first. */
export function opForms() {
  document.addEventListener("submit", (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (event.defaultPrevented || !form.matches("form[data-op], form[data-confirm]") || !account()) return;
    event.preventDefault();
    if ("op" in form.dataset) submit(form, event.submitter);
    else ask(form.dataset.confirm).then((sure) => sure && form.submit());
  });
  // What was done on this page has arrived: show the page as it now is. A board has it drawn already.
  hear("outbox", ({ answered = [] }) => {
    const here = ({ id, subject }) =>
      answered.includes(id) && (made.has(id) || subject === location.pathname);
    if (!document.querySelector("[data-board]") && mine().some(here)) wantRefresh();
  });
}

/** @param {HTMLFormElement} form */
export async function submit(form, submitter) {
  const confirm = submitter?.dataset.confirm || form.dataset.confirm;
  if (confirm && !(await ask(confirm))) return;
  const photo = await form.querySelector("[data-photo]")?.chosen; // it may still be shrinking
  const list = dataOf(form, submitter).map((data) => (photo ? { ...data, photo: photo.sha } : data));
  const entries = entriesOf(form, list);
  for (const { id } of entries) made.add(id);
  if (!entries.length || !(await save(entries, { photo }))) return;
  if (form.dataset.then === "go") await go(form, entries);
  else if (!form.dataset.draw) {
    form.reset();
    toast(say("saved"));
  }
}

/** Wait a little for the answer, then go where it says; a refusal is read here. */
async function go(form, entries) {
  const ids = entries.map(({ id }) => id);
  const answered = new Promise((resolve) =>
    watch(() => {
      const answers = mine().filter(({ id, answer }) => answer && ids.includes(id));
      if (answers.length === ids.length) resolve(answers);
    }),
  );
  flushSoon();
  const answers = await Promise.race([answered, new Promise((resolve) => setTimeout(resolve, PATIENCE, []))]);
  const refused = answers.find(({ state }) => state === "needs");
  if (refused) {
    await ask(refused.answer.message, false);
    if (refused.answer.outcome !== "stale") return;
  }
  form.reset();
  location.assign(answers[0]?.answer.subject || form.dataset.next || "/");
}
