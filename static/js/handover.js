import { base64url } from "./base64url.js";
import { waiting } from "./outbox.js";
import { envelope, introduce } from "./flush.js";
import { ask } from "./session.js";
import { state } from "./store.js";

const FORMAT = "stairwell-hand-over-1";
const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const EXCHANGE = { name: "ECDH", namedCurve: "P-256" };

const bytes = (text) => new TextEncoder().encode(text);
const raw = async (key) => new Uint8Array(await crypto.subtle.exportKey("raw", key));

/**
 * Make the key this device signs with, whose private half cannot leave it, and learn the server's.
 * The public half goes out with every batch, the first of them empty: a phone that loses its signal
 * before it has sent anything can be handed over too.
 */
export async function exchangeKeys() {
  if (!crypto.subtle || !((await state.get("server_key")) || (await makeKeys()))) return;
  const actor = await state.get("account");
  if ((await state.get("introduced")) === actor) return;
  if (await introduce(actor)) await state.set("introduced", actor);
}

async function makeKeys() {
  const response = await ask("/handover/key");
  if (!response?.ok) return false;
  const pair = await crypto.subtle.generateKey(CURVE, false, ["sign", "verify"]);
  await state.set("signing_key", pair.privateKey);
  await state.set("public_key", base64url(await raw(pair.publicKey)));
  await state.set("server_key", await response.json());
  return true;
}

/** What somebody has still to send, as a file only the server can read: see docs/hand-over.md. */
export async function handOver(actor) {
  const ops = (await waiting(actor)).map(envelope);
  const { kid, ...jwk } = await state.get("server_key");
  const server = await crypto.subtle.importKey("jwk", { ...jwk, key_ops: [], ext: true }, EXCHANGE, true, []);
  const pair = await crypto.subtle.generateKey(EXCHANGE, false, ["deriveBits"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const head = {
    format: FORMAT,
    device: await state.get("device"),
    made_at: new Date().toISOString(),
    server_key: kid,
    public_key: await state.get("public_key"),
    ephemeral: base64url(await raw(pair.publicKey)),
    iv: base64url(iv),
  };
  const bound = Object.values(head).join(".");
  const key = await sharedKey(pair, server);
  const plain = bytes(JSON.stringify({ ops }));
  const sealed = base64url(
    await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bytes(bound) }, key, plain),
  );
  const signing = { name: "ECDSA", hash: "SHA-256" };
  const signature = await crypto.subtle.sign(
    signing,
    await state.get("signing_key"),
    bytes(`${bound}.${sealed}`),
  );
  return { ...head, sealed, signature: base64url(signature) };
}

async function sharedKey({ privateKey, publicKey: ephemeral }, server) {
  const secret = await crypto.subtle.deriveBits({ name: "ECDH", public: server }, privateKey, 256);
  const salt = new Uint8Array([...(await raw(ephemeral)), ...(await raw(server))]);
  const material = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const derive = { name: "HKDF", hash: "SHA-256", salt, info: bytes(FORMAT) };
  return crypto.subtle.deriveKey(derive, material, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
}
