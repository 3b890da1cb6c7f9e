"""Numbers of passes: said at a gate, typed by a guard, and a slip of the finger is noticed.

Seven digits that nobody can guess and a check digit after Damm (H. M. Damm, 2004), which finds
every single wrong digit and every pair of neighbours that were exchanged.
"""

from __future__ import annotations

import secrets
import unicodedata

DIGITS = 8

_TABLE = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip


def new() -> str:
    """A number, of which it is to be seen whether somebody has it already."""
    digits = f"{secrets.randbelow(10 ** (DIGITS - 1)):0{DIGITS - 1}}"
    return digits + str(_interim(digits))


def normalise(typed: str) -> str:
    """A number as somebody typed it, with spaces or full-width digits; empty where it is none."""
    plain = "".join(
        one for one in unicodedata.normalize("NFKC", typed) if not one.isspace() and one != "-"
    )
    fits = len(plain) == DIGITS and plain.isascii() and plain.isdigit()
    return plain if fits and _interim(plain) == 0 else ""


def _interim(digits: str) -> int:
    """The digit that the table leads to: 0 over a number with its check digit."""
    found = 0
    for digit in digits:
        found = int(_TABLE[found][int(digit)])
    return found
