"""A household says that the register is right, or not now; and is asked whether it is."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select, update

from server.features.estates import reads as estates
from server.features.estates.records import Household
from server.features.notices import announce
from server.features.notices.audience import Audience
from server.features.people.actors import Person
from server.features.people.rules import May
from server.features.upkeep import reads, rules
from server.features.upkeep.tables import upkeep
from server.i18n import Words, mark
from server.oplog.envelope import Number
from server.oplog.kinds import Asked, Moment, Op, Refused, operation

NOTICE = "notice"


@operation("upkeep.confirm", label=mark("Say that the register is right"))
class Confirm(Op):
    """Nothing has changed: said by the household, or to whoever keeps the register there."""

    household: Number

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        door = _speaks(at, asked, self.household, also=May.KEEP_REGISTER)
        _keep(at, asked, door.household, said_at=asked.corrected_at, said_by=asked.actor)


@operation("upkeep.later", label=mark("Answer later whether the register is right"))
class Later(Op):
    """A household does not want to be asked now; nobody asks it for thirty days."""

    household: Number

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        door = _speaks(at, asked, self.household)
        _keep(at, asked, door.household, later_at=asked.corrected_at)


@operation("upkeep.ask", label=mark("Ask households whether the register is right"))
class Ask(Op):
    """Ask those of a building whose entry is old and who were left alone for thirty days."""

    building: Number

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        person: Person = at.actors[asked.actor]  # type: ignore[assignment]
        stairs = [
            place.stairwell
            for place in estates.places(at.connection, at.community_id).values()
            if place.building == self.building
            and person.may(May.KEEP_REGISTER, asked.corrected_at, place)
        ]
        if not stairs:
            raise Refused(NOT_YOURS)
        now = asked.corrected_at
        wanted = [
            one.household
            for one in reads.known(at.connection, at.community_id, stairs)
            if rules.is_old(one.known_at, now) and rules.may_ask(one.asked_at, one.later_at, now)
        ]
        if not wanted:
            raise Refused(NOBODY)
        announce.tell(
            at, asked, "", Words(STILL_SO), Words(PLEASE_LOOK),
            Audience(households=wanted), kind=NOTICE, opens="/record",
        )  # fmt: skip
        for household in wanted:
            _keep(at, asked, household, asked_at=now)
        asked.subject = "/upkeep"


def _speaks(at: Moment, asked: Asked, household: int, also: May | None = None) -> Household:
    """The door, for who speaks for it or may besides. Raises `Refused`."""
    door = estates.household(at.connection, at.community_id, household)
    person: Person = at.actors[asked.actor]  # type: ignore[assignment]
    now = asked.corrected_at
    own = household in person.homes(now)
    if door is None or not (own or (also is not None and person.may(also, now, door))):
        raise Refused(NOT_YOURS)
    return door


def _keep(at: Moment, asked: Asked, household: int, **said: Any) -> None:
    this = (upkeep.c.community_id == at.community_id) & (upkeep.c.household_id == household)
    row = {"version": asked.seq, **said}
    if at.connection.execute(select(upkeep.c.version).where(this)).first() is not None:
        at.connection.execute(update(upkeep).where(this).values(row))
    else:
        key = {"community_id": at.community_id, "household_id": household}
        at.connection.execute(insert(upkeep), key | row)
    asked.subject = "/"
    at.tell("upkeep", f"household:{household}")


NOT_YOURS = mark("This household is not yours to speak for.")
NOBODY = mark("Nobody there is to be asked now: all is known, or they were asked lately.")
STILL_SO = mark("Is what we know of your household still right?")
PLEASE_LOOK = mark("Have a look: nothing has changed takes one tap.")
