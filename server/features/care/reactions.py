"""What follows by itself: the rounds of each day, and that nobody answered twice.

Each has an id that follows from what it follows from, so that nothing is done twice.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from server import clock
from server.db.base import AnyRow
from server.features.care import rules
from server.features.care.file import door_of, row_of, rows_at
from server.features.care.operations.deciding import next_morning
from server.features.care.tables import CARED_EVENTS, cared
from server.features.estates import reads as estates
from server.features.people import reads as people
from server.features.people.rules import May
from server.features.rounds import reads as rounds
from server.i18n import DEFAULT, mark, translate
from server.ids import derived
from server.oplog.after import Reacting, reaction

REMEMBERS = 14
"""For how many days back a round of ours that is still open is looked for."""


@reaction("care.round")
def day(at: Reacting) -> None:
    """The round of a kind for today; after a gap today's alone. It goes on from day to day."""
    zone = estates.zone(at.connection, at.community_id)
    today = datetime.fromtimestamp(at.now / 1000, zone).date()
    at.again_at = next_morning(at.subject, at.now, zone)
    if at.now >= clock.from_datetime(datetime.combine(today, rules.HOURS[at.subject], zone)):
        _make(at, at.subject, today, zone)


def round_of(community_id: int, kind: str, day: date) -> str:
    """The id of a community's round of a kind on a day."""
    return derived(f"care/{community_id}/{kind}/{day.isoformat()}")


def _make(at: Reacting, kind: str, today: date, zone: Any) -> None:
    """Make a round of just the doors that are due, give it to the keepers, open it.

    What is left of the days before is closed: whoever was not met is due again, or is alarmed for.
    """
    rows = [row for row in _in_care(at) if rules.due(row, kind, today, zone)]
    doors: dict[int, int] = defaultdict(int)
    hints: dict[int, list[str]] = defaultdict(list)
    for row in rows:
        doors[row.household_id] += rules.due(row, kind, today, zone)
        hints[row.household_id] += [row.words] if row.words else []
    _close_earlier(at, kind, today)
    if not rows:
        return
    stairwells = sorted({row.stairwell_id for row in rows})
    actor = _leads(at, stairwells, str(rows[0].keeper or ""))
    made = round_of(at.community_id, kind, today)
    evening = clock.from_datetime(datetime.combine(today, EVENING, zone))
    at.submit(
        actor,
        made,
        "round.make",
        {
            "title": translate(DEFAULT, TITLES[kind], day=f"{today:%m-%d}"),
            "kind": kind,
            "doors": sorted(doors),
            "dues": [1 if kind == rules.VISIT else doors[one] for one in sorted(doors)],
            "hints": [" · ".join(hints[one])[: rules.LONGEST_WORDS] for one in sorted(doors)],
            "deadline": clock.rfc3339(evening),
        },
    )
    for keeper, theirs in sorted(_keepers(at, rows).items()):
        given = {"round": made, "stairwells": sorted(theirs), "accounts": [keeper]}
        at.submit(actor, derived(f"{made}/{keeper}"), "round.assign", given)
    at.submit(actor, derived(f"{made}/open"), "round.open", {"round": made})


def _in_care(at: Reacting) -> list[AnyRow]:
    query = select(cared).where(
        cared.c.community_id == at.community_id, cared.c.state == rules.CONFIRMED
    )
    return list(at.connection.execute(query.order_by(cared.c.id)))


def _keepers(at: Reacting, rows: list[AnyRow]) -> dict[str, set[int]]:
    """The stairwells of each keeper who works here still; the deputy's where they do not."""
    able = people.staff_roles(at.connection, at.community_id, at.now)
    found: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        keeper = next((one for one in (row.keeper, row.deputy) if one in able), None)
        if keeper is not None:
            found[keeper].add(row.stairwell_id)
    return found


def _close_earlier(at: Reacting, kind: str, today: date) -> None:
    ids = {
        round_of(at.community_id, kind, today - timedelta(days=ago))
        for ago in range(1, REMEMBERS + 1)
    }
    for one, stairwells in sorted(rounds.still_open(at.connection, at.community_id, ids).items()):
        actor = _leads(at, stairwells, "")
        why = dict.fromkeys(rounds.DIFFERENCES, translate(DEFAULT, GOES_ON))
        said = {"round": one, "explanations": why}
        at.submit(actor, derived(f"{one}/close"), "round.close", said)


def _leads(at: Reacting, stairwells: list[int], first: str) -> str:
    places = estates.places(at.connection, at.community_id, stairwells).values()
    return people.in_whose_name(at.connection, at.community_id, first, May.LEAD, places, at.now)


@reaction("care.marked")
def marked(at: Reacting) -> None:
    """A door was marked in a round of visits: twice nobody, something needed, or all is well."""
    for row in rows_at(at.connection, at.community_id, int(at.subject)):
        if row.state == rules.CONFIRMED:
            _look(at, row)


def _look(at: Reacting, row: AnyRow) -> None:
    state = rules.fold(CARED_EVENTS.of(at.connection, at.community_id, row.id))
    begun = next((one.at for one in state.said if one.what == "confirm"), at.now)
    found = [
        rules.Visit(*one)
        for one in rounds.visits_at(at.connection, at.community_id, row.household_id, begun)
    ]
    if not found:
        return
    last = rules.visits_apart(found)[-1]
    spoken = last.answer not in (rules.NOBODY, rules.HELP)
    if state.alert is not None and spoken and last.at > state.alert.said["mark_at"]:
        if at.now - last.at < rules.SETTLES:
            at.again_at = last.at + rules.SETTLES
            return
        said = {"person": row.id, "how": "visit"}
        at.submit(last.actor, derived(f"{row.id}/{last.mark}/met"), "care.contact", said)
        return
    alarm = rules.alarming(found, state.contact_at)
    if alarm is None or (state.alert is not None and state.alert.key == alarm[0]):
        return
    what, visit = alarm
    said = {"person": row.id, "what": what, "mark": visit.mark, "mark_at": visit.at}
    at.submit(
        _decides(at, row, state), derived(f"{row.id}/{visit.mark}/{what}"), "care.alert", said
    )


@reaction("care.escalate")
def escalate(at: Reacting) -> None:
    """Half an hour later nobody has said what they found."""
    person_id, alert = at.subject.split()
    row = row_of(at.connection, at.community_id, person_id)
    assert row is not None, "nobody in care is ever deleted"
    state = rules.fold(CARED_EVENTS.of(at.connection, at.community_id, person_id))
    if state.alert is None or state.alert.op_id != alert or state.escalated:
        return
    said = {"person": person_id, "alert": alert}
    at.submit(_decides(at, row, state), derived(f"{alert}/escalate"), "care.escalate", said)


@reaction("care.moved")
def moved(at: Reacting) -> None:
    """Somebody is said to have moved away: nobody comes to a door where they do not live."""
    resident, _ = at.subject.split()
    rows = at.connection.execute(
        select(cared).where(
            cared.c.community_id == at.community_id, cared.c.resident_id == int(resident)
        )
    ).all()
    for row in rows:
        state = rules.fold(CARED_EVENTS.of(at.connection, at.community_id, row.id))
        if state.state == rules.CONFIRMED:
            said = {"person": row.id, "why": "moved"}
            ended = derived(f"{row.id}/moved/{at.subject}")
            at.submit(_decides(at, row, state), ended, "care.end", said)


def _decides(at: Reacting, row: AnyRow, state: rules.State) -> str:
    """In whose name it goes: whoever confirmed them, else another who decides there."""
    return people.in_whose_name(
        at.connection, at.community_id, state.confirmed_by, May.RUN_CARE,
        [door_of(at.connection, row)], at.now,
    )  # fmt: skip


EVENING = time(20, 0)
"""Until when a day's rounds are to be done."""

TITLES = {rules.VISIT: mark("Visits %(day)s"), rules.MEAL: mark("Meals %(day)s")}
GOES_ON = mark("The next day's round goes on from here.")
