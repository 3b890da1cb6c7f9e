"""The demo's special care: a handful of people who are kept, visited and fed; one to confirm."""

from __future__ import annotations

from server.features.people.rules import GATE, VOLUNTEER
from server.story import neighbours
from server.story.neighbours import KNOWN
from server.story.telling import Data, Story

HERE = "9-1"
"""The stairwell of 梅园 in which most of them live."""


def yesterday(story: Story) -> None:
    """A guard and the officer found them; the officer confirmed: rounds come this morning."""
    place = neighbours.places(story)[HERE]
    home = [one for one in neighbours.at_home(story, place) if one.name != KNOWN]
    keepers = [*dict.fromkeys(story.all_with(VOLUNTEER, "stairwell"))][2:]
    guard = story.all_with(GATE)[0]
    found = story.since(1, 9)
    for number, (needs, words, plan) in enumerate(PEOPLE):
        one = home[number]
        said: Data = {"household": one.door, "needs": needs, "words": words}
        by = guard if number % 2 else place.officer
        person = story.ask(by, "care.suggest", {**said, "name": one.name}, found)
        if plan is not None:
            kept: Data = {"keeper": keepers[number % 2], "deputy": keepers[2]} if plan else {}
            said = {"needs": needs, "words": words, **plan, **kept, "person": person}
            story.ask(place.officer, "care.confirm", said, story.since(1, 10))
    grandma = neighbours.named(story, KNOWN)
    said = {"household": grandma.door, "resident": grandma.resident, "needs": ["old", "alone"]}
    person = story.ask(story.steward, "care.suggest", said, found)
    said = {"person": person, "needs": ["old", "alone"], "words": "耳背，敲重一点"}
    story.ask(story.steward, "care.confirm", {**said, "keeper": keepers[0]}, story.since(1, 10))


PEOPLE: tuple[tuple[list[str], str, Data | None], ...] = (
    (["old", "disabled"], "按两次铃，等一会儿", {"visits": 1, "meals": 2}),
    (["old", "dementia"], "说是社区的小李", {"visits": 1, "meals": 3}),
    (["pregnant"], "", {"visits": 3}),
    (["poor"], "", {}),  # nobody keeps them yet
    (["newborn", "carer_away"], "别按铃，孩子在睡", None),
)
"""What they need, what helps at the door, and what is planned; None: to be confirmed."""
