import { alone } from "./lock.js";
import * as outbox from "./outbox.js";
import { checkClock, me, shutOut } from "./session.js";
import { state } from "./store.js";

const MOST = 500;
const BYTES = 900e3;
const TIMEOUT = 20e3;
const SKIPS = 3;
const LONGEST = 10 * 60e3;

let notBefore = 0;

/** How many milliseconds a busy server asked to be left alone for, from now on. */
export const askedToWait = () => Math.max(0, notBefore - Date.now());

/**
 * Send what waits, one flush at a time across tabs and worker.
 * @param {(sent: number, left: number) => void} [progress]
 * @returns {Promise<number>} how many still wait
 */
export const flush = (progress = () => {}) => alone((beat) => sendAll(progress, beat));

async function sendAll(progress, beat) {
  const actor = await state.get("account");
  if (!actor) return 0;
  const device = await state.get("device");
  const skipped = new Set();
  let most = MOST;
  let failures = 0;
  for (let sent = 0; ;) {
    await beat();
    const waiting = await outbox.waiting(actor);
    progress(sent, waiting.length);
    const batch = fitting(
      waiting.filter(({ id }) => !skipped.has(id)),
      most,
    );
    if (!batch.length) return waiting.length;
    const said = await post(device, batch, waiting);

    if (said.answers) {
      const answered = await outbox.record(said.answers, said.server_at);
      batch.forEach(({ id }) => answered.has(id) || skipped.add(id));
      sent += answered.size;
      most = Math.min(MOST, most * 2);
      failures = 0;
    } else if (!said.halve) {
      return waiting.length;
    } else if (batch.length > 1) {
      most = Math.ceil(batch.length / 2);
    } else {
      // Alone and still not taken: it must not hold up the others.
      skipped.add(batch[0].id);
      if (said.needs) await outbox.record([{ id: batch[0].id, outcome: "failed", message: said.needs }]);
      else if (++failures === SKIPS) return waiting.length;
    }
  }
}

/** Tell the server of this phone and its key with a batch of nothing. @returns {Promise<boolean>} */
export async function introduce(actor) {
  const said = await post(await state.get("device"), [], await outbox.waiting(actor));
  return Boolean(said.answers);
}

/** As many entries, oldest first, as one request may carry. */
function fitting(entries, most) {
  let bytes = 0;
  const over = entries.findIndex((entry, i) => (bytes += size(entry)) > BYTES && i > 0);
  return entries.slice(0, Math.min(most, over < 0 ? most : over));
}

const size = (entry) => new Blob([JSON.stringify(envelope(entry))]).size + 1;

/** An entry as the server sees it: always the same bytes for the same operation. */
export const envelope = ({ id, kind, v, actor, made_at, server_seen_at, seen, group, data }) => ({
  id,
  kind,
  v,
  actor,
  made_at,
  server_seen_at,
  seen,
  group,
  data,
});

/**
 * One request. `answers` where the server answered; `halve` where a smaller batch may get through,
 * with `needs` where an operation alone never will; neither where it is no use to go on now.
 */
async function post(device, batch, waiting) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), TIMEOUT);
  const left = waiting.filter((entry) => !batch.includes(entry));
  const sent_at = new Date().toISOString();
  const ops = batch.map(envelope);
  const about = { device, sent_at, waiting: left.length, oldest: left[0]?.made_at ?? null };
  try {
    const { headers, body } = await packed(JSON.stringify({ ...about, ops }));
    headers["X-Stairwell-Key"] = (await state.get("public_key")) || "";
    const response = await fetch("/ops", {
      headers,
      body,
      method: "POST",
      redirect: "manual",
      signal: abort.signal,
    });
    const ours = response.headers.get("X-Stairwell") === "1";
    if (response.ok && ours) {
      const said = await response.json();
      if (said.server_at) await checkClock(said.server_at);
      return Array.isArray(said.answers) ? said : {};
    }
    return await refusal(response, ours);
  } catch {
    // Given up waiting, or no network at all.
    return { halve: abort.signal.aborted };
  } finally {
    clearTimeout(timer);
  }
}

async function refusal(response, ours) {
  const { status } = response;
  const seconds = ours && Number(response.headers.get("Retry-After"));
  if (seconds > 0) notBefore = Date.now() + Math.min(seconds * 1e3, LONGEST);
  if (status === 413 || (status === 400 && ours)) {
    const problem = await response.json().catch(() => ({}));
    return { halve: true, needs: problem.detail || problem.title || String(status) };
  }
  if (ours && status === 401) await shutOut(response);
  if (ours && status === 403) await me();
  return { halve: status === 500 };
}

/** The body, gzipped where that is worth it and the browser can. */
async function packed(text) {
  const headers = { "Content-Type": "application/json" };
  if (text.length < 2048 || !globalThis.CompressionStream) return { headers, body: text };
  headers["Content-Encoding"] = "gzip";
  const zipped = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return { headers, body: await new Response(zipped).blob() };
}
