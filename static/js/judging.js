/**
 * What a gate finds of a pass, without a signal: the same as `server/features/passes/rules.py`, which a test holds
 * it to. Moments are in Unix milliseconds.
 * @typedef {{way: string, since: number, until: number, uses: number, state: string, away: boolean, used: boolean}} Held
 */

const TABLE = ["0317598642", "7092154863", "4206871359", "1750983426", "6123045978", "3674209581", "5869720134",
  "8945362017", "9438617205", "2581436790"];

/** A number as somebody typed it; empty where a digit is wrong (Damm's check digit). */
export function numberOf(typed) {
  const plain = typed.normalize("NFKC").replace(/[\s-]/g, "");
  if (!/^[0-9]{8}$/.test(plain)) return "";
  return [...plain].reduce((interim, digit) => TABLE[interim][digit], 0) === "0" ? plain : "";
}

/**
 * Whoever comes home is never turned away.
 * @param {Held} held
 * @param {string} way in which somebody goes
 * @param {number} at
 */
export function judge(held, way, at) {
  if (way !== held.way) return held.away ? (at > held.until ? "overdue" : "ok") : "not_out";
  if (held.state !== "valid") return "not_valid";
  if (at < held.since) return "not_yet";
  if (at >= held.until) return "expired";
  if (held.away) return "copy";
  return held.used && held.uses === 1 ? "used" : "ok";
}

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));

const CLAIMS = ["key", "community", "number", "name", "kind", "way", "since", "until", "uses", "conditions"];

/** What a text says that looks like a pass; null where it is none. */
export function read(token) {
  const [mark, said, signature, ...more] = token.split(".");
  if (mark !== "SWP1" || !signature || more.length || token.length > 900) return null;
  try {
    const claims = JSON.parse(new TextDecoder().decode(bytes(said)));
    if (!Array.isArray(claims) || claims.length !== CLAIMS.length) return null;
    return Object.fromEntries(CLAIMS.map((name, at) => [name, claims[at]]));
  } catch {
    return null;
  }
}

/** Whether the key, 65 bytes in base64url, signed exactly this text (ECDSA on P-256 with SHA-256). */
export async function genuine(token, key) {
  const end = token.lastIndexOf(".");
  const curve = { name: "ECDSA", namedCurve: "P-256" };
  try {
    const known = await crypto.subtle.importKey("raw", bytes(key), curve, false, ["verify"]);
    const text = new TextEncoder().encode(token.slice(0, end));
    return await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, known, bytes(token.slice(end + 1)), text);
  } catch {
    return false;
  }
}
