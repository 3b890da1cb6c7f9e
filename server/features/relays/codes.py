"""The relay code: two halves, of which each community keeps its own.

Both halves together find the one row that two communities share; neither half alone does. Said at
the meeting gate, the other half shows that whoever stands there is who the parcel is for.
"""

from __future__ import annotations

import secrets
import unicodedata
from hashlib import sha256

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Nothing that sounds or looks like something else when it is said through a mask."""

HALF = 4
"""Characters of a half: with five tries at hand nobody guesses one, and a carrier remembers it."""


def new_half() -> str:
    """A fresh half, such as K7PM."""
    return "".join(secrets.choice(ALPHABET) for _ in range(HALF))


def normalise(typed: str) -> str | None:
    """A half as somebody typed it; None where it can be none."""
    plain = unicodedata.normalize("NFKC", typed).upper()
    half = "".join(one for one in plain if one.isalnum())
    return half if len(half) == HALF and set(half) <= set(ALPHABET) else None


def key_of(sending: str, receiving: str) -> str:
    """What the shared row is found by: a hash (SHA-256) of both halves, the sender's first."""
    return sha256(f"relay {sending} {receiving}".encode()).hexdigest()
