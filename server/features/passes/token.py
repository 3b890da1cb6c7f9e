"""What the picture on a pass says, and the signature by which a gate without a signal trusts it.

`SWP1.<claims>.<signature>`: the claims are a JSON list in base64url, the signature is ECDSA on
P-256 with SHA-256 over the text before its dot. That is what WebViews of old phones verify.
A gate learns a name or a plate, the way, the hours and the conditions; nothing else is in it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from server import p256
from server.p256 import SigningKey

MARK = "SWP1"
LONGEST = 900
"""Characters; a longer text is no pass."""


class Claims(NamedTuple):
    """What a pass says of itself."""

    key: str  # the id of the key that signed it
    community: int
    number: str
    name: str  # somebody's, or a plate
    kind: str
    way: str
    since: int  # Unix seconds, as `until`
    until: int
    uses: int  # 1, or 0 for as often as one likes
    conditions: str  # their keys, a space between


def sign(key: SigningKey, claims: Claims) -> str:
    """The text that is drawn as a QR code."""
    said = json.dumps(list(claims), ensure_ascii=False, separators=(",", ":"))
    text = f"{MARK}.{p256.encode(said.encode())}"
    return f"{text}.{p256.encode(key.sign(text.encode()))}"


def read(token: str) -> Claims | None:
    """What a text says that looks like a pass; whether it is true is not looked at."""
    if len(token) > LONGEST or token.count(".") != 2 or not token.startswith(f"{MARK}."):
        return None
    try:
        return _claims.decode(p256.decode(token.split(".")[1]))
    except (ValueError, msgspec.DecodeError):
        return None


def genuine(token: str, keys: Mapping[str, bytes]) -> bool:
    """True where one of these keys, the public half by id, signed exactly this text."""
    claims = read(token)
    if claims is None or claims.key not in keys:
        return False
    text, _, signature = token.rpartition(".")
    try:
        return p256.verified(keys[claims.key], p256.decode(signature), text.encode())
    except ValueError:
        return False


_claims = msgspec.json.Decoder(Claims)
