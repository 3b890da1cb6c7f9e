import { hear } from "./channel.js";
import { pageSeq } from "./envelope.js";
import { waiting } from "./album.js";
import { all } from "./outbox.js";
import { account } from "./session.js";

/** This page's picture of the outbox, for drawing without waiting. @type {import("./outbox.js").Entry[]} */
let entries = [];
let photos = 0;
let reading;
const watchers = [];

/** Draw everything again, now. */
export const changed = () => watchers.forEach((watcher) => watcher());

/** Draw now and whenever the picture changes. */
export function watch(draw) {
  watchers.push(draw);
  draw();
}

export const queue = () => entries;

/** How many photos of theirs have still to be sent. */
export const photosWaiting = () => photos;

/** The entries of the person whose page this is, in the order they were made. */
export const mine = () => entries.filter((entry) => entry.actor === account());

export const others = () => entries.filter((entry) => entry.actor !== account() && entry.state !== "acked");

/** Draw entries that are being written. */
export function hold(more) {
  entries = [...entries, ...more];
  changed();
}

/** They could not be written. */
export function drop(these) {
  entries = entries.filter((entry) => !these.includes(entry));
  changed();
}

/** Read the outbox again; calls meanwhile become one more reading. */
export function reload() {
  reading = (reading || Promise.resolve()).then(read, read);
  return reading;
}

async function read() {
  const stored = await all();
  photos = (await waiting(account())).length;
  const ids = new Set(stored.map(({ id }) => id));
  const seq = pageSeq();
  // Let go from the outbox because a newer copy of this page is kept, but this page is not that copy.
  const unseen = (entry) => entry.state === "saving" || (entry.state === "acked" && entry.answer.seq > seq);
  const held = entries.filter((entry) => !ids.has(entry.id) && unseen(entry));
  entries = [...stored, ...held].sort((a, b) => (a.id < b.id ? -1 : 1));
  changed();
}

hear("outbox", reload);
