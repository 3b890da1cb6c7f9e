"""What is wrong with a thing: it is missing, it is late, two people gave it on."""

from __future__ import annotations

from typing import ClassVar

from server.features.custody import telling
from server.features.custody.file import NO_THING, Thing
from server.features.custody.operations.saying import At, Line, OfThing
from server.features.custody.rules import Holder
from server.i18n import mark
from server.oplog.envelope import Uuid
from server.oplog.events import Event
from server.oplog.kinds import HEALTH, Asked, Refused, operation


@operation("thing.missing", label=mark("Say that something is missing"))
class Missing(OfThing):
    """Nobody finds it: those who lead there, whoever had it last and whose it is hear at once."""

    retention: ClassVar = {"words": HEALTH}
    words: Line = ""

    def say(self, thing: Thing, asked: Asked) -> None:
        """See the class."""
        thing.must_be_open()
        again = thing.state.missing is not None
        told: list[str] = []
        if not again:
            told = telling.leads(thing, asked, telling.MISSING)
            told += telling.holder(thing, asked, telling.MISSING, place=telling.place(thing))
            told += telling.home(thing, asked, telling.OURS_MISSING)
        event = Event.of(asked, "missing", words=self.words.strip(), notices=told)
        thing.enter(asked, event._replace(again=again))


@operation("thing.found", label=mark("Say that it is found"))
class Found(OfThing):
    """It is there again, with whoever had it."""

    retention: ClassVar = {"words": HEALTH}
    words: Line = ""

    def say(self, thing: Thing, asked: Asked) -> None:
        """See the class."""
        if thing.state.missing is None:
            raise Refused(NOT_MISSING)
        telling.end(thing, asked, telling.LEADS, telling.HOLDER, telling.HOME)
        told = telling.leads(thing, asked, telling.FOUND)
        told += telling.home(thing, asked, telling.OURS_FOUND)
        event = Event.of(asked, "found", words=self.words.strip(), notices=told)
        thing.enter(asked, event)


@operation("thing.remind", label=mark("Say that something is late"))
class Remind(OfThing):
    """The time by which it should be back is over: whoever has it and those who lead there hear.

    `due` is the time that ran out; it goes by itself, once.
    """

    due: At

    def say(self, thing: Thing, asked: Asked) -> None:
        """See the class."""
        if not thing.answers:
            raise Refused(NO_THING)
        thing.must_be_open()
        if thing.row.due_at != self.due or thing.now < self.due:
            raise Refused(NOT_LATE)
        again = thing.state.reminded == self.due
        thing.speaker = ""
        told: list[str] = []
        if not again:
            told = telling.holder(thing, asked, telling.OVERDUE, urgent=True)
            told += telling.leads(thing, asked, telling.LATE)
        event = Event.of(asked, "remind", due=self.due, notices=told)
        thing.enter(asked, event._replace(again=again))


@operation("thing.check", label=mark("Ask who has something"))
class Check(OfThing):
    """Whoever has it by what is known is asked whether that is so.

    It goes by itself where two people gave one thing on: then `op` is the word that came second and
    was refused, `by` its maker, and all concerned and those who lead there hear of it.
    """

    op: Uuid | None = None
    by: Uuid | None = None

    def say(self, thing: Thing, asked: Asked) -> None:
        """See the class."""
        if not thing.answers:
            raise Refused(NO_THING)
        if self.op is None or self.by is None:
            thing.must_be_open()
            name = thing.person.name
            told = telling.holder(thing, asked, telling.IS_IT_THERE, urgent=True, name=name)
            thing.enter(asked, Event.of(asked, "check", notices=told))
            return
        thing.speaker = ""
        told = self._clashed(thing, asked, self.by)
        thing.enter(asked, Event.of(asked, "check", self.by, op=self.op, notices=told))

    def _clashed(self, thing: Thing, asked: Asked, by: str) -> list[str]:
        name = telling.name(thing, thing.state.holder)
        told = telling.account(
            thing, asked, telling.GIVER, telling.CLASHED, by, urgent=True, name=name
        )
        if thing.state.holder != Holder.account(by):
            told += telling.holder(thing, asked, telling.CLASHED, urgent=True, name=name)
        return told + telling.leads(thing, asked, telling.DISPUTED)


NOT_MISSING = mark("Nobody has said that it is missing.")
NOT_LATE = mark("Its time is not over.")
