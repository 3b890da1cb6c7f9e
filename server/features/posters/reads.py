"""Posters by their code, for whoever stands before one; and all of them, for who hangs them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, select

from server import clock
from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.estates.records import Household, Place
from server.features.people import codes
from server.features.people.actors import Person
from server.features.people.register import NotAllowed
from server.features.people.tables import residents
from server.features.posters import rules
from server.features.posters.rules import PURPOSES
from server.features.posters.tables import posters
from server.features.posters.views import Poster, Posters, ToMake
from server.features.rounds import rules as rounds_rules
from server.features.rounds.reads import parts
from server.features.rounds.tables import round_stairwells, rounds


def by_code(connection: Connection, typed: str) -> Poster | None:
    """The poster that hangs under a code; None where none does, or not any more."""
    code = codes.normalise(typed)
    row = None
    if code is not None:
        row = connection.execute(select(posters).where(posters.c.code == code)).first()
    if row is None or row.ended_at is not None or row.purpose not in PURPOSES:
        return None
    places = estates.places(connection, row.community_id)
    titles = _titles(connection, row.community_id, [row.round_id])
    called = _name(connection, row.community_id)
    return _poster(row, called, _by_building(places), titles, {})


def made_by(connection: Connection, poster: Poster) -> str:
    """The account of whoever hung it."""
    found: str = connection.execute(
        select(posters.c.made_by).where(
            posters.c.community_id == poster.community, posters.c.id == poster.id
        )
    ).scalar_one()
    return found


def hangs(
    connection: Connection,
    community_id: int,
    poster: str,
    round_id: str | None = None,
    purpose: str = rules.SCREENING,
) -> bool:
    """True where such a poster hangs there, for this and for no other round."""
    table = posters.c
    query = select(table.id).where(
        table.community_id == community_id,
        table.id == poster,
        table.purpose == purpose,
        table.round_id == round_id if round_id else table.round_id.is_(None),
        table.ended_at.is_(None),
    )
    return connection.execute(query).first() is not None


def door_in(connection: Connection, poster: Poster, typed: str) -> Household | None:
    """The one flat of the poster's building that somebody typed: 302, 1-302, or all of it."""
    doors = _doors(connection, poster)
    for said in (typed.strip(), f"{poster.number}-{typed.strip()}"):
        plate = [door for door in doors.values() if rules.plain(door.label) == rules.plain(said)]
        if len(plate) == 1:
            return plate[0]
        meant = [
            door
            for door in estates.find_doors(connection, poster.community, said)
            if door.household in doors
        ]
        if len(meant) == 1:
            return meant[0]
    return None


def example(connection: Connection, poster: Poster) -> str:
    """How somebody of the building types their flat: with the stairwell, where it has several."""
    door = next(iter(_doors(connection, poster).values()), None)
    if door is None:
        return ""
    return "-".join(one for one in (door.address.stairwell, door.label) if one)


def _doors(connection: Connection, poster: Poster) -> dict[int, Household]:
    """Every door of the poster's building."""
    stairs = estates.households_by_stairwell(connection, poster.community)
    here = [
        one
        for place in estates.places(connection, poster.community).values()
        if place.building == poster.building
        for one in stairs.get(place.stairwell, ())
    ]
    return estates.households_by_id(connection, poster.community, here)


def belongs(connection: Connection, door: Household, community_id: int, proof: str) -> bool:
    """True where what somebody typed proves that they belong behind a door."""
    table = residents.c
    phones = connection.execute(
        select(table.phone).where(
            table.community_id == community_id,
            table.household_id == door.household,
            table.left_at.is_(None),
        )
    ).scalars()
    return rules.proves(proof, door.card_number, list(phones))


def index(connection: Connection, person: Person, round_id: str = "") -> Posters:
    """What hangs where one may hang something, and what could; of one round, or of all.

    Raises `NotAllowed`.
    """
    now, community_id = clock.now(), person.community_id
    if not any(person.may_somewhere(one.right, now) for one in PURPOSES.values()):
        raise NotAllowed("posters")
    places = estates.places(connection, community_id)
    buildings = _by_building(places)
    mine = {
        one.key: {place.building for place in places.values() if person.may(one.right, now, place)}
        for one in PURPOSES.values()
    }
    table = posters.c
    where = [table.community_id == community_id, table.ended_at.is_(None)]
    if round_id:
        where.append(table.round_id == round_id)
    rows = [
        row
        for row in connection.execute(select(posters).where(*where)).all()
        if row.building_id in mine.get(row.purpose, ())
    ]
    order = list(buildings)
    rows.sort(key=lambda row: (row.purpose, row.round_id or "", order.index(row.building_id)))
    titles = _titles(connection, community_id, {row.round_id for row in rows})
    names = parts.names(connection, community_id, {row.made_by for row in rows})
    called = _name(connection, community_id)
    hanging = tuple(_poster(row, called, buildings, titles, names) for row in rows)
    return Posters(
        hanging,
        tuple(_to_make(connection, person, places, hanging, round_id)),
        parts.newest(connection, community_id),
    )


def _to_make(
    connection: Connection,
    person: Person,
    places: Mapping[int, Place],
    hanging: tuple[Poster, ...],
    round_id: str,
) -> list[ToMake]:
    now, community_id = clock.now(), person.community_id
    found = []
    for purpose in PURPOSES.values():
        mine = {
            one: place for one, place in places.items() if person.may(purpose.right, now, place)
        }
        whiches: list[tuple[str | None, str, set[int]]] = [(None, "", set(mine))]
        if purpose.of_round:
            whiches = [
                (one, title, within & set(mine))
                for one, title, within in _screenings(connection, community_id, round_id)
            ]
        elif round_id:
            continue
        for which, title, stairs in whiches:
            has = {one.building for one in hanging if (one.purpose, one.round) == (purpose, which)}
            lacks = {
                places[one].building: (places[one].address.compound, places[one].building_words)
                for one in mine
                if one in stairs and places[one].building not in has
            }
            if lacks:
                those = tuple((one, *called) for one, called in lacks.items())
                found.append(ToMake(purpose, which, title, those))
    return found


def _screenings(
    connection: Connection, community_id: int, round_id: str
) -> list[tuple[str, str, set[int]]]:
    """Screenings that are not closed, with their stairwells."""
    table = rounds.c
    where = [
        table.community_id == community_id,
        table.kind == rules.SCREENING,
        table.status != rounds_rules.CLOSED,
    ]
    if round_id:
        where.append(table.id == round_id)
    heads = [
        parts.head(row)
        for row in connection.execute(select(rounds).where(*where).order_by(table.made_at.desc()))
    ]
    return [
        (
            head.id,
            head.title,
            set(
                connection.execute(
                    select(round_stairwells.c.stairwell_id).where(
                        round_stairwells.c.community_id == community_id,
                        round_stairwells.c.round_id == head.id,
                    )
                ).scalars()
            ),
        )
        for head in heads
        if not head.private
    ]


def _name(connection: Connection, community_id: int) -> str:
    community = estates.community(connection, community_id)
    return community.name if community else ""


def _poster(
    row: AnyRow,
    community: str,
    buildings: Mapping[int, Place],
    titles: Mapping[str, str],
    names: Mapping[str, str],
) -> Poster:
    place = buildings[row.building_id]
    return Poster(
        row.id,
        row.code,
        row.community_id,
        community,
        PURPOSES[row.purpose],
        row.building_id,
        place.address.compound,
        place.building_words,
        place.address.building,
        row.round_id,
        titles.get(row.round_id, ""),
        names.get(row.made_by, ""),
        row.made_at,
    )


def _by_building(places: Mapping[int, Place]) -> dict[int, Place]:
    found: dict[int, Place] = {}
    for place in places.values():
        found.setdefault(place.building, place)
    return found


def _titles(
    connection: Connection, community_id: int, ids: Collection[str | None]
) -> dict[str, str]:
    wanted = [one for one in ids if one]
    rows = connection.execute(
        select(rounds.c.id, rounds.c.title).where(
            rounds.c.community_id == community_id, rounds.c.id.in_(wanted)
        )
    )
    return {row.id: row.title for row in rows}
