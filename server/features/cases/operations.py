"""What may be asked of cases: open, follow up, confirm, transfer, call, care, disinfect, close.

A step merges: two phones that could not hear each other say the same thing once. A close does not:
whoever closes a case has to have seen what others said of it.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from msgspec import Meta
from sqlalchemy import select

from server import clock
from server.db.base import AnyRow
from server.features.cases import reads, rules, telling
from server.features.cases.file import File, events_of, person_of
from server.features.cases.rules import Event
from server.features.cases.tables import cases
from server.features.estates import reads as estates
from server.features.people import reads as people
from server.features.people.rules import May, may
from server.features.people.tables import residents
from server.features.reports import reads as reports
from server.features.rounds import scope
from server.features.rounds.tables import round_doors
from server.features.testing import reads as testing
from server.i18n import Words, mark
from server.oplog.envelope import Number, Uuid
from server.oplog.kinds import HEALTH, Asked, Moment, Op, Refused, Stale, operation

Key = Annotated[str, Meta(max_length=16)]
Line = Annotated[str, Meta(max_length=120)]
Telephone = Annotated[str, Meta(max_length=24)]
Plate = Annotated[str, Meta(max_length=16)]
When = Annotated[str, Meta(max_length=40)]
Minutes = Annotated[int, Meta(ge=0, le=600)]


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
        who = _resident(at, self.resident)
        if who is None or who.household_id != self.household:
            raise Refused(NOT_THERE)
        tested_at = self._tested_at(at)
        running = _open_case(at, self.resident)
        if running is None:
            file = File.begin(at, asked, door, self.resident)
        else:
            events = events_of(at.connection, at.community_id, [running.id])
            file = File(at, running, door, events)
        before = file.state.positives
        said = file.event(
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


class _OfCase(Op):
    """What is said of a case that is open."""

    case: Uuid

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        file = File.find(at, asked, self.case)
        file.must_be_open(asked)
        self.say(file, asked)

    def say(self, file: File, asked: Asked) -> None:
        """Enter it. Raises `Refused`."""
        raise NotImplementedError


@operation("case.own", label=mark("Follow a case up"))
class Own(_OfCase):
    """Say who follows the case up, and under which number the household reaches them.

    With nobody named it is whoever asks.
    """

    owner: Uuid | None = None
    phone: Telephone = ""

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        owner = self.owner or asked.actor
        if owner not in _who_may_run(file, asked):
            raise Refused(MAY_NOT_SEE)
        told: list[str] = []
        if owner != asked.actor and owner != file.state.owner:
            told = telling.owner(file, asked, GIVEN, OPEN_IT, [owner]).notices
        file.enter(asked, file.event(asked, "own", owner, phone=self.phone.strip(), notices=told))


@operation("case.book", label=mark("Book a confirming test"))
class Book(_OfCase):
    """When and where the second test is taken that confirms the first or does not."""

    retention: ClassVar = {"when": HEALTH, "where": HEALTH}
    when: When
    where: Line = ""

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        booked = _typed(file, self.when)
        told = _household_told(file, asked)
        said = file.event(asked, "book", when=booked, where=self.where.strip(), notices=told)
        file.enter(asked, said)


@operation("case.confirm", label=mark("Enter what the confirming test says"))
class Confirm(_OfCase):
    """What came of the second test. One that does not confirm asks for the case to be closed."""

    retention: ClassVar = {"result": HEALTH}
    result: Key

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        if self.result not in (rules.CONFIRMED, rules.NOT_CONFIRMED):
            raise Refused(NO_SUCH_RESULT)
        told = _household_told(file, asked)
        file.enter(asked, file.event(asked, "confirm", self.result, notices=told))


@operation("case.doubt", label=mark("Say that a result no longer stands"))
class Doubt(_OfCase):
    """The result was taken back or settled otherwise; a person decides what becomes of the case."""

    retention: ClassVar = {"why": HEALTH}
    why: Line = ""

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        file.enter(asked, file.event(asked, "doubt", why=self.why.strip()))


@operation("case.step", label=mark("Say how far a transfer has got"))
class Step(_OfCase):
    """One step of a transfer. Said twice it happened once; said late it stands in its place."""

    retention: ClassVar = dict.fromkeys(("step", "minutes", "bring", "plate", "where"), HEALTH)
    step: Key
    minutes: Minutes = 0
    bring: Line = ""
    plate: Plate = ""
    where: Line = ""

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        if self.step not in rules.STEPS:
            raise Refused(NO_SUCH_STEP)
        said = file.event(asked, "step", self.step, **self._details(asked))
        again = rules.said_before(file.events, said)
        if again or file.closed or rules.fold([*file.events, said]).step is not said:
            told = telling.NOBODY  # nobody is told twice, or of what is past already
        else:
            told = self._tell(file, asked, said)
        more = {"notices": told.notices, "building": told.building}
        file.enter(asked, said._replace(again=again, said={**said.said, **more}))

    def _details(self, asked: Asked) -> dict[str, Any]:
        if self.step != rules.COMING:
            return {"where": self.where.strip()}
        return {
            "minutes": self.minutes,
            "expected": asked.corrected_at + self.minutes * clock.MINUTE,
            "bring": self.bring.strip(),
            "plate": self.plate.strip().upper(),
        }

    def _tell(self, file: File, asked: Asked, said: Event) -> telling.Told:
        """Tell whom it concerns, in place of what they were told of a vehicle that is not so."""
        before = file.state.step
        if before is not None and before.key == rules.COMING and self.step in _NOT_COMING:
            telling.take_back(file, asked, before.said["notices"])
        if self.step == rules.COMING:
            return telling.vehicle(file, asked, said.said["expected"], said.said["plate"])
        return telling.household(file, asked)


_NOT_COMING = (rules.COMING, rules.HOME)
"""Steps after which a vehicle does not come as it was said."""


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
            file.take_back(asked, made)
            told = [] if made.again else telling.household(file, asked).notices
        else:
            told = []  # two people took it back: it is back
        said = file.event(asked, "undo", self.event, notices=told)
        file.enter(asked, said._replace(again=made.undone))

    def _must_be_last(self, file: File, asked: Asked, made: Event) -> None:
        if made.what == "close":
            other = _open_case(file.at, file.row.resident_id)
            if other is not None:
                raise Refused(ANOTHER_OPEN)
            return
        file.must_be_open(asked)
        steps = [one for one in rules.in_order(file.events) if one.what == "step"]
        if any(one.key != made.key for one in steps[steps.index(made) :]):
            raise Refused(NOT_LAST)


@operation("case.contact", label=mark("Say who is a close contact"))
class Contact(_OfCase):
    """Somebody of the household, of another, or from elsewhere is a close contact, or is not.

    With a round of home isolation, its board then expects them to be asked after every day.
    """

    retention: ClassVar = dict.fromkeys(("resident", "name", "round", "is_contact"), HEALTH)
    resident: Number | None = None
    name: Annotated[str, Meta(max_length=40)] = ""
    round: Uuid | None = None
    is_contact: bool = True

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        who = None if self.resident is None else _resident(file.at, self.resident)
        if self.resident == file.row.resident_id:
            raise Refused(THEMSELVES)
        if who is None and (self.resident is not None or not self.name.strip()):
            raise Refused(NOBODY)
        said = file.event(
            asked,
            "contact",
            self.name.strip() if who is None else f"r{who.id}",
            resident=self.resident,
            household=who.household_id if who else None,
            round=self.round if who and self.is_contact else None,
            is_contact=self.is_contact,
        )
        moved = bool(said.said["round"]) and isolate(file, asked, said)
        before = file.state.contacts.get(said.key) if self.is_contact else None
        again = before is not None and bool(before.said["round"]) == bool(said.said["round"])
        # Who hears that a board changes and that a case changes at once could put them together.
        file.enter(asked, said._replace(again=again), quiet=moved)


@operation("case.call", label=mark("Enter the daily call"))
class Call(_OfCase):
    """How the person said they are, or that nobody answered."""

    retention: ClassVar = {"how": HEALTH, "words": HEALTH}
    how: Key
    words: Annotated[str, Meta(max_length=200)] = ""

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        if self.how not in rules.CALLS:
            raise Refused(NO_SUCH_ANSWER)
        told: list[str] = []
        if self.how == rules.WORSE and file.state.owner not in ("", asked.actor):
            told = telling.owner(file, asked, NEEDS_YOU, OPEN_IT, [file.state.owner]).notices
        said = file.event(asked, "call", self.how, words=self.words.strip(), notices=told)
        file.enter(asked, said)


@operation("case.care", label=mark("Say who looks after what was left behind"))
class Care(_OfCase):
    """Who looks after a child, a pet, a medicine or an old person, until when; or that it is done.

    With `care`, the id of an earlier one, it takes that one's place.
    """

    retention: ClassVar = dict.fromkeys(("whom", "who", "until", "done"), HEALTH)
    whom: Key = ""
    who: Line = ""
    until: When = ""
    done: bool = False
    care: Uuid | None = None

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        before = file.state.cares.get(self.care or "")
        if self.care is not None and before is None:
            raise Refused(NO_SUCH_CARE)
        had = before.said if before else {}
        whom = self.whom or had.get("whom", "")
        if whom not in rules.LEFT_BEHIND:
            raise Refused(NO_SUCH_CARE)
        said = file.event(
            asked,
            "care",
            self.care or asked.id,
            whom=whom,
            who=self.who.strip() or had.get("who", ""),
            until=_typed(file, self.until) if self.until else had.get("until"),
            done=self.done,
        )
        file.enter(asked, said)


@operation("case.disinfect", label=mark("Have a home disinfected"))
class Disinfect(_OfCase):
    """The home is to be disinfected after they left, or was, and by whom."""

    retention: ClassVar = {"state": HEALTH, "by": HEALTH}
    state: Key
    by: Line = ""

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        if self.state not in rules.DISINFECTING:
            raise Refused(NO_SUCH_ANSWER)
        file.enter(asked, file.event(asked, "disinfect", self.state, by=self.by.strip()))


@operation("case.remind", label=mark("Remind who follows a case up"))
class Remind(_OfCase):
    """Tell whoever follows the case up, or where nobody does everybody who may, that it waits."""

    retention: ClassVar = {"what": HEALTH}
    what: Key

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        if self.what not in rules.DANGERS:
            raise Refused(NO_SUCH_ANSWER)
        may_run = _who_may_run(file, asked)
        owner = {file.state.owner} & may_run
        told = telling.owner(file, asked, NEEDS_YOU, OPEN_IT, owner or may_run).notices
        file.enter(asked, file.event(asked, "remind", self.what, notices=told))


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
            raise Refused(CLOSED_ALREADY, **_who_said(at, file.state.closed))
        unseen = rules.unseen(file.events, asked.actor, asked.seen)
        if unseen is not None:
            raise Stale(LOOK_AGAIN, **_who_said(at, unseen))
        told: list[str] = []
        if self.why in (rules.RECOVERED, rules.MISTAKE):
            told = telling.household(file, asked).notices
        file.enter(asked, file.event(asked, "close", self.why, notices=told))


def isolate(file: File, asked: Asked, said: Event) -> bool:
    """Have a close contact expected at their door of a round of isolation; True where it changed.

    Raises `Refused` where there is no such round, or where it cannot expect more people there.
    """
    at, household, round_id = file.at, said.said["household"], said.said["round"]
    found = scope.find(at, round_id)
    if found.kind != "isolation" or found.status != "open":
        raise Refused(NO_ISOLATION)
    door = at.connection.execute(
        select(round_doors).where(
            round_doors.c.community_id == at.community_id,
            round_doors.c.round_id == round_id,
            round_doors.c.household_id == household,
        )
    ).first()
    if door is None:
        raise Refused(NOT_ON_ROUND)
    known = reads.contacts_on(at.connection, at.community_id, round_id, household)
    expected = len(known | {said.said["resident"]})
    if expected <= door.due:
        return False  # the round expects everybody who is there anyway
    if door.answer is not None:
        raise Refused(HAS_REPORTED)
    scope.change_due(at, round_id, household, expected, asked.seq)
    return True


def _resident(at: Moment, resident_id: int) -> AnyRow | None:
    return at.connection.execute(
        select(residents).where(
            residents.c.community_id == at.community_id, residents.c.id == resident_id
        )
    ).first()


def _open_case(at: Moment, resident_id: int) -> AnyRow | None:
    return at.connection.execute(
        select(cases).where(
            cases.c.community_id == at.community_id,
            cases.c.resident_id == resident_id,
            cases.c.closed_at.is_(None),
        )
    ).first()


def _household_told(file: File, asked: Asked) -> list[str]:
    """The announcement to the household, unless the case has been closed meanwhile."""
    return [] if file.closed else telling.household(file, asked).notices


def _who_may_run(file: File, asked: Asked) -> set[str]:
    """The accounts of everybody who may see this case."""
    held = people.staff_roles(file.at.connection, file.at.community_id, asked.corrected_at)
    return {
        account
        for account, roles in held.items()
        if may(roles, May.SEE_CASES, file.door, asked.corrected_at)
    }


def _who_said(at: Moment, event: Event) -> dict[str, Any]:
    """Who said something of a case, and what, as words of a refusal."""
    found = people.accounts_by_id(at.connection, at.community_id, [event.actor])
    name = found[event.actor].name if event.actor in found else ""
    return {"name": name, "what": Words(reads.label_of(event))}


def _typed(file: File, text: str) -> int:
    """A moment as somebody typed it. Raises `Refused`."""
    try:
        return clock.typed(text, estates.zone(file.at.connection, file.at.community_id))
    except ValueError:
        raise Refused(NO_MOMENT, text=text) from None


NOT_YOURS = mark("Only a steward of this place or a medical volunteer can open a case.")
NO_SUCH_WHY = mark("Say how the positive is known.")
NOT_THERE = mark("This person does not live there. Look where they live now.")
NOT_POSITIVE = mark("This person has no positive result there that stands.")
MAY_NOT_SEE = mark("Only somebody who may see cases of this place can follow one up.")
NO_SUCH_RESULT = mark("A test confirms the first or does not.")
NO_SUCH_STEP = mark("There is no such step of a transfer.")
NO_SUCH_ANSWER = mark("This cannot be said of a case.")
NO_SUCH_CARE = mark("Say whom or what somebody looks after.")
NO_SUCH_END = mark("Say how the case ended.")
NOTHING_TO_UNDO = mark("Only a step or a closing of this case can be taken back.")
NOT_LAST = mark("Take back first what was said after it.")
ANOTHER_OPEN = mark("This person has another case that is open. Go on with that one.")
THEMSELVES = mark("A person is no contact of their own.")
NOBODY = mark("Say who the contact is.")
NO_ISOLATION = mark("Choose a round of home isolation that is open.")
NOT_ON_ROUND = mark("That round does not go to this contact's door. Tell its lead about them.")
HAS_REPORTED = mark(
    "People behind that door have reported in this round already. Add the contact without the "
    "round, and tell its lead about them."
)
CLOSED_ALREADY = mark("%(name)s has closed this case already: %(what)s.")
LOOK_AGAIN = mark("Since you looked, %(name)s said: %(what)s. Look again before you close it.")
NO_MOMENT = mark("“%(text)s” is not a time.")
GIVEN = mark("You follow a case up")
NEEDS_YOU = mark("A case needs you")
OPEN_IT = mark("Open it: it says what waits.")
