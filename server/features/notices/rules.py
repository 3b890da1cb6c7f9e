"""What an announcement has come to: how far each recipient was reached, and who is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from server import clock

NORMAL, URGENT = "normal", "urgent"
URGENCIES = (NORMAL, URGENT)

READ, COMING, CANNOT = "read", "coming", "cannot"

ASKS = {READ: (READ,), COMING: (COMING, CANNOT)}
"""What acknowledging it may say, by what it asks."""

TOLD, NO_ANSWER, CALL_BACK = "told", "no_answer", "call_back"
OUTCOMES = (TOLD, NO_ANSWER, CALL_BACK)
"""What may come of telling somebody by telephone or at the door."""

AT_THE_DOOR = "door"
"""The outcome of somebody who was told in a knocking round."""

REQUEST = "request"
"""The kind that asks somebody to take a request, or tells who asked how it stands."""

THING = "thing"
"""The kind that says where something of somebody's is, which may be their medicine."""

MEDIATION = "mediation"
"""The kind that says to a side of a mediation, or to its officer, that there is a word for them."""

LEAVE = "leave"
"""The kind that says how a pass stands: where somebody goes may be somebody's health."""

MEDICINE = "medicine"
"""The kind that asks a household whether it needs more, or tells of a batch who works on it."""

CARE = "care"
"""The kind that says who keeps somebody, and that somebody in care has to be looked after now."""

VACANCY = "vacancy"
"""The kind that says in which flat nobody lives, which is a burglar's list."""

DECLARED = "declared"
"""The kind that says to those who may see results that a household declared somebody ill."""

SECRET = frozenset({MEDIATION, MEDICINE, CARE, DECLARED})
"""Kinds of which nobody but those meant knows, besides who made it."""

OF_A_DESK = (REQUEST, THING, LEAVE, VACANCY, *SECRET)
"""Kinds that no list of announcements has: their own pages say how each of them stands."""

PRIVATE = frozenset({"case", *OF_A_DESK})
"""Kinds of announcements of which even their existence says something of somebody's health: for
whom they are meant, and those who may see cases where the case is. Nobody knocks for them."""

MATTERS = 4 * clock.HOUR
"""How long an announcement matters that does not say."""

LONGEST = 7 * clock.DAY


class Line(Protocol):
    """What the ledger says of one recipient."""

    @property
    def queued_at(self) -> int | None: ...
    @property
    def sent_at(self) -> int | None: ...
    @property
    def shown_at(self) -> int | None: ...
    @property
    def opened_at(self) -> int | None: ...
    @property
    def answered_at(self) -> int | None: ...
    @property
    def answer(self) -> str | None: ...
    @property
    def told_at(self) -> int | None: ...


def path_outside(notice_id: str, opens: str) -> str:
    """Where a message in a chat group leads: the page it is about, if that is open to everybody."""
    return opens if opens.startswith("/open/") else f"/notices/{notice_id}"


STEPS = ("waiting", "queued", "sent", "shown", "opened", "answered", "told")
"""How far somebody was reached, from not at all to by word of mouth."""


def step(line: Line) -> str:
    """How far this recipient was reached."""
    if line.told_at is not None:
        return "told"
    if line.answered_at is not None:
        return "answered"
    if line.opened_at is not None:
        return "opened"
    if line.shown_at is not None:
        return "shown"
    if line.sent_at is not None:
        return "sent"
    return "queued" if line.queued_at is not None else "waiting"


def reached(line: Line) -> bool:
    """True where somebody there knows: they opened it, answered, or were told.

    That a push service took it, or that a telephone in a drawer showed it, proves nothing.
    """
    return line.opened_at is not None or answered(line)


def answered(line: Line) -> bool:
    """True where they acknowledged it, or somebody told them."""
    return line.answered_at is not None or line.told_at is not None


@dataclass(frozen=True, slots=True)
class Counts:
    """An announcement in figures: recipients by how far they were at least reached."""

    all: int = 0
    sent: int = 0
    shown: int = 0
    opened: int = 0
    answered: int = 0
    told: int = 0
    coming: int = 0
    cannot: int = 0
    reached: int = 0

    @property
    def missing(self) -> int:
        """Recipients of whom nobody knows whether they know."""
        return self.all - self.reached

    @property
    def percent(self) -> int:
        """Share reached, in whole per cent, never rounded up to 100."""
        return 100 * self.reached // self.all if self.all else 0


def count(lines: Iterable[Line]) -> Counts:
    """Add a ledger up."""
    every = list(lines)
    return Counts(
        all=len(every),
        sent=sum(one.sent_at is not None for one in every),
        shown=sum(one.shown_at is not None for one in every),
        opened=sum(one.opened_at is not None for one in every),
        answered=sum(one.answered_at is not None for one in every),
        told=sum(one.told_at is not None for one in every),
        coming=sum(one.answer == COMING for one in every),
        cannot=sum(one.answer == CANNOT for one in every),
        reached=sum(reached(one) for one in every),
    )


def stage_is_done(lines: Iterable[Line]) -> bool:
    """True where everybody of a stage acknowledged, so that the next may be told."""
    return all(answered(one) for one in lines)


def matters(until: int | None, withdrawn_at: int | None, at: int) -> bool:
    """True while an announcement is worth telling anybody."""
    return withdrawn_at is None and (until is None or at < until)
