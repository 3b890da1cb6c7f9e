"""Finding people while one types: what is found, by whom, and what is written down of it."""

import pytest
from sqlalchemy import delete, func, insert, select

from server.features.people.tables import residents, views
from tests.support.site import HTML, NOBODY

IDS = range(700_001, 700_005)


@pytest.fixture(autouse=True)
def four_people(site):
    """Three in the walk-up and one in the tower, with what is hard to find."""
    doors = site.world.doors
    who = (
        ("单小丽", doors["walk_up"]["501"], "13912345678", 1938),
        ("=HYPERLINK(1)", doors["walk_up"]["502"], "", None),
        ("单大丽", doors["tower"][next(iter(doors["tower"]))], "13900005678", 2015),
        ("单走", doors["walk_up"]["501"], "13900005678", None),
    )
    left = (None, None, None, 1)
    rows = [
        {"community_id": site.world.community, "id": one, "name": name, "household_id": door,
         "phone": phone, "born": born, "left_at": gone}
        for one, (name, door, phone, born), gone in zip(IDS, who, left, strict=True)
    ]  # fmt: skip
    site.execute(insert(residents).values(rows))
    yield
    site.execute(delete(residents).where(residents.c.id.in_(list(IDS))))


def find(site, typed, who="mei"):
    return site.get(who, "/find", params={"q": typed}, headers={**HTML, "accept-language": "en"})


@pytest.mark.parametrize("typed", ["单小", "sxl", "shan xiaoli", "dxl", "5678", "13912345678"])
def test_somebody_is_found_by_name_sound_and_telephone(site, typed):
    page = find(site, typed)
    assert "单小丽" in page.text
    assert "13912345678" not in page.text.replace(f'value="{typed}"', "")
    assert "单走" not in page.text
    assert page.headers["cache-control"] == "no-store"


def test_a_flat_names_everybody_behind_its_door(site):
    text = find(site, "8-1-501").text
    assert "单小丽" in text
    assert "&#8288;5678" in text
    assert 'id="exact"' in text


def test_the_exact_comes_first(site):
    text = find(site, "单小丽").text
    assert text.index('id="exact"') < text.index("单小丽</strong>")
    text = find(site, "sx").text
    assert "单小丽" in text


def test_whoever_has_one_building_finds_nobody_elsewhere(site):
    for typed in ("单", "5678", "shan"):
        text = find(site, typed, "min").text
        assert "单小丽" in text
        assert "单大丽" not in text
        text = find(site, typed).text
        assert "单大丽" in text


def test_nobody_finds_who_may_not_and_another_community_finds_none_of_us(site):
    for who in ("hao", "sun", "qian", "bo"):
        assert find(site, "单", who).status_code == 403, who
    assert find(site, "单", NOBODY).status_code == 303
    assert "单小丽" not in find(site, "单", "anna").text


def test_nobody_found_says_what_to_try(site):
    text = find(site, "nobodyiscalledso").text
    assert "zxl" in text
    assert "empty" in text


@pytest.mark.parametrize("typed", ["%", "_", "\0", "'; --", "=HY", "😀" * 99, "a" * 5000, "\\"])
def test_whatever_is_typed_breaks_nothing(site, typed):
    assert find(site, typed).status_code == 200


def test_opening_is_written_down_and_typing_is_not(site):
    door = site.world.doors["walk_up"]["501"]
    count = select(func.count()).where(views.c.what == "household", views.c.household_id == door)

    def looks():
        return site.rows(count)[0][0]

    before = looks()
    find(site, "单")
    assert looks() == before
    answer = site.get("mei", f"/find/{door}")
    assert answer.headers["location"] == f"/households/{door}"
    assert looks() == before + 1
    assert site.get("mei", f"/find/{door}").status_code == 303
    assert looks() == before + 1  # within minutes it is the same look
    site.execute(delete(views).where(views.c.what == "household"))
    elsewhere = next(iter(site.world.doors["tower"].values()))
    assert site.get("min", f"/find/{elsewhere}").status_code == 403
    assert site.get("mei", "/find/99999999").status_code == 404


def test_the_telephone_intake_finds_the_same(site):
    text = site.get("mei", "/requests/phone", params={"door": "sxl"}).text
    assert "单小丽" in text
