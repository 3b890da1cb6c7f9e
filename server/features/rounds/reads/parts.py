"""What several pages about rounds read: heads, sums, who is assigned, the newest number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import Connection, bindparam, select

from server import clock
from server.db.base import AnyRow
from server.db.bulk import Query
from server.features.estates import reads as estates
from server.features.estates.records import Place
from server.features.estates.tables import floors
from server.features.people.actors import Person
from server.features.people.rules import May
from server.features.people.tables import accounts
from server.features.rounds.kinds import KINDS
from server.features.rounds.tables import assignments, round_doors, round_stairwells, rounds
from server.features.rounds.views import RoundHead, Tally
from server.i18n import mark, translate
from server.oplog.tables import counters


class NotFound(LookupError):
    """There is no such round, stairwell or door in this community."""


class NotYours(PermissionError):
    """It exists, but not for this person."""


def newest(connection: Connection, community_id: int) -> int:
    """The number of the community's newest operation."""
    found = _NEWEST.rows(connection, {"community": community_id})
    return int(found[0][0]) if found else 0


_NEWEST = Query(
    select(counters.c.value).where(
        counters.c.community_id == bindparam("community"), counters.c.name == "seq"
    )
)


def head(row: AnyRow) -> RoundHead:
    """A row of rounds as a record."""
    return RoundHead(
        row.id,
        row.title,
        KINDS[row.kind],
        row.item,
        row.per,
        row.quantity,
        row.status,
        row.deadline,
        row.quiet_from,
        row.quiet_until,
        row.repeats,
        row.follows,
        row.version,
        row.scope.get("about", ""),
        row.scope.get("hints", {}),
        row.forgotten_at,
    )


def find(connection: Connection, community_id: int, round_id: str) -> RoundHead:
    """The round. Raises `NotFound`."""
    found = _ROUND.records(connection, {"community": community_id, "round": round_id})
    if not found:
        raise NotFound(round_id)
    return head(found[0])


_ROUND = Query(
    select(rounds).where(
        rounds.c.community_id == bindparam("community"), rounds.c.id == bindparam("round")
    )
)


def tally(row: AnyRow) -> Tally:
    """A row of round_stairwells as a record."""
    return Tally(
        row.doors,
        row.due,
        row.marked,
        row.done,
        row.given,
        row.owed,
        row.disputed,
        dict(row.tally),
    )


def total(tallies: Iterable[Tally]) -> Tally:
    """The sum of tallies."""
    every = list(tallies)
    answers: Counter[str] = Counter()
    for one in every:
        answers.update(one.answers)
    return Tally(
        doors=sum(one.doors for one in every),
        due=sum(one.due for one in every),
        marked=sum(one.marked for one in every),
        done=sum(one.done for one in every),
        given=sum(one.given for one in every),
        owed=sum(one.owed for one in every),
        disputed=sum(one.disputed for one in every),
        answers=dict(answers),
    )


def tallies(connection: Connection, community_id: int, round_id: str) -> dict[int, Tally]:
    """The sums of each stairwell of a round."""
    table = round_stairwells.c
    rows = connection.execute(
        select(round_stairwells).where(
            table.community_id == community_id, table.round_id == round_id
        )
    )
    return {row.stairwell_id: tally(row) for row in rows}


def assigned(
    connection: Connection, community_id: int, round_id: str, stairwell_id: int | None = None
) -> dict[int, list[AnyRow]]:
    """Who is assigned now, by stairwell, with their names."""
    query = _ASSIGNED if stairwell_id is None else _ASSIGNED_HERE
    wanted = {"community": community_id, "round": round_id, "stairwell": stairwell_id}
    found: dict[int, list[AnyRow]] = {}
    for row in query.records(connection, wanted):
        found.setdefault(row.stairwell_id, []).append(row)
    return found


_WHO = (
    select(
        assignments.c.stairwell_id,
        assignments.c.account_id,
        accounts.c.name,
        assignments.c.low,
        assignments.c.high,
    )
    .join(
        accounts,
        (accounts.c.community_id == assignments.c.community_id)
        & (accounts.c.id == assignments.c.account_id),
    )
    .where(
        assignments.c.community_id == bindparam("community"),
        assignments.c.round_id == bindparam("round"),
        assignments.c.until.is_(None),
    )
    .order_by(assignments.c.seq, accounts.c.name)
)
_ASSIGNED = Query(_WHO)
_ASSIGNED_HERE = Query(_WHO.where(assignments.c.stairwell_id == bindparam("stairwell")))


def names(connection: Connection, community_id: int, ids: Collection[str]) -> dict[str, str]:
    """People's names by account."""
    if not ids:
        return {}
    return dict(
        connection.execute(
            select(accounts.c.id, accounts.c.name).where(
                accounts.c.community_id == community_id, accounts.c.id.in_(list(ids))
            )
        ).all()
    )


def covers(given: Iterable[AnyRow], level: int) -> bool:
    """True where one of these parts, each with its lowest and highest floor, reaches a floor."""
    return any(
        (row.low is None or row.low <= level) and (row.high is None or level <= row.high)
        for row in given
    )


def carries(connection: Connection, person: Person, round_id: str, door: AnyRow) -> bool:
    """True where a door, a row of round_doors, is one of those given to this person."""
    here = assigned(connection, person.community_id, round_id, door.stairwell_id)
    given = here.get(door.stairwell_id, [])
    return covers((row for row in given if row.account_id == person.id), door.level)


def door(
    connection: Connection, community_id: int, round_id: str, household_id: int
) -> AnyRow | None:
    """A door as it stands in a round; None where it is not in it."""
    table = round_doors.c
    return connection.execute(
        select(round_doors).where(
            table.community_id == community_id,
            table.round_id == round_id,
            table.household_id == household_id,
        )
    ).first()


def led(person: Person, places: Mapping[int, Place]) -> dict[int, Place]:
    """Those of the stairwells that the person leads now."""
    return _allowed(person, May.LEAD, places)


def places_where(
    connection: Connection, person: Person, round_id: str, right: May
) -> dict[int, Place]:
    """Those of a round's stairwells over which the person has a right now."""
    sums = tallies(connection, person.community_id, round_id)
    return _allowed(person, right, estates.places(connection, person.community_id, sums))


def _allowed(person: Person, right: May, places: Mapping[int, Place]) -> dict[int, Place]:
    now = clock.now()
    return {one: place for one, place in places.items() if person.may(right, now, place)}


def places_led(
    connection: Connection, person: Person, round_id: str
) -> tuple[RoundHead, dict[int, Place], dict[int, Tally]]:
    """A round with those of its stairwells that the person leads.

    Raises `NotFound`, or `NotYours` where the person leads none of it.
    """
    found = find(connection, person.community_id, round_id)
    sums = tallies(connection, person.community_id, round_id)
    places = led(person, estates.places(connection, person.community_id, sums))
    if not places:
        raise NotYours(round_id)
    return found, places, {one: sums[one] for one in places}


def floors_said(
    language: str, labels: Mapping[int, str], lowest: int | None, highest: int | None
) -> str:
    """The floors of a part as they are painted on the wall: empty where it is the whole."""
    low = None if lowest is None else labels.get(lowest, str(lowest))
    high = None if highest is None else labels.get(highest, str(highest))
    if low is None and high is None:
        return ""
    if low is None:
        return translate(language, UP_TO, high=high)
    if high is None:
        return translate(language, FROM, low=low)
    return translate(language, BETWEEN, low=low, high=high)


def floor_labels(
    connection: Connection, community_id: int, ids: Collection[int] | None = None
) -> dict[int, dict[int, str]]:
    """What is painted on each floor's wall, by stairwell and level, lowest first."""
    query = (
        select(floors.c.stairwell_id, floors.c.level, floors.c.label)
        .where(floors.c.community_id == community_id)
        .order_by(floors.c.stairwell_id, floors.c.level)
    )
    if ids is not None:
        query = query.where(floors.c.stairwell_id.in_(list(ids)))
    found: dict[int, dict[int, str]] = {}
    for stairwell_id, level, label in connection.execute(query):
        found.setdefault(stairwell_id, {})[level] = label
    return found


UP_TO = mark("floors up to %(high)s")
FROM = mark("floors from %(low)s up")
BETWEEN = mark("floors %(low)s–%(high)s")
