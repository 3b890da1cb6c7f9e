import { transact } from "./store.js";

/**
 * Photos on this phone, beside the facts and not in a store of their own: so a photo and its operation are
 * written in one transaction, and a page that is older than photos still finds its database as it was.
 * @typedef {{blob?: Blob, why?: string, label: string}} Photo `why` once the server has refused it
 */
export const nameOf = (actor, sha) => ["photo", actor, sha];

/** The SHA-256 of each photo of somebody that has still to be sent, or told of. @returns {Promise<string[]>} */
export const waiting = (actor) =>
  transact("readonly", async (_, facts) =>
    (await facts.getAllKeys(IDBKeyRange.bound(nameOf(actor, ""), nameOf(actor, [])))).map((name) => name[2]),
  );
