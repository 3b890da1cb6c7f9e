import { mine, watch } from "./queue.js";
import { account } from "./session.js";
import { state } from "./store.js";
import { say, ask } from "./words.js";

/**
 * How many wait, written down outside IndexedDB as well, with the device whose database it was:
 * a browser that wipes the database makes a new device, and the difference is said.
 */
const name = () => `outbox-${account()}`;

/** Compare, then keep up. To be called once the queue has been read. */
export async function mirror() {
  if (!account()) return;
  const device = await state.get("device");
  const [before, count] = (inStorage() || inCookie() || "").split(" ");
  if (Number(count) && before !== device) ask(say("outbox_wiped", { n: count }), false);
  watch(() => {
    const waiting = mine().filter((entry) => entry.state === "waiting").length;
    const age = waiting ? 400 * 24 * 3600 : 0;
    document.cookie = `${name()}=${device}+${waiting}; Path=/; SameSite=Strict; Max-Age=${age}`;
    try {
      localStorage.setItem(name(), `${device} ${waiting}`);
    } catch {
      // The cookie has it.
    }
  });
}

function inStorage() {
  try {
    return localStorage.getItem(name());
  } catch {
    return null;
  }
}

const inCookie = () =>
  document.cookie
    .split("; ")
    .find((cookie) => cookie.startsWith(`${name()}=`))
    ?.split("=")[1]
    .replace("+", " ");
