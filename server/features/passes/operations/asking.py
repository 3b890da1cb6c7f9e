"""Asking for a pass, for one's own household or for somebody else's, and taking that back."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import select

from server import clock
from server.features.estates import reads as estates
from server.features.estates.records import Household
from server.features.estates.typed import one_door
from server.features.passes import rules, telling
from server.features.passes.file import Pass, decides, limits
from server.features.passes.operations.saying import (
    Key,
    Line,
    Name,
    OfPass,
    When,
    Words,
    hours_of,
    must_be_known,
)
from server.features.passes.rules import ASKED, ERRAND, VALID, Limits
from server.features.passes.tables import passes
from server.features.people import reads as people
from server.features.people.actors import Person
from server.i18n import mark
from server.oplog.envelope import Number
from server.oplog.events import Event
from server.oplog.kinds import HEALTH, Asked, Moment, Op, Refused, operation


@operation("pass.ask", label=mark("Ask for a pass"))
class Ask(Op):
    """A household asks for somebody of it, or for a vehicle; within its limit it may be at once.

    `resident` is who goes, where the register has them; else `name` says it, or the plate.
    """

    retention: ClassVar = dict.fromkeys(("reason", "words", "name", "resident", "door"), HEALTH)
    reason: Key
    name: Name = ""
    resident: Number | None = None
    kind: Key = rules.PERSON
    household: Number | None = None
    door: Line = ""
    since: When = ""
    until: When = ""
    words: Words = ""

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        must_be_known(rules.ASKED_FOR, self.reason)
        must_be_known(rules.KINDS, self.kind)
        person: Person = at.actors[asked.actor]  # type: ignore[assignment]
        door = self._door(at, asked, person)
        known = limits(at.connection, at.community_id)
        since, until = hours_of(
            at, asked, self.since, self.until, known.hours * clock.HOUR,
            longest=known.hours * clock.HOUR if self.reason == ERRAND else clock.DAY,
        )  # fmt: skip
        if self.reason == ERRAND:
            _must_be_within(at, door, known, since)
        found = Pass.begin(
            at,
            asked,
            kind=self.kind,
            name=self._name(at, door),
            household_id=door.household,
            resident_id=self.resident,
            reason=self.reason,
            words=self.words.strip(),
            way=rules.OUT,
            since=since,
            until=until,
            uses=1,
            conditions=["test"] if self.reason != ERRAND else [],
        )
        if self.reason == ERRAND and known.alone:
            found.enter(asked, Event.of(asked, "ask", VALID))
            found.sign()
            must_come_back(found)
            return
        told = telling.nearest(found, asked)
        found.enter(asked, Event.of(asked, "ask", notices=told))
        at.react("passes.waits", found.id, asked.corrected_at + rules.DECIDED_WITHIN)

    def _door(self, at: Moment, asked: Asked, person: Person) -> Household:
        """For which household. Raises `Refused` for one that is not theirs to ask for."""
        if self.door.strip():
            door: Household | None = one_door(at, self.door)
        else:
            own = sorted(person.homes(asked.corrected_at))
            wanted = self.household if self.household is not None else next(iter(own), None)
            door = (wanted and estates.household(at.connection, at.community_id, wanted)) or None
        if door is None:
            raise Refused(NOT_YOURS)
        theirs = door.household in person.homes(asked.corrected_at)
        if not (theirs or decides(person, door, asked.corrected_at)):
            raise Refused(NOT_YOURS)
        return door

    def _name(self, at: Moment, door: Household) -> str:
        if self.resident is not None and self.kind == rules.PERSON:
            return name_of(at, self.resident, door)
        if not self.name.strip():
            raise Refused(SAY_WHO)
        return self.name.strip()


@operation("pass.withdraw", label=mark("Take back a pass"))
class Withdraw(OfPass):
    """It is not needed; it opens no gate any more."""

    def say(self, found: Pass, asked: Asked) -> None:
        """See the class."""
        if found.state.state == rules.WITHDRAWN:
            found.enter(asked, Event.of(asked, "withdraw")._replace(again=True))
            return
        found.must_be(ASKED, VALID)
        found.enter(asked, Event.of(asked, "withdraw"))


def name_of(at: Moment, resident_id: int, door: Household) -> str:
    """The name of somebody who lives behind a door. Raises `Refused` for anybody else."""
    for one in people.residents_of(at.connection, at.community_id, door.household):
        if one.id == resident_id:
            return one.name
    raise Refused(NOT_THERE)


def must_come_back(found: Pass) -> None:
    """Somebody looks whether whoever went out is back when its time is over."""
    found.at.react("passes.late", found.id, found.row.until + rules.GRACE)


def _must_be_within(at: Moment, door: Household, known: Limits, since: int) -> None:
    """Raises `Refused` where the household had as many as it may have."""
    table = passes.c
    rows = at.connection.execute(
        select(table.since)
        .where(
            table.community_id == at.community_id,
            table.household_id == door.household,
            table.reason == ERRAND,
            table.state.in_((ASKED, VALID)),
            table.since > since - known.days * clock.DAY,
            table.since < since + known.days * clock.DAY,
        )
        .order_by(table.since.desc())
    ).all()
    if len(rows) < known.passes:
        return
    if not known.passes:
        raise Refused(NONE_AT_ALL)
    raise Refused(HAD_THEM, count=known.passes, days=known.days)


NOT_YOURS = mark("A pass is asked for by its own household, or by who looks after that building.")
SAY_WHO = mark("Say who goes, or the number plate.")
NOT_THERE = mark("Nobody by that number lives behind this door.")
NONE_AT_ALL = mark("There are no passes for errands now. Ask for help instead: it is brought.")
HAD_THEM = mark(
    "Your household has had its passes: %(count)s in %(days)s days. Ask for another day, or ask "
    "for help: it is brought."
)
