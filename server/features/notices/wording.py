"""What an announcement says, in each recipient's language.

What a person typed is kept as it was typed, by language; what the system says (a call, results)
is kept as marked words and translated when it is read, so that every phone has its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from server.i18n import DEFAULT, LANGUAGES, Words, say


class Said(NamedTuple):
    """An announcement in one language."""

    title: str
    body: str


def typed(title: Mapping[str, str], body: Mapping[str, str]) -> dict[str, Any]:
    """The content of what a person typed, by language."""
    return {"title": {"typed": dict(title)}, "body": {"typed": dict(body)}}


def worded(title: Words, body: Words) -> dict[str, Any]:
    """The content of what the system says."""
    return {"title": title.as_json(), "body": body.as_json()}


def said(content: Mapping[str, Any], language: str) -> Said:
    """The content in a language; where nobody typed it in that one, in the nearest that is there.

    One who reads 繁體 is shown 简体 before English; everybody else first what was typed first.
    """
    return Said(*(_said(content[part], language or DEFAULT) for part in Said._fields))


def _said(part: Mapping[str, Any], language: str) -> str:
    if "typed" not in part:
        return say(language, part)
    texts: Mapping[str, str] = part["typed"]
    kin = [one for one in LANGUAGES if one[:2] == language[:2]]
    return next((texts[one] for one in (language, *kin, *texts) if texts.get(one)), "")
