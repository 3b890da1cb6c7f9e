"""The demo's people who are shut in: a niece who came for a day, and a plumber."""

from __future__ import annotations

from typing import Any

from server.story import neighbours
from server.story.neighbours import Someone
from server.story.telling import Story

VISITED, MENDED = "8-1", "9-1"
"""Stairwells of 梅园 that somebody could not leave any more."""


def yesterday(story: Story) -> None:
    """A household registers its own guest, an officer another's."""
    [_, host, *_] = neighbours.at_home(story, neighbours.places(story)[VISITED])
    niece = {"name": "李桂英", "relation": "外甥女", "home_words": "杭州", "days_ago": 4}
    _come(story, host.account, host, niece)
    place = neighbours.places(story)[MENDED]
    [_, _, host, *_] = neighbours.at_home(story, place)
    plumber = {"name": "赵师傅", "relation": "水管工", "home_words": "嘉定", "days_ago": 6}
    _come(story, place.officer, host, plumber)


def _come(story: Story, actor: str, host: Someone, who: dict[str, Any]) -> None:
    said = {**who, "household": host.door}
    story.ask(actor, "stranded.come", said, story.since(1, 9))
