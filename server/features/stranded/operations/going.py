"""Moving on to another door, going home, and taking back what was entered by mistake."""

from __future__ import annotations

from sqlalchemy import update

from server.features.estates import reads as estates
from server.features.estates.typed import one_door
from server.features.notices import announce
from server.features.notices.audience import Audience
from server.features.people import reads as people
from server.features.people.rules import OFFICER, May, is_a
from server.features.people.tables import residents
from server.features.stranded import rules
from server.features.stranded.file import IS_OVER, Stay, be_present, may_say
from server.features.stranded.operations.coming import Address
from server.i18n import Words, mark
from server.oplog.envelope import Uuid
from server.oplog.events import Event
from server.oplog.kinds import Asked, Moment, Op, Refused, operation

NEWS = "notice"
"""The kind of announcement: it names a building, and nobody."""


class _OfStay(Op):
    """What is said of a stay."""

    stay: Uuid

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        self.say(Stay.find(at, asked, self.stay), asked)

    def say(self, stay: Stay, asked: Asked) -> None:
        """Enter it. Raises `Refused`."""
        raise NotImplementedError


@operation("stranded.move", label=mark("Move somebody who is shut in"))
class Move(_OfStay):
    """They stay behind another door from now on."""

    door: Address

    def say(self, stay: Stay, asked: Asked) -> None:
        """See the class."""
        stay.must_be_here(asked)
        door = one_door(stay.at, self.door)
        if not may_say(stay.at, asked, door):
            raise Refused(NOT_THERE)
        again = door.household == stay.state.household
        event = Event.of(asked, "move", household=door.household)
        stay.enter(asked, event._replace(again=again))
        stay.at.connection.execute(
            update(residents)
            .where(
                residents.c.community_id == stay.at.community_id,
                residents.c.id == stay.row.resident_id,
            )
            .values(household_id=stay.state.household)  # the last that was said, not that came in
        )


@operation("stranded.leave", label=mark("Say that somebody went home"))
class Leave(_OfStay):
    """They are no longer here; whoever lives in this community is at home again."""

    def say(self, stay: Stay, asked: Asked) -> None:
        """See the class."""
        _end(stay, asked, rules.WENT_HOME)


@operation("stranded.undo", label=mark("Take back that somebody is shut in"))
class Undo(_OfStay):
    """It was entered by mistake: everything is as if it had not been said."""

    def say(self, stay: Stay, asked: Asked) -> None:
        """See the class."""
        _end(stay, asked, rules.MISTAKE)


def _end(stay: Stay, asked: Asked, how: str) -> None:
    if stay.state.ended is not None:
        raise Refused(IS_OVER, how=Words(rules.ENDS[stay.state.ended.key]))
    be_present(stay.at, stay.row.resident_id, present=False)
    be_present(stay.at, stay.row.lives_id, present=True)
    told = _tell(stay, asked) if how == rules.WENT_HOME else []
    stay.enter(asked, Event.of(asked, "leave", how, notices=told))


def _tell(stay: Stay, asked: Asked) -> list[str]:
    """The officers of both buildings hear that somebody went home; of whom they read there."""
    at = stay.at
    doors = estates.households_by_id(
        at.connection, at.community_id, {stay.door.household, stay.row.home_id} - {None}
    )
    held = people.staff_roles(at.connection, at.community_id, asked.corrected_at)
    officers = {
        one
        for door in doors.values()
        for one in people.who_may(
            at.connection, at.community_id, May.SEE_STRANDED, [door], asked.corrected_at
        )
        if is_a(held[one], OFFICER, asked.corrected_at)
    }
    meant = Audience(accounts=sorted(officers - {asked.actor}))
    if not meant.accounts:
        return []
    place = estates.places(at.connection, at.community_id, [stay.door.stairwell])
    title = Words(GONE, {"place": place[stay.door.stairwell].words})
    return announce.tell(
        at, asked, "officers", title, Words(GONE_BODY), meant, kind=NEWS, opens="/stranded"
    )


NOT_THERE = mark("Only those who may say it at that door, too, move somebody there.")
GONE = mark("Somebody who was shut in went home: %(place)s")
GONE_BODY = mark("They no longer count behind that door.")
