import { answerOf } from "./envelope.js";

/** Nothing left to do at a door whose answer stands for one of these. */
const FINAL = ["done", "declined"];

const isOpen = ({ dataset }) => Number(dataset.due) && !dataset.answer;
const isOwn = (door) => isOpen(door) && !door.matches(".away");

/** Doors still to mark that are this person's. @returns {HTMLElement[]} */
export const ownDoors = () => walk().filter(isOwn);

/** All doors in walking order: bottom first where this person turned the floors. @returns {HTMLElement[]} */
function walk() {
  const floors = [...document.querySelectorAll("[data-floor]")];
  if (document.documentElement.matches('[data-display~="flip"]')) floors.reverse();
  return floors.flatMap((floor) => [...floor.querySelectorAll("[data-door]")]);
}

/** The next door to mark after one, in walking order, going round at the end. @returns {?HTMLElement} */
export function after(id) {
  const doors = walk();
  const place = doors.findIndex(({ dataset }) => dataset.door === id) + 1;
  const own = new Set(ownDoors());
  return [...doors.slice(place), ...doors.slice(0, place)].find(
    (door) => own.has(door) && door.dataset.door !== id,
  );
}

/** Count the board again from what its doors say. */
export function tally(board) {
  for (const floor of board.querySelectorAll("[data-floor]")) drawFloor(floor);
  const doors = [...board.querySelectorAll("[data-door]")].filter(({ dataset }) => Number(dataset.due));
  const left = doors.filter(isOpen);
  const done = doors.filter(({ dataset }) => FINAL.includes(answerOf(dataset.answer)?.dataset.stands)).length;
  const answered = (answer) => doors.filter(({ dataset }) => dataset.answer === answer).length;
  const short = answered("owed");
  const counts = {
    doors: doors.length,
    done,
    left: left.length,
    carry: sum(left, "due"),
    owed: sum(doors, "owed"),
  };
  for (const place of document.querySelectorAll("[data-tally] [data-count]"))
    write(place, counts[place.dataset.count] ?? answered(place.dataset.count));
  const widths = { done, again: Math.max(0, doors.length - left.length - done - short), owed: short };
  let x = 0;
  for (const part of document.querySelectorAll("[data-tally] [data-part]")) {
    part.setAttribute("x", String(x));
    part.setAttribute("width", String(widths[part.dataset.part]));
    x += widths[part.dataset.part];
  }
}

/** The button for the whole floor marks what is open. */
function drawFloor(floor) {
  const doors = [...floor.querySelectorAll("[data-door]")];
  const whole = floor.querySelector("button.whole");
  floor.toggleAttribute("data-finished", !doors.some(isOpen));
  if (!whole) return;
  const own = doors.filter(isOwn);
  whole.value = `door:${own.map(({ dataset }) => dataset.door).join(" ")}`;
  whole.disabled = !own.length;
  const words = document
    .getElementById("answers")
    .content.querySelector(`[data-word="${own.length ? "whole" : "level"}"]`);
  if (words) write(whole.querySelector("small"), words.textContent);
}

const sum = (doors, of) => doors.reduce((total, { dataset }) => total + (Number(dataset[of]) || 0), 0);

function write(place, value) {
  if (place.textContent !== String(value)) place.textContent = String(value);
}
