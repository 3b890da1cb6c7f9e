"""Who leads a mediation: opening one, a deputy who can take over, a reminder, and its end."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta
from sqlalchemy import select

from server import clock
from server.features.estates import reads as estates
from server.features.estates.typed import one_door
from server.features.mediation import rules
from server.features.mediation.file import File, begin
from server.features.mediation.operations.saying import OfMediation, said
from server.features.mediation.tables import mediations
from server.features.notices.audience import Audience
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.rules import May, may_somewhere
from server.features.requests import reads as requests
from server.i18n import mark
from server.oplog.envelope import Uuid
from server.oplog.events import Event
from server.oplog.kinds import PRIVATE, Asked, Moment, Op, Refused, operation

QUARREL = "quarrel"
"""The kind of request that is mediated."""

Door = Annotated[str, Meta(max_length=40)]
Someone = Annotated[str, Meta(max_length=36)]


@operation("mediation.open", label=mark("Open a mediation"))
class Open(Op):
    """From now on it is between this officer and the sides, whose doors are typed."""

    retention: ClassVar = dict.fromkeys(("about", "doors", "request"), PRIVATE)
    about: str
    doors: Annotated[list[Door], Meta(max_length=rules.MOST)]
    deputy: Someone = ""
    request: Uuid | None = None

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        person: Person = at.actors[asked.actor]  # type: ignore[assignment]
        if not person.may_somewhere(May.MEDIATE, asked.corrected_at):
            raise Refused(NOT_YOURS)
        about = said(self.about)
        homes = self._homes(at)
        doors = estates.households_by_id(at.connection, at.community_id, homes)
        if not any(person.may(May.MEDIATE, asked.corrected_at, one) for one in doors.values()):
            raise Refused(NOT_YOURS)
        must_be_able(at, asked, self.deputy)
        if self.request is not None:
            if (
                requests.owner_of(at.connection, at.community_id, self.request, QUARREL)
                != person.id
            ):
                raise Refused(NOT_THEIRS)
            if _is_mediated(at, self.request):
                raise Refused(IS_MEDIATED)
        file = begin(at, asked, homes, self.request)
        file.state.officer = asked.actor
        told = file.tell_sides(asked, [])
        file.enter(asked, Event.of(asked, "open", self.deputy, about=about, notices=told))

    def _homes(self, at: Moment) -> list[int]:
        typed = filter(None, (one.strip() for one in self.doors))
        homes = list(dict.fromkeys(one_door(at, one).household for one in typed))
        if len(homes) < rules.FEWEST:
            raise Refused(TWO_SIDES)
        return homes


@operation("mediation.deputy", label=mark("Name a deputy for a mediation"))
class Deputy(OfMediation):
    """Who may take over without the officer; they read nothing before. Nobody, with none named."""

    account: Someone = ""

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        file.must_lead()
        must_be_able(file.at, asked, self.account)
        told = []
        if self.account:
            told = file.tell(asked, "deputy", IS_DEPUTY, Audience(accounts=[self.account]))
        file.enter(asked, Event.of(asked, "deputy", self.account, notices=told))


@operation("mediation.take_over", label=mark("Take a mediation over"))
class TakeOver(OfMediation):
    """The deputy leads it from now on and says why; the sides and the officer before hear of it."""

    retention: ClassVar = {"why": PRIVATE}
    why: str

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        if not file.stands_by:
            raise Refused(NOT_DEPUTY)
        file.must_be_open()
        why = said(self.why)
        told = file.tell_officer(asked, TAKEN_OVER, opens="/mediation") + file.tell_sides(asked, [])
        file.enter(asked, Event.of(asked, "take_over", why=why, notices=told))


@operation("mediation.follow", label=mark("Be reminded of a mediation"))
class Follow(OfMediation):
    """In so many days; with `clock`, by itself: that day has come, and its officer hears of it."""

    days: Annotated[int, Meta(ge=0, le=365)] = 0
    clock: Annotated[int, Meta(ge=0, le=2**53)] = 0

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        file.must_lead()
        file.must_be_open()
        if self.clock:
            told = file.tell_officer(asked, FOLLOW_UP)
            file.enter(asked, Event.of(asked, "follow", at=None, notices=told))
            return
        when = file.now + self.days * clock.DAY if self.days else None
        file.enter(asked, Event.of(asked, "follow", at=when))
        if when is not None:
            file.at.react("mediation.follow", f"{file.row.id} {when}", when)


@operation("mediation.close", label=mark("Close a mediation"))
class Close(OfMediation):
    """How it ended; the sides hear of it."""

    outcome: Annotated[str, Meta(max_length=12)]

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        file.must_lead()
        if self.outcome not in rules.OUTCOMES:
            raise Refused(NO_OUTCOME)
        file.must_be_open()
        if self.outcome == "agreed" and len(file.state.accepted) < len(file.sides):
            raise Refused(NOT_ACCEPTED)
        told = file.tell_sides(asked, [])
        file.enter(asked, Event.of(asked, "close", self.outcome, notices=told))


def must_be_able(at: Moment, asked: Asked, account: str) -> None:
    """Raises `Refused` for a deputy who is oneself, or who mediates nowhere here."""
    if not account:
        return
    held = people.staff_roles(at.connection, at.community_id, asked.corrected_at).get(account, ())
    if account == asked.actor or not may_somewhere(held, May.MEDIATE, asked.corrected_at):
        raise Refused(NO_DEPUTY)


def _is_mediated(at: Moment, request: str) -> bool:
    found = at.connection.execute(
        select(mediations.c.id).where(
            mediations.c.community_id == at.community_id,
            mediations.c.request_id == request,
            mediations.c.closed_at.is_(None),
        )
    ).first()
    return found is not None


NOT_YOURS = mark("Only police, information officers and stewards of a side's building mediate.")
TWO_SIDES = mark("A mediation has at least two different doors.")
NOT_THEIRS = mark("Take the request first; then you can mediate it.")
IS_MEDIATED = mark("Somebody mediates this request already.")
NO_DEPUTY = mark("Choose somebody else who mediates here as deputy.")
NOT_DEPUTY = mark("Only the deputy takes a mediation over.")
NO_OUTCOME = mark("Say how it ended.")
NOT_ACCEPTED = mark("Not every side has accepted the agreement yet.")
IS_DEPUTY = mark("You have been named deputy for a mediation")
TAKEN_OVER = mark("Your deputy has taken a mediation over")
FOLLOW_UP = mark("You wanted to follow a mediation up today")
