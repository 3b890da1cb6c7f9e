"""Vacant flats in the small world, which is given a property company."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert, select

from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.estates.records import Household
from server.features.notices.tables import notices, reach
from server.features.people.rules import PROPERTY
from server.features.people.tables import accounts, roles
from server.features.vacancies.tables import vacancies
from server.oplog.apply import Answer
from tests.support.told import Told
from tests.world import NOON

MA = "00000000-0000-7000-8000-00000000c1c1"
"""Ma works for the property company of one stairwell."""

WAYS = ("id", "made", "received")


class Vacancies:
    """Ma finds 602 vacant, of which the register says so, and 302, once Grandma Sun has left."""

    def __init__(self, told: Told) -> None:
        self.told = told
        where = {"community_id": told.world.community}
        ma = {**where, "id": MA, "name": "老马", "made_at": NOON}
        told.execute(insert(accounts).values(ma))
        scope = {"scope": "stairwell", "scope_id": told.world.walk_up, "since": 0}
        told.execute(insert(roles).values({**where, "account_id": MA, "role": PROPERTY, **scope}))

    def say(self, what: str, actor: str = MA, /, door: str = "602", **data: Any) -> Answer:
        """Any operation about a door, whatever comes of it."""
        ways = {name: data.pop(name) for name in WAYS if name in data}
        data = {"household": self.told.door(data.pop("place", "walk_up"), door), **data}
        return self.told.ask(actor, f"vacancy.{what}", data, **ways)

    def done(self, what: str, actor: str = MA, /, **data: Any) -> str:
        """The same, applied; returns its id."""
        answer = self.say(what, actor, **data)
        assert answer.outcome == "applied", answer
        assert answer.id
        return answer.id

    def find(self, actor: str = MA, **more: Any) -> str:
        """Find it, by its seal."""
        return self.done("find", actor, **{"evidence": "seal", "seal": "0412", **more})

    def leave(self) -> None:
        """Grandma Sun moves away from 302."""
        gone = {"resident": self.told.world.sun_resident}
        assert self.told.ask("mei", "resident.leave", gone).outcome == "applied"

    def screening(self, **more: Any) -> str:
        """A screening that is open, given to Hao."""
        return self.told.open_round(
            "walk_up", kind="screening", title="Screening", quantity=1, **more
        )

    # Looking

    def row(self, door: str = "602") -> AnyRow:
        """What is kept of a door."""
        number = self.told.door("walk_up", door)
        [row] = self.told.rows(select(vacancies).where(vacancies.c.household_id == number))
        return row

    def door(self, door: str = "602") -> Household:
        """The door as the register has it."""
        number = self.told.door("walk_up", door)
        found = self.told.read(estates.household, self.told.world.community, number)
        assert found is not None
        return found

    def heard(self, words: str) -> list[set[str]]:
        """Who is meant by each announcement with that title."""
        names = {self.told.who(one): one for one in ("mei", "hao", "min", "sun")} | {MA: "ma"}
        found = [
            row for row in self.told.rows(select(notices).where(notices.c.kind == "vacancy"))
            if row.content["title"]["text"] == words
        ]  # fmt: skip
        lines: dict[str, set[str]] = {row.id: set() for row in found}
        for row in self.told.rows(select(reach)):
            if row.notice_id in lines:
                lines[row.notice_id].add(names.get(row.account_id, str(row.account_id)))
        return list(lines.values())


@pytest.fixture
def flats(told: Told) -> Vacancies:
    """Vacant flats, on both databases."""
    return Vacancies(told)
