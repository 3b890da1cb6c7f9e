import { add } from "./outbox.js";
import { jot, rub } from "./jot.js";
import { drop, hold } from "./queue.js";
import { flushSoon } from "./schedule.js";
import { state } from "./store.js";
import { ask, say } from "./words.js";

/**
 * The way of everything a person does: drawn at once, written, felt, sent.
 * @param {import("./outbox.js").Entry[]} entries
 * @param {{quiet?: boolean, photo?: {blob: Blob, sha: string}}} [how] `quiet` for what nobody tapped: it
 *   is not felt
 * @returns {Promise<boolean>} whether they are kept
 */
export async function save(entries, { quiet = false, photo = null } = {}) {
  hold(entries);
  if (!photo) jot(entries); // what it can write down has no room for a photo
  try {
    await add(entries, photo);
  } catch {
    drop(entries);
    ask(say("storage_full"), false);
    return false;
  } finally {
    rub(entries);
  }
  if (!quiet) navigator.vibrate?.(15);
  document.dispatchEvent(new CustomEvent("saved", { detail: entries }));
  flushSoon();
  persist();
  return true;
}

/** Ask once that the browser does not clear the outbox by itself. */
async function persist() {
  if (!navigator.storage?.persist || (await state.get("persisted"))) return;
  await state.set("persisted", await navigator.storage.persist());
}
