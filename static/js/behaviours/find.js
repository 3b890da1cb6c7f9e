/**
 * `[data-find]`: a door's number goes to the door, with Enter or as soon as it can be no other; at a
 * test site the number on a household's card does too, and a card that was scanned names its door.
 */
export function find() {
  show(document.querySelector(`.door[data-door="${CSS.escape(location.hash.slice(1) || "none")}"]`));
  document.addEventListener("input", ({ target }) => {
    if (target.matches("[data-find]") && beginning(target).length === 1) go(target, exact(target));
  });
  document.addEventListener("keydown", (event) => {
    const { target } = event;
    if (event.key !== "Enter" || !target.matches("[data-find]")) return;
    event.preventDefault();
    go(target, exact(target) || ofCard(target) || beginning(target)[0]);
  });
}

const beginning = ({ value }) =>
  [...document.querySelectorAll(".door[data-label]")].filter(
    ({ dataset }) => value && dataset.label.startsWith(value.trim()),
  );

const exact = (input) => beginning(input).find(({ dataset }) => dataset.label === input.value.trim());

function ofCard({ value }) {
  const cards = /** @type {?HTMLTemplateElement} */ (document.getElementById("cards"));
  const card = cards?.content.querySelector(`[data-card="${CSS.escape(value.trim().toUpperCase())}"]`);
  return card && document.querySelector(`.door[data-door="${card.dataset.of}"]`);
}

function go(input, door) {
  if (!door) return;
  input.value = "";
  show(door);
}

function show(door) {
  if (!door) return;
  door.closest("details")?.setAttribute("open", "");
  door.scrollIntoView({ block: "center" });
  door.focus();
}
