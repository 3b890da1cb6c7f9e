"""The demo's first days, told in operations: rounds, an outbreak, requests, things under way.

Everything goes through the one write path, so that the demo is also what a real day looks like.
"""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from server.features.rounds.tables import rounds as rounds_table
from server.story import (
    access,
    care,
    custody,
    declarations,
    emergencies,
    medicine,
    outbreak,
    passes,
    requests,
    rounds,
    stranded,
    trips,
    vacancies,
)
from server.story.telling import Story


def tell(connection: Connection, community_id: int, now: int, key: bytes) -> None:
    """Tell the story once; a database that has a round already is left alone."""
    told = connection.execute(
        select(func.count())
        .select_from(rounds_table)
        .where(rounds_table.c.community_id == community_id)
    ).scalar_one()
    if told:
        return
    story = Story(connection, community_id, now, key)
    requests.last_night(story)
    emergencies.last_night(story)
    outbreak.yesterday(story)
    stranded.yesterday(story)
    vacancies.before(story)
    access.before(story)
    care.yesterday(story)
    rounds.today(story)
    outbreak.today(story)
    requests.today(story)
    custody.today(story)
    medicine.today(story)
    passes.today(story)
    trips.today(story)
    declarations.today(story)
    story.react()
