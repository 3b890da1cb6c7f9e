"""What a bulletin says: sections as they were typed, by language, and what is not known yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from server.features.estates.records import ServicePhone
from server.i18n import LANGUAGES, day_of, mark, translate

SECTIONS = {
    "cases": mark("New cases"),
    "transfers": mark("Transfers"),
    "clear": mark("Days without a new case"),
    "tomorrow": mark("Tomorrow"),
    "more": mark("What else there is to say"),
}
"""The parts of a bulletin in their order, with their headings."""

UNKNOWN = "unknown"
UNKNOWN_HEADING = mark("Not known yet")

Content = Mapping[str, Any]
"""As it is kept: {"cases": {"zh-Hans": "…"}, …, "unknown": [{"what", "asked", "when"}]}."""


class Unknown(NamedTuple):
    """A question that nobody here can answer yet."""

    what: str
    asked: str  # whom
    when: str  # 2022-04-21T14:00 in the community's zone, or nothing


class Piece(NamedTuple):
    """A text that somebody typed, and where: a section's key and a language, or a line's number."""

    section: str
    language: str
    text: str


def title(day: str, language: str) -> str:
    """What a bulletin is called."""
    return translate(language, TITLE, day=day_of(date.fromisoformat(day), language))


def said(content: Content, section: str, language: str) -> str:
    """A section in a language; where nobody typed it in that one, in the nearest that is there."""
    texts: Mapping[str, str] = content.get(section) or {}
    kin = [one for one in LANGUAGES if one[:2] == language[:2]]
    return next((texts[one] for one in (language, *kin, *texts) if texts.get(one)), "")


def unknown(content: Content) -> tuple[Unknown, ...]:
    """What is not known yet."""
    return tuple(
        Unknown(one["what"], one["asked"], one["when"]) for one in content.get(UNKNOWN, ())
    )


def pieces(content: Content) -> Iterator[Piece]:
    """Everything that was typed, in the order in which it is read."""
    for section in SECTIONS:
        for language, text in (content.get(section) or {}).items():
            yield Piece(section, language, text)
    for one in unknown(content):
        yield Piece(UNKNOWN, "", "\n".join((one.what, one.asked)))


def heading(section: str) -> str:
    """A section's marked heading."""
    return SECTIONS.get(section, UNKNOWN_HEADING)


def is_empty(content: Content) -> bool:
    """True where nobody wrote anything."""
    return not any(piece.text.strip() for piece in pieces(content))


def plain(content: Content, day: str, language: str, phones: Iterable[ServicePhone] = ()) -> str:
    """The whole as lines to paste or to read out, without its title; whom to call comes last."""
    parts = [
        f"{translate(language, words)}\n{text}"
        for section, words in SECTIONS.items()
        if (text := said(content, section, language))
    ]
    if questions := unknown(content):
        lines = (translate(language, ASKED, what=one.what, asked=one.asked) if one.asked
                 else one.what for one in questions)  # fmt: skip
        parts.append("\n".join((translate(language, UNKNOWN_HEADING), *lines)))
    if called := "\n".join(_phone(one, language) for one in phones):
        parts.append(called)
    return "\n\n".join(parts)


def _phone(phone: ServicePhone, language: str) -> str:
    text = OWN_PHONE if phone.compound else PHONE
    return translate(language, text, compound=phone.compound, number=phone.number)


TITLE = mark("Bulletin of %(day)s")
PHONE = mark("Service telephone: %(number)s")
OWN_PHONE = mark("Service telephone of %(compound)s: %(number)s")
ASKED = mark("%(what)s (asked: %(asked)s)")
