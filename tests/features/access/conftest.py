"""A door system in the small world, and what it sends."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from server.db.base import AnyRow
from server.features.access import keys, taking
from server.features.access.tables import door_counts
from server.features.access.taking import Taken
from server.features.vacancies import reads
from server.features.vacancies.views import Suggestion
from tests.support.told import Told

TODAY = date(2022, 4, 21)


def day(ago: int) -> str:
    """A day before today."""
    return (TODAY - timedelta(days=ago)).isoformat()


def row(flat: str, ago: int = 0, ins: int = 1, outs: int = 1) -> dict[str, Any]:
    """A row as a system writes it."""
    return {"flat": flat, "day": day(ago), "in": ins, "out": outs}


class DoorSystem:
    """梅园's door system, which Mei has connected and made a key for."""

    def __init__(self, told: Told) -> None:
        self.told = told
        self.id = self.connect("梅园门禁")
        self.key = self.renew()

    def connect(self, name: str, who: str = "mei", compound: int = 1) -> str:
        """Connect another; returns its id."""
        answer = self.told.ask(who, "access.connect", {"compound": compound, "name": name})
        assert answer.outcome == "applied", answer
        return str(answer.id)

    def renew(self, who: str = "mei", system: str = "") -> str:
        """Make a key."""
        person = self.told.person(who)
        return self.told.write(keys.renew, person, system or self.id, self.told.now)

    def system(self, key: str | None = None) -> AnyRow | None:
        """Whom a key opens for; its own unless another is given."""
        return self.told.read(keys.opened, self.key if key is None else key)

    def send(self, *rows: dict[str, Any]) -> Taken:
        """A batch. Raises `NotTaken`."""
        batch = taking.decode(msgspec.json.encode({"rows": rows}))
        system = self.system()
        doors = self.told.read(taking.doors_meant, system, batch)
        return self.told.write(taking.take, system, batch, doors, self.told.now)

    def use(self, flat: str, days: Iterable[int]) -> None:
        """People go in and out of a flat, once each, so many days ago."""
        self.send(*(row(flat, ago) for ago in days))

    def counts(self) -> dict[tuple[int, str], tuple[int, int]]:
        """What is kept, by door and day."""
        return {
            (one.household_id, one.day): (one.ins, one.outs)
            for one in self.told.rows(select(door_counts))
        }

    def suggested(self, who: str = "mei") -> dict[int, Suggestion]:
        """What somebody who keeps vacant flats reads, by door."""
        found = self.told.read(reads.index, self.told.person(who)).suggestions
        return {one.household: one for one in found.lines}


@pytest.fixture
def system(told: Told) -> DoorSystem:
    """A door system, on both databases."""
    return DoorSystem(told)
