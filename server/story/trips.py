"""The demo's standing trips: grandma's dialysis tomorrow, and somebody who is on the way now."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from server import clock
from server.features.estates import reads as estates
from server.features.people.rules import VOLUNTEER
from server.features.trips.operations.planning import id_of
from server.story import neighbours
from server.story.neighbours import KNOWN
from server.story.telling import Story

HERE = "9-1"
"""The stairwell of 梅园 from which somebody is driven to chemotherapy today."""


def today(story: Story) -> None:
    """One trip comes every other day from tomorrow on; another left without a test, with a word."""
    driver, deputy, another, *_ = dict.fromkeys(story.all_with(VOLUNTEER, "stairwell"))
    grandma = neighbours.named(story, KNOWN)
    first = _local(story) + timedelta(days=1)
    said = {"driver": driver, "deputy": deputy, "hospital": "中山医院"}
    story.ask(
        story.steward,
        "plan.make",
        {
            **said, **_whose(grandma), "kind": "dialysis", "plate": "沪A·12345",
            "days": sorted((first + timedelta(days=2 * n)).isoweekday() for n in range(3)),
            "leaves": "06:30", "back": "12:30",
        },
        20 * clock.HOUR,
    )  # fmt: skip
    _on_the_way(story, {**said, "driver": another})


def _on_the_way(story: Story, said: dict[str, Any]) -> None:
    place = neighbours.places(story)[HERE]
    patient = neighbours.at_home(story, place)[2]
    left = _local(story) - timedelta(hours=1)
    plan = story.ask(
        place.officer,
        "plan.make",
        {
            **said, **_whose(patient), "kind": "chemo", "hospital": "肿瘤医院",
            "companion": neighbours.others(story, patient, place)[0],
            "days": [left.isoweekday()], "leaves": f"{left:%H:%M}",
            "back": f"{left + timedelta(hours=5):%H:%M}",
        },
        22 * clock.HOUR,
    )  # fmt: skip
    day = left.date().isoformat()
    trip = id_of(plan, day)
    story.ask(place.officer, "trip.make", {"plan": plan, "day": day}, 21 * clock.HOUR)
    why = "医院同意到院再测，车内全程防护"
    story.ask(story.steward, "trip.allow", {"trip": trip, "why": why}, 4 * clock.HOUR)
    for step, ago in (("ready", 80), ("off", 58), ("there", 20)):
        said = {"trip": trip, "step": step}
        story.ask(story.steward, "trip.step", said, ago * clock.MINUTE)


def _whose(who: neighbours.Someone) -> dict[str, int]:
    return {"household": who.door, "resident": who.resident}


def _local(story: Story) -> datetime:
    zone = estates.zone(story.connection, story.community_id)
    return datetime.fromtimestamp(story.now / 1000, zone)
