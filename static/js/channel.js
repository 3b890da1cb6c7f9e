/** What tabs and worker tell one another. Whoever announces something also hears it. */
const channel = globalThis.BroadcastChannel && new BroadcastChannel("stairwell");
const hearers = {};

const tell = (said) => (hearers[said.type] || []).forEach((act) => act(said));
channel?.addEventListener("message", (event) => tell(event.data));

export function announce(type, detail) {
  const said = { ...detail, type };
  channel?.postMessage(said);
  tell(said);
}

export const hear = (type, act) => (hearers[type] ||= []).push(act);
