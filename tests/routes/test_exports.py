"""Taking lists away: what stands in them, who may have them, and that it is written down."""

import csv
import io
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from sqlalchemy import delete, insert, select

from server import clock
from server.features.care.tables import cared
from server.features.estates.tables import households
from server.features.exports.lists import LISTINGS
from server.features.exports.tables import exports
from server.features.people.tables import residents
from server.features.rounds.tables import round_doors
from server.ids import uuid7
from tests.support.site import HTML, NOBODY

ENGLISH = {**HTML, "accept-language": "en"}
NASTY, LONG = 700_101, 700_102


@pytest.fixture(autouse=True)
def bad_names(site):
    """A formula for a name and a telephone number with a plus."""
    door = site.world.doors["walk_up"]["501"]
    row = {"community_id": site.world.community, "household_id": door, "born": 1950}
    site.execute(
        insert(residents).values(
            [
                {**row, "id": NASTY, "name": '=HYPERLINK("x")', "phone": "+8613800138000"},
                {**row, "id": LONG, "name": "@" + "x" * 39, "phone": ""},
            ]
        )
    )
    yield
    site.execute(delete(residents).where(residents.c.id.in_([NASTY, LONG])))
    site.execute(delete(exports))


def take(site, key, who="mei", form="xlsx", **more):
    return site.post(who, f"/exports/{key}", {"format": form} | more, headers=ENGLISH)


def sheet(answer):
    assert answer.status_code == 200, answer.text
    return openpyxl.load_workbook(io.BytesIO(answer.content)).active


def lines(answer):
    assert answer.status_code == 200, answer.text
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))[1:]


def log(site):
    return site.rows(select(exports).order_by(exports.c.at.desc(), exports.c.id.desc()))


def test_the_register_holds_everybody_who_lives_here(site):
    answer = take(site, "residents", form="csv")
    table = residents.c
    rows = site.rows(
        select(table.name).where(
            table.community_id == site.world.community, table.left_at.is_(None)
        )
    )
    found = lines(answer)
    assert sorted(line[2].removeprefix("'") for line in found) == sorted(row.name for row in rows)
    [nasty] = [line for line in found if "HYPERLINK" in line[2]]
    assert nasty[2] == '\'=HYPERLINK("x")'
    assert nasty[4] == "'+8613800138000"
    assert answer.headers["cache-control"] == "no-store"
    assert "filename*=UTF-8''" in answer.headers["content-disposition"]
    [row, *_] = log(site)
    assert (row.list, row.format, row.rows) == ("residents", "csv", len(found))
    assert (row.account_id, row.health) == (site.world.mei, False)
    assert site.world.walk_up in row.stairwells
    assert row.until > clock.now() + 13 * clock.DAY


def test_a_name_that_is_a_formula_stays_a_name_in_excel(site):
    found = [row for row in sheet(take(site, "residents")) if "HYPERLINK" in str(row[2].value)]
    assert found[0][2].data_type == "s"
    assert found[0][2].quotePrefix


def test_the_doors_and_totals_of_a_round_are_what_the_round_says(site):
    made = site.open_round("walk_up", "tower")
    site.send("hao", site.mark("hao", made, "301"))
    found = lines(take(site, "doors", form="csv", about=made))
    rows = site.rows(select(round_doors).where(round_doors.c.round_id == made))
    assert len(found) == len(rows)
    assert sum(int(line[2]) for line in found) == sum(row.due for row in rows)
    assert sum(bool(line[7]) for line in found) == 1
    due = sum(row.due > 0 for row in rows)
    totals = list(sheet(take(site, "totals", about=made)).values)
    assert totals[-1][1] == due
    assert totals[-1][4] == 1
    assert sum(row[1] for row in totals[4:-1]) == due
    assert log(site)[0].about == made


def test_households_are_listed_with_who_is_here(site):
    found = lines(take(site, "households", form="csv"))
    rows = site.rows(
        select(households.c.id).where(households.c.community_id == site.world.community)
    )
    assert len(found) == len(rows)


@pytest.mark.parametrize("key", [key for key, one in LISTINGS.items() if not one.about])
def test_every_list_is_made_in_every_way(site, key):
    for form in ("xlsx", "csv"):
        answer = take(site, key, form=form)
        assert answer.status_code == 200, answer.text
    page = site.post("mei", f"/exports/{key}/print", headers=ENGLISH)
    assert page.status_code == 200
    assert "Destroy by" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert [row.format for row in log(site)] == ["print", "csv", "xlsx"]
    assert site.get("mei", f"/exports/{key}").status_code == 200


def test_vacant_flats_are_listed_with_what_shows_it(site):
    found = {"door": "8-1-602", "evidence": "seal", "seal": "0815"}
    site.tell("mei", "vacancy.find", found)
    [line] = [one for one in lines(take(site, "vacant", form="csv")) if "602" in one]
    assert "0815" in line
    assert take(site, "vacant", "hao").status_code in {403, 404}


@pytest.mark.parametrize("key", ["requests", "passes"])
def test_lists_of_a_day_are_made(site, key):
    assert take(site, key, about="2022-04-21").status_code == 200
    with_health = take(site, key, about="2022-04-21", health="yes").status_code
    assert with_health == (200 if key == "requests" else 403)
    assert take(site, key).status_code == 200
    assert take(site, key, about="soon").status_code == 400


@pytest.mark.parametrize("key", ["requests", "passes", "work"])
def test_lists_of_some_days_are_made(site, key):
    assert take(site, key, about="2022-04-01", last="2022-06-30").status_code == 200
    assert log(site)[0].title == "2022-04-01 – 2022-06-30"
    for last in ("2022-03-31", "2022-07-31", "later"):
        assert take(site, key, about="2022-04-01", last=last).status_code == 400


def test_who_worked_when_is_from_the_first_to_the_last_entry_of_a_day(site):
    made = site.open_round()
    assert site.send("hao", site.mark("hao", made, "302")).status_code == 200
    found = lines(take(site, "work", form="csv"))
    [hao] = [line for line in found if "林浩" in line]
    assert hao[-1] >= "1"
    assert not any("孙" in one for line in found for one in line)  # no household is at work
    assert take(site, "work", "min").status_code == 404


def test_an_announcement_becomes_a_telephone_list(site):
    said = {"title": {"en": "No water"}, "body": {"en": "Tonight"}}
    said["stairwells"] = [site.world.walk_up]
    made = site.tell("mei", "notice.send", said)
    site.react()
    found = lines(take(site, "telephone", form="csv", about=made))
    assert found
    assert any("'+8613800138000" in line for line in found)
    assert take(site, "telephone", who="anna", about=made).status_code == 404


def test_an_officer_gets_their_building_alone(site):
    found = lines(take(site, "residents", "min", "csv"))
    assert found
    assert len({line[0] for line in found}) == 1
    assert len(found) < len(lines(take(site, "residents", form="csv")))
    building = site.get("mei", "/exports/residents").text
    assert building.count('<option value="b') > 1
    for key in ("staff", "cases"):
        assert take(site, key, "min").status_code == 404
        assert f"/exports/{key}" not in site.get("min", "/exports").text
    assert site.get("min", "/exports/log").status_code == 403


def test_nobody_else_takes_anything(site):
    for who in ("hao", "sun", "qian", "bo"):
        assert site.get(who, "/exports").status_code == 403, who
        assert take(site, "residents", who).status_code == 403, who
    assert site.get(NOBODY, "/exports").status_code == 303
    found = lines(take(site, "residents", "anna", "csv"))
    assert not any("HYPERLINK" in line[2] for line in found)
    made = site.open_round("walk_up")
    for key in ("doors", "totals"):
        assert take(site, key, "anna", about=made).status_code == 404
        assert made not in site.get("anna", f"/exports/{key}").text
    site.execute(delete(exports))
    assert site.get("anna", "/exports/log").status_code == 200


def test_health_is_for_those_who_may_and_only_when_asked(site):
    made = site.open_round("walk_up", kind="antigen")
    plain = sheet(take(site, "antigen", about=made))
    heads = next(plain.iter_rows(4, 4, values_only=True))
    assert heads == ("Building", "Expected", "Reported", "Missing")
    assert not log(site)[0].health
    full = sheet(take(site, "antigen", about=made, health="yes"))
    heads = next(full.iter_rows(4, 4, values_only=True))
    assert "Positive" in heads
    assert log(site)[0].health
    assert take(site, "antigen", "min", about=made).status_code == 200
    assert take(site, "antigen", "min", about=made, health="yes").status_code == 403
    assert take(site, "residents", health="yes").status_code == 403
    assert 'name="health"' in site.get("mei", "/exports/antigen").text
    assert 'name="health"' not in site.get("min", "/exports/antigen").text
    delivery = site.open_round("walk_up")
    assert take(site, "antigen", about=delivery).status_code == 404


@pytest.mark.parametrize(
    ("key", "more", "status"),
    [
        ("residents", {"form": "exe"}, 400),
        ("residents", {"until": "2020-01-01"}, 400),
        ("residents", {"until": "2999-01-01"}, 400),
        ("residents", {"until": "\0"}, 400),
        ("residents", {"place": "b99999"}, 404),
        ("residents", {"place": "'; --"}, 404),
        ("nothing", {}, 404),
        ("doors", {}, 400),
        ("doors", {"about": "x"}, 404),
        ("doors", {"about": uuid7(1)}, 404),
        ("telephone", {"about": uuid7(1)}, 404),
    ],
)
def test_what_cannot_be_had_is_refused_and_not_written_down(site, key, more, status):
    assert take(site, key, **more).status_code == status
    assert not log(site)


def test_another_site_takes_nothing(site):
    headers = {**HTML, "origin": "https://elsewhere.example"}
    for path in ("/exports/residents", "/exports/residents/print"):
        answer = site.post("mei", path, {"format": "csv"}, headers=headers)
        assert answer.status_code == 403
    assert not log(site)


def test_stewards_see_who_took_what(site):
    until = str(datetime.now(ZoneInfo("Asia/Shanghai")).date() + timedelta(days=3))
    take(site, "residents", "min", until=until)
    page = site.get("mei", "/exports/log", headers=ENGLISH)
    assert "Register of residents" in page.text
    assert site.world.names[site.world.min] in page.text
    assert "Register of residents" in site.get("min", "/exports", headers=ENGLISH).text


def test_the_list_of_special_care_holds_what_is_health_only_where_it_was_asked_for(site):
    who = {"household": site.world.sun_door, "needs": ["old", "dementia"]}
    asked = site.op("mei", "care.suggest", who)
    site.send("mei", asked)
    # Whoever was in care before, by another test, is the same person.
    [row] = site.rows(select(cared).where(cared.c.household_id == site.world.sun_door))
    plan = {"person": row.id, "needs": ["old", "dementia"], "keeper": site.world.hao}
    plan |= {"visits": 1, "meals": 2}
    [answer] = site.send("mei", site.op("mei", "care.confirm", plan)).json()["answers"]
    assert answer["outcome"] == "applied", answer
    for more, wanted in (({}, False), ({"health": "1"}, True)):
        [line] = [one for one in lines(take(site, "care", form="csv", **more)) if one[6] == "2"]
        assert line[3].startswith("80 or older")
        assert ("Dementia" in line[3]) == wanted
    assert take(site, "care", "hao").status_code == 403
    end = {"person": row.id, "why": "moved"}
    assert (
        site.send("mei", site.op("mei", "care.end", end)).json()["answers"][0]["outcome"]
        == "applied"
    )
