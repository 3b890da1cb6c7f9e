"""Going after those who have not reported: reminders, a building's deadline, knocking."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta
from sqlalchemy import delete, insert, select

from server import clock
from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.notices import announce, audience, wording
from server.features.notices.audience import Audience
from server.features.people.actors import Person
from server.features.people.rules import May
from server.features.reports import reads
from server.features.reports.tables import report_deadlines
from server.features.rounds import rules as rounds
from server.features.rounds import scope
from server.features.rounds.kinds import KINDS
from server.features.rounds.operations.knock import make_knocking
from server.features.rounds.tables import round_doors
from server.i18n import DEFAULT, Words, mark, translate
from server.oplog.envelope import Numbers, Uuid
from server.oplog.kinds import Asked, Moment, Op, Refused, operation

LONGEST_WAIT = 14 * clock.DAY


@operation("report.remind", label=mark("Remind those who have not reported"))
class Remind(Op):
    """Remind every household of which somebody has not reported yet, over all channels."""

    round: Uuid
    stairwells: Annotated[Numbers, Meta(min_length=1)]

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        found = _open_round(at, self.round)
        _must_reach(at, asked, self.stairwells)
        doors = _missing(at, self.round, self.stairwells)
        if not doors:
            raise Refused(ALL_REPORTED)
        meant = Audience(households=[door["household_id"] for door in doors])
        recipients = audience.resolve(
            at.connection, at.community_id, meant, (), asked.actor, asked.corrected_at
        )
        tomorrow = asked.corrected_at + clock.DAY
        ahead = found.deadline is not None and found.deadline > asked.corrected_at
        draft = announce.Draft(
            asked.id, "reminder", wording.worded(Words(TITLE, {"round": found.title}), Words(BODY)),
            meant, asked.actor, asked.corrected_at, asked.seq, opens=reads.opens(self.round),
            until=found.deadline if ahead else tomorrow,
        )  # fmt: skip
        announce.announce(at, draft, recipients)
        asked.subject = f"/reports/{self.round}/missing"
        at.tell(f"reports:{self.round}")


@operation("report.deadline", label=mark("Set until when a building reports"))
class Deadline(Op):
    """Until when the people of some buildings are to report; an empty time sets none."""

    round: Uuid
    buildings: Annotated[Numbers, Meta(min_length=1)]
    until: Annotated[str, Meta(max_length=40)] = ""

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        _open_round(at, self.round)
        here = scope.stairwells_of(at.connection, at.community_id, self.round)
        places = estates.places(at.connection, at.community_id, here)
        ids = [one for one, place in places.items() if place.building in self.buildings]
        if not ids:
            raise Refused(scope.NOT_IN_ROUND)
        scope.must_lead(at, _person(at, asked), ids, asked.corrected_at)
        due = self._due(at, asked)
        buildings = sorted({places[one].building for one in ids})
        at.connection.execute(
            delete(report_deadlines).where(
                report_deadlines.c.community_id == at.community_id,
                report_deadlines.c.round_id == self.round,
                report_deadlines.c.building_id.in_(buildings),
            )
        )
        for one in buildings if due else ():
            at.connection.execute(
                insert(report_deadlines),
                {
                    "community_id": at.community_id,
                    "round_id": self.round,
                    "building_id": one,
                    "due_at": due,
                },
            )
            at.react("reports.overdue", f"{self.round} {one}", due)
        asked.subject = f"/reports/{self.round}"
        at.tell(f"reports:{self.round}")

    def _due(self, at: Moment, asked: Asked) -> int | None:
        """The moment, where there is to be one. Raises `Refused`."""
        if not self.until:
            return None
        try:
            due = clock.typed(self.until, estates.zone(at.connection, at.community_id))
        except ValueError:
            raise Refused(NO_MOMENT, text=self.until) from None
        if not asked.corrected_at < due <= asked.corrected_at + LONGEST_WAIT:
            raise Refused(WRONG_MOMENT)
        return due


@operation("report.knock", label=mark("Knock where nothing was reported"))
class Knock(Op):
    """Make and open a knocking round of the doors of which somebody has not reported."""

    round: Uuid
    stairwells: Numbers = []

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        found = _round(at, self.round)
        ids = self.stairwells or scope.stairwells_of(at.connection, at.community_id, self.round)
        doors = _missing(at, self.round, ids)
        if not doors:
            raise Refused(ALL_REPORTED)
        language = _person(at, asked).language or DEFAULT
        make_knocking(at, asked, translate(language, NOT_REPORTED, round=found.title), doors)


def _person(at: Moment, asked: Asked) -> Person:
    return at.actors[asked.actor]  # type: ignore[return-value]


def _round(at: Moment, round_id: str) -> AnyRow:
    """The round, where people report in it. Raises `Refused`."""
    found = scope.find(at, round_id)
    if not KINDS[found.kind].reported:
        raise Refused(NOTHING_REPORTED)
    return found


def _open_round(at: Moment, round_id: str) -> AnyRow:
    found = _round(at, round_id)
    rounds.must_be_open(found.status)
    return found


def _must_reach(at: Moment, asked: Asked, stairwells: Numbers) -> None:
    """Raises `Refused` unless the asker enters reports for all of these stairwells."""
    places = estates.places(at.connection, at.community_id, stairwells)
    person = _person(at, asked)
    may = [person.may(May.REPORT, asked.corrected_at, place) for place in places.values()]
    if len(may) < len(set(stairwells)) or not all(may):
        raise Refused(NOT_YOURS)


def _missing(at: Moment, round_id: str, stairwells: Numbers) -> list[dict[str, int]]:
    """Doors of which somebody has not reported, as a knocking round takes them."""
    table = round_doors.c
    rows = at.connection.execute(
        select(table.household_id, table.stairwell_id, table.level)
        .where(
            table.community_id == at.community_id,
            table.round_id == round_id,
            table.stairwell_id.in_(list(stairwells)),
            reads.not_reported(),
        )
        .order_by(table.stairwell_id, table.level.desc(), table.household_id)
    )
    return [{**row._mapping, "due": 1} for row in rows]


TITLE = mark("Please report: %(round)s")
BODY = mark(
    "We do not have the results of everybody in your household yet. Open this to report; "
    "if you cannot, tell your stairwell's volunteer."
)
NOT_REPORTED = mark("Not reported: %(round)s")
NOTHING_REPORTED = mark("Nobody reports anything in this round.")
ALL_REPORTED = mark("Everybody there has reported.")
NOT_YOURS = mark("Only the officer of these stairwells, or a steward, can do this.")
NO_MOMENT = mark("“%(text)s” is no time; write it like 2022-04-21 18:00.")
WRONG_MOMENT = mark("The deadline must lie ahead, within two weeks.")
