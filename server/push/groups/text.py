"""An announcement as a message in a chat group. Pure functions.

Lengths are bytes of UTF-8, as WeCom counts; where a service counts characters, that is less.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from server.i18n import mark, translate

MORE = "…"


class Piece(NamedTuple):
    """What is said of one announcement."""

    title: str
    body: str
    until: str  # a time of day as people say it, or nothing
    link: str


def message(pieces: Sequence[Piece], language: str, most: int) -> tuple[str, int]:
    """The first so many pieces as one message of at most so many bytes, and how many they are.

    Whole, where all of them fit; else titles and links of as many as do; of a single one that is
    too long the body is cut.
    """
    whole = "\n\n".join(_lines(one, one.body, language) for one in pieces)
    if _size(whole) <= most:
        return whole, len(pieces)
    if len(pieces) == 1:
        return cut_body(pieces[0], language, most), 1
    short = [f"【{one.title}】\n{one.link}" for one in pieces]
    while len(short) > 1 and _size("\n\n".join(short)) > most:
        short.pop()
    if len(short) == 1:
        return cut_body(pieces[0], language, most), 1
    return "\n\n".join(short), len(short)


def cut_body(piece: Piece, language: str, most: int) -> str:
    """One announcement, its body cut at a character so that title, time and link stay whole."""
    bare = _lines(piece, MORE, language)
    room = most - _size(bare) + _size(MORE)
    said = _lines(piece, cut(piece.body, room), language)
    return said if _size(said) <= most else cut(said, most)


def cut(text: str, most: int) -> str:
    """The text in at most so many bytes, ending in an ellipsis where it was cut at a character."""
    if _size(text) <= most:
        return text
    kept = text.encode()[: max(0, most - _size(MORE))].decode(errors="ignore").rstrip()
    return kept + MORE if most >= _size(MORE) else ""


def _lines(piece: Piece, body: str, language: str) -> str:
    until = translate(language, UNTIL, at=piece.until) if piece.until else ""
    return "\n".join(part for part in (f"【{piece.title}】", body, until, piece.link) if part)


def _size(text: str) -> int:
    return len(text.encode())


UNTIL = mark("until %(at)s")
TRY = mark("This is a test of Stairwell: announcements will be posted here.")
