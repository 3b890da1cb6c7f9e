import { add } from "./outbox.js";

const PREFIX = "jotted-";

/**
 * Written down before the database has had its time, and without waiting: a page that is left in the
 * very moment of a tap, by hand or by a crash, loses nothing.
 * @param {import("./outbox.js").Entry[]} entries
 */
export function jot(entries) {
  try {
    localStorage.setItem(PREFIX + entries[0].id, JSON.stringify(entries));
  } catch {
    // Then the database alone has to do.
  }
}

/** They are in the database now, or their person was told that they are not. */
export function rub(entries) {
  try {
    localStorage.removeItem(PREFIX + entries[0].id);
  } catch {
    // Nothing was written.
  }
}

/**
 * What a page that was left in the middle wrote down goes into the outbox; twice is the same as once.
 * What cannot go now stays for the next page, and keeps nothing else from working.
 */
export async function recover() {
  for (const key of jotted()) {
    try {
      await add(JSON.parse(localStorage.getItem(key) || "[]"));
      localStorage.removeItem(key);
    } catch {
      // Full, or half written.
    }
  }
}

function jotted() {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  } catch {
    return [];
  }
}
