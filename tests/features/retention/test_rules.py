"""How long what is kept, and when clocks are looked at."""

import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from server.db.base import metadata
from server.features.retention import rules
from server.features.retention.ageing import of_clock, words_of
from server.features.retention.every import EVERY

SHANGHAI = ZoneInfo("Asia/Shanghai")
assert EVERY, "importing it registers what ages"


def ms(*when: int) -> int:
    return int(datetime(*when, tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize("clock", rules.CLOCKS.values(), ids=lambda one: one.key)
def test_what_is_usual_is_within_the_bounds(clock):
    assert clock.least <= clock.days <= clock.most


@pytest.mark.parametrize("key", rules.CLOCKS)
def test_every_clock_lets_something_go(key):
    assert of_clock(key)


@pytest.mark.parametrize(
    ("now", "look"),
    [
        (ms(2022, 4, 21, 4, 0), ms(2022, 4, 21, 19, 0)),  # noon: the coming night at three
        (ms(2022, 4, 21, 18, 59), ms(2022, 4, 21, 19, 0)),
        (ms(2022, 4, 21, 19, 0), ms(2022, 4, 22, 19, 0)),  # at three itself: tomorrow
    ],
)
def test_clocks_are_looked_at_at_three_at_night(now, look):
    assert rules.next_look(now, SHANGHAI) == look


def test_a_month_is_that_where_people_live():
    assert rules.month(ms(2022, 4, 30, 16, 30), SHANGHAI) == "2022-05"


def test_what_an_older_version_counted_still_has_a_name():
    assert words_of("cases", "of_long_ago") == "of_long_ago"


OF_PEOPLE = {"household_id", "resident_id", "name", "phone", "words", "names", "people"}
STAYS = {
    "communities": "a place", "compounds": "a place", "households": "a place",
    "sites": "a place", "gates": "a place", "channels": "a group, not a person",
    "door_systems": "a machine, not a person",
    "residents": "the register: those who left are emptied",
    "resident_changes": "emptied with those who left",
    "accounts": "who works here, until they are taken away",
    "counters": "a number", "reactions": "work to do", "imports": "emptied by its own clock",
    "photos": "each has a clock of its own",
    "upkeep": "a moment, of who lives there still", "keys": "of the server",
}  # fmt: skip
"""Tables that say something of people, or look as if they did, and why no clock empties them."""


def test_every_table_that_says_something_of_people_has_a_clock():
    """A feature that keeps something of people says in its `ageing.py` how that ages."""
    sources = "\n".join(Path(str(module.__file__)).read_text() for module in EVERY)
    of_people = {name for name, table in metadata.tables.items() if OF_PEOPLE & set(table.c.keys())}
    assert not {one for one in of_people - set(STAYS) if not re.search(rf"\b{one}\b", sources)}
