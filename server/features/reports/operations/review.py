"""Looking at the photos of reports: agree, cannot read it, differs; two people for a positive."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import select

from server.db.base import AnyRow
from server.db.bulk import upserting
from server.features.estates import reads as estates
from server.features.people.actors import Person
from server.features.people.rules import May
from server.features.reports import rules
from server.features.reports.tables import report_reviews, reports
from server.i18n import mark
from server.oplog.envelope import Number, Uuid
from server.oplog.kinds import HEALTH, Asked, Moment, Op, Refused, operation


@operation("report.review", label=mark("Look at the photo of a report"))
class Review(Op):
    """Say whether a report's photo shows what was reported; one may think again."""

    retention: ClassVar = {"verdict": HEALTH}
    report: Uuid
    resident: Number
    verdict: str

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        person: Person = at.actors[asked.actor]  # type: ignore[assignment]
        found = self._find(at)
        door = found and estates.household(at.connection, at.community_id, found.household_id)
        if found is None or door is None:
            raise Refused(NO_PHOTO)
        if not person.may(May.SEE_RESULTS, asked.corrected_at, door):
            raise Refused(FEW_LOOK)
        if self.verdict not in rules.VERDICTS:
            raise Refused(NO_SUCH_VERDICT)
        if found.actor == asked.actor:
            raise Refused(YOUR_OWN)
        said = (self.report, self.resident, asked.actor, found.round_id, self.verdict)
        _REVIEWS.run(at.connection, [(at.community_id, *said, asked.corrected_at)])
        asked.subject = f"/reports/{found.round_id}/photos"
        at.tell(f"reports:{found.round_id}")

    def _find(self, at: Moment) -> AnyRow | None:
        """The report, where it has a photo and was not taken back."""
        table = reports.c
        return at.connection.execute(
            select(reports).where(
                table.community_id == at.community_id,
                table.op_id == self.report,
                table.resident_id == self.resident,
                table.photo != "",
                table.undone_seq.is_(None),
            )
        ).first()


_REVIEWS = upserting(
    report_reviews,
    *("community_id", "op_id", "resident_id", "account_id", "round_id", "verdict", "at"),
)

NO_PHOTO = mark("There is no report with a photo to look at here.")
FEW_LOOK = mark("Only who may see results looks at their photos.")
NO_SUCH_VERDICT = mark("Say whether you agree, cannot read it, or see something else.")
YOUR_OWN = mark("You reported this yourself: somebody else has to look.")
