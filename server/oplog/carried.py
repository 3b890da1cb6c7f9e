"""Hand-over files: what one phone could not send, carried by another. See docs/hand-over.md.

A file is signed by a key its device cannot export and sealed to the server, so whoever carries it
can neither read nor change it.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

import msgspec
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from server.i18n import mark
from server.oplog.envelope import MOST_OPERATIONS, Envelope, Unreadable, Uuid, decode_items

FORMAT = "stairwell-hand-over-1"
COORDINATE = 32


class _File(msgspec.Struct):
    format: str
    device: Uuid
    made_at: str
    server_key: str
    public_key: str
    ephemeral: str
    iv: str
    sealed: str
    signature: str

    @property
    def bound(self) -> str:
        """The head, which signature and seal both hold on to."""
        return ".".join(
            (
                self.format,
                self.device,
                self.made_at,
                self.server_key,
                self.public_key,
                self.ephemeral,
                self.iv,
            )
        )


class _Content(msgspec.Struct):
    ops: list[msgspec.Raw]


class CannotOpen(ValueError):
    """The file cannot be opened or trusted; the text says why, for the person who carries it."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What a file holds, and the device that claims it."""

    device: str
    public_key: str
    actor: str
    items: list[Envelope | Unreadable]


def new_private_key() -> bytes:
    """A P-256 private key of the server, as it is stored."""
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def public_jwk(stored: bytes) -> dict[str, str]:
    """The public half as a JSON Web Key (RFC 7517), which devices seal to."""
    point = _point(_private(stored).public_key())
    x, y = point[1 : 1 + COORDINATE], point[1 + COORDINATE :]
    return {"kty": "EC", "crv": "P-256", "x": _text(x), "y": _text(y), "kid": key_id(stored)}


def key_id(stored: bytes) -> str:
    """A short name of a key, so that a file says which one it was sealed to."""
    digest = hashes.Hash(hashes.SHA256())
    digest.update(_point(_private(stored).public_key()))
    return _text(digest.finalize()[:6])


def open_file(body: bytes, stored: bytes) -> Opened:
    """Check a file's signature, unseal it and read it. Raises `CannotOpen`.

    Whether the device's key is really its actor's is for the caller to look up.
    """
    try:
        file = msgspec.json.decode(body, type=_File)
    except msgspec.DecodeError as error:
        raise CannotOpen(NO_FILE) from error
    if file.format != FORMAT:
        raise CannotOpen(NO_FILE)
    try:
        _verify(file)
        content = msgspec.json.decode(_unseal(file, stored), type=_Content)
    except (InvalidSignature, InvalidTag, ValueError, binascii.Error) as error:
        raise CannotOpen(CHANGED) from error
    if len(content.ops) > MOST_OPERATIONS:
        raise CannotOpen(TOO_MANY)
    items = decode_items(content.ops)
    actors = {item.actor for item in items if isinstance(item, Envelope)}
    if len(actors) != 1:
        raise CannotOpen(NO_FILE)
    return Opened(file.device, file.public_key, actors.pop(), items)


def _verify(file: _File) -> None:
    """Check the signature: WebCrypto writes it as two plain numbers, not as DER."""
    signature = _bytes(file.signature)
    if len(signature) != 2 * COORDINATE:
        raise InvalidSignature
    r, s = signature[:COORDINATE], signature[COORDINATE:]
    der = utils.encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(file.public_key))
    public.verify(der, f"{file.bound}.{file.sealed}".encode(), ec.ECDSA(hashes.SHA256()))


def _unseal(file: _File, stored: bytes) -> bytes:
    """ECDH with the ephemeral key, HKDF-SHA-256 (RFC 5869), AES-256-GCM over the bound head."""
    private = _private(stored)
    ephemeral_point = _bytes(file.ephemeral)
    ephemeral = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), ephemeral_point)
    salt = ephemeral_point + _point(private.public_key())
    key = HKDF(hashes.SHA256(), 32, salt, FORMAT.encode()).derive(
        private.exchange(ec.ECDH(), ephemeral)
    )
    return AESGCM(key).decrypt(_bytes(file.iv), _bytes(file.sealed), file.bound.encode())


def _private(stored: bytes) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_der_private_key(stored, None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


NO_FILE = mark("This is not a hand-over file of Stairwell.")
CHANGED = mark("This file is damaged, or was made for another server. Make it again.")
TOO_MANY = mark("This file holds too much for one go. Send it from the phone itself.")
