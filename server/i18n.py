"""Three languages: choosing one, marking text for translation, and translating it.

English source strings are the message ids. 简体 and 繁體 have a catalogue each; nothing converts
one into the other as a page is drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.support import Translations

LOCALES = Path(__file__).parent / "locales"

LANGUAGES = {"zh-Hans": "简体", "zh-Hant": "繁體", "en": "English"}
"""BCP 47 tags, as `lang` attributes want them, with each language's own name."""

DEFAULT = "zh-Hans"


def mark(text: str) -> str:
    """Mark a string for the catalogues without translating it now."""
    return text


@dataclass(frozen=True, slots=True)
class Words:
    """A message and its parameters, translated only when somebody reads it."""

    text: str
    params: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, recorded: Mapping[str, Any] | None) -> Words | None:
        """What `as_json` has recorded; None where nothing was."""
        if not recorded:
            return None
        text, params = recorded["text"], recorded.get("params", {})
        return cls(text, params)

    def as_json(self) -> dict[str, Any]:
        """The form that is recorded with an operation."""
        return (
            {"text": self.text, "params": dict(self.params)} if self.params else {"text": self.text}
        )


def choose(saved: str | None, accepted: str | None) -> str:
    """Choose by the person's saved choice, then by the browser's Accept-Language header."""
    if saved in LANGUAGES:
        return str(saved)
    for tag in _by_preference(accepted or ""):
        language = match(tag)
        if language:
            return language
    return DEFAULT


@lru_cache(maxsize=200)
def match(tag: str) -> str | None:
    """The language that serves a BCP 47 tag, by script: zh-TW and zh-HK read Hant, bare zh Hans.

    Babel's `negotiate_locale` finds nothing for these, so the likely script is asked for,
    which takes Babel a tenth of a millisecond: as long as half a board.
    """
    try:
        locale = Locale.parse(tag, sep="-", resolve_likely_subtags=True)
    except (ValueError, UnknownLocaleError):
        return None
    if locale.language == "zh":
        script = locale.script or ("Hant" if locale.territory in {"TW", "HK", "MO"} else "Hans")
        return f"zh-{script}" if f"zh-{script}" in LANGUAGES else None
    return locale.language if locale.language in LANGUAGES else None


def _by_preference(header: str) -> Iterable[str]:
    """The tags of an Accept-Language header (RFC 9110, 12.5.4), most wanted first."""
    weighted: list[tuple[float, int, str]] = []
    for part in header.split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            weighted.append((-float(quality or 1), len(weighted), tag.strip()))
        except ValueError:
            continue
    return [tag for weight, _, tag in sorted(weighted) if tag and tag != "*" and weight]


@cache
def catalogue(language: str) -> GNUTranslations | NullTranslations:
    """The catalogue of one language."""
    return Translations.load(LOCALES, [language.replace("-", "_")])


def translate(language: str, text: str, /, **params: Any) -> str:
    """One message in one language, its parameters filled in."""
    said = catalogue(language).gettext(text)
    return said % params if params else said


def say(language: str, words: Words | Mapping[str, Any] | None) -> str:
    """Words, or their recorded form, in one language; parameters that are `Words` are said too."""
    if words is None:
        return ""
    if isinstance(words, Words):
        words = words.as_json()
    params = {
        name: say(language, value) if isinstance(value, (Words, dict)) else value
        for name, value in words.get("params", {}).items()
    }
    return translate(language, words["text"], **params)


def time_of(moment: int | None, language: str, zone: tzinfo, now: int) -> str:
    """A moment as people say it: the time alone today, else with its day."""
    if moment is None:
        return ""
    locale = language.replace("-", "_")
    local = datetime.fromtimestamp(moment / 1000, zone)
    said = format_time(local, "HH:mm", locale=locale)
    if local.date() == datetime.fromtimestamp(now / 1000, zone).date():
        return said
    return f"{format_date(local, _DAY[locale[:2]], locale=locale)} {said}"


def day_of(day: date, language: str) -> str:
    """A day as people say it: 4月21日, 21 Apr."""
    locale = language.replace("-", "_")
    return format_date(day, _DAY[locale[:2]], locale=locale)


_DAY = {"zh": "M月d日", "en": "d MMM"}
