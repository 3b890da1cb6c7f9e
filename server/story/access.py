"""The demo's door system: two weeks of counts of one building, and what they suggest."""

from __future__ import annotations

from sqlalchemy import insert, select

from server.features.access.tables import door_counts
from server.features.estates import reads as estates
from server.features.estates.tables import buildings, households, stairwells
from server.story.telling import Data, Story

DAYS = 16
"""How many days ago the system began to send."""

USED = (1, 3, 4)
"""How many days ago people went through the door of a flat that is registered as vacant."""


def before(story: Story) -> None:
    """Everybody fetches parcels; of one home nobody does, and a vacant one is used."""
    compound = story.compounds[-1]
    made = {"compound": compound, "name": "南门门禁"}
    system = story.ask(story.steward, "access.connect", made, story.since(DAYS, 9))
    vacant, lived_in = _flats(story, compound)
    used = [(vacant[0], ago) for ago in USED]
    used += [(door, ago) for door in lived_in[1:] for ago in range(DAYS)]
    rows = [_row(story, system, door, ago) for door, ago in used]
    story.connection.execute(insert(door_counts), rows)


def _row(story: Story, system: str, door: int, ago: int) -> Data:
    """What was counted at a door on a day."""
    times = 1 + (door + ago) % 2
    return {
        "community_id": story.community_id,
        "household_id": door,
        "system_id": system,
        "day": story.day(ago),
        "ins": times,
        "outs": times,
    }


def _flats(story: Story, compound: int) -> tuple[list[int], list[int]]:
    """The vacant flats and those that are lived in, of the compound's last building."""
    last = (
        select(buildings.c.id)
        .where(buildings.c.community_id == story.community_id, buildings.c.compound_id == compound)
        .order_by(buildings.c.position.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = story.connection.execute(
        select(households.c.id, households.c.vacant)
        .select_from(estates.HOUSED)
        .where(
            stairwells.c.community_id == story.community_id,
            stairwells.c.building_id == last,
            households.c.use == "home",
        )
        .order_by(households.c.id)
    ).all()
    return [row.id for row in rows if row.vacant], [row.id for row in rows if not row.vacant]
