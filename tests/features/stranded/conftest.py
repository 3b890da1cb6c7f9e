"""People who are shut in, in the small world, and short ways to say so."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from server.features.people.tables import residents
from server.features.rounds import scope
from server.features.stranded.tables import stranded
from server.oplog.apply import Answer
from tests.support.told import Told

AUNT = "李阿姨"


class Guests:
    """Registers guests and sees them off."""

    def __init__(self, told: Told) -> None:
        self.told = told

    def come(self, actor: str = "sun", **data: Any) -> Answer:
        """Register somebody, by default an aunt with Grandma Sun, by herself."""
        ways = {name: data.pop(name) for name in ("id", "made", "received") if name in data}
        said = {"name": AUNT, "household": self.told.world.sun_door, "relation": "姨妈"} | data
        return self.told.ask(actor, "stranded.come", said, **ways)

    def came(self, actor: str = "sun", **data: Any) -> str:
        """The id of a stay."""
        answer = self.come(actor, **data)
        assert answer.outcome == "applied", answer
        assert answer.id
        return answer.id

    def say(self, what: str, stay: str, actor: str = "sun", **data: Any) -> Answer:
        """Say something of a stay."""
        ways = {name: data.pop(name) for name in ("made", "received") if name in data}
        return self.told.ask(actor, f"stranded.{what}", {"stay": stay, **data}, **ways)

    def row(self, stay: str) -> Any:
        """What the table keeps of a stay."""
        [found] = self.told.rows(select(stranded).where(stranded.c.id == stay))
        return found

    def present(self, household: int) -> int:
        """How many a round by person counts behind a door."""
        world = self.told.world
        counted: dict[int, int] = self.told.read(
            scope.present_in, world.community, [world.walk_up, world.neighbour, world.tower]
        )
        return counted.get(household, 0)

    def resident(self, household: int) -> Any:
        """Somebody who lives behind a door."""
        table = residents.c
        found = self.told.rows(
            select(residents)
            .where(table.household_id == household, table.community_id == 1)
            .order_by(table.id)
        )
        return found[0]


@pytest.fixture
def guests(told: Told) -> Guests:
    """Guests, on both databases."""
    return Guests(told)
