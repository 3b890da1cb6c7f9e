"""The gentle question on a household's first page, and the list of what is old."""

import pytest
from sqlalchemy import update

from server.features.estates.tables import communities
from server.features.people.tables import resident_changes
from server.features.upkeep.tables import upkeep


@pytest.fixture
def old(site):
    """The community was set up long ago, and nobody has confirmed anything since."""
    site.execute(upkeep.delete())
    made_at = site.rows(communities.select())[0].made_at
    age = resident_changes.c.at - 20_000_000_000
    site.execute(update(communities).values(made_at=made_at - 20_000_000_000))
    site.execute(update(resident_changes).values(at=age))
    yield site
    site.execute(update(communities).values(made_at=made_at))
    site.execute(update(resident_changes).values(at=age + 40_000_000_000))
    site.execute(upkeep.delete())


def test_a_household_is_asked_and_answers_with_one_tap_without_scripts(old):
    page = old.get("sun", "/").text
    assert "upkeep.confirm" in page
    form = {"household": old.world.sun_door, "seen": "0", "next": "/"}
    assert old.post("sun", "/ops/upkeep.confirm", form).status_code == 303
    assert "upkeep.confirm" not in old.get("sun", "/").text


def test_stewards_see_what_is_old_and_ask(old):
    page = old.get("mei", "/upkeep").text
    assert "upkeep.ask" in page
    assert "孙" not in page
    form = {"building": 1, "seen": "0", "next": "/upkeep"}
    assert old.post("mei", "/ops/upkeep.ask", form).status_code == 303
    assert 'data-building="1"' in old.get("mei", "/upkeep").text
