import { pageSeq } from "../envelope.js";
import { operation } from "../operation.js";
import { mine, watch } from "../queue.js";
import { save } from "../save.js";
import { account } from "../session.js";
import { say, toast } from "../words.js";

/** In sight for this long, it has been read. */
const READING = 1500;

/** What was seen here is said once, the badge shows what is unread, and text is copied. */
export function notices() {
  const { opened } = document.body.dataset;
  if (opened) seen(opened);
  watchUnread();
  watch(watchUnread);
  document.addEventListener("click", copy);
}

/** Announcements whose whole text stands on the page count as opened once they were in sight. */
function watchUnread() {
  const unread = document.querySelectorAll("[data-notice][data-unread]:not([data-watched])");
  for (const notice of /** @type {NodeListOf<HTMLElement>} */ (unread)) {
    notice.dataset.watched = "";
    sight.observe(notice);
  }
  badge();
}

const timers = new WeakMap();
const sight = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      clearTimeout(timers.get(target));
      if (isIntersecting) timers.set(target, setTimeout(() => seen(target.dataset.notice), READING));
    }
  },
  { threshold: 0.6 },
);

const said = new Set();

/** Say that an announcement was opened; it waits in the outbox like everything else. */
function seen(notice) {
  const before = mine().some(({ kind, data }) => kind === "notice.seen" && data.notice === notice);
  if (before || said.has(notice)) return;
  said.add(notice);
  const label = document.querySelector("h1")?.textContent.trim();
  const about = { actor: account(), subject: location.pathname, label, seen: pageSeq() };
  save([operation("notice.seen", { notice, how: "opened" }, about)], { quiet: true });
}

/** App Badging (W3C) where there is any: what is unread, as the newest page knows. */
function badge() {
  const { unread } = document.body.dataset;
  if (unread === undefined) return;
  const set = Number(unread) ? navigator.setAppBadge?.(Number(unread)) : navigator.clearAppBadge?.();
  set?.catch(() => {});
}

async function copy(event) {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = /** @type {HTMLTextAreaElement} */ (document.getElementById(button.dataset.copy));
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    document.execCommand("copy");
  }
  toast(say("copied"));
}
