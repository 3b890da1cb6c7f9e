import { nameOf } from "./album.js";
import { announce } from "./channel.js";
import { transact } from "./store.js";
import { uuid7 } from "./uuid7.js";

/**
 * One operation on its way.
 * @typedef {object} Entry
 * @property {string} id
 * @property {string} kind
 * @property {number} v
 * @property {string} actor
 * @property {string} made_at
 * @property {?string} server_seen_at
 * @property {number} seen
 * @property {?string} group
 * @property {object} data
 * @property {string} label what the person sees in the outbox
 * @property {string} subject path of the page that draws it
 * @property {"saving"|"waiting"|"acked"|"needs"} state
 * @property {{outcome: string, seq?: number, message?: string, subject?: string, at: number}} [answer]
 */

const KEPT = 30 * 24 * 3600e3;
const OUTCOMES = { applied: "acked", refused: "needs", stale: "needs", failed: "needs" };

/**
 * @param {Entry[]} entries
 * @param {?{blob: Blob, sha: string}} [photo] of them all: it is kept in the same transaction
 */
export async function add(entries, photo) {
  await transact("readwrite", async (outbox, facts) => {
    const seen = (await facts.get("server_seen_at")) || null;
    // Not awaited one by one: a floor of doors goes in as one write.
    const puts = entries.map((entry) => outbox.put({ ...entry, server_seen_at: seen, state: "waiting" }));
    if (photo) {
      const { actor, label } = entries[0];
      puts.push(facts.put({ blob: photo.blob, label }, nameOf(actor, photo.sha)));
    }
    await Promise.all(puts);
  });
  announce("outbox");
}

/** Everything, oldest first. @returns {Promise<Entry[]>} */
export const all = () => transact("readonly", (outbox) => outbox.getAll());

/** What this person has still to send, oldest first. @returns {Promise<Entry[]>} */
export const waiting = (actor) =>
  transact("readonly", (outbox) => outbox.index("state").getAll([actor, "waiting"]));

/**
 * Keep what the server said of each operation; what it did not mention goes on waiting.
 * @returns {Promise<Set<string>>} the ids that were answered
 */
export async function record(answers, at) {
  const answered = new Set();
  await transact("readwrite", async (outbox, facts) => {
    if (at) facts.put(at, "server_seen_at");
    for (const answer of answers) {
      const entry = OUTCOMES[answer?.outcome] && (await outbox.get(answer.id));
      if (!entry) continue;
      await outbox.put({ ...entry, state: OUTCOMES[answer.outcome], answer: { ...answer, at: Date.now() } });
      answered.add(answer.id);
    }
  });
  announce("outbox", { answered: [...answered] });
  return answered;
}

/** Send a refused operation anew: the same words under a new id, by somebody who has read the answer. */
export async function again(id) {
  await transact("readwrite", async (outbox, facts) => {
    const { answer, ...entry } = await outbox.get(id);
    const seen = Math.max(entry.seen, answer.seq || 0);
    const fresh = { id: uuid7(), seen, made_at: new Date().toISOString(), state: "waiting" };
    const server_seen_at = (await facts.get("server_seen_at")) || null;
    await outbox.delete(id);
    await outbox.put({ ...entry, ...fresh, server_seen_at });
  });
  announce("outbox");
}

/** Only a person discards. */
export async function discard(id) {
  await transact("readwrite", (outbox) => outbox.delete(id));
  announce("outbox");
}

/**
 * Let go of what pages themselves now show: an acknowledged operation stays until every page that
 * draws it was rendered at or after it.
 * @param {(path: string) => Promise<number|undefined>} seqOf the seq of the copy kept of a page
 */
export async function settle(path, seq, seqOf) {
  const shown = async (entry) => {
    if (entry.answer.seq > seq) return false;
    const other = entry.subject === path ? entry.answer.subject : entry.subject;
    return !other || !((await seqOf(other)) < entry.answer.seq);
  };
  const acked = (await all()).filter((entry) => entry.state === "acked");
  const gone = acked.filter((entry) => Date.now() - entry.answer.at > KEPT);
  for (const entry of acked)
    if ([entry.subject, entry.answer.subject].includes(path) && (await shown(entry))) gone.push(entry);
  if (!gone.length) return;
  await transact("readwrite", (outbox) => Promise.all(gone.map(({ id }) => outbox.delete(id))));
  announce("outbox");
}
