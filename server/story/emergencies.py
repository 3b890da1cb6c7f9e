"""The demo's emergency: a birth of last night that went well, thirteen minutes to the vehicle."""

from __future__ import annotations

from typing import Any

from server.features.people.rules import GATE
from server.story import neighbours
from server.story.telling import Story

WHERE = "8-1"
"""The stairwell of 梅园 in which a child was born."""

TAPS: tuple[tuple[str, str, str, int], ...] = (
    ("officer", "do", "ambulance", 1),
    ("doctor", "do", "aid", 1),
    ("guard", "do", "gate", 2),
    ("officer", "done", "ambulance", 2),
    ("steward", "do", "slip", 2),
    ("officer", "do", "lift", 3),
    ("doctor", "done", "aid", 6),
    ("guard", "done", "gate", 7),
    ("steward", "done", "slip", 9),
    ("officer", "done", "lift", 10),
    ("guard", "done", "vehicle", 13),
)
"""Who tapped what at which minute after the call."""


def last_night(story: Story) -> None:
    """At twenty to four labour begins; everybody takes a step, and the vehicle is there in time."""
    place = neighbours.places(story)[WHERE]
    [doctor, *_], [guard, *_] = neighbours.doctors(story), story.all_with(GATE)
    [asker, *_] = neighbours.at_home(story, place)
    cast = {"officer": place.officer, "doctor": doctor, "guard": guard, "steward": story.steward}
    said = {"kind": "emergency", "quick": "labour", "words": "三十八周，羊水破了"}
    request = story.ask(asker.account, "request.ask", said, _ago(story, 0))

    def say(who: str, kind: str, minute: int, **data: Any) -> None:
        story.ask(who, kind, {"request": request, **data}, _ago(story, minute))

    say(doctor, "request.take", 1)
    for who, what, step, minute in TAPS:
        say(cast[who], f"emergency.{what}", minute, step=step)
    say(doctor, "request.step", 25, step="done")
    story.ask(
        asker.account,
        "request.thank",
        {"request": request, "words": "母女平安，谢谢大家！"},
        story.since(1, 9),
    )


def _ago(story: Story, minute: int) -> int:
    return story.since(1, 3, 40 + minute) if minute < 20 else story.since(1, 4, minute - 20)
