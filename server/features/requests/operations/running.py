"""What keeps requests going: whose turn is next, how one stands, joining what is the same."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta
from sqlalchemy import select

from server.features.requests import rules, telling
from server.features.requests.file import File
from server.features.requests.kinds import NOW
from server.features.requests.operations.saying import OfRequest
from server.features.requests.tables import requests
from server.i18n import mark
from server.oplog.envelope import Uuid
from server.oplog.events import Event
from server.oplog.kinds import Asked, Refused, operation

Clock = Annotated[int, Meta(ge=0, le=2**53)]


@operation("request.escalate", label=mark("Ask the next person"))
class Escalate(OfRequest):
    """Nobody has taken it: the next is asked, then who leads there, then everybody on duty there.

    `clock` is the clock that ran out, where it goes by itself.
    """

    clock: Clock = 0

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        file.must_answer()
        file.must_be_open()
        if self.clock:
            file.speaker = ""
        if file.state.state == rules.ASKED:
            said = telling.carry(file, asked, min(file.state.level + 1, rules.EVERYBODY))
        elif file.now < file.state.since:
            said = {"level": rules.FIRST}  # somebody took it before this could be heard
        else:
            raise Refused(IS_TAKEN, name=file.name(file.state.owner))
        file.enter(asked, Event.of(asked, "escalate", clock=self.clock, **said))


@operation("request.nudge", label=mark("Ask how a request stands"))
class Nudge(OfRequest):
    """Whoever has it is asked how it stands; the second time who leads there hears of it too."""

    clock: Clock = 0

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        file.must_be_open()
        if file.state.state not in rules.OWNED:
            raise Refused(NOBODY_HAS_IT)
        if self.clock:
            file.speaker = ""
        told: list[str] = []
        counts = bool(self.clock) or not rules.just_nudged(file.events, file.now)
        if counts:
            urgent = file.kind.urgency == NOW
            told = telling.owner(file, asked, telling.HOW_IS_IT, urgent=urgent)
            if file.state.level:
                told += telling.leads(file, asked, telling.STANDS_STILL)
        said = Event.of(asked, "nudge", clock=self.clock, told=counts, notices=told)
        file.enter(asked, said)


@operation("request.join", label=mark("Join two requests"))
class Join(OfRequest):
    """The same was asked twice: from now on whoever asked this one hears of the other."""

    to: Uuid

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        other = File.find(file.at, asked, self.to)
        file.must_answer()
        other.must_answer()
        file.must_be_open()
        other.must_be_open()
        if other.id == file.id:
            raise Refused(ITSELF)
        if _joined(file):
            raise Refused(THE_OTHER_WAY)
        telling.end(file, asked, *telling.STAFF, *telling.CALLED)
        told = telling.owner(file, asked, telling.IS_JOINED)
        if other.state.owner:
            name = other.name(other.state.owner)
            told += telling.askers(file, asked, telling.HAS_IT, name=name)
        file.enter(asked, Event.of(asked, "join", other.id, notices=told))
        asked.subject = f"/requests/{other.id}"


@operation("request.part", label=mark("Part joined requests"))
class Part(OfRequest):
    """They were not the same: this one stands by itself again, as it did before."""

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        file.must_answer()
        if file.state.state != rules.JOINED:
            raise Refused(NOT_JOINED)
        file.take_back(asked, "join")
        file.enter(asked, Event.of(asked, "part"))


def _joined(file: File) -> bool:
    """True where others are joined to this one."""
    found = file.at.connection.execute(
        select(requests.c.id)
        .where(requests.c.community_id == file.at.community_id, requests.c.joined_to == file.id)
        .limit(1)
    ).first()
    return found is not None


IS_TAKEN = mark("%(name)s has it already.")
NOBODY_HAS_IT = mark("Nobody has it yet: the next person is asked by itself.")
ITSELF = mark("Choose another request.")
THE_OTHER_WAY = mark("Others are joined to this one. Join the other one to it instead.")
NOT_JOINED = mark("This request is not joined to another.")
