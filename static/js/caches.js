import { announce } from "./channel.js";
import { settle } from "./outbox.js";
import { state } from "./store.js";

const PAGES = "pages-";

/** Shell caches are named by build, page caches by account. */
export const shellName = (build) => `shell-${build}`;
export const pagesOf = (account) => caches.open(PAGES + account);
export const pathOf = (url) => new URL(url, location.href).pathname;

/** Whether our own server said this, and not a portal, a proxy or a sign-in page. */
export const genuine = (response) => response.headers.get("X-Stairwell") === "1" && !response.redirected;

const seqOf = (response) => Number(response?.headers.get("X-Stairwell-Seq"));

/** The copy kept of a page for the person signed in. */
export async function kept(url) {
  const account = globalThis.caches && (await state.get("account"));
  return account && (await pagesOf(account)).match(url, { ignoreVary: true });
}

/** Keep a copy of a page, if it is one to keep. */
export async function keep(url, response) {
  const account = response.headers.get("X-Stairwell-Account");
  if (!globalThis.caches || !genuine(response) || !account || response.status !== 200) return;
  const pages = await pagesOf(account);
  if (/no-store/.test(response.headers.get("Cache-Control"))) return pages.delete(url, { ignoreVary: true });
  const headers = new Headers(response.headers);
  headers.set("X-Kept", String(Date.now()));
  headers.delete("Content-Encoding");
  await pages.put(url, new Response(await response.blob(), { headers }));
  announce("page", { path: pathOf(url), seq: seqOf(response) });
  await settle(pathOf(url), seqOf(response), async (path) => {
    const copy = await pages.match(path, { ignoreVary: true });
    return copy && seqOf(copy);
  });
}

/** Delete one person's pages. The outbox stays. */
export const forgetAll = (account) => caches.delete(PAGES + account);

/** Delete everybody's pages but one person's. The outbox stays. */
export async function forgetPages(account) {
  for (const name of (await globalThis.caches?.keys()) || [])
    if (name.startsWith(PAGES) && name !== PAGES + account) await caches.delete(name);
}
