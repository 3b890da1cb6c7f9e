"""A case's life: opened, closed, and a step or a closing taken back."""

from __future__ import annotations

from typing import ClassVar

from server.features.cases import rules, telling
from server.features.cases.file import File, person_of
from server.features.cases.operations.saying import Key, open_case, resident_of, who_said
from server.features.cases.tables import CASE_EVENTS
from server.features.estates import reads as estates
from server.features.people.rules import May
from server.features.reports import reads as reports
from server.features.testing import reads as testing
from server.i18n import mark
from server.oplog.envelope import Number, Uuid
from server.oplog.events import Event, in_order
from server.oplog.kinds import HEALTH, Asked, Moment, Op, Refused, Stale, operation


@operation("case.open", label=mark("Open a case"))
class Open(Op):
    """Somebody's test was positive. While they have a case that is open, this joins it."""

    retention: ClassVar = {
        "resident": HEALTH, "household": HEALTH, "why": HEALTH, "round": HEALTH, "report": HEALTH,
    }  # fmt: skip
    resident: Number
    household: Number
    why: Key = rules.TOLD
    round: Uuid | None = None
    report: Uuid | None = None

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        door = estates.household(at.connection, at.community_id, self.household)
        if door is None or not person_of(at, asked).may(May.RUN_CASES, asked.corrected_at, door):
            raise Refused(NOT_YOURS)
        if self.why not in rules.WHYS:
            raise Refused(NO_SUCH_WHY)
        who = resident_of(at, self.resident)
        if who is None or who.household_id != self.household:
            raise Refused(NOT_THERE)
        tested_at = self._tested_at(at)
        running = open_case(at, self.resident)
        if running is None:
            file = File.begin(at, asked, door, self.resident)
        else:
            events = CASE_EVENTS.of(at.connection, at.community_id, running.id)
            file = File(at, running, door, events)
        before = file.state.positives
        said = Event.of(
            asked, "open", self.why, round=self.round, report=self.report, tested_at=tested_at
        )
        again = self.round is not None and any(
            (one.key, one.said.get("round"), one.said.get("report"))
            == (self.why, self.round, self.report)
            for one in before
        )
        told = telling.household(file, asked).notices if not before else []
        file.enter(asked, said._replace(again=again, said={**said.said, "notices": told}))

    def _tested_at(self, at: Moment) -> int | None:
        """When the test was taken. Raises `Refused` where no such test was positive."""
        if self.why == rules.TOLD:
            return None
        if self.round is None:
            raise Refused(NOT_POSITIVE)
        if self.why == rules.ANTIGEN:
            standing = reports.standing(at.connection, at.community_id, self.round, self.resident)
            tested_at = standing.at if standing and standing.positive else None
        else:
            tested_at = testing.positive_at(
                at.connection, at.community_id, self.round, self.resident
            )
        if tested_at is None:
            raise Refused(NOT_POSITIVE)
        return tested_at


@operation("case.undo", label=mark("Take back a step or a closing"))
class Undo(Op):
    """Take back the last step, or the closing, of a case; what stood before it stands again."""

    case: Uuid
    event: Uuid

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        file = File.find(at, asked, self.case)
        made = next((one for one in file.events if one.op_id == self.event), None)
        if made is None or made.what not in ("step", "close"):
            raise Refused(NOTHING_TO_UNDO)
        if not made.undone:
            self._must_be_last(file, asked, made)
            telling.take_back(file, asked, made.said.get("notices", ()))
            bound = rules.freed(file.state) if made.what == "close" else set()
            file.take_back(asked, made)
            told = [] if made.again else telling.household(file, asked).notices
            told += telling.contacts(file, asked, bound)
        else:
            told = []  # two people took it back: it is back
        said = Event.of(asked, "undo", self.event, notices=told)
        file.enter(asked, said._replace(again=made.undone))

    def _must_be_last(self, file: File, asked: Asked, made: Event) -> None:
        if made.what == "close":
            other = open_case(file.at, file.row.resident_id)
            if other is not None:
                raise Refused(ANOTHER_OPEN)
            return
        file.must_be_open(asked)
        steps = [one for one in in_order(file.events) if one.what == "step"]
        if any(one.key != made.key for one in steps[steps.index(made) :]):
            raise Refused(NOT_LAST)


@operation("case.close", label=mark("Close a case"))
class Close(Op):
    """End a case and say why. Who has not seen what others said of it has to look again first."""

    retention: ClassVar = {"why": HEALTH}
    case: Uuid
    why: Key

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        if self.why not in rules.ENDS:
            raise Refused(NO_SUCH_END)
        file = File.find(at, asked, self.case)
        if file.state.closed is not None:
            raise Refused(CLOSED_ALREADY, **who_said(at, file.state.closed))
        unseen = rules.unseen(file.events, asked.actor, asked.seen)
        if unseen is not None:
            raise Stale(LOOK_AGAIN, **who_said(at, unseen))
        said = Event.of(asked, "close", self.why)
        told: list[str] = []
        if self.why in (rules.RECOVERED, rules.MISTAKE):
            told = telling.household(file, asked).notices
            told += telling.contacts(file, asked, rules.freed(rules.fold([*file.events, said])))
        file.enter(asked, said._replace(said={"notices": told}))


NOT_YOURS = mark("Only a steward of this place or a medical volunteer can open a case.")
NO_SUCH_WHY = mark("Say how the positive is known.")
NOT_THERE = mark("This person does not live there. Look where they live now.")
NOT_POSITIVE = mark("This person has no positive result there that stands.")
NO_SUCH_END = mark("Say how the case ended.")
NOTHING_TO_UNDO = mark("Only a step or a closing of this case can be taken back.")
NOT_LAST = mark("Take back first what was said after it.")
ANOTHER_OPEN = mark("This person has another case that is open. Go on with that one.")
CLOSED_ALREADY = mark("%(name)s has closed this case already: %(what)s.")
LOOK_AGAIN = mark("Since you looked, %(name)s said: %(what)s. Look again before you close it.")
