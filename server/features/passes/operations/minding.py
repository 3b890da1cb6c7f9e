"""What goes by itself, and what the committee sets: limits, and the key that signs."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta
from sqlalchemy import delete, insert, select

from server.features.passes import keys, rules, telling
from server.features.passes.file import TOPIC, Pass
from server.features.passes.operations.saying import Key, OfPass, must_be_known
from server.features.passes.tables import pass_limits, passes
from server.features.people.actors import Person
from server.features.people.rules import May
from server.i18n import mark
from server.oplog.envelope import Uuid
from server.oplog.events import Event
from server.oplog.kinds import Asked, Moment, Op, Refused, operation


@operation("pass.remind", label=mark("Ask after a pass"))
class Remind(OfPass):
    """Nobody has decided, or somebody is not back: those who lead hear of it, once."""

    what: Key

    def say(self, found: Pass, asked: Asked) -> None:
        """See the class."""
        found.must_decide()
        must_be_known((rules.WAITS, rules.LATE), self.what)
        if self.what == rules.WAITS:
            found.must_be(rules.ASKED)
        elif not found.row.away or found.now < found.row.until:
            raise Refused(IS_BACK)
        found.speaker = ""
        told: list[str] = []
        again = self.what in found.state.reminded
        if not again and self.what == rules.WAITS:
            told = telling.leads(found, asked, telling.NOBODY_DECIDED)
        elif not again:
            told = telling.home(found, asked, telling.NOT_BACK)
            told += telling.leads(found, asked, telling.SOMEBODY_OUT)
        event = Event.of(asked, "remind", self.what, notices=told)
        found.enter(asked, event._replace(again=again))


@operation("pass.clash", label=mark("Say that a pass was used wrongly"))
class Clash(OfPass):
    """Two gates let it through, or one let through what held no longer: both hear of it, and who
    leads. `crossing` is the later of the two.
    """

    crossing: Uuid

    def say(self, found: Pass, asked: Asked) -> None:
        """See the class."""
        found.must_decide()
        known = found.crossings()
        later = next((one for one in known if one.op_id == self.crossing), None)
        if later is None:
            raise Refused(NO_CROSSING)
        found.speaker = ""
        again = self.crossing in found.state.clashes
        before = [one for one, after in rules.clashes(found.row, known) if after == later]
        guards = {one.actor for one in (*before, later)}
        told = [] if again else telling.wrong(found, asked, guards)
        event = Event.of(asked, "clash", self.crossing, notices=told)
        found.enter(asked, event._replace(again=again))


@operation("pass.limit", label=mark("Set what a household may have"))
class Limit(Op):
    """How many passes for errands a household has in how many days, and which tests count."""

    passes: Annotated[int, Meta(ge=0, le=20)]
    days: Annotated[int, Meta(ge=1, le=30)]
    hours: Annotated[int, Meta(ge=1, le=24)]
    test_hours: Annotated[int, Meta(ge=6, le=168)]
    alone: bool = False

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        must_set(at, asked)
        where = pass_limits.c.community_id == at.community_id
        at.connection.execute(delete(pass_limits).where(where))
        said = {name: getattr(self, name) for name in self.__struct_fields__}
        row = {"community_id": at.community_id, "version": asked.seq}
        at.connection.execute(insert(pass_limits), row | said)
        at.tell(TOPIC)
        asked.subject = "/gates"


@operation("pass.renew_key", label=mark("Change the key that signs passes"))
class RenewKey(Op):
    """Passes that hold are signed anew; a picture with the old signature opens no gate any more."""

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        must_set(at, asked)
        key = keys.renew(at, asked.corrected_at)
        holding = select(passes).where(
            passes.c.community_id == at.community_id,
            passes.c.state == rules.VALID,
            passes.c.until > asked.corrected_at,
        )
        homes: set[int] = set()
        for row in at.connection.execute(holding).all():
            found = Pass.load(at, asked, row)
            found.sign(key)
            found.write(version=asked.seq)
            homes.add(row.household_id)
        telling.new_pictures(at, asked, homes - {None})
        at.tell(TOPIC)
        asked.subject = "/gates"


def must_set(at: Moment, asked: Asked) -> None:
    """Raises `Refused` for everybody who does not lead the community."""
    person: Person = at.actors[asked.actor]  # type: ignore[assignment]
    if not person.may(May.SET_GATES, asked.corrected_at):
        raise Refused(NOT_YOURS_TO_SET)


IS_BACK = mark("Whoever went is back, or its time is not over.")
NO_CROSSING = mark("Nobody went through a gate with it then.")
NOT_YOURS_TO_SET = mark("Only those who lead the community set this.")
