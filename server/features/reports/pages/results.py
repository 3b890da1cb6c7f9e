"""What was reported in a round, for those who may see results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import Connection, select

from server import clock
from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.estates.records import Place
from server.features.people.actors import Person
from server.features.people.register import NotAllowed
from server.features.people.rules import May
from server.features.people.scopes import scopes
from server.features.people.tables import residents
from server.features.reports.pages import shared
from server.features.reports.tables import report_states
from server.features.reports.views import (
    BuildingRow,
    Matter,
    NewReports,
    ResultsPage,
)
from server.features.rounds.kinds import KINDS, RoundKind
from server.features.rounds.reads import parts
from server.features.rounds.views import RoundHead
from server.i18n import say


def results(connection: Connection, person: Person, language: str, round_id: str) -> ResultsPage:
    """What was reported in a round: who needs somebody, and each building in figures.

    Raises `NotThere`, `NotAllowed`.
    """
    found = shared.round_of(connection, person.community_id, round_id)
    places = shared.places_of(connection, person, round_id, May.SEE_RESULTS)
    states = _states(connection, person.community_id, round_id, places)
    due = _due(connection, person.community_id, round_id, places)
    findings = Counter(row.finding for row in states)
    now = clock.now()
    return ResultsPage(
        round=found,
        matters=tuple(_matters(connection, person.community_id, language, found.kind, states)),
        buildings=tuple(
            _buildings(connection, person.community_id, language, found, places, states, due)
        ),
        due=sum(due.values()),
        reported=len(states),
        findings=_in_order(found.kind, findings),
        stairwells=tuple(places),
        may_lead=all(person.may(May.LEAD, now, place) for place in places.values()),
        seq=parts.newest(connection, person.community_id),
    )


def _states(
    connection: Connection, community_id: int, round_id: str, stairwells: Collection[int]
) -> Sequence[AnyRow]:
    table = report_states.c
    return connection.execute(
        select(report_states).where(
            table.community_id == community_id,
            table.round_id == round_id,
            table.stairwell_id.in_(list(stairwells)),
        )
    ).all()


def _due(
    connection: Connection, community_id: int, round_id: str, stairwells: Collection[int]
) -> dict[int, int]:
    """How many people are due to report, by stairwell."""
    sums = parts.tallies(connection, community_id, round_id)
    return {one: tally.due for one, tally in sums.items() if one in stairwells}


def _matters(
    connection: Connection,
    community_id: int,
    language: str,
    kind: RoundKind,
    states: Sequence[AnyRow],
) -> Iterable[Matter]:
    """Those who need somebody: alarms first, then disagreements, then what must be done again."""
    alarms = {one.key for one in kind.findings if one.alarms}
    fine = {one.key for one in kind.findings if one.tone == "go"}
    rows = [row for row in states if row.disputed or row.finding not in fine]
    rows.sort(key=lambda row: (row.finding not in alarms, not row.disputed, row.at))
    doors = estates.households_by_id(connection, community_id, {row.household_id for row in rows})
    names = names_of(connection, community_id, [row.resident_id for row in rows])
    for row in rows:
        if row.household_id in doors:
            yield Matter(
                row.household_id,
                say(language, doors[row.household_id].words),
                names.get(row.resident_id, ""),
                row.finding,
                bool(row.disputed),
                row.at,
            )


def names_of(connection: Connection, community_id: int, ids: Collection[int]) -> dict[int, str]:
    table = residents.c
    query = select(table.id, table.name).where(
        table.community_id == community_id, table.id.in_(list(ids))
    )
    return dict(connection.execute(query).all())


def _in_order(kind: RoundKind, counted: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple((one.key, counted.get(one.key, 0)) for one in kind.findings)


def _buildings(
    connection: Connection,
    community_id: int,
    language: str,
    found: RoundHead,
    places: Mapping[int, Place],
    states: Sequence[AnyRow],
    due: Mapping[int, int],
) -> Iterable[BuildingRow]:
    """Buildings in the order of the estate."""
    deadlines = shared.deadlines(connection, community_id, found.id)
    by_building: dict[int, list[int]] = {}
    for one, place in places.items():
        by_building.setdefault(place.building, []).append(one)
    for building, stairwells in by_building.items():
        here = [row for row in states if row.stairwell_id in stairwells]
        place = places[stairwells[0]]
        yield BuildingRow(
            building,
            f"{place.address.compound} {say(language, place.building_words)}".strip(),
            sum(due.get(one, 0) for one in stairwells),
            len(here),
            _in_order(found.kind, Counter(row.finding for row in here)),
            deadlines.get(building, found.deadline),
        )


def making(connection: Connection, person: Person, language: str) -> NewReports:
    """What a new round of reports can be about. Raises `NotAllowed`."""
    if not person.leads(clock.now()):
        raise NotAllowed("reports")
    mine = parts.led(person, estates.places(connection, person.community_id))
    return NewReports(
        tuple(kind for kind in KINDS.values() if kind.reported),
        scopes(connection, person.community_id, language, mine),
    )
