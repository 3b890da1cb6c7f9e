"""What somebody may open from their first page: one entry a feature, by what they may do there."""

from __future__ import annotations

from dataclasses import dataclass

from server.features.people.actors import Person
from server.features.people.rules import May
from server.i18n import mark


@dataclass(frozen=True, slots=True)
class Entry:
    """One page that others start from."""

    path: str
    glyph: str
    label: str  # marked words
    right: May | None = None  # whoever has it somewhere; None: every household


ENTRIES = (
    Entry("/requests", "!", mark("Requests"), May.ANSWER),
    Entry("/requests/new", "＋", mark("At a door"), May.ANSWER),
    Entry("/find", "⌕", mark("Find somebody"), May.FIND_PEOPLE),
    Entry("/requests/phone", "☎", mark("By telephone"), May.LEAD),
    Entry("/things", "▣", mark("In my hands"), May.HOLD),
    Entry("/passes", "⇥", mark("Passes"), May.APPROVE_PASSES),
    Entry("/trips", "⇄", mark("Standing trips"), May.HOLD),
    Entry("/gates", "∩", mark("Gates"), May.GUARD),
    Entry("/cases", "✚", mark("Cases"), May.SEE_CASES),
    Entry("/care", "♡", mark("Special care"), May.SEE_CARE),
    Entry("/care/mine", "♡", mark("Whom I look after"), May.HOLD),
    Entry("/care/new", "♡", mark("Somebody needs care"), May.SEE_ESTATE),
    Entry("/stranded", "⌂", mark("People shut in here"), May.SEE_STRANDED),
    Entry("/stranded/mine", "⌂", mark("Staying with us")),
    Entry("/vacancies", "□", mark("Vacant flats"), May.KEEP_VACANCIES),
    Entry("/arrivals", "⇆", mark("Moved in or leaving"), May.KEEP_VACANCIES),
    Entry("/posters", "▤", mark("Posters with a code"), May.KEEP_VACANCIES),
    Entry("/access", "⊟", mark("Door systems"), May.CONNECT),
    Entry("/register", "▦", mark("Register from a spreadsheet"), May.IMPORT),
    Entry("/upkeep", "↻", mark("Entries that are old"), May.KEEP_REGISTER),
    Entry("/record/asked", "⌫", mark("Asked to be erased"), May.KEEP_REGISTER),
    Entry("/retention", "◷", mark("How long things are kept"), May.KEEP_CLOCKS),
    Entry("/exports", "⇩", mark("Lists to take away"), May.EXPORT),
    Entry("/mediation", "⇌", mark("Mediation"), May.MEDIATE),
    Entry("/medicine", "⊕", mark("Medicine"), May.SEE_HEALTH_REQUESTS),
    Entry("/medicine/mine", "⊕", mark("Our medicine")),
    Entry("/care/ours", "♡", mark("Special care for us")),
    Entry("/cases/mine", "✚", mark("Our household's health")),
    Entry("/passes/mine", "⇥", mark("Our passes")),
    Entry("/trips/mine", "⇄", mark("Our trips")),
    Entry("/gates", "∩", mark("Gates")),
    Entry("/things/ours", "▣", mark("Our things")),
    Entry("/bulletins", "≡", mark("Bulletins")),
    Entry("/testing/mine", "✓", mark("Our last tests")),
    Entry("/record", "☰", mark("What is kept of us")),
)
"""In the order in which pages show them."""


def duties(person: Person, now: int) -> tuple[Entry, ...]:
    """The entries of somebody who works here."""
    return tuple(
        one for one in ENTRIES if one.right is not None and person.may_somewhere(one.right, now)
    )


def own(person: Person, now: int) -> tuple[Entry, ...]:
    """The entries of somebody who speaks for a household."""
    return tuple(one for one in ENTRIES if one.right is None) if person.homes(now) else ()
