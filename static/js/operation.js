import { uuid7 } from "./uuid7.js";

/**
 * An operation that no form stands for, made here and now.
 * @param {{actor: string, subject: string, label?: string, seen?: number}} about
 * @returns {import("./outbox.js").Entry}
 */
export const operation = (kind, data, { actor, subject, label = "", seen = 0 }) => ({
  id: uuid7(),
  kind,
  v: 1,
  actor,
  made_at: new Date().toISOString(),
  server_seen_at: null,
  seen,
  group: null,
  subject,
  state: "saving",
  data,
  label,
});
