"""A round of reports in the small world, and short ways to report in it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from server.features.people.tables import residents
from server.features.reports.tables import report_states
from server.oplog.apply import Answer
from tests.support.told import Told


class Reporting:
    """Opens rounds of reports and reports in them."""

    def __init__(self, told: Told) -> None:
        self.told = told

    def opened(self, *places: str, kind: str = "antigen", **data: Any) -> str:
        """A round by person of the walk-up that is open and Hao's."""
        made = {"title": "抗原 第3轮", "kind": kind, "per": "person", "quantity": 1}
        return self.told.open_round(*places or ("walk_up",), **made | data)

    def people(self, label: str, place: str = "walk_up") -> list[int]:
        """Who is present behind a door."""
        table = residents.c
        query = select(table.id).where(
            table.community_id == self.told.world.community,
            table.household_id == self.told.door(place, label),
            table.present,
        )
        return [row.id for row in self.told.rows(query.order_by(table.id))]

    def report(
        self, actor: str, round_id: str, label: str, finding: str = "negative", **more: Any
    ) -> Answer:
        """Report the first person behind a door, or `nth`; fields and ways to ask may follow."""
        nth = more.pop("nth", 0)
        place = more.pop("place", "walk_up")
        resident = more.pop("resident", None)
        data = {
            "round": round_id,
            "door": self.told.door(place, label),
            "resident": resident or self.people(label, place)[nth],
            "finding": finding,
        }
        fields = ("why", "details", "photo")
        data |= {name: more.pop(name) for name in fields if name in more}
        return self.told.ask(actor, more.pop("kind", "report.make"), data, **more)

    def take_back(
        self, actor: str, round_id: str, label: str, report: str | None, **more: Any
    ) -> Answer:
        """Take a report back."""
        door = self.told.door(more.pop("place", "walk_up"), label)
        data = {"round": round_id, "door": door, "report": report}
        return self.told.ask(actor, "report.take_back", data, **more)

    def state(self, round_id: str, resident: int) -> tuple[str, bool] | None:
        """What a person has come to, and whether two people reported differently."""
        table = report_states.c
        rows = self.told.rows(
            select(report_states).where(table.round_id == round_id, table.resident_id == resident)
        )
        return (rows[0].finding, bool(rows[0].disputed)) if rows else None


@pytest.fixture
def reporting(told: Told) -> Reporting:
    """Reports, on both databases."""
    return Reporting(told)
