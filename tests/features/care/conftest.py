"""Special care in the small world, and short ways to suggest, confirm, visit and hear of people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from server.db.base import AnyRow
from server.features.care import rules
from server.features.care.reactions import round_of
from server.features.care.tables import CARED_EVENTS, cared
from server.features.notices.tables import notices, reach
from server.features.rounds.tables import assignments, round_doors, rounds
from server.oplog.apply import Answer
from tests.support.told import Told

WAYS = ("id", "made", "received")


class Care:
    """Hao meets Grandma Sun at her door; Min confirms, Hao keeps her and Yun steps in."""

    def __init__(self, told: Told) -> None:
        self.told = told

    def say(self, what: str, actor: str, /, **data: Any) -> Answer:
        """Any operation, whatever comes of it."""
        ways = {name: data.pop(name) for name in WAYS if name in data}
        return self.told.ask(actor, f"care.{what}", data, **ways)

    def done(self, what: str, actor: str, /, **data: Any) -> str:
        """The same, applied; returns its id."""
        answer = self.say(what, actor, **data)
        assert answer.outcome == "applied", answer
        assert answer.id
        return answer.id

    def suggest(self, actor: str = "hao", **more: Any) -> str:
        """Suggest Grandma Sun."""
        return self.done("suggest", actor, **self.said(**more))

    def said(self, **more: Any) -> dict[str, Any]:
        """What a suggestion says."""
        return {"household": self.told.world.sun_door, "needs": ["old", "alone"], **more}

    def plan(self, **more: Any) -> dict[str, Any]:
        """What is planned for her."""
        return {
            "needs": ["old", "alone", "dementia"],
            "keeper": self.told.who("hao"),
            "deputy": self.told.who("yun"),
            "visits": 1,
            "meals": 2,
            "words": "knock loudly",
            **more,
        }

    def confirmed(self, **more: Any) -> str:
        """The id of Grandma Sun, in care."""
        person = self.suggest()
        self.done("confirm", "min", person=person, **self.plan(**more))
        return person

    def morning(self, days: int = 1) -> None:
        """Half past eight in the morning some days from now, with everything done that is due."""
        for _ in range(days):
            self.told.later(hours=(24 - self.hour + 8) % 24 or 24, minutes=30 - self.minute)
            self.told.react()

    @property
    def minute(self) -> int:
        return self.told.now // 60_000 % 60

    @property
    def hour(self) -> int:
        """The hour it is where people live."""
        return (self.told.now // 3_600_000 + 8) % 24

    def round_of(self, kind: str = "visit") -> str:
        """Today's round of a kind."""
        day = (datetime.fromtimestamp(self.told.now / 1000, UTC) + timedelta(hours=8)).date()
        return round_of(self.told.world.community, kind, day)

    def visit(self, answer: str, actor: str = "hao", **more: Any) -> Answer:
        """A mark at her door in today's round, and what follows."""
        found = self.told.mark(actor, more.pop("round", self.round_of()), "302", answer, **more)
        self.told.react()
        return found

    # Looking

    def rows(self) -> list[AnyRow]:
        """Everybody."""
        return self.told.rows(select(cared).order_by(cared.c.id))

    def state(self, person: str) -> rules.State:
        """What somebody has come to."""
        return rules.fold(self.told.read(CARED_EVENTS.of, self.told.world.community, person))

    def doors(self, kind: str = "visit") -> dict[int, int]:
        """What each door of today's round is due."""
        found = self.told.rows(
            select(round_doors).where(round_doors.c.round_id == self.round_of(kind))
        )
        return {row.household_id: row.due for row in found}

    def rounds(self) -> list[AnyRow]:
        """All rounds."""
        return self.told.rows(select(rounds).order_by(rounds.c.made_at, rounds.c.kind))

    def carriers(self, kind: str = "visit") -> set[str]:
        """Who carries today's round."""
        found = self.told.rows(
            select(assignments).where(assignments.c.round_id == self.round_of(kind))
        )
        return {row.account_id for row in found}

    def heard(self, title: str) -> list[set[str]]:
        """Who is meant by each announcement of that title."""
        cast = ("mei", "hao", "yun", "min", "qian", "sun")
        names = {self.told.who(one): one for one in cast}
        found = self.told.rows(select(notices).where(notices.c.kind == "care"))
        lines: dict[str, set[str]] = {row.id: set() for row in found}
        for row in self.told.rows(select(reach)):
            if row.notice_id in lines:
                lines[row.notice_id].add(names.get(row.account_id, str(row.account_id)))
        return [
            lines[row.id]
            for row in sorted(found, key=lambda one: one.made_at)
            if row.content["title"]["text"] == title
        ]


@pytest.fixture
def care(told: Told) -> Care:
    """Special care, on both databases."""
    return Care(told)
