"""What follows from reports: those who may see results hear of one that cannot wait."""

from __future__ import annotations

from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import select

from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.estates.records import Place
from server.features.notices import rules as notices
from server.features.people import reads as people
from server.features.people.rules import May, may
from server.features.reports.tables import report_states
from server.features.rounds.kinds import KINDS
from server.features.rounds.tables import rounds
from server.i18n import LANGUAGES, mark, say, translate
from server.oplog.after import Reacting, reaction


@reaction("reports.alarm")
def alarm(at: Reacting) -> None:
    """Tell those who may see the results of a building that one of them needs somebody now.

    Neither a name, a flat nor a result is said: what it is stands on the page that opens. The id
    follows from the report, so that nobody is told twice.
    """
    round_id, resident = at.subject.split()
    found = _standing(at, round_id, int(resident))
    if found is None:
        return
    finding = KINDS[found.kind].finding(found.finding)
    place = estates.places(at.connection, at.community_id, [found.stairwell_id]).get(
        found.stairwell_id
    )
    if finding is None or not finding.alarms or place is None:
        return
    told = _who_may_see(at, place)
    if not told:
        return
    where = {one: say(one, place.short_words) for one in LANGUAGES}
    at.submit(
        found.made_by,
        str(uuid5(NAMESPACE_OID, f"{found.op_id}/{resident}/alarm")),
        "notice.send",
        {
            "title": {one: translate(one, ALARM, place=where[one])[:60] for one in LANGUAGES},
            "body": {one: translate(one, ALARM_BODY) for one in LANGUAGES},
            "urgency": notices.URGENT,
            "accounts": told,
            "opens": f"/reports/{round_id}",
        },
    )


def _standing(at: Reacting, round_id: str, resident: int) -> AnyRow | None:
    """What the person has come to, with their round."""
    table = report_states.c
    return at.connection.execute(
        select(report_states, rounds.c.kind, rounds.c.made_by)
        .join(
            rounds,
            (rounds.c.community_id == table.community_id) & (rounds.c.id == table.round_id),
        )
        .where(
            table.community_id == at.community_id,
            table.round_id == round_id,
            table.resident_id == resident,
        )
    ).first()


def _who_may_see(at: Reacting, place: Place) -> list[str]:
    return sorted(
        account_id
        for account_id, held in people.staff_roles(at.connection, at.community_id, at.now).items()
        if may(held, May.SEE_RESULTS, place, at.now)
    )


ALARM = mark("A report needs you: %(place)s")
ALARM_BODY = mark("Open it, see what was reported and decide what is done.")
