"""Standing trips in the small world, and short ways to plan and drive them."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert, select

from server.db.base import AnyRow
from server.features.notices.tables import notices, reach
from server.features.passes.tables import passes
from server.features.people.tables import sessions
from server.features.trips import rules
from server.features.trips.tables import PLAN_EVENTS, TRIP_EVENTS, trips
from server.oplog.apply import Answer
from tests.support.told import PHONE, Told

WAYS = ("id", "made", "received")


class Trips:
    """Min plans; Hao drives Grandma Sun on Mondays, Wednesdays and Fridays, Yun steps in."""

    def __init__(self, told: Told) -> None:
        self.told = told

    def say(self, what: str, actor: str, /, **data: Any) -> Answer:
        """Any operation, whatever comes of it."""
        ways = {name: data.pop(name) for name in WAYS if name in data}
        return self.told.ask(actor, what, data, **ways)

    def said(self, **more: Any) -> dict[str, Any]:
        """What a plan says."""
        return {
            "kind": "dialysis",
            "hospital": "中山医院",
            "days": [1, 3, 5],
            "leaves": "07:00",
            "back": "13:00",
            "driver": self.told.who("hao"),
            "deputy": self.told.who("yun"),
            "plate": "沪A·12345",
            **more,
        }

    def plan(self, actor: str = "min", **more: Any) -> Answer:
        """Plan trips for Grandma Sun."""
        world = self.told.world
        whose = {"household": world.sun_door, "resident": world.sun_resident}
        return self.say("plan.make", actor, **whose | self.said(**more))

    def planned(self, actor: str = "min", **more: Any) -> str:
        """The id of a plan, whose trips are made."""
        answer = self.plan(actor, **more)
        assert answer.outcome == "applied", answer
        assert answer.id
        self.told.react()
        return answer.id

    def done(self, trip: str, what: str, actor: str = "hao", /, **data: Any) -> Answer:
        """Say something of a trip that is applied."""
        answer = self.say(f"trip.{what}", actor, trip=trip, **data)
        assert answer.outcome == "applied", answer
        return answer

    def tested(self, finding: str = "negative", resident: int | None = None) -> None:
        """Min enters what the test of Grandma Sun, or of another, came to."""
        told = self.told
        title = f"Day {told.now}"
        round_id = told.open_round("walk_up", title=title, kind="antigen", per="person")
        who = {"door": told.world.sun_door, "resident": resident or told.world.sun_resident}
        answer = told.ask("min", "report.make", {"round": round_id, **who, "finding": finding})
        assert answer.outcome == "applied", answer

    # Looking

    def rows(self) -> list[AnyRow]:
        """All trips, by day."""
        return self.told.rows(select(trips).order_by(trips.c.leaves_at))

    def first(self) -> str:
        """The id of the next trip."""
        return str(self.rows()[0].id)

    def trip(self, trip: str) -> rules.Trip:
        """What a trip has come to."""
        events = self.told.read(TRIP_EVENTS.of, self.told.world.community, trip)
        return rules.fold_trip(events)

    def events_of_plan(self, plan: str) -> list[Any]:
        """What was said of a plan."""
        return self.told.read(PLAN_EVENTS.of, self.told.world.community, plan)

    def passes(self, trip: str) -> list[AnyRow]:
        """The passes that were made for a trip, as they stand."""
        about = passes.c.about == f"/trips/{trip}"
        return self.told.rows(select(passes).where(about).order_by(passes.c.version, passes.c.kind))

    def heard(self, title: str = "") -> list[tuple[str, set[str]]]:
        """Announcements of passes and trips: title, and who is meant."""
        cast = ("mei", "hao", "yun", "min", "qian", "sun", "anna", "bo")
        names = {self.told.who(one): one for one in cast}
        lines: dict[str, set[str]] = {}
        for row in self.told.rows(select(reach)):
            lines.setdefault(row.notice_id, set()).add(
                names.get(row.account_id, str(row.account_id))
            )
        found = self.told.rows(
            select(notices).where(notices.c.kind == "leave").order_by(notices.c.made_at)
        )
        return [
            (row.content["title"]["text"], lines[row.id])
            for row in found
            if title in ("", row.content["title"]["text"])
        ]


def sign_in(told: Told, who: str = "sun") -> None:
    """Somebody reads on a phone."""
    here = {"community_id": told.world.community, "id": PHONE, "token_hash": "t"}
    told.execute(insert(sessions).values(**here, account_id=told.who(who), made_at=told.now))


@pytest.fixture
def driving(told: Told) -> Trips:
    """Standing trips, on both databases; Grandma Sun reads on a phone."""
    sign_in(told)
    return Trips(told)
