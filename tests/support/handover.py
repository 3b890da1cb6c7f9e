"""Makes hand-over files as `handover.js` does: signed by the device, sealed to the server."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Sequence
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

FORMAT = "stairwell-hand-over-1"

Key = ec.EllipticCurvePrivateKey


def new_key() -> Key:
    """A key that a device signs with."""
    return ec.generate_private_key(ec.SECP256R1())


def point(key: Key) -> str:
    """Its public half, as the device says it."""
    return _text(_point(key.public_key()))


def sealed(
    ops: Sequence[Any] | bytes, device: str, key: Key, server: dict[str, str], made_at: str
) -> bytes:
    """The file: see docs/hand-over.md. Bytes are sealed as they are, whatever they say."""
    x, y = (int.from_bytes(_bytes(server[name]), "big") for name in ("x", "y"))
    to = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    ephemeral, iv = new_key(), os.urandom(12)
    head = {
        "format": FORMAT,
        "device": device,
        "made_at": made_at,
        "server_key": server["kid"],
        "public_key": point(key),
        "ephemeral": point(ephemeral),
        "iv": _text(iv),
    }
    bound = ".".join(head.values())
    salt = _point(ephemeral.public_key()) + _point(to)
    secret = ephemeral.exchange(ec.ECDH(), to)
    cipher = AESGCM(HKDF(hashes.SHA256(), 32, salt, FORMAT.encode()).derive(secret))
    plain = ops if isinstance(ops, bytes) else _content(ops)
    text = _text(cipher.encrypt(iv, plain, bound.encode()))
    signed = key.sign(f"{bound}.{text}".encode(), ec.ECDSA(hashes.SHA256()))
    numbers = utils.decode_dss_signature(signed)
    signature = b"".join(number.to_bytes(32, "big") for number in numbers)
    return json.dumps({**head, "sealed": text, "signature": _text(signature)}).encode()


def _content(ops: Sequence[Any]) -> bytes:
    text = json.dumps({"ops": ops}, ensure_ascii=False, separators=(",", ":"))  # as browsers do
    return text.encode("utf-8", "backslashreplace")


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
