import { watch } from "../queue.js";
import { after } from "../tally.js";
import { open } from "./sheet.js";

let last = "";

/** `[data-next-door]` names the next door and opens the sheet there. */
export function nextDoor() {
  document.addEventListener("saved", ({ detail }) => {
    last = detail.at(-1).data.door || last;
    draw();
  });
  document.addEventListener("click", (event) => {
    const door = event.target.closest("[data-next-door]") && after(last);
    if (!door) return;
    door.closest("details")?.setAttribute("open", "");
    door.scrollIntoView({ block: "center" });
    open(door, true);
  });
  watch(draw);
}

function draw() {
  const button = document.querySelector("[data-next-door]");
  if (!button) return;
  const door = after(last);
  button.disabled = !door;
  button.querySelector("[data-label]").textContent = door?.dataset.label || "";
  document
    .querySelectorAll("[data-here]")
    .forEach((marked) => marked !== door && marked.removeAttribute("data-here"));
  door?.setAttribute("data-here", "");
}
