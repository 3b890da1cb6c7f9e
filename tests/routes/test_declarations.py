"""Pages of declarations: who gets which, and what they do not say."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from sqlalchemy import select

from server.features.people.tables import residents
from tests.support.site import HTML, NOBODY, Site, says

WHO = ("mei", "hao", "min", "sun", "yun", "qian", "anna", NOBODY)
"""A steward, who carries it, the building's officer, the household, a volunteer and a guard who do
not, a steward of another community, a stranger."""

PAGES = {
    "/declarations/{round}": "404 404 404 200 404 404 404 303",
    "/declarations/{round}/doors/{door}": "200 200 403 200 403 403 404 303",
    "/declarations/{round}/picture": "200 403 403 403 403 403 404 303",
    "/declarations/{round}/shares": "200 200 200 200 200 200 404 303",
    "/declarations/{round}/differences": "200 403 200 403 403 403 404 303",
    "/declarations/{round}/ill": "200 403 403 403 403 403 404 303",
}
SYMPTOM = "高烧不退"


class Scene(NamedTuple):
    """A screening in which Grandma Sun has declared, and said that she is ill."""

    round: str
    door: int


@pytest.fixture
def scene(site: Site) -> Scene:
    round_id = site.open_round(kind="screening", quantity=1, title="排查")
    door = site.world.sun_door
    said = {"people": {str(site.world.sun_resident): "here"}, "others": ["周小龙"]}
    ill = {"ill": ["孙奶奶"], "symptoms": SYMPTOM}
    site.tell("sun", "screening.declare", {"round": round_id, "door": door, **said, **ill})
    return Scene(round_id, door)


@pytest.mark.parametrize("page", PAGES)
def test_who_gets_which_page(site: Site, scene: Scene, page: str) -> None:
    path = page.format(**scene._asdict())
    found = [site.get(who, path, headers=HTML).status_code for who in WHO]
    assert " ".join(map(str, found)) == PAGES[page]


@pytest.mark.parametrize(
    "page",
    [*PAGES, "/", "/rounds/{round}", "/rounds/{round}/doors/{door}", "/rounds/{round}/hours",
     "/households/{door}", "/pack", "/notices", "/outbox"],
)  # fmt: skip
def test_who_is_ill_is_on_one_page_for_the_few(site: Site, scene: Scene, page: str) -> None:
    for who in WHO:
        answer = site.get(who, page.format(**scene._asdict()), headers=HTML)
        shown = SYMPTOM in answer.text
        assert shown is (who == "mei" and page.endswith("/ill")), (who, page)
        if shown:
            assert answer.headers["Cache-Control"] == "no-store"


def test_shares_name_no_door_and_nobody(site: Site, scene: Scene) -> None:
    page = site.get("yun", f"/declarations/{scene.round}/shares", headers=HTML).text
    assert not says(page, "302")
    assert "孙" not in page
    assert "周小龙" not in page


def test_a_household_declares_without_a_script(site: Site) -> None:
    round_id = site.open_round(kind="screening", quantity=1, title="排查")
    path = f"/declarations/{round_id}"
    assert f'href="{path}"' in site.get("sun", "/", headers=HTML).text
    assert "screening.declare" in site.get("sun", path, headers=HTML).text
    form = {
        "round": round_id, "door": site.world.sun_door, "tenure": "owner", "since": "",
        f"people.{site.world.sun_resident}": "here", "others[]": "周小龙", "next": path,
    }  # fmt: skip
    answer = site.post("sun", "/ops/screening.declare", form)
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    page = site.get("sun", path, headers=HTML).text
    assert "周小龙" in page
    assert path in site.get("sun", "/pack").text


def test_the_picture_marks_what_was_reached_elsewhere(site: Site, scene: Scene) -> None:
    page = site.get("mei", f"/declarations/{scene.round}/picture", headers=HTML).text
    assert "37 %" in page
    assert "51 %" in page
    assert f"/declarations/{scene.round}/ill" in page


def test_what_differs_is_taken_over_by_one_tap(site: Site, scene: Scene) -> None:
    path = f"/declarations/{scene.round}/differences"
    assert "周小龙" in site.get("min", path, headers=HTML).text
    said = {"household": scene.door, "name": "周小龙"}
    answer = site.post("min", "/ops/resident.add", {**said, "next": path})
    assert answer.headers["location"] == path
    assert 'value="周小龙"' not in site.get("min", path, headers=HTML).text
    # Other tests know who lives there.
    new = (residents.c.name == "周小龙") & residents.c.left_at.is_(None)
    for one in site.rows(select(residents.c.id).where(new)):
        site.tell("mei", "resident.leave", {"resident": one.id})
