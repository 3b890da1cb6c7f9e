"""Making passes, approving and declining those asked for, and revoking."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from server import clock
from server.features.estates import reads as estates
from server.features.estates.records import Household
from server.features.estates.typed import one_door
from server.features.passes import rules, telling
from server.features.passes.file import NOT_YOURS, Pass, decides
from server.features.passes.operations.asking import SAY_WHO, must_come_back, name_of
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
from server.features.people.actors import Person
from server.i18n import mark
from server.oplog.envelope import Number
from server.oplog.events import Event
from server.oplog.kinds import HEALTH, Asked, Moment, Op, Refused, operation

Conditions = Annotated[list[Key], Meta(max_length=len(rules.CONDITIONS))]

DEFAULT = 4 * clock.HOUR
"""How long a pass holds where nothing else was said."""


@operation("pass.make", label=mark("Make a pass"))
class Make(Op):
    """Whoever approves passes there makes one, for a household, for who comes to it, or for none.

    `about` is the page of what it is for.
    """

    retention: ClassVar = dict.fromkeys(
        ("reason", "words", "name", "resident", "door", "about", "escort"), HEALTH
    )
    reason: Key
    name: Name = ""
    resident: Number | None = None
    kind: Key = rules.PERSON
    way: Key = rules.OUT
    uses: Annotated[int, Meta(ge=0, le=1)] = 1
    household: Number | None = None
    door: Line = ""
    since: When = ""
    until: When = ""
    conditions: Conditions = []
    escort: Name = ""
    words: Words = ""
    about: Annotated[str, Meta(max_length=80, pattern=r"^(/[a-z]+/[0-9a-f-]+)?$")] = ""

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        must_be_known(rules.REASONS, self.reason)
        must_be_known(rules.KINDS, self.kind)
        must_be_known(rules.WAYS, self.way)
        must_be_known(rules.CONDITIONS, *self.conditions)
        must_name_escort(self.conditions, self.escort)
        door = self._door(at)
        person: Person = at.actors[asked.actor]  # type: ignore[assignment]
        if not decides(person, door, asked.corrected_at):
            raise Refused(NOT_YOURS)
        since, until = hours_of(at, asked, self.since, self.until, DEFAULT, longest=rules.LONGEST)
        found = Pass.begin(
            at,
            asked,
            kind=self.kind,
            name=self._name(at, door),
            household_id=door.household if door else None,
            resident_id=self.resident,
            about=self.about,
            reason=self.reason,
            words=self.words.strip(),
            way=self.way,
            since=since,
            until=until,
            uses=self.uses,
            conditions=in_order(self.conditions),
            escort=self.escort.strip(),
        )
        told = telling.home(found, asked, telling.READY) if self.way == rules.OUT else []
        found.enter(asked, Event.of(asked, "make", notices=told))
        found.sign()
        must_come_back(found)

    def _door(self, at: Moment) -> Household | None:
        if self.household is None:
            return one_door(at, self.door) if self.door.strip() else None
        door = estates.household(at.connection, at.community_id, self.household)
        if door is None:
            raise Refused(NOT_YOURS)
        return door

    def _name(self, at: Moment, door: Household | None) -> str:
        if self.resident is not None and door is not None:
            return name_of(at, self.resident, door)
        if not self.name.strip():
            raise Refused(SAY_WHO)
        return self.name.strip()


@operation("pass.approve", label=mark("Approve a pass"))
class Approve(OfPass, kw_only=True):
    """It is signed and opens the gates, on the conditions that are said."""

    retention: ClassVar = {"escort": HEALTH}
    conditions: Conditions = []
    escort: Name = ""
    until: When = ""

    def say(self, found: Pass, asked: Asked) -> None:
        """See the class."""
        found.must_decide()
        must_be_known(rules.CONDITIONS, *self.conditions)
        must_name_escort(self.conditions, self.escort)
        if found.state.state == rules.VALID:
            found.enter(asked, Event.of(asked, "approve")._replace(again=True))
            return
        found.must_be(rules.ASKED)
        if found.row.until <= found.now and not self.until.strip():
            raise Refused(TOO_LATE)
        if self.until.strip():
            _, until = hours_of(found.at, asked, "", self.until, DEFAULT, longest=rules.LONGEST)
            found.write(until=until)
        found.write(conditions=in_order(self.conditions), escort=self.escort.strip())
        told = telling.home(found, asked, telling.READY)
        found.enter(asked, Event.of(asked, "approve", notices=told))
        found.sign()
        must_come_back(found)


@operation("pass.decline", label=mark("Do not approve a pass"))
class Decline(OfPass):
    """It opens no gate; the household reads why."""

    retention: ClassVar = {"why": HEALTH}
    why: Line

    def say(self, found: Pass, asked: Asked) -> None:
        """See the class."""
        found.must_decide()
        _end(found, asked, "decline", rules.DECLINED, self.why, telling.NOT_APPROVED, rules.ASKED)


@operation("pass.revoke", label=mark("Revoke a pass"))
class Revoke(OfPass):
    """It holds no longer: gates hear of it when their phones next have a signal."""

    retention: ClassVar = {"why": HEALTH}
    why: Line

    def say(self, found: Pass, asked: Asked) -> None:
        """See the class."""
        found.must_decide()
        _end(found, asked, "revoke", rules.REVOKED, self.why, telling.REVOKED, rules.VALID)


def _end(
    found: Pass, asked: Asked, what: str, becomes: str, why: str, title: str, follows: str
) -> None:
    if not why.strip():
        raise Refused(SAY_WHY)
    if found.state.state == becomes:
        found.enter(asked, Event.of(asked, what)._replace(again=True))
        return
    found.must_be(follows)
    told = telling.home(found, asked, title)
    found.enter(asked, Event.of(asked, what, why=why.strip(), notices=told))


def must_name_escort(conditions: list[str], escort: str) -> None:
    """Raises `Refused` where somebody should go along and nobody is named."""
    if "escort" in conditions and not escort.strip():
        raise Refused(SAY_ESCORT)


def in_order(conditions: list[str]) -> list[str]:
    """Conditions as every gate reads them."""
    return [one for one in rules.CONDITIONS if one in conditions]


SAY_ESCORT = mark("Say who goes along.")
SAY_WHY = mark("Say why, so that they know what to do.")
TOO_LATE = mark("Its time is over: say until when it should hold.")
