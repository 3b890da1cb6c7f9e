"""What follows from reports: those who may see results hear of one that cannot wait."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, insert, select, update

from server import clock
from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.estates.records import Place
from server.features.notices import rules as notices
from server.features.people import reads as people
from server.features.people.rules import May
from server.features.reports import reads
from server.features.reports.tables import report_deadlines, report_states
from server.features.rounds import rules as rounds
from server.features.rounds import scope
from server.features.rounds.kinds import KINDS
from server.features.rounds.reactions import following, next_day
from server.features.rounds.tables import round_doors
from server.features.rounds.tables import rounds as rounds_table
from server.i18n import LANGUAGES, mark, say, translate
from server.ids import derived
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
    told = people.who_may(at.connection, at.community_id, May.SEE_RESULTS, [place], at.now)
    if not told:
        return
    where = {one: say(one, place.short_words) for one in LANGUAGES}
    at.submit(
        _in_whose_name(at, found, [place]),
        derived(f"{found.op_id}/{resident}/alarm"),
        "notice.send",
        {
            "title": {one: translate(one, ALARM, place=where[one])[:60] for one in LANGUAGES},
            "body": {one: translate(one, ALARM_BODY) for one in LANGUAGES},
            "urgency": notices.URGENT,
            "accounts": told,
            "opens": f"/reports/{round_id}",
        },
    )


@reaction("reports.due")
def due(at: Reacting) -> None:
    """A round is due: so are its buildings that have no time of their own."""
    found = at.connection.execute(
        select(rounds_table.c.deadline, rounds_table.c.status).where(
            rounds_table.c.community_id == at.community_id, rounds_table.c.id == at.subject
        )
    ).one()
    if found.status != rounds.OPEN:
        return
    here = scope.stairwells_of(at.connection, at.community_id, at.subject)
    places = estates.places(at.connection, at.community_id, here)
    table = report_deadlines.c
    own = at.connection.execute(
        select(table.building_id).where(
            table.community_id == at.community_id, table.round_id == at.subject
        )
    ).scalars()
    for building in sorted({place.building for place in places.values()} - set(own)):
        at.connection.execute(
            insert(report_deadlines),
            {
                "community_id": at.community_id,
                "round_id": at.subject,
                "building_id": building,
                "due_at": found.deadline,
            },
        )
        _is_over(at, at.subject, building)


@reaction("reports.overdue")
def overdue(at: Reacting) -> None:
    """A building's own time to report is over."""
    round_id, building = at.subject.split()
    _is_over(at, round_id, int(building))


@next_day
def keep_deadlines(at: Reacting, today: AnyRow, tomorrow: str, actor: str) -> None:
    """A building with a time of its own has it on the next day too.

    One that goes by the round's own time does so again, and a time that is over is none.
    """
    table = report_deadlines.c
    buildings: dict[int, list[int]] = {}
    for building, due_at in at.connection.execute(
        select(table.building_id, table.due_at)
        .where(table.community_id == at.community_id, table.round_id == today.id)
        .order_by(table.building_id)
    ):
        if due_at != today.deadline and due_at + clock.DAY > at.now:
            buildings.setdefault(due_at + clock.DAY, []).append(building)
    for due_at, those in sorted(buildings.items()):
        asked = {"round": tomorrow, "buildings": those, "until": clock.rfc3339(due_at)}
        made = following(tomorrow, f"deadline/{due_at}")
        at.submit(actor, made, "report.deadline", asked)


def _is_over(at: Reacting, round_id: str, building: int) -> None:
    """The officers of a building hear how many have not reported, once.

    Of those who are isolated at home nothing is left to chance: their doors are knocked at.
    """
    due = _deadline(at, round_id, building)
    if due is None or due.due_at > at.now or due.told_at is not None or due.status != rounds.OPEN:
        return
    table = report_deadlines.c
    at.connection.execute(
        update(report_deadlines)
        .where(
            table.community_id == at.community_id,
            table.round_id == round_id,
            table.building_id == building,
        )
        .values(told_at=at.now)
    )
    places = {
        one: place
        for one, place in estates.places(at.connection, at.community_id).items()
        if place.building == building
    }
    count = _how_many(at, round_id, list(places))
    if not count or not places:
        return
    told = sorted(
        {
            one
            for place in places.values()
            for one in people.who_may(at.connection, at.community_id, May.REPORT, [place], at.now)
        }
    )
    actor = _in_whose_name(at, due, places.values())
    where = {one: say(one, next(iter(places.values())).building_words) for one in LANGUAGES}
    key = f"{round_id}/{building}/{due.due_at}"
    said = {"round": due.title, "count": count}
    at.submit(
        actor,
        derived(f"{key}/overdue"),
        "notice.send",
        {
            "title": {one: translate(one, OVERDUE, place=where[one])[:60] for one in LANGUAGES},
            "body": {one: translate(one, OVERDUE_BODY, **said) for one in LANGUAGES},
            "urgency": notices.URGENT,
            "accounts": told or [actor],
            "opens": f"/reports/{round_id}/missing",
        },
    )
    if due.kind == "isolation":
        at.submit(
            actor,
            derived(f"{key}/knock"),
            "report.knock",
            {"round": round_id, "stairwells": sorted(places)},
        )


def _deadline(at: Reacting, round_id: str, building: int) -> AnyRow | None:
    """A building's deadline, with its round."""
    table = report_deadlines.c
    return at.connection.execute(
        select(
            report_deadlines,
            *(rounds_table.c[name] for name in ("kind", "title", "status", "made_by")),
        )
        .join(
            rounds_table,
            (rounds_table.c.community_id == table.community_id)
            & (rounds_table.c.id == table.round_id),
        )
        .where(
            table.community_id == at.community_id,
            table.round_id == round_id,
            table.building_id == building,
        )
    ).first()


def _how_many(at: Reacting, round_id: str, stairwells: list[int]) -> int:
    """How many people of these stairwells have not reported."""
    table = round_doors.c
    missing = at.connection.execute(
        select(func.sum(table.due - table.given)).where(
            table.community_id == at.community_id,
            table.round_id == round_id,
            table.stairwell_id.in_(stairwells),
            reads.not_reported(),
        )
    ).scalar()
    return int(missing or 0)


def _standing(at: Reacting, round_id: str, resident: int) -> AnyRow | None:
    """What the person has come to, with their round."""
    table = report_states.c
    return at.connection.execute(
        select(report_states, rounds_table.c.kind, rounds_table.c.made_by)
        .join(
            rounds_table,
            (rounds_table.c.community_id == table.community_id)
            & (rounds_table.c.id == table.round_id),
        )
        .where(
            table.community_id == at.community_id,
            table.round_id == round_id,
            table.resident_id == resident,
        )
    ).first()


def _in_whose_name(at: Reacting, row: AnyRow, places: Collection[Place]) -> str:
    """Who made the round, while they lead there; else somebody else who does."""
    return people.in_whose_name(
        at.connection, at.community_id, row.made_by, May.LEAD, places, at.now
    )


ALARM = mark("A report needs you: %(place)s")
ALARM_BODY = mark("Open it, see what was reported and decide what is done.")
OVERDUE = mark("Not all have reported: %(place)s")
OVERDUE_BODY = mark("%(round)s: %(count)s people have not reported. Remind them, or knock.")
