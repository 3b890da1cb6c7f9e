import { keep } from "./caches.js";
import { flush } from "./flush.js";
import { operation } from "./operation.js";
import { add } from "./outbox.js";
import { ask } from "./session.js";
import { state } from "./store.js";
import { calls, subscribe } from "./subscription.js";

/** What the worker does when this phone is called. */

/** A call reaches thousands at once; what they then ask of the server is spread over this. */
const SPREAD = 3e3;
/** Milliseconds in which a window answers; soon after the tap the leave to open one is gone. */
const ANSWERS = 500;
const NAME = "楼道 Stairwell";

/**
 * Show what came, always something: browsers take the right to call from those who stay silent, and
 * a phone cannot tell whether somebody looks at an open page. Then keep what is needed to read it.
 * @param {ServiceWorkerRegistration} registration
 * @param {?PushMessageData} data
 */
export async function called(registration, data) {
  const call = read(data);
  const [account, on] = await Promise.all([state.get("account"), calls()]).catch(() => []);
  const whose = call?.data.account || on?.account;
  const mine = Boolean(account) && whose === account;
  if (!call || !mine) return registration.showNotification(NAME, nothing(on, whose, mine));
  const { title, data: about, badge, ...shown } = call;
  await registration.showNotification(title, { ...shown, data: { ...about, account } });
  if (Number.isInteger(badge)) navigator.setAppBadge?.(badge).catch(() => {});
  const seen = { notice: about.notice, how: "shown" };
  if (about.notice) await note("notice.seen", seen, { actor: account, label: title });
  await new Promise((resolve) => setTimeout(resolve, Math.random() * SPREAD));
  await flush();
  for (const url of new Set([about.path, "/notices", "/"])) {
    const response = await ask(url);
    if (response?.ok) await keep(url, response);
  }
}

/** A declarative push message as `showNotification` takes it; null for what is none. */
function read(data) {
  try {
    const { notification: said, app_badge } = data.json();
    const { title, body, lang, dir, tag, navigate = "/", data: about, actions = [] } = said;
    const { pathname, search } = new URL(navigate, location.href);
    const urgent = said.require_interaction ?? said.requireInteraction ?? about?.urgent;
    return {
      ...{ title: title.trim() || NAME, body, lang, dir, tag },
      renotify: Boolean(tag),
      requireInteraction: Boolean(urgent),
      // No picture: a browser may wait a minute and more for it before it shows anything.
      actions: actions.slice(0, 2).map(({ action, title: words }) => ({ action, title: words })),
      badge: app_badge,
      data: { ...about, path: pathname + search },
    };
  } catch {
    return null;
  }
}

/** What is said where what came cannot be read, or is for somebody else: nothing of it. */
const nothing = (on, whose, mine) => ({
  body: on?.words?.[mine || !whose ? "plain" : "other"],
  tag: "other",
});

/** Write down what happened here; it is on its way then, whatever becomes of this worker. */
const note = (kind, data, about) =>
  add([operation(kind, data, { subject: `/notices/${data.notice}`, ...about })]);

/**
 * Somebody tapped what was shown, or one of its buttons. The window goes first: only so soon after
 * the tap may it come to the front.
 * @param {NotificationEvent} event
 */
export async function tapped({ action, notification }) {
  const { notice, account: actor, path = "/" } = notification.data || {};
  const { title } = notification;
  notification.close();
  const done = [show(path, title)];
  if (action && notice) done.push(note("notice.answer", { notice, answer: action }, { actor, label: title }));
  await Promise.all(done);
  await flush();
}

/** An open window shows the page, as soon as nobody types there; else a new one does. */
async function show(path, title) {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const best = windows.find(({ visibilityState }) => visibilityState === "visible") || windows[0];
  const there = (await hears(best)) && (await best.focus().catch(() => null));
  if (there) there.postMessage({ open: path, title });
  else await self.clients.openWindow(path);
}

/**
 * Whether a window answers. One that is just closing is listed still, and a tap gives leave for one
 * thing only: whoever calls such a window to the front may not open another then.
 */
const hears = (best) =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => resolve(true);
    setTimeout(resolve, ANSWERS, false);
    best ? best.postMessage({ hears: true }, [port2]) : resolve(false);
  });

/** The browser ended the subscription or made another. */
export async function resubscribed(registration) {
  const [account, on] = await Promise.all([state.get("account"), calls()]);
  if (account && on?.account === account) await subscribe(registration);
}
