const content = (id) => /** @type {HTMLTemplateElement} */ (document.getElementById(id))?.content;

/** Words the server prepared, with their gaps filled. */
export const say = (name, gaps = {}) =>
  fill(content("words")?.querySelector(`[data-word="${name}"]`)?.textContent, gaps);

export const fill = (text = "", gaps) => text.trim().replace(/\{(\w+)\}/g, (_, gap) => gaps[gap] ?? "");

/** Show words for a while; until tapped where the tap does something. */
export function toast(text, tapped) {
  const place = document.getElementById("toasts");
  if (!text || !place || [...place.children].some((shown) => shown.dataset.says === text)) return;
  const element = content("toast")?.firstElementChild?.cloneNode(true) || document.createElement("p");
  element.dataset.says = text;
  (element.querySelector("[data-text]") || element).textContent = text;
  element.addEventListener("click", (event) => {
    element.remove();
    if (!event.target.closest("[data-close]")) tapped?.();
  });
  place.append(element);
  if (!tapped) setTimeout(() => element.remove(), 8000);
}

let asking = Promise.resolve();

/** Say something that must be read; with `choice`, ask. One after the other. @returns {Promise<boolean>} */
export function ask(text, choice = true) {
  const answer = asking.then(() => show(text, choice));
  asking = answer;
  return answer;
}

function show(text, choice) {
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("confirm"));
  dialog.setAttribute("role", choice ? "dialog" : "alertdialog");
  dialog.querySelector("[data-text]").textContent = text;
  dialog.querySelector('[value=""]').hidden = !choice;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) =>
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }),
  );
}

/** An age in the largest unit that fits: 12 min, 3 h, 2 d. */
export function age(milliseconds) {
  const minutes = Math.max(1, Math.round(milliseconds / 60e3));
  if (minutes < 60) return say("min", { n: minutes });
  if (minutes < 48 * 60) return say("hour", { n: Math.floor(minutes / 60) });
  return say("day", { n: Math.floor(minutes / 1440) });
}
