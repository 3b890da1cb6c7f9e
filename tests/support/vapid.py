"""Looking at a call as a push service does that holds no key of the phone's."""

from __future__ import annotations

import time
from collections.abc import Mapping

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.push_service import unbase64url


def must_be_right(headers: Mapping[str, str], body: bytes, key: str, audience: str) -> None:
    """Raises where it is not signed with the key a phone subscribed with, or breaks a rule.

    The rules are those of RFC 8030, 8291 and 8292. `audience` is the service's origin.
    """
    assert len(body) <= 4096, f"{len(body)} bytes"
    assert headers["Content-Encoding"] == "aes128gcm"
    assert int(headers["TTL"]) > 0
    assert len(headers["Topic"]) <= 32
    scheme, _, said = headers["Authorization"].partition(" ")
    parts = dict(part.strip().split("=", 1) for part in said.split(","))
    assert scheme == "vapid"
    assert parts["k"] == key.rstrip("="), "signed with another key"
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unbase64url(parts["k"]))
    claims = jwt.decode(parts["t"], public, ["ES256"], audience=audience)
    assert claims["exp"] <= time.time() + 86400
