"""A household's own page in a screening."""

from __future__ import annotations

from sqlalchemy import Connection, select

from server import clock
from server.db.base import AnyRow
from server.features.declarations import rules
from server.features.declarations.reads import said
from server.features.declarations.views import Form, Member
from server.features.estates import reads as estates
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.register import NotAllowed, NotThere
from server.features.people.rules import May
from server.features.rounds import rules as rounds
from server.features.rounds.reads import parts
from server.features.rounds.tables import round_doors
from server.features.rounds.tables import rounds as rounds_table
from server.features.rounds.views import RoundHead


def own(connection: Connection, person: Person, _language: str, round_id: str) -> Form:
    """The page of the first door one speaks for. Raises `NotThere` for who has none."""
    now = clock.now()
    homes = sorted(person.homes(now), key=lambda one: (one != person.household_id, one))
    found = said.screening(connection, person, round_id)
    for home in homes:
        if _due(connection, person, round_id, home) is not None:
            return _form(connection, person, found, home)
    raise NotThere(round_id)


def door(
    connection: Connection, person: Person, _language: str, round_id: str, household_id: int
) -> Form:
    """The page of one door, for those of it and who may mark there.

    Raises `NotThere`, `NotAllowed`.
    """
    found, now = said.screening(connection, person, round_id), clock.now()
    row = _due(connection, person, round_id, household_id)
    place = estates.household(connection, person.community_id, household_id)
    if row is None or place is None:
        raise NotThere(household_id)
    if not (
        household_id in person.homes(now)
        or person.may(May.LEAD, now, place)
        or parts.carries(connection, person, round_id, row)
    ):
        raise NotAllowed(household_id)
    return _form(connection, person, found, household_id)


def pack(connection: Connection, person: Person) -> list[tuple[str, str]]:
    """The pages on which one's households declare while a screening is open, with versions."""
    homes = list(person.homes(clock.now()))
    if not homes:
        return []
    table = round_doors.c
    rows = connection.execute(
        select(rounds_table.c.id, rounds_table.c.version, table.mark_id)
        .join(
            round_doors,
            (table.community_id == rounds_table.c.community_id)
            & (table.round_id == rounds_table.c.id),
        )
        .where(
            table.community_id == person.community_id,
            table.household_id.in_(homes),
            table.due > 0,
            rounds_table.c.status == rounds.OPEN,
            rounds_table.c.kind == rules.SCREENING,
        )
        .order_by(rounds_table.c.id, table.household_id)
    )
    versions: dict[str, str] = {}
    for row in rows:
        versions[row.id] = f"{versions.get(row.id, row.version)}-{row.mark_id or 0}"
    return [(f"/declarations/{one}", version) for one, version in versions.items()]


def _due(connection: Connection, person: Person, round_id: str, household_id: int) -> AnyRow | None:
    """The door as it stands in the screening; None where nothing is asked of it."""
    row = parts.door(connection, person.community_id, round_id, household_id)
    return row if row is not None and row.due > 0 else None


def _form(connection: Connection, person: Person, found: RoundHead, household_id: int) -> Form:
    community_id, now = person.community_id, clock.now()
    homes = person.homes(now)
    here = estates.households_by_id(connection, community_id, {household_id, *homes})
    place = here.pop(household_id)
    stands = rules.standing(said.declared(connection, person, found.id, [place.stairwell])).get(
        household_id
    )
    row = stands.row if stands is not None else None
    members = [
        Member(
            one.id,
            one.name,
            (row.people.get(str(one.id)) if row is not None else None)
            or (rules.HERE if one.present else rules.AWAY),
        )
        for one in people.residents_of(connection, community_id, household_id)
    ]
    names = parts.names(connection, community_id, [row.actor] if row is not None else [])
    return Form(
        round=found,
        door=household_id,
        place=place.short_words,
        own=household_id in homes,
        people=tuple(members),
        others=tuple(row.others) if row is not None else (),
        tenure=row.tenure if row is not None else "",
        since=row.since if row is not None else "",
        away=row.away if row is not None else "",
        declared_at=row.at if row is not None else None,
        declared_by=names.get(row.actor, "") if row is not None else "",
        elsewhere=tuple((one, home.short_words) for one, home in here.items() if one in homes),
        seq=parts.newest(connection, community_id),
    )
