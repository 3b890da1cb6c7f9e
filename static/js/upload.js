import { nameOf, waiting } from "./album.js";
import { announce } from "./channel.js";
import { alone } from "./lock.js";
import * as outbox from "./outbox.js";
import { state, transact } from "./store.js";

/** A second or so on a bad signal: no fact waits long for the wire. */
const PIECE = 64 * 1024;
const TIMEOUT = 30e3;

/**
 * Send photos, one piece after the other, for as long as no fact waits. Under a lock of its own, so that
 * what is tapped meanwhile goes out beside it.
 * @returns {Promise<number>} how many still wait
 */
export const upload = () => alone(sendAll, "photos");

async function sendAll(beat) {
  const actor = await state.get("account");
  if (!actor) return 0;
  for (const sha of await waiting(actor)) if (await send(actor, sha, beat)) break;
  announce("outbox");
  return (await waiting(actor)).length;
}

/** Ask how far it has got, and go on from there as long as it moves. @returns whether to stop with all */
async function send(actor, sha, beat) {
  const name = nameOf(actor, sha);
  const { blob, label } = (await state.get(name)) || {};
  for (let offset = -1; blob; ) {
    await beat();
    const answer = !(await outbox.waiting(actor)).length && (await request(sha, blob, offset));
    if (!answer) return true;
    const { status, headers } = answer;
    const at = Number(headers.get("Upload-Offset"));
    if (status === 422) return state.set(name, { label, why: (await answer.json()).detail }).then(() => false);
    // What a person discarded takes its photo along; what waits for a person keeps it.
    if (headers.get("Photo-State") === "kept" || (status === 404 && !(await named(sha)))) {
      await transact("readwrite", (_, facts) => facts.delete(name));
      return false;
    }
    if (![204, 409].includes(status)) return status !== 404;
    if (at === offset) return false;
    offset = at;
  }
  return false;
}

/** Whether an entry on this phone still speaks of it. */
const named = async (sha) => (await outbox.all()).some(({ data }) => data.photo === sha);

/** One request, of the piece at `offset` or, below 0, of none. Null where no genuine answer came. */
async function request(sha, blob, offset) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), TIMEOUT);
  const headers = { "Upload-Offset": String(offset), "Upload-Length": String(blob.size) };
  const piece = { method: "PATCH", headers, body: blob.slice(offset, offset + PIECE) };
  const how = offset < 0 ? { method: "HEAD" } : piece;
  try {
    const response = await fetch(`/photos/${sha}`, { ...how, redirect: "manual", signal: abort.signal });
    return response.headers.get("X-Stairwell") === "1" && response;
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}
