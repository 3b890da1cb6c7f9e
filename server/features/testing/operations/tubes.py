"""Tubes: who is in one, and what came of it. Results are health records."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar

from msgspec import Meta
from sqlalchemy import select, update

from server.db.base import AnyRow
from server.db.bulk import upserting
from server.features.people.rules import May
from server.features.people.tables import residents
from server.features.rounds import scope
from server.features.rounds.tables import round_doors
from server.features.testing import rules
from server.features.testing.finding import find, must_call, person_of
from server.features.testing.lines import BadLine, read_results
from server.features.testing.tables import excuses, test_records, tubes
from server.i18n import mark
from server.oplog.envelope import Numbers, Uuid
from server.oplog.kinds import HEALTH, Asked, Moment, Op, Refused, operation

Code = Annotated[str, Meta(min_length=1, max_length=24)]


@operation("tube.fill", label=mark("Put people into a tube"))
class Fill(Op):
    """These people, or everybody expected of these households, are in this tube too."""

    round: Uuid
    code: Code
    households: Numbers = []
    residents: Numbers = []

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        found = find(at, self.round)
        people = self._people(at, asked)
        before = tube_of(at, self.round, self.code)
        if before is not None and before.result is not None:
            raise Refused(HAS_RESULT)
        held = sorted({*(before.residents if before else ()), *people})
        if len(held) > rules.TUBES[found.tube]:
            raise Refused(FULL, most=rules.TUBES[found.tube])
        _TUBES.run(
            at.connection,
            [
                (
                    at.community_id, self.round, self.code.strip().upper(), held,
                    before.filled_at if before else asked.corrected_at, asked.actor,
                )
            ],
        )  # fmt: skip
        asked.subject = f"/testing/{self.round}/tubes"
        at.tell(f"testing:{self.round}")

    def _people(self, at: Moment, asked: Asked) -> set[int]:
        """Residents by id, once it is sure that the asker works there. Raises `Refused`."""
        excused = select(excuses.c.resident_id).where(
            excuses.c.community_id == at.community_id,
            excuses.c.round_id == self.round,
            excuses.c.reason != rules.HOME,
        )
        rows = at.connection.execute(
            select(residents.c.id, residents.c.household_id, round_doors.c.stairwell_id)
            .join(
                round_doors,
                (round_doors.c.community_id == residents.c.community_id)
                & (round_doors.c.household_id == residents.c.household_id),
            )
            .where(
                residents.c.community_id == at.community_id,
                round_doors.c.round_id == self.round,
                residents.c.id.in_(self.residents)
                | (
                    residents.c.household_id.in_(self.households)
                    & residents.c.present
                    & residents.c.id.not_in(excused)
                ),
            )
        ).all()
        if not rows or set(self.residents) - {row.id for row in rows}:
            raise Refused(scope.NOT_IN_ROUND)
        for stairwell in {row.stairwell_id for row in rows}:
            must_call(at, asked, self.round, stairwell)
        return {row.id for row in rows}


@operation("tube.result", label=mark("Enter a tube's result"))
class Result(Op):
    """What came of one tube. A positive tube of several has all its people wait for a retest."""

    retention: ClassVar = {"result": HEALTH}
    round: Uuid
    code: Code
    result: str

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        if self.result not in rules.RESULTS:
            raise Refused(NO_SUCH_RESULT)
        _enter(at, asked, self.round, {self.code.strip().upper(): self.result})


@operation("tube.results", label=mark("Enter many results"))
class Results(Op):
    """Results as a laboratory lists them, a tube a line; where one is wrong, none is entered."""

    retention: ClassVar = {"lines": HEALTH}
    round: Uuid
    lines: Annotated[str, Meta(max_length=40_000)]

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        try:
            found = read_results(self.lines)
        except BadLine as bad:
            raise Refused(BAD_LINE, number=bad.number, text=bad.text[:60]) from None
        if not found:
            raise Refused(NO_LINES)
        _enter(at, asked, self.round, found)


def _enter(at: Moment, asked: Asked, round_id: str, results: dict[str, str]) -> None:
    found = find(at, round_id)
    if not person_of(at, asked).may(May.SEE_RESULTS, asked.corrected_at):
        raise Refused(NOT_HEALTH)
    known = {row.code: row for row in _tubes(at, round_id, results)}
    unknown = next((code for code in results if code not in known), None)
    if unknown is not None:
        raise Refused(NO_SUCH_TUBE, code=unknown)
    for code, result in results.items():
        at.connection.execute(
            update(tubes)
            .where(
                tubes.c.community_id == at.community_id,
                tubes.c.round_id == round_id,
                tubes.c.code == code,
            )
            .values(result=result, result_at=asked.corrected_at)
        )
    rows = [
        (
            at.community_id, resident, round_id, code, known[code].filled_at,
            rules.result_of(found.tube, len(known[code].residents), result),
        )
        for code, result in results.items()
        for resident in known[code].residents
    ]  # fmt: skip
    if rows:
        _RECORDS.run(at.connection, rows)
    asked.subject = f"/testing/{round_id}/tubes"
    at.tell(f"testing:{round_id}")


def tube_of(at: Moment, round_id: str, code: str) -> AnyRow | None:
    """A tube by its code, however it is typed."""
    return next(iter(_tubes(at, round_id, [code.strip().upper()])), None)


def _tubes(at: Moment, round_id: str, codes: Iterable[str]) -> list[AnyRow]:
    return list(
        at.connection.execute(
            select(tubes).where(
                tubes.c.community_id == at.community_id,
                tubes.c.round_id == round_id,
                tubes.c.code.in_(list(codes)),
            )
        )
    )


_TUBES = upserting(tubes, "community_id", "round_id", "code", "residents", "filled_at", "filled_by")
_RECORDS = upserting(
    test_records, "community_id", "resident_id", "round_id", "code", "tested_at", "result"
)

FULL = mark("This tube is full: it holds %(most)s people at most.")
HAS_RESULT = mark("This tube has a result already: nobody can be put into it.")
NO_SUCH_RESULT = mark("A result is negative, positive or invalid.")
NO_SUCH_TUBE = mark("There is no tube %(code)s on this day.")
NOT_HEALTH = mark("Only medical volunteers and stewards of the whole community enter results.")
BAD_LINE = mark("Line %(number)s cannot be read: “%(text)s”. Nothing was entered.")
NO_LINES = mark("There is no line with a tube and its result.")
