"""The demo's things: a card and cash on their way to the pharmacy, a parcel to grandma."""

from __future__ import annotations

from typing import Any

from server import clock
from server.story import neighbours
from server.story.neighbours import KNOWN
from server.story.telling import Story

HANDED_IN = "9-1"
"""The stairwell of 梅园 whose officer collected a card."""


def today(story: Story) -> None:
    """The doctor has grandma's card; an officer hands another on; pills come from a daughter."""
    [doctor, *_] = neighbours.doctors(story)
    place = neighbours.places(story)[HANDED_IN]
    grandma = neighbours.named(story, KNOWN)
    card = {"kind": "card", "label": "孙奶奶的医保卡", "household": grandma.door}
    _take(story, doctor, {**card, "within": 360, "signed_by": KNOWN}, 16 * clock.MINUTE)
    money = {"kind": "cash", "yuan": "50", "household": grandma.door}
    _take(story, doctor, {**money, "within": 360, "signed_by": KNOWN}, 16 * clock.MINUTE)
    [neighbour, *_] = neighbours.at_home(story, place)
    other = {"kind": "card", "label": "医保卡", "household": neighbour.door, "within": 360}
    handed = _take(story, place.officer, other, 30 * clock.MINUTE)
    story.ask(place.officer, "thing.hand", {"thing": handed, "to": doctor}, 12 * clock.MINUTE)
    relay = {
        "way": "within",
        "household": grandma.door,
        "what": "降压药一盒",
        "start": "荷园，女儿家",
    }
    story.ask(story.steward, "relay.make", relay, 35 * clock.MINUTE)


def _take(story: Story, who: str, said: dict[str, Any], ago: int) -> str:
    return story.ask(who, "thing.take", said, ago)
