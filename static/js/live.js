import { announce, hear } from "./channel.js";
import { pageSeq } from "./envelope.js";
import { wantRefresh } from "./refresh.js";
import { me } from "./session.js";

const POLL = 30e3;
const RECENT = 30e3;
const SOON = 2e3;
const LATE = 15e3;

let source;
let retry;
let poll;
let delay = SOON;
let leave;
let told = [];

/** Hear of changes as they happen: one connection for all tabs, held by one that is visible. */
export function listen() {
  const mine = (document.body.dataset.live || "").split(" ").filter(Boolean);
  if (!mine.length) return;
  hear(
    "change",
    ({ seq, topics }) => {
      if (!mine.some((topic) => topics.includes(topic))) return;
      // What was no operation, such as a push that was taken, has no number.
      if (!seq) wantRefresh(true);
      else if (seq > pageSeq()) wantRefresh();
    },
  );
  hear("seq", (said) => said.seq > pageSeq() && wantRefresh());
  hear("joined", () => source && tellAgain());
  document.addEventListener("visibilitychange", () => (document.hidden ? leave?.() : compete(ask)));
  if (!document.hidden) compete();
  announce("joined");
  // Who leads may be a page that sleeps: those who wait for their turn ask now and then.
  setInterval(() => source || document.hidden || ask(), POLL);
}

/** Wait for one's turn to lead; lead until hidden. `catchUp` where changes may have been missed. */
function compete(catchUp) {
  leave?.();
  const abort = new AbortController();
  const led = new Promise((resolve) => {
    leave = () => {
      abort.abort();
      disconnect();
      resolve();
    };
  });
  const lead = () => {
    connect();
    catchUp?.();
    return led;
  };
  if (navigator.locks)
    navigator.locks.request("stairwell-live", { signal: abort.signal }, lead).catch(() => {});
  else lead();
}

function connect() {
  disconnect();
  source = new EventSource("/live");
  source.addEventListener("change", ({ data }) => tell(JSON.parse(data)));
  source.addEventListener("open", () => {
    if (delay > SOON) ask();
    delay = SOON;
    clearInterval(poll);
  });
  source.addEventListener("error", () => {
    disconnect();
    retry = setTimeout(connect, delay * (0.5 + Math.random()));
    delay = Math.min(LATE, delay * 2);
    poll = setInterval(ask, POLL);
  });
}

function tell(said) {
  announce("change", said);
  told = [...told, { ...said, at: Date.now() }].filter(recent);
}

/** A page that has just come was drawn a moment ago: it hears what it missed since. */
const tellAgain = () => told.filter(recent).forEach((said) => announce("change", said));

const recent = ({ at }) => at > Date.now() - RECENT;

function disconnect() {
  source?.close();
  source = null;
  clearTimeout(retry);
  clearInterval(poll);
}

/** What was missed while nobody listened. */
async function ask() {
  const said = await me();
  if (said) announce("seq", { seq: said.seq });
}
