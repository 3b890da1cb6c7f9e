"""What the records propose to say, section by section and in every language. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import tzinfo

from server.features.bulletins.figures import Figures, Row
from server.i18n import LANGUAGES, mark, say, time_of, translate

Say = Callable[[Figures, str, tzinfo], str]

Texts = dict[str, str]
"""One text in each language."""


def propose(figures: Figures, zone: tzinfo) -> dict[str, Texts]:
    """The text of every section that the records know something of, by language."""
    return {
        key: {language: text for language in LANGUAGES if (text := said(figures, language, zone))}
        for key, said in PROPOSED.items()
    }


def _cases(figures: Figures, language: str, zone: tzinfo) -> str:
    if not figures.rows:
        return ""
    if not figures.new:
        return translate(language, NO_CASES)
    lines = (_new_in(row, figures, language, zone) for row in figures.rows if row.new)
    return _lines(translate(language, CASES, n=figures.new), lines)


def _new_in(row: Row, figures: Figures, language: str, zone: tzinfo) -> str:
    said = translate(language, AT_PLACE, place=say(language, row.place), n=row.new)
    if row.tested_at is None:
        return said
    tested = time_of(row.tested_at, language, zone, figures.at)
    return said + translate(language, TESTED, at=tested)


def _transfers(figures: Figures, language: str, zone: tzinfo) -> str:
    counts = {name: figures.total(name) for name, _ in STEPS}
    if not any(counts.values()):
        return translate(language, NO_TRANSFERS) if figures.rows else ""
    told = (translate(language, text, n=counts[name]) for name, text in STEPS if counts[name])
    waiting = (
        translate(language, AT_PLACE, place=say(language, row.place), n=row.waiting)
        for row in figures.rows
        if row.waiting
    )
    said = translate(language, AND).join(told)
    if any(row.waiting for row in figures.rows):
        said += "\n" + translate(language, WAITING)
    return _lines(said, waiting)


def _clear(figures: Figures, language: str, zone: tzinfo) -> str:
    if figures.clear is None or not figures.clear:
        return ""
    text = ONE_DAY_CLEAR if figures.clear == 1 else DAYS_CLEAR
    return translate(language, text, n=figures.clear)


def _tomorrow(figures: Figures, language: str, zone: tzinfo) -> str:
    return "\n".join(
        translate(language, PLAN, title=plan.title, kind=translate(language, plan.kind))
        for plan in figures.plans
    )


def _lines(first: str, more: Iterable[str]) -> str:
    """A sentence, and under it a line for each place."""
    return "\n".join((first, *(f"· {line}" for line in more)))


PROPOSED: dict[str, Say] = {
    "cases": _cases,
    "transfers": _transfers,
    "clear": _clear,
    "tomorrow": _tomorrow,
}

STEPS = (
    ("awaiting", mark("no car yet for %(n)s")),
    ("coming", mark("a car is on its way to %(n)s")),
    ("picked_up", mark("%(n)s on the road")),
    ("arrived", mark("%(n)s have arrived")),
    ("returned", mark("%(n)s are home again")),
)
"""How far transfers have got, in the order in which they go."""

CASES = mark("New cases today: %(n)s.")
NO_CASES = mark("No new case today.")
AT_PLACE = mark("%(place)s: %(n)s")
TESTED = mark(", tested %(at)s")
NO_TRANSFERS = mark("Nobody waits to be transferred.")
DAYS_CLEAR = mark("%(n)s days without a new case.")
ONE_DAY_CLEAR = mark("One day without a new case.")
PLAN = mark("%(title)s (%(kind)s)")
WAITING = mark("Waiting to be transferred, by building:")
AND = mark(", ")
