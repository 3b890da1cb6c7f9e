"""Who lives where in the demo, and who has which duty."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from server.features.estates.tables import households, stairwells
from server.features.people.rules import MEDICAL, OFFICER
from server.features.people.tables import accounts, residents, roles
from server.story.telling import Story

KNOWN = "孙奶奶"
"""Whom the demo signs in as a household."""


@dataclass(frozen=True, slots=True)
class Stairwell:
    """A stairwell of 梅园 and who collects its results."""

    id: int
    building: int
    short: str
    officer: str


@dataclass(frozen=True, slots=True)
class Someone:
    """Somebody at home, and the account of their household."""

    resident: int
    door: int
    name: str
    account: str


def doctors(story: Story) -> list[str]:
    """The medical volunteers."""
    return story.all_with(MEDICAL)


def places(story: Story) -> dict[str, Stairwell]:
    """The stairwells of the first compound, by what stands in their squares."""
    officer = roles.c
    rows = story.connection.execute(
        select(
            stairwells.c.id,
            stairwells.c.building_id,
            stairwells.c.short,
            officer.account_id,
        )
        .join(
            roles,
            (officer.community_id == stairwells.c.community_id)
            & (officer.scope_id == stairwells.c.id),
        )
        .where(
            stairwells.c.community_id == story.community_id,
            stairwells.c.compound_id == story.compounds[0],
            officer.role == OFFICER,
            officer.scope == "stairwell",
        )
        .order_by(stairwells.c.position)
    )
    return {row.short: Stairwell(*row) for row in rows}


def people(story: Story, place: Stairwell) -> list[Someone]:
    """Everybody who is at home in a stairwell, with the account of their household."""
    rows = story.connection.execute(
        select(residents.c.id, households.c.id, residents.c.name, accounts.c.id)
        .join(
            households,
            (households.c.community_id == residents.c.community_id)
            & (households.c.id == residents.c.household_id),
        )
        .join(
            accounts,
            (accounts.c.community_id == households.c.community_id)
            & (accounts.c.household_id == households.c.id),
        )
        .where(
            residents.c.community_id == story.community_id,
            residents.c.present,
            households.c.stairwell_id == place.id,
        )
        .order_by(households.c.id, residents.c.id)
    )
    return [Someone(*row) for row in rows]


def at_home(story: Story, place: Stairwell) -> list[Someone]:
    """The first of each home in which several live."""
    homes: dict[int, list[Someone]] = {}
    for one in people(story, place):
        homes.setdefault(one.door, []).append(one)
    return [people[0] for people in homes.values() if len(people) > 1]


def others(story: Story, who: Someone, place: Stairwell) -> list[int]:
    """Who lives with somebody."""
    return [
        one.resident
        for one in people(story, place)
        if one.door == who.door and one.resident != who.resident
    ]


def named(story: Story, name: str) -> Someone:
    """Somebody of the first compound who is known by name."""
    everybody = (one for place in places(story).values() for one in people(story, place))
    return next(one for one in everybody if one.name == name)
