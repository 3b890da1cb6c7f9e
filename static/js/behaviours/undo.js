import { entriesOf } from "../envelope.js";
import { watch } from "../queue.js";
import { save } from "../save.js";
import { say, toast } from "../words.js";

const SECONDS = 10;

let last = [];
let ends = 0;
let counting;

/** For ten seconds after a mark, `#undo` takes it back; a whole floor is taken back together. */
export function undo() {
  document.addEventListener("saved", ({ detail }) => {
    const marks = detail.filter(({ kind }) => kind === "round.mark" || kind === "report.make");
    if (marks.length) offer(marks);
  });
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "undo") return;
    event.preventDefault();
    takeBack(event.target);
  });
  // A refreshed page comes with the bar hidden.
  watch(() => ends > Date.now() && count());
}

function offer(marks) {
  last = marks;
  ends = Date.now() + SECONDS * 1000;
  clearInterval(counting);
  counting = setInterval(count, 1000);
  count();
}

function count() {
  const form = document.getElementById("undo");
  const left = Math.ceil((ends - Date.now()) / 1000);
  if (left <= 0) clearInterval(counting);
  if (!form) return;
  form.hidden = left <= 0;
  form.querySelector("[data-seconds]").textContent = String(left);
}

async function takeBack(form) {
  const marks = last;
  ends = 0;
  count();
  const { undoes = "mark" } = form.dataset;
  const list = marks.map(({ id, data }) => ({ round: data.round, door: data.door, [undoes]: id }));
  if (list.length && (await save(entriesOf(form, list)))) toast(say("undone"));
}
