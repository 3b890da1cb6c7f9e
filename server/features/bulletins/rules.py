"""A bulletin's life: drafted, published, perhaps withdrawn; never silently changed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from server import clock
from server.features.bulletins.wording import SECTIONS, UNKNOWN
from server.i18n import LANGUAGES, mark
from server.oplog.kinds import Refused

DRAFT, PUBLISHED, WITHDRAWN = "draft", "published", "withdrawn"

MATTERS = 36 * clock.HOUR
"""How long the announcement of a bulletin rings and waits: until the next one is out."""

EARLIEST = 7
"""Days back for which a bulletin may still be drafted."""

LONGEST_TEXT, LONGEST_LINE, MOST_LINES = 1500, 200, 12


def must_be_a_day(text: str, today: str) -> str:
    """A day that a bulletin may be about: today, or few days ago. Raises `Refused`."""
    try:
        gone = (date.fromisoformat(today) - date.fromisoformat(text)).days
    except ValueError:
        raise Refused(NO_DAY, text=text) from None
    if len(text) != len(today) or not 0 <= gone <= EARLIEST:
        raise Refused(WRONG_DAY, most=EARLIEST)
    return text


def content(
    sections: Mapping[str, Mapping[str, str]],
    what: Mapping[str, str],
    asked: Mapping[str, str],
    when: Mapping[str, str],
) -> dict[str, Any]:
    """What was typed, as it is kept; lines without a question are left out. Raises `Refused`."""
    kept: dict[str, Any] = {}
    for section in SECTIONS:
        texts = {
            language: text.strip() for language, text in sections[section].items() if text.strip()
        }
        must_be_texts(texts)
        kept[section] = texts
    numbers = sorted(what, key=lambda number: (len(number), number))
    lines = [
        {"what": what[one].strip(), "asked": asked.get(one, "").strip(), "when": when.get(one, "")}
        for one in numbers
        if what[one].strip()
    ]
    if len(lines) > MOST_LINES:
        raise Refused(MANY_LINES, most=MOST_LINES)
    for line in lines:
        if max(len(line["what"]), len(line["asked"])) > LONGEST_LINE:
            raise Refused(LONG_LINE, most=LONGEST_LINE)
        if line["when"]:
            _must_be_a_moment(line["when"])
    kept[UNKNOWN] = lines
    return kept


def must_be_texts(texts: Mapping[str, str]) -> None:
    """Raises `Refused` for a language there is not, or more than fits."""
    if set(texts) - set(LANGUAGES):
        raise Refused(NO_SUCH_LANGUAGE)
    if max(map(len, texts.values()), default=0) > LONGEST_TEXT:
        raise Refused(LONG_TEXT, most=LONGEST_TEXT)


def _must_be_a_moment(text: str) -> None:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise Refused(NO_MOMENT, text=text[:40]) from None


def is_stale(version: int, seen: int, own: bool) -> bool:
    """True where somebody changed the text after it was seen.

    What was typed on the same phone by the same person is no surprise to them.
    """
    return version > seen and not own


NO_DAY = mark("“%(text)s” is not a day.")
WRONG_DAY = mark("A bulletin is about today, or one of the last %(most)s days.")
NO_SUCH_LANGUAGE = mark("There is no such language here.")
LONG_TEXT = mark("A section has at most %(most)s characters.")
MANY_LINES = mark("At most %(most)s things are not known; put some together.")
LONG_LINE = mark("What is not known, and whom one asked, has at most %(most)s characters.")
NO_MOMENT = mark("“%(text)s” is not a time.")
