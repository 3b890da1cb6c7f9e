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


@operation("thing.clash", label=mark("Tell of a hand-over that did not count"))
class Clash(OfThing):
    """Somebody's word came second: they, whoever has it and those who lead there hear of it.

    It goes by itself. `op` is the word that was refused, `by` its maker.
    """

    op: Uuid
    by: Uuid

    def say(self, thing: Thing, asked: Asked) -> None:
        """See the class."""
        if not thing.answers:
            raise Refused(NO_THING)
        thing.speaker = ""
        name = telling.name(thing, thing.state.holder)
        told = telling.account(
            thing, asked, telling.GIVER, telling.CLASHED, self.by, urgent=True, name=name
        )
        if thing.state.holder != Holder.account(self.by):
            told += telling.holder(thing, asked, telling.CLASHED, urgent=True, name=name)
        told += telling.leads(thing, asked, telling.DISPUTED)
        event = Event.of(asked, "clash", self.by, op=self.op, notices=told)
        thing.enter(asked, event)


NOT_MISSING = mark("Nobody has said that it is missing.")
NOT_LATE = mark("Its time is not over.")
