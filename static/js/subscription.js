import { base64url } from "./base64url.js";
import { ask } from "./session.js";
import { state } from "./store.js";
import { within } from "./within.js";

/** Where its push service is blocked, a browser's `subscribe()` may never come back. */
const PATIENCE = 10e3;
const DAY = 24 * 3600e3;

/**
 * What this phone knows of its being called. The words are for a worker that has no page to take
 * them from.
 * @typedef {{account: string, endpoint: string, key: string, at: number, words: Record<string, string>}} Calls
 */

/** @returns {Promise<Calls|undefined>} */
export const calls = () => state.get("calls");

/**
 * Have a subscription that is this person's and made with the server's present key, and tell the
 * server. One that was another person's is ended first: nothing on its way to them may come here.
 * @param {ServiceWorkerRegistration} registration
 * @returns {Promise<"on"|"offline"|"blocked">}
 */
export async function subscribe(registration) {
  const said = await ask("/push/key");
  if (!said?.ok) return "offline";
  const { key, id, words } = await said.json();
  const account = await state.get("account");
  const before = await calls();
  const mine = before?.account === account;
  let made = await registration.pushManager.getSubscription();
  // With another key it cannot be renewed, only made anew.
  if (made && !(mine && base64url(made.options.applicationServerKey) === key)) {
    await made.unsubscribe();
    made = null;
  }
  const wanted = { userVisibleOnly: true, applicationServerKey: key };
  try {
    made ||= await within(PATIENCE, registration.pushManager.subscribe(wanted));
  } catch {
    return "blocked";
  }
  const { endpoint } = made;
  const old = mine && before.endpoint !== endpoint ? before.endpoint : undefined;
  const status = await tell("POST", { ...made.toJSON(), key_id: id, old });
  if (status !== 201) return status >= 400 && status < 500 ? "blocked" : "offline";
  await state.set("calls", { account, endpoint, key: id, at: Date.now(), words });
  return "on";
}

/** Whoever it is for is called on this phone no more, and what was shown to them is taken away. */
export async function unsubscribe() {
  const before = await calls();
  if (!before) return;
  await state.set("calls", null);
  const registration = await navigator.serviceWorker.getRegistration();
  for (const shown of (await registration?.getNotifications()) || []) shown.close();
  const made = await registration?.pushManager?.getSubscription();
  // Where the server cannot be told, its next call finds that nobody is there.
  await Promise.all([made?.unsubscribe(), tell("DELETE", { endpoint: before.endpoint })]);
}

/**
 * On every open: it is still this person's, allowed, known to the server and made with its key.
 * @param {string} account whose page this is
 * @param {string} [key] the id of the server's present key, where it is known
 */
export async function keepCalls(account, key) {
  const before = await calls();
  if (!before) return;
  if (before.account !== account || Notification.permission !== "granted") return unsubscribe();
  const registration = await navigator.serviceWorker.getRegistration();
  const made = await registration?.pushManager.getSubscription();
  const fresh = before.at > Date.now() - DAY && (!key || key === before.key);
  if (registration && !(fresh && made?.endpoint === before.endpoint)) await subscribe(registration);
}

/** @returns {Promise<number>} the status of a genuine answer, else 0 */
async function tell(method, body) {
  const headers = { "Content-Type": "application/json" };
  const asked = { method, headers, body: JSON.stringify(body), redirect: "manual" };
  const response = await within(PATIENCE, fetch("/push/subscriptions", asked)).catch(() => null);
  return response?.headers.get("X-Stairwell") === "1" ? response.status : 0;
}
