import { transact } from "./store.js";

const LEASE = 30e3;

/**
 * Do `work` while no other tab and not the worker is at it. `beat` is to be called now and then. There is
 * a lock for facts, and one for photos.
 * Where Web Locks are missing (Safari before 15.4) a lease in the database serves.
 * @param {(beat: () => Promise<void>) => Promise<any>} work
 */
export async function alone(work, name = "flush") {
  if (navigator.locks) return navigator.locks.request(`stairwell-${name}`, () => work(async () => {}));
  const holder = Math.random();
  const lock = `lease-${name}`;
  const lease = (until) =>
    transact("readwrite", async (_, facts) => {
      const held = await facts.get(lock);
      if (held && held.holder !== holder && held.until > Date.now()) return false;
      await facts.put({ holder, until }, lock);
      return true;
    });
  const beat = () => lease(Date.now() + LEASE);
  while (!(await beat())) await new Promise((resolve) => setTimeout(resolve, 1000));
  try {
    return await work(beat);
  } finally {
    await lease(0);
  }
}
