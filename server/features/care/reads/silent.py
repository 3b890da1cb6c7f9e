"""Nobody asked because they do not ask: who was not heard of, by any means, for three days."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from server import clock
from server.features.care import rules
from server.features.care.reads import parts
from server.features.care.tables import cared
from server.features.care.views import Silent, SilentLine
from server.features.estates import reads as estates
from server.features.estates.records import Household
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.phones import look_up
from server.features.people.register import NotAllowed, NotThere
from server.features.people.rules import COMMUNITY, OFFICER, VOLUNTEER, May, covers
from server.features.rounds.reads import parts as round_parts

MOST = 200
"""Lines on one page: those who were in care, the old and the alone first."""


def silent(connection: Connection, person: Person) -> Silent:
    """Everybody in care, and every household of the old or alone that nobody keeps, who was not
    heard of for three days. Raises `NotAllowed`.
    """
    now, community_id = clock.now(), person.community_id
    if not person.may_somewhere(May.SEE_CARE, now):
        raise NotAllowed("care")
    found = _silent(connection, person, now)
    found.sort(key=lambda one: (not one.person, not one.old, one.heard_at or 0))
    shown = found[:MOST]
    return Silent(
        tuple(_completed(connection, community_id, shown, now)),
        len(found),
        round_parts.newest(connection, community_id),
    )


def count_silent(connection: Connection, person: Person, now: int) -> int:
    """How many they are."""
    return len(_silent(connection, person, now))


def look_at_silent(connection: Connection, person: Person, household_id: int, now: int) -> str:
    """A household's number for who rings them up; who looked is written down.

    Raises `NotThere`, `NotAllowed`.
    """
    door = estates.household(connection, person.community_id, household_id)
    if door is None:
        raise NotThere(household_id)
    if not person.may(May.SEE_CARE, now, door):
        raise NotAllowed(household_id)
    return look_up(connection, person, household_id, now)


def _silent(connection: Connection, person: Person, now: int) -> list[SilentLine]:
    community_id = person.community_id
    this_year = datetime.fromtimestamp(now / 1000, estates.zone(connection, community_id)).year
    frail = people.frail(connection, community_id, this_year - rules.OLD, this_year - rules.ALONE)
    kept = connection.execute(
        select(cared).where(cared.c.community_id == community_id, cared.c.state == rules.CONFIRMED)
    ).all()
    in_care = {row.household_id: row for row in reversed(kept)}
    said = {row.household_id: row.contact_at for row in kept if row.contact_at}
    last = parts.heard(connection, community_id, {*frail, *in_care}, now)
    candidates = {
        home: at
        for home in (*in_care, *(one for one in frail if one not in in_care))
        if now - (at := max(last.get(home, 0), said.get(home, 0))) > rules.SILENCE
    }
    doors = estates.households_by_id(connection, community_id, candidates)
    lines = []
    for home, at in candidates.items():
        door = doors[home]
        if door.use != "home" or not person.may(May.SEE_CARE, now, door):
            continue
        row = in_care.get(home)
        old, alone = frail.get(home, (False, False))
        lines.append(
            SilentLine(
                home, door.short_words, row.name if row else "", row.id if row else "",
                old, alone, at or None, has_phone=False, near="",
            )
        )  # fmt: skip
    return lines


def _completed(
    connection: Connection, community_id: int, lines: list[SilentLine], now: int
) -> list[SilentLine]:
    """The same with names, whether a number is known, and who is nearest."""
    homes = [one.household for one in lines]
    phones = people.with_phone(connection, community_id, homes)
    doors = estates.households_by_id(connection, community_id, homes)
    near = _nearest(connection, community_id, list(doors.values()), now)
    living: dict[int, list[str]] = {}
    for one in people.residents_in(connection, community_id, homes):
        living.setdefault(one.household_id, []).append(one.name)
    kept = _keepers(connection, community_id, [one.person for one in lines if one.person])
    return [
        SilentLine(
            one.household, one.place, one.names or "、".join(living.get(one.household, ())),
            one.person, one.old, one.alone, one.heard_at, one.household in phones,
            kept.get(one.person) or near[one.household],
        )
        for one in lines
    ]  # fmt: skip


def _keepers(connection: Connection, community_id: int, ids: list[str]) -> dict[str, str]:
    rows = connection.execute(
        select(cared.c.id, cared.c.keeper).where(
            cared.c.community_id == community_id, cared.c.id.in_(ids), cared.c.keeper.is_not(None)
        )
    ).all()
    names = people.accounts_by_id(connection, community_id, [row.keeper for row in rows])
    return {row.id: names[row.keeper].name for row in rows if row.keeper in names}


def _nearest(
    connection: Connection, community_id: int, doors: list[Household], now: int
) -> dict[int, str]:
    """Who works nearest to each of these doors: those who have its stairwell or building."""
    held = people.staff_roles(connection, community_id, now)
    local = {
        account: [
            role for role in roles
            if role.role in (OFFICER, VOLUNTEER) and role.scope != COMMUNITY
        ]
        for account, roles in held.items()
    }  # fmt: skip
    near = {
        door.household: [
            account for account, roles in local.items() if any(covers(one, door) for one in roles)
        ]
        for door in doors
    }
    names = people.accounts_by_id(
        connection, community_id, {one for found in near.values() for one in found[:SHOWN]}
    )
    return {
        home: "、".join(names[one].name for one in found[:SHOWN]) for home, found in near.items()
    }


SHOWN = 2
"""Names of those nearest."""
