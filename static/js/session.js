import { forgetPages } from "./caches.js";
import { announce } from "./channel.js";
import { state } from "./store.js";

/** Whose page this is; empty where nobody is signed in. */
export const account = () => document.documentElement.dataset.account || "";

/** Learn who is signed in. Another person's pages and shared photo go; their operations stay. */
export async function remember(who) {
  const before = await state.get("account");
  if (before === who) return;
  if (before) await state.set("shared");
  await state.set("account", who);
  await forgetPages(who);
  announce("account", { account: who });
}

/** Ask the server who is signed in and what it last did. Null where it cannot be asked. */
export async function me() {
  const response = await ask("/me");
  if (!response?.ok) return null;
  const said = await response.json();
  await remember(said.account);
  await checkClock(said.server_at);
  return said;
}

/** GET something, wholly. Null where no genuine answer came. */
export async function ask(url) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), 20_000);
  try {
    const response = await fetch(url, { redirect: "error", cache: "no-cache", signal: abort.signal });
    if (response.headers.get("X-Stairwell") !== "1") return null;
    if (response.status === 401) await shutOut(response);
    return new Response(await response.blob(), { status: response.status, headers: response.headers });
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

/** A revoked session loses the pages it had; an expired one keeps them. */
export async function shutOut(response) {
  const { type } = await response.json().catch(() => ({}));
  if (/revoked$/.test(type)) await forgetPages("");
}

/** A clock more than ten minutes out is said. */
export async function checkClock(serverAt) {
  const minutes = Math.round((Date.now() - Date.parse(serverAt)) / 60e3);
  if (Math.abs(minutes) > 10) announce("clock", { minutes });
}
