"""The codes people are given: secrets that sign in, and household numbers that do not.

A secret is shown once, on a card or in a link, and stored only as its hash.
"""

from __future__ import annotations

import secrets
import unicodedata
from hashlib import sha256

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base32: no I, L, O or U, five bits a character."""

LENGTH = 16
"""Characters of a secret: 80 bits, too many to guess even unhindered."""

GROUP = 4

_MISREAD = str.maketrans("OIL", "011")
_SPACING = str.maketrans(
    "", "", " \t\r\n\u3000-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u30fc_.·"
)


def new_secret() -> str:
    """A fresh sign-in secret as it is printed: 7K3M-0QXD-9B2E-YHTA."""
    return grouped("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))


def grouped(secret: str) -> str:
    """A secret in groups of four, easier to read out and to type."""
    return "-".join(secret[start : start + GROUP] for start in range(0, len(secret), GROUP))


def normalise(typed: str) -> str | None:
    """What somebody typed, brought to the one form that is hashed; None if it cannot be a secret.

    Small letters, full-width characters, any spacing and the look-alikes O, I, L are forgiven.
    """
    secret = _plain(typed).upper().translate(_MISREAD)
    return secret if len(secret) == LENGTH and set(secret) <= set(ALPHABET) else None


def hash_of(secret: str) -> str:
    """What is stored of a secret, and looked up. Raises `ValueError` for what cannot be one.

    A plain hash is enough for 80 random bits: there is no dictionary to try.
    """
    plain = normalise(secret)
    if plain is None:
        raise ValueError("This is not a sign-in secret.")
    return sha256(plain.encode("ascii")).hexdigest()


def _plain(typed: str) -> str:
    """Narrow characters without spacing. Empty for more than anybody types."""
    return unicodedata.normalize("NFKC", typed).translate(_SPACING) if len(typed) <= 100 else ""


# Household numbers.

NUMBER_DIGITS = 5
"""Digits before the check digit; more where a community has more households."""

_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
"""H. M. Damm's quasigroup: it catches each wrong digit and each swap of neighbours."""


def card_number(household: int) -> str:
    """The number on a household's card, its check digit last: 042068. It signs nobody in."""
    digits = f"{household:0{NUMBER_DIGITS}d}"
    return f"{digits}{_damm(digits)}"


def read_card_number(typed: str) -> str | None:
    """A card number as it is stored, from what was typed; None where its check digit is wrong."""
    digits = _plain(typed)
    if not (digits.isascii() and digits.isdecimal() and len(digits) > NUMBER_DIGITS):
        return None
    return digits if _damm(digits) == 0 else None


def _damm(digits: str) -> int:
    """The check digit of these digits; 0 for digits that end in their own."""
    check = 0
    for digit in digits:
        check = _DAMM[check][int(digit)]
    return check
