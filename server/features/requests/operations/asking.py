"""What those in need say: ask, add, withdraw, thank, open again."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import func, select

from server import clock
from server.features.estates import reads as estates
from server.features.estates.records import Household
from server.features.people.actors import Person
from server.features.photos.expect import expect, must_be_name
from server.features.requests import calling, emergency, rules, telling
from server.features.requests.file import File
from server.features.requests.kinds import KINDS, RequestKind
from server.features.requests.operations.saying import Key, Line, OfRequest, trimmed
from server.features.requests.tables import requests
from server.i18n import mark
from server.oplog.envelope import Number
from server.oplog.events import Event
from server.oplog.kinds import HEALTH, Asked, Moment, Op, Refused, operation


@operation("request.ask", label=mark("Ask for help"))
class Ask(Op):
    """Somebody needs something: for oneself, or for the household behind a door that is named.

    A door may be typed as people say it, so that it is found though there was no signal. Asking is
    never refused for being too much: it is passed on later then, and says when.
    """

    retention: ClassVar = dict.fromkeys(
        ("kind", "quick", "words", "household", "door", "breadth"), HEALTH
    )
    kind: Key
    quick: Key = ""
    words: str = ""
    household: Number | None = None
    door: Line = ""
    breadth: Key = rules.HOME
    photo: str | None = None

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        kind = self._kind()
        words = trimmed(self.words)
        if self.photo is not None:
            must_be_name(self.photo)
            if kind.private:
                raise Refused(NO_PHOTO)
        door = self._door(at, asked)
        breadth = self.breadth if kind.wide else rules.HOME
        before = _within_a_minute(at, asked)
        alike = _alike(at, kind, door, breadth)
        file = File.begin(at, asked, kind, door, breadth)
        put_off = rules.put_off(kind, before)
        said: dict[str, Any] = {"words": words, "quick": self.quick, "put_off": put_off}
        said |= {"level": rules.NOBODY_YET} if put_off else telling.carry(file, asked, rules.FIRST)
        if kind.key == emergency.KIND:
            calling.begin(file, asked, said)
        if alike:
            said["alike"] = alike
        if self.photo is not None:
            self._expect(file, asked, self.photo)
        file.enter(asked, Event.of(asked, "ask", kind.key, **said))

    def _kind(self) -> RequestKind:
        kind = KINDS.get(self.kind)
        if kind is None or self.breadth not in rules.BREADTHS:
            raise Refused(NO_SUCH_KIND)
        if self.quick and self.quick not in kind.quick:
            raise Refused(NO_SUCH_KIND)
        if kind.key == "other" and not self.words.strip():
            raise Refused(SAY_WHAT)
        return kind

    def _door(self, at: Moment, asked: Asked) -> Household:
        """For whom it is: the household named, the door typed, or one's own. Raises `Refused`."""
        person: Person = at.actors[asked.actor]  # type: ignore[assignment]
        if self.household is None and self.door.strip():
            found = estates.find_doors(at.connection, at.community_id, self.door.strip())
            if not found:
                raise Refused(NO_SUCH_DOOR, door=self.door.strip())
            if len(found) > 1:
                raise Refused(SEVERAL_DOORS, door=self.door.strip(), count=len(found))
            return found[0]
        wanted = person.household_id if self.household is None else self.household
        if wanted is None:
            raise Refused(SAY_WHERE)
        door = estates.household(at.connection, at.community_id, wanted)
        if door is None:
            raise Refused(SAY_WHERE)
        return door

    def _expect(self, file: File, asked: Asked, photo: str) -> None:
        expect(
            file.at,
            asked,
            photo,
            about=f"/requests/{file.id}",
            household=file.row.household_id,
            stairwell=file.row.stairwell_id,
            sees=file.kind.sees,
        )


@operation("request.add", label=mark("Say more about a request"))
class Add(OfRequest):
    """Words to the other side; or for the team alone, which whoever asked never reads."""

    retention: ClassVar = {"words": HEALTH}
    words: str
    for_team: bool = False

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        words = trimmed(self.words)
        if not words:
            raise Refused(SAY_WHAT)
        if self.for_team:
            file.must_answer()
            told = telling.owner(file, asked, telling.SAID_MORE)
        else:
            file.must_be_open()
            told = self._tell(file, asked)
        said = Event.of(asked, "add", words=words, notices=told)
        file.enter(asked, said._replace(for_team=self.for_team))

    def _tell(self, file: File, asked: Asked) -> list[str]:
        told = telling.owner(file, asked, telling.SAID_MORE)
        return told + telling.askers(file, asked, telling.ANSWERED)


@operation("request.withdraw", label=mark("Withdraw a request"))
class Withdraw(OfRequest):
    """It is no longer needed, say those who asked, or whoever leads for them."""

    retention: ClassVar = {"why": HEALTH}
    why: Line = ""

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        if not (file.asks or file.leads):
            raise Refused(NOT_YOURS)
        file.must_be_open()
        telling.end(file, asked, *telling.STAFF, *telling.CALLED)
        told = telling.owner(file, asked, telling.NOT_NEEDED)
        file.enter(asked, Event.of(asked, "withdraw", why=self.why.strip(), notices=told))


@operation("request.thank", label=mark("Say thank you"))
class Thank(OfRequest):
    """Whoever did it hears that it helped."""

    retention: ClassVar = {"words": HEALTH}
    words: str = ""

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        if not file.asks:
            raise Refused(NOT_YOURS)
        if file.state.state != rules.DONE:
            raise Refused(NOT_DONE)
        words = trimmed(self.words)
        told = [] if file.state.thanked else telling.owner(file, asked, telling.THANKS)
        file.enter(asked, Event.of(asked, "thank", words=words, notices=told))


@operation("request.reopen", label=mark("Open a request again"))
class Reopen(OfRequest):
    """It was not done after all, or is needed once more: everybody near is asked anew."""

    retention: ClassVar = {"words": HEALTH}
    words: str = ""

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        words = trimmed(self.words)
        if file.state.open:
            raise Refused(IS_OPEN)
        if file.state.state == rules.JOINED:
            raise Refused(IS_JOINED)
        said = telling.carry(file, asked, rules.FIRST, anew=True)
        if not file.asks:
            said["notices"] += telling.askers(file, asked, telling.LOOKING)
        if file.kind.key == emergency.KIND:
            calling.begin(file, asked, said)
        event = Event.of(asked, "reopen", words=words, **said)
        file.enter(asked, event._replace(at=file.when(by_arrival=True)))


def _within_a_minute(at: Moment, asked: Asked) -> int:
    """How many requests this account has made in the minute before."""
    table = requests.c
    found: int = at.connection.execute(
        select(func.count())
        .select_from(requests)
        .where(
            table.community_id == at.community_id,
            table.asked_by == asked.actor,
            table.opened_at > asked.corrected_at - clock.MINUTE,
            table.opened_at <= asked.corrected_at,
        )
    ).scalar_one()
    return found


def _alike(at: Moment, kind: RequestKind, door: Household, breadth: str) -> str:
    """An open request that may be the same one: of this kind, for this home or this place."""
    table = requests.c
    place = {
        rules.HOME: table.household_id == door.household,
        rules.STAIRWELL: (table.stairwell_id == door.stairwell) & (table.breadth != rules.HOME),
        rules.BUILDING: (table.building_id == door.building) & (table.breadth == rules.BUILDING),
    }
    found = at.connection.execute(
        select(table.id)
        .where(
            table.community_id == at.community_id,
            table.closed_at.is_(None),
            table.kind == kind.key,
            place[breadth],
        )
        .order_by(table.opened_at)
        .limit(1)
    ).scalar()
    return str(found or "")


NO_SUCH_KIND = mark("Choose what is needed.")
SAY_WHAT = mark("Say in a few words what is needed.")
NO_PHOTO = mark("No photo is taken of this. Say it in words.")
SAY_WHERE = mark("Say for which door it is.")
NO_SUCH_DOOR = mark("There is no door “%(door)s” here. Write it as it stands on the door plate.")
SEVERAL_DOORS = mark("“%(door)s” may be %(count)s doors. Write the compound's name before it.")
NOT_YOURS = mark("Only those who asked can say this.")
NOT_DONE = mark("It is not done yet.")
IS_OPEN = mark("This request is open.")
IS_JOINED = mark("This request is joined to another. Part them first.")
