/** On a contact sheet the keys 1, 2 and 3 press a photo's buttons, and the next photo is ready. */
export function review() {
  document.addEventListener("keydown", ({ key, target, ctrlKey, metaKey, altKey }) => {
    const sheet = document.querySelector("[data-review]");
    const nth = "123".indexOf(key);
    if (!sheet || nth < 0 || ctrlKey || metaKey || altKey || target.matches("input, textarea")) return;
    const shot = target.closest("[data-review] > li") || left(sheet)[0];
    const next = left(sheet)[left(sheet).indexOf(shot) + 1];
    shot?.querySelectorAll("button")[nth]?.click();
    next?.focus();
  });
}

/** What nobody here has said anything of yet. */
const left = (sheet) => [...sheet.children].filter((shot) => !shot.querySelector("form[data-pending]"));
