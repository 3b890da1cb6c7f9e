"""Key pairs on P-256 (FIPS 186-5), which every browser can verify: they sign calls and passes."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

HALF = 32
"""Bytes of each of the two numbers of a signature."""


def encode(raw: bytes) -> str:
    """Bytes as text: base64url without padding (RFC 4648, 5)."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """The bytes of such a text. Raises `ValueError` where it is none."""
    raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if encode(raw) != text:
        raise ValueError("it is no base64url, or it is written in another way")
    return raw


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key pair on P-256, named after its public half."""

    private: ec.EllipticCurvePrivateKey

    @classmethod
    def new(cls) -> Self:
        """A key that nobody had before."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def stored(cls, value: bytes) -> Self:
        """The key whose private number was stored."""
        return cls(ec.derive_private_key(int.from_bytes(value, "big"), ec.SECP256R1()))

    @property
    def value(self) -> bytes:
        """What is stored: the private number, 32 bytes."""
        return self.private.private_numbers().private_value.to_bytes(32, "big")

    @property
    def raw(self) -> bytes:
        """The public half: a point of 65 bytes, uncompressed."""
        return self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def public(self) -> str:
        """The public half as a browser takes it: base64url."""
        return encode(self.raw)

    @property
    def id(self) -> str:
        """Eight characters that stand for it."""
        return hashlib.sha256(self.raw).hexdigest()[:8]

    def sign(self, message: bytes) -> bytes:
        """Sign a message (ECDSA with SHA-256): r and s, 64 bytes, as WebCrypto reads it."""
        r, s = decode_dss_signature(self.private.sign(message, ec.ECDSA(SHA256())))
        return r.to_bytes(HALF, "big") + s.to_bytes(HALF, "big")

    @property
    def pems(self) -> tuple[bytes, bytes]:
        """Both halves as PEM, the private one first."""
        return (
            self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
            self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        )


def verified(public: bytes, signature: bytes, message: bytes) -> bool:
    """True where the key with that public half signed the message."""
    if len(signature) != 2 * HALF:
        return False
    r, s = (int.from_bytes(half, "big") for half in (signature[:HALF], signature[HALF:]))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public)
    try:
        key.verify(encode_dss_signature(r, s), message, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True
