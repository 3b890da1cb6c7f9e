"""What is said of an emergency's steps: I do it, it is done, I cannot after all, call others."""

from __future__ import annotations

from typing import Any

from server import clock
from server.features.requests import access, calling, emergency
from server.features.requests.emergency import CALLS, STEPS, TAKEN, VEHICLE, Standing, State
from server.features.requests.file import NO_REQUEST, File
from server.features.requests.operations.running import Clock
from server.features.requests.operations.saying import Key
from server.i18n import mark
from server.oplog.envelope import Uuid
from server.oplog.events import Event, in_order
from server.oplog.kinds import Asked, Moment, Op, Refused, operation


class OfEmergency(Op):
    """What is said of the steps of an emergency, by those on duty there and those who were told."""

    request: Uuid

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        file = File.load(at, asked, self.request)
        steps = emergency.fold(file.events)
        here = file.kind.key == emergency.KIND
        if not (here and access.helps(file.person, file.place, steps, file.now)):
            raise Refused(NO_REQUEST)
        asked.subject = calling.page_of(file)
        file.must_be_open()
        self.say(file, asked, steps)
        asked.subject = calling.page_of(file)

    def say(self, file: File, asked: Asked, steps: State) -> None:
        """Enter it. Raises `Refused`."""
        raise NotImplementedError

    def enter(self, file: File, event: Event, asked: Asked, steps: State) -> None:
        """Add what was said; nothing counts as said before the emergency began."""
        file.enter(asked, event._replace(at=max(event.at, steps.began)))


class OfStep(OfEmergency):
    """What is said of one step."""

    step: Key

    def of(self, steps: State) -> Standing:
        """How the step stands. Raises `Refused`."""
        if self.step not in STEPS:
            raise Refused(NO_SUCH_STEP)
        return steps.steps[self.step]


@operation("emergency.do", label=mark("Take a step of an emergency"))
class Do(OfStep):
    """Whoever took it first has it, also where they could not say so at once.

    Whoever comes second is not refused: the page shows them who does it.
    """

    def say(self, file: File, asked: Asked, steps: State) -> None:
        """See the class."""
        before = self.of(steps)
        if self.step == VEHICLE:
            raise Refused(NO_SUCH_STEP)
        event = Event.of(asked, "do", self.step)
        after = emergency.fold([*file.events, event]).steps[self.step]
        told: list[str] = []
        if before.who and after.who != before.who:
            told = calling.was_first(file, asked, STEPS[self.step], before.who)
        self.enter(file, event._replace(said={"notices": told}), asked, steps)


@operation("emergency.done", label=mark("Say that a step of an emergency is done"))
class Done(OfStep):
    """Anybody there may say it, whoever had taken it; that the vehicle is here stops the clock."""

    def say(self, file: File, asked: Asked, steps: State) -> None:
        """See the class."""
        self.of(steps)
        self.enter(file, Event.of(asked, "did", self.step), asked, steps)


@operation("emergency.drop", label=mark("Give a step of an emergency back"))
class Drop(OfStep):
    """Whoever took it cannot after all, or it was not done after all; or who leads says so."""

    def say(self, file: File, asked: Asked, steps: State) -> None:
        """See the class."""
        standing = self.of(steps)
        lead = file.leads
        mine = any(
            one.actor == asked.actor and one.key == self.step and one.what in ("do", "did")
            for one in file.events
        )
        if not (mine or lead):
            if standing.who:
                raise Refused(IS_THEIRS, name=file.name(standing.who))
            raise Refused(NOT_TAKEN)
        said: dict[str, Any] = {"lead": True} if lead else {}
        self.enter(file, Event.of(asked, "drop", self.step, **said), asked, steps)


@operation("emergency.call", label=mark("Call others to an emergency"))
class Call(OfEmergency):
    """Nobody does a step: who leads there is called, then everybody on duty there.

    `clock` is the moment that ran out, where it goes by itself; else it is for all steps that
    nobody does, and a second tap within a minute rings nobody again.
    """

    clock: Clock = 0

    def say(self, file: File, asked: Asked, steps: State) -> None:
        """See the class."""
        if self.clock:
            file.speaker = ""
            keys = emergency.waiting(steps, self.clock)
        else:
            keys = [key for key in TAKEN if steps.steps[key].free]
        if not keys:
            raise Refused(ALL_TAKEN)
        said: dict[str, Any] = {"clock": self.clock}
        if self.clock or not _just_called(file):
            level = CALLS[min(max(steps.steps[key].calls for key in keys), len(CALLS) - 1)]
            near = calling.called(file, level)
            told = calling.call(file, asked, level, len(keys))
            said |= {"steps": keys, "near": near, "notices": told}
        self.enter(file, Event.of(asked, "call", **said), asked, steps)


AGAIN = clock.MINUTE
"""Within this nobody is rung twice by hand."""


def _just_called(file: File) -> bool:
    return any(
        one.what == "call" and one.said.get("steps") and file.now - AGAIN < one.at <= file.now
        for one in in_order(file.events)
    )


NO_SUCH_STEP = mark("This is no step that can be taken.")
IS_THEIRS = mark("%(name)s does it. Only they can give it back.")
NOT_TAKEN = mark("Nobody has taken this step yet.")
ALL_TAKEN = mark("Somebody does each of the steps: nobody else has to be called.")
