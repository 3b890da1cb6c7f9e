"""The demo's vacant flats: two that were sealed, of which one should have been looked at again."""

from __future__ import annotations

from sqlalchemy import select

from server.features.estates import reads as estates
from server.features.estates.tables import households
from server.story.telling import Data, Story

FOUND: tuple[tuple[int, str, Data], ...] = (
    (5, "0411", {"evidence": "seal", "words": "业主在外地，电话联系过"}),
    (1, "0417", {"evidence": "meter"}),
)
"""How many days ago, the number on the seal, and how it showed."""


def before(story: Story) -> None:
    """The committee finds them in its evening rounds."""
    table = households.c
    empty = story.connection.execute(
        select(table.id)
        .where(table.community_id == story.community_id, table.vacant, table.use == "home")
        .order_by(table.id)
        .limit(len(FOUND))
    ).scalars()
    doors = estates.households_by_id(story.connection, story.community_id, list(empty))
    for door, (ago, seal, shows) in zip(doors, FOUND, strict=False):
        said = {"household": door, "seal": seal, **shows}
        story.ask(story.steward, "vacancy.find", said, story.since(ago, 20))
