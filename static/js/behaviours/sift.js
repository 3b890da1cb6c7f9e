import { watch } from "../queue.js";

/**
 * `input[data-sift="rows"]`: of a long list only the rows stay that hold all that is typed, in their
 * text or in `data-words`.
 */
export function sift() {
  document.addEventListener("input", ({ target }) => target.matches("[data-sift]") && show(target));
  // A newer page has every row again.
  watch(() => document.querySelectorAll("[data-sift]").forEach(show));
}

/** @param {HTMLInputElement} field */
function show(field) {
  const wanted = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const row of document.querySelectorAll(field.dataset.sift)) {
    const words = `${row.dataset.words || ""} ${row.textContent}`.toLowerCase();
    row.hidden = !wanted.every((word) => words.includes(word));
    shown += Number(!row.hidden);
  }
  const none = field.closest(".sift").querySelector("[data-none]");
  none.hidden = shown > 0 || !wanted.length;
}
