"""Confirming, planning, declining, ending, and taking up again; what a household says of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from server import clock
from server.features.care import rules, telling
from server.features.care.file import NOBODY_THERE, File
from server.features.care.operations.suggesting import Hint, Key, Keys, Name, must_be_needs, who
from server.features.estates import reads as estates
from server.features.people import reads as people
from server.i18n import mark
from server.oplog.after import waits
from server.oplog.envelope import Number, Uuid
from server.oplog.events import Event
from server.oplog.kinds import HEALTH, NOTES, Asked, Moment, Op, Refused, operation

Account = Annotated[str, Meta(max_length=36)]
"""An account's id, or empty for nobody."""


class OfPerson(Op, kw_only=True):
    """What is said of somebody in care."""

    person: Uuid

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        self.say(File.find(at, asked, self.person), asked)

    def say(self, file: File, asked: Asked) -> None:
        """Enter it. Raises `Refused`."""
        raise NotImplementedError


class _Planned(OfPerson, kw_only=True):
    """Everything that is planned for somebody, said as a whole."""

    retention: ClassVar = {"needs": HEALTH, "words": NOTES, "name": NOTES}
    needs: Keys
    resident: Number | None = None
    name: Name = ""
    words: Hint = ""
    keeper: Account = ""
    deputy: Account = ""
    visits: Annotated[int, Meta(ge=0, le=rules.MOST_VISITS)] = 0
    meals: Annotated[int, Meta(ge=0, le=rules.MOST_MEALS)] = 0
    meals_from: Key = ""
    meals_until: Key = ""

    def plan(self, file: File, asked: Asked) -> dict[str, Any]:
        """All of it, as it is kept. Raises `Refused` with words that say what to correct."""
        needs = must_be_needs(self.needs)
        if not needs:
            raise Refused(SAY_NEED)
        resident, name = self._who(file)
        if not name:
            raise Refused(SAY_WHO)
        if self.deputy and self.deputy == self.keeper:
            raise Refused(TWO_PEOPLE)
        able = people.staff_roles(file.at.connection, file.at.community_id, file.now)
        if {*filter(None, (self.keeper, self.deputy))} - able.keys():
            raise Refused(NOT_ON_DUTY)
        zone = estates.zone(file.at.connection, file.at.community_id)
        today = datetime.fromtimestamp(file.now / 1000, zone).date().isoformat()
        begins, ends = _day(self.meals_from), _day(self.meals_until)
        if ends and (ends < today or ends < begins):
            raise Refused(IN_THE_PAST)
        if begins and begins < today and begins != file.state.meals_from:
            raise Refused(IN_THE_PAST)
        return {
            "resident": resident,
            "name": name,
            "needs": list(needs),
            "words": self.words.strip(),
            "keeper": self.keeper or None,
            "deputy": self.deputy or None,
            "visits": self.visits,
            "meals": self.meals,
            "meals_from": begins,
            "meals_until": ends,
        }

    def _who(self, file: File) -> tuple[int | None, str]:
        if self.resident is None and not self.name.strip():
            return file.state.resident, file.state.name
        return who(file.at, file.door, self.resident, self.name, knows=True)


@operation("care.confirm", label=mark("Take somebody into care"))
class Confirm(_Planned, kw_only=True):
    """Who decides there says that they need it, who keeps them, and what comes how often."""

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        file.must_run()
        if file.state.state != rules.SUGGESTED:
            raise Refused(STANDS[file.state.state])
        said = self.plan(file, asked)
        _begin_days(file.at)
        told = telling.kept(file, asked, {self.keeper, self.deputy})
        file.enter(asked, Event.of(asked, "confirm", **said, notices=told))


@operation("care.change", label=mark("Change what is planned for somebody in care"))
class Change(_Planned, kw_only=True):
    """All of it is said anew; the rounds of the next day follow."""

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        file.must_run()
        if file.state.state != rules.CONFIRMED:
            raise Refused(NOT_IN_CARE)
        said = self.plan(file, asked)
        new = {self.keeper, self.deputy} - {file.state.keeper, file.state.deputy}
        told = telling.kept(file, asked, new)
        file.enter(asked, Event.of(asked, "change", **said, notices=told))


@operation("care.decline", label=mark("Say that somebody needs no care"))
class Decline(OfPerson, kw_only=True):
    """They were suggested and do not need it."""

    retention: ClassVar = {"words": NOTES}
    words: Hint = ""

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        file.must_run()
        if file.state.state != rules.SUGGESTED:
            raise Refused(STANDS[file.state.state])
        file.enter(asked, Event.of(asked, "decline", words=self.words.strip()))


@operation("care.end", label=mark("End somebody's care"))
class End(OfPerson, kw_only=True):
    """Nobody comes any more, and why."""

    retention: ClassVar = {"why": HEALTH, "words": NOTES}
    why: Key
    words: Hint = ""

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        file.must_run()
        if self.why not in rules.ENDS:
            raise Refused(SAY_WHY)
        if file.state.state != rules.CONFIRMED:
            raise Refused(NOT_IN_CARE)
        both = {file.state.keeper, file.state.deputy}
        told = telling.staff(file, asked, "keepers", telling.OVER, both)
        event = Event.of(asked, "end", self.why, words=self.words.strip(), notices=told)
        file.enter(asked, event)


@operation("care.reopen", label=mark("Take somebody's care up again"))
class Reopen(OfPerson, kw_only=True):
    """It was ended or declined and goes on as it was."""

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        file.must_run()
        if file.state.state not in (rules.ENDED, rules.DECLINED):
            raise Refused(IS_OPEN)
        file.enter(asked, Event.of(asked, "reopen"))


@operation("care.object", label=mark("Say what is wrong with our care"))
class Object(OfPerson, kw_only=True):
    """The household corrects what is noted of it, or does not want it; who decides there hears."""

    retention: ClassVar = {"words": HEALTH}
    words: Hint

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        if not file.whose or file.state.state not in (rules.SUGGESTED, rules.CONFIRMED):
            raise Refused(NOBODY_THERE)
        if not self.words.strip():
            raise Refused(WRITE_IT)
        told = telling.deciders(file, asked, telling.OBJECTS)
        file.enter(asked, Event.of(asked, "object", words=self.words.strip(), notices=told))


def _day(text: str) -> str:
    """A day, or empty. Raises `Refused`."""
    if not text:
        return ""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise Refused(SAY_DATE) from None


def _begin_days(at: Moment) -> None:
    """Unless they do already, the rounds begin to make themselves, each at its hour."""
    zone = estates.zone(at.connection, at.community_id)
    for kind in rules.HOURS:
        if not waits(at.connection, at.community_id, "care.round", kind):
            at.react("care.round", kind, next_morning(kind, at.received_at, zone))


def next_morning(kind: str, after: int, zone: Any) -> int:
    """The next moment at which the rounds of a kind are made."""
    day = datetime.fromtimestamp(after / 1000, zone).date()
    today = clock.from_datetime(datetime.combine(day, rules.HOURS[kind], zone))
    tomorrow = date.fromordinal(day.toordinal() + 1)
    later = clock.from_datetime(datetime.combine(tomorrow, rules.HOURS[kind], zone))
    return today if today > after else later


STANDS = {
    rules.CONFIRMED: mark("They are in care already. Change what is planned instead."),
    rules.DECLINED: mark("This was declined. Take it up again first."),
    rules.ENDED: mark("Their care was ended. Take it up again first."),
}
NOT_IN_CARE = mark("They are not in care now.")
IS_OPEN = mark("This is open already.")
SAY_NEED = mark("Say at least one thing they need.")
SAY_WHO = mark("Write down who it is.")
SAY_WHY = mark("Say why it ends.")
SAY_DATE = mark("Write days as 2022-04-30.")
WRITE_IT = mark("Write down what should be corrected.")
TWO_PEOPLE = mark("Keeper and deputy are two people.")
NOT_ON_DUTY = mark("Choose somebody who works here now and can sign in.")
IN_THE_PAST = mark("That day is over, or before the first. Choose a later one.")
