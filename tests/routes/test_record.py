"""A household's own record: what it says, to whom, and that taking it away is written down."""

import pytest
from sqlalchemy import delete, insert, select, update

from server import clock
from server.features.exports.tables import exports
from server.features.people.tables import residents, views
from server.ids import uuid7
from tests.support.site import NOBODY

OTHERS, OWN = 710_001, "13900001234"
PAGES = (("GET", "/record"), ("GET", "/record/print"), ("POST", "/record/download"))


@pytest.fixture(autouse=True)
def somebody_next_door(site):
    """A neighbour with a name and a number that no other household may read; Sun's own number."""
    here = {"community_id": site.world.community}
    door = site.world.doors["walk_up"]["401"]
    one = {"id": OTHERS, "name": "隔壁人", "household_id": door, "phone": "13777770000"}
    site.execute(insert(residents).values(**here, **one))
    sun = (residents.c.community_id == site.world.community) & (
        residents.c.id == site.world.sun_resident
    )
    site.execute(update(residents).where(sun).values(phone=OWN))
    yield
    site.execute(delete(residents).where(residents.c.id == OTHERS))
    site.execute(update(residents).where(sun).values(phone=""))


def looks(site, what):
    query = select(views).where(
        views.c.what == what, views.c.household_id == site.world.sun_door,
        views.c.community_id == site.world.community,
    )  # fmt: skip
    return site.rows(query)


@pytest.mark.parametrize(("method", "path"), PAGES)
def test_a_household_reads_its_own_and_nobody_elses(site, method, path):
    answer = site.ask("sun", method, path)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert OWN in answer.text
    assert "隔壁人" not in answer.text
    assert "13777770000" not in answer.text


@pytest.mark.parametrize(("method", "path"), PAGES)
@pytest.mark.parametrize("who", ["mei", "hao", "min", "qian", "anna", "bo"])
def test_whoever_speaks_for_no_household_has_no_record_to_read(site, who, method, path):
    answer = site.ask(who, method, path)
    assert answer.status_code == 403
    assert OWN not in answer.text
    assert site.ask(NOBODY, method, path).status_code == 303


@pytest.mark.parametrize(("method", "path"), PAGES[1:])
def test_taking_it_away_is_written_down(site, method, path):
    before = len(looks(site, "record"))
    site.ask("sun", method, path)
    assert len(looks(site, "record")) == before + 1


def test_a_download_from_another_site_is_refused_and_not_written_down(site):
    before = len(looks(site, "record"))
    headers = {"sec-fetch-site": "cross-site", "origin": "https://elsewhere.example"}
    assert site.ask("sun", "POST", "/record/download", headers=headers).status_code == 403
    assert len(looks(site, "record")) == before


def test_the_file_says_all_that_the_page_counts(site):
    record = site.post("sun", "/record/download").json()
    [home] = record["households"]
    assert OWN in {one["phone"] for one in home["people"]}
    assert set(record["sections"]) == {
        "doors", "reports", "tests", "requests", "passes", "things", "passages", "notices", "care",
        "cases",
    }  # fmt: skip
    page = site.get("sun", "/record").text
    for key in record["sections"]:
        assert f'data-section="{key}"' in page


def test_a_note_for_the_team_is_in_no_record(site):
    round_id = site.open_round(title="给孙奶奶的菜")
    said = {"round": round_id, "door": site.world.sun_door, "note": "she shouts at us"}
    site.tell("hao", "round.mark", said | {"answer": "delivered"})
    record = site.post("sun", "/record/download")
    assert "给孙奶奶的菜" in {one["round"] for one in record.json()["sections"]["doors"]}
    assert "she shouts at us" not in record.text


def seen(site, who, what):
    one = uuid7()
    site.execute(
        insert(views).values(
            community_id=site.world.community, id=one, at=clock.now(),
            account_id=site.who(who), what=what, household_id=site.world.sun_door,
        )
    )  # fmt: skip
    return one


def test_who_looked_stands_there_by_name_and_duty(site):
    one = seen(site, "min", "phone")
    looked = site.post("sun", "/record/download").json()["who_looked"]
    assert any(look["what"] == "phone" and look["name"] for look in looked)
    site.execute(delete(views).where(views.c.id == one))


def test_a_look_at_a_case_says_nothing_before_the_household_was_told_of_one(site):
    one = seen(site, "mei", "case")
    record = site.post("sun", "/record/download").json()
    assert record["sections"]["cases"] == []
    assert "case" not in {look["what"] for look in record["who_looked"]}
    site.execute(delete(views).where(views.c.id == one))


def test_a_list_that_was_taken_away_stands_there_for_its_stairwells_alone(site):
    here, there = uuid7(), uuid7()
    for one, stairwell in ((here, site.world.walk_up), (there, site.world.tower)):
        site.execute(
            insert(exports).values(
                community_id=site.world.community, id=one, at=clock.now(),
                account_id=site.world.mei, list="residents", stairwells=[stairwell],
                format="csv", rows=1, until=clock.now(),
            )
        )  # fmt: skip
    looked = site.post("sun", "/record/download").json()["who_looked"]
    assert len([look for look in looked if look["taken_away"]]) == 1
    site.execute(delete(exports).where(exports.c.id.in_([here, there])))


def test_a_household_corrects_its_own_from_the_page(site):
    page = site.get("sun", "/record").text
    assert "resident.correct" in page
    assert 'name="registered"' not in page


def test_an_ask_is_seen_by_those_who_keep_the_register_and_by_the_household_alone(site):
    said = {"household": site.world.sun_door, "what": "phones", "words": "we want no calls"}
    ask = site.tell("sun", "record.erase_ask", said)
    for who, path in (("sun", "/record"), ("mei", "/record/asked"), ("min", "/record/asked")):
        assert f'data-ask="{ask}"' in site.get(who, path).text, who
    for who in ("hao", "sun", "qian", "bo"):
        answer = site.get(who, "/record/asked")
        assert answer.status_code == 403
        assert ask not in answer.text
    assert ask not in site.get("anna", "/record/asked").text
    site.tell("mei", "record.erase", {"ask": ask})
    assert OWN not in site.get("sun", "/record").text
    assert 'data-state="erased"' in site.get("sun", "/record").text
    site.check()
