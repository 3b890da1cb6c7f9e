/** Bytes as base64url without padding (RFC 4648, 5). */
export function base64url(data) {
  const binary = Array.from(new Uint8Array(data), (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
