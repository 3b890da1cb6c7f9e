import { openDB } from "../vendor/idb.js";
import { uuid7 } from "./uuid7.js";

let opening;

const open = () =>
  (opening ||= openDB("stairwell", 1, {
    upgrade(db) {
      db.createObjectStore("outbox", { keyPath: "id" }).createIndex("state", ["actor", "state"]);
      db.createObjectStore("state").put(uuid7(), "device");
    },
    blocking: forget,
    terminated: forget,
  }).catch((error) => {
    opening = null;
    throw error;
  }));

function forget() {
  opening?.then(
    (db) => db.close(),
    () => {},
  );
  opening = null;
}

/**
 * Do `work` in one transaction and return once it is on disk, whole or not at all.
 * Safari closes databases when memory is short: those are opened again, once.
 * @template T
 * @param {"readonly"|"readwrite"} mode
 * @param {(outbox: any, state: any) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function transact(mode, work, again = true) {
  try {
    const tx = (await open()).transaction(["outbox", "state"], mode, { durability: "strict" });
    const abort = (error) => {
      try {
        tx.abort();
      } catch {
        // It ended by itself.
      }
      throw error;
    };
    const worked = work(tx.objectStore("outbox"), tx.objectStore("state")).catch(abort);
    return (await Promise.all([worked, tx.done]))[0];
  } catch (error) {
    if (!again || !["InvalidStateError", "UnknownError"].includes(error.name)) throw error;
    forget();
    return transact(mode, work, false);
  }
}

/** Small facts that pages and the worker share, by name. */
export const state = {
  get: (name) => transact("readonly", (_, facts) => facts.get(name)),
  set: (name, value) => transact("readwrite", (_, facts) => facts.put(value, name)),
};
