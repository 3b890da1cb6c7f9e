"""Reading results as laboratories list them: a tube's code and a word, a line each."""

from __future__ import annotations

import re

from server.features.testing.rules import INVALID, NEGATIVE, POSITIVE

WORDS = {
    NEGATIVE: ("negative", "neg", "-", "阴性", "陰性", "阴", "陰"),
    POSITIVE: ("positive", "pos", "+", "阳性", "陽性", "阳", "陽"),
    INVALID: ("invalid", "无效", "無效", "作废", "作廢"),
}
"""What laboratories write, by what it means."""

_MEANT = {word: result for result, words in WORDS.items() for word in words}
_LINE = re.compile(r"^\s*([A-Za-z0-9_-]{1,24}?)[\s,;:\t，；：]+(\S+)\s*$")


class BadLine(ValueError):
    """A line that says nothing that can be understood."""

    def __init__(self, number: int, text: str) -> None:
        super().__init__(text)
        self.number = number
        self.text = text


def read_results(text: str) -> dict[str, str]:
    """Results by tube. Raises `BadLine` for a line that cannot be read or contradicts another."""
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        match = _LINE.match(line)
        result = _MEANT.get(match[2].lower()) if match else None
        if match is None or result is None:
            raise BadLine(number, line.strip())
        code = match[1].upper()
        if found.setdefault(code, result) != result:
            raise BadLine(number, line.strip())
    return found
