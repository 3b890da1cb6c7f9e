"""Pages of reports: each result is seen by the few who may, on no other page, in no cache."""

from __future__ import annotations

import io
import json
import re
from typing import NamedTuple

import pytest
from sqlalchemy import select

from bench import cassettes
from server.features.people.tables import residents, views
from server.oplog.tables import operations, payloads
from tests.support import pictures
from tests.support.site import HTML, NOBODY, Site

WHO = ("mei", "hao", "min", "sun", "yun", "qian", "anna", NOBODY)
"""A steward, who carries it, the building's officer, the household, a volunteer and a guard who do
not, a steward of another community, a stranger."""

PAGES = {
    "/reports/{round}": "200 403 403 403 403 403 404 303",
    "/reports/{round}/missing": "200 403 200 403 403 403 404 303",
    "/reports/{round}/chain": "200 403 200 403 403 403 404 303",
    "/reports/{round}/photos": "200 403 403 403 403 403 404 303",
    "/reports/{round}/doors/{door}": "200 200 200 403 403 403 404 303",
    "/rounds/{round}/stairwells/{stairwell}": "200 200 200 403 403 403 404 303",
    "/rounds/{round}/doors/{door}": "200 200 200 403 403 403 404 303",
}


class Scene(NamedTuple):
    """A round in which Grandma Sun was reported positive and a neighbour was not done."""

    round: str
    door: int
    stairwell: int

    def path(self, pattern: str) -> str:
        """A page about it."""
        return pattern.format(round=self.round, door=self.door, stairwell=self.stairwell)


@pytest.fixture
def scene(site: Site) -> Scene:
    round_id = site.open_round(kind="antigen", per="person", quantity=1, title="抗原 第3轮")
    door = site.world.sun_door
    said = {"round": round_id, "door": door, "resident": site.world.sun_resident}
    site.tell("hao", "report.make", {**said, "finding": "positive", "details": {"kit": "Q-777"}})
    return Scene(round_id, door, site.world.walk_up)


@pytest.mark.parametrize("page", PAGES)
def test_who_gets_which_page(site: Site, scene: Scene, page: str) -> None:
    found = [site.get(who, scene.path(page), headers=HTML).status_code for who in WHO]
    assert " ".join(map(str, found)) == PAGES[page]


RESULT = re.compile(r"Q-777|data-finding=\"positive\"|<span class=\"tag\" data-tone=\"stop\">")
"""What would give a result away: the kit's number, or a finding that is shown and not offered."""


@pytest.mark.parametrize("page", PAGES)
def test_a_result_is_seen_by_those_who_may_and_nobody_else(
    site: Site, scene: Scene, page: str
) -> None:
    for who in WHO:
        answer = site.get(who, scene.path(page), headers=HTML)
        shown = bool(RESULT.search(answer.text))
        may = who == "mei" and page in ("/reports/{round}", "/reports/{round}/doors/{door}")
        assert shown is may, (who, page)
        if shown:
            assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "page",
    ["/", "/rounds", "/rounds/{round}", "/rounds/{round}/needs", "/rounds/{round}/close",
     "/rounds/{round}/sheet", "/open/1/rounds/{round}", "/reports/mine", "/outbox", "/pack", "/me",
     "/notices", "/households/{door}"],
)  # fmt: skip
def test_no_other_page_says_what_was_reported(site: Site, scene: Scene, page: str) -> None:
    for who in WHO:
        assert not RESULT.search(site.get(who, scene.path(page), headers=HTML).text), (who, page)


def test_who_looked_at_results_is_written_down(site: Site, scene: Scene) -> None:
    site.get("mei", f"/reports/{scene.round}")
    site.get("mei", f"/reports/{scene.round}/doors/{scene.door}")
    site.get("hao", f"/reports/{scene.round}/doors/{scene.door}")
    looked = site.rows(select(views).where(views.c.what == "results").order_by(views.c.id))
    assert [(row.account_id, row.household_id) for row in looked[-2:]] == [
        (site.who("mei"), None),
        (site.who("mei"), scene.door),
    ]


def test_the_history_holds_a_result_in_its_health_record_only(site: Site, scene: Scene) -> None:
    for row in site.rows(select(payloads)):
        if b"positive" in (row.body or b""):
            assert row.retention == "health"
    for row in site.rows(select(operations)):
        assert "positive" not in json.dumps(row.message) + (row.subject or "")


def test_a_household_reports_itself_without_a_script(site: Site, scene: Scene) -> None:
    page = site.get("sun", "/reports/mine", headers=HTML).text
    assert "孙奶奶" in page
    form = {
        "round": scene.round, "door": scene.door, "resident": site.world.sun_resident,
        "finding": "negative", "details.kit": "", "next": "/reports/mine",
    }  # fmt: skip
    answer = site.post("sun", "/ops/report.make", form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/reports/mine")


def test_a_chain_is_read_confirmed_and_entered(site: Site, scene: Scene) -> None:
    text = "1. 401 2人 阴性\n2. 302 阳性\n3. 今天谁送菜"
    page = site.post("min", f"/reports/{scene.round}/chain", {"text": text}).text
    ticked = re.findall(r'name="entries\[\]" value="([^"]+)" checked', page)
    assert len(ticked) == 2
    assert "今天谁送菜" in page
    # What alarms is proposed and not ticked.
    assert re.search(rf'value="{scene.door}/\d+/positive">', page)
    site.tell("min", "report.chain", {"round": scene.round, "entries": ticked})
    left = site.get("min", f"/reports/{scene.round}/missing").text
    assert f"/doors/{site.world.doors['walk_up']['401']}" not in left
    assert f"/doors/{site.world.doors['walk_up']['402']}" in left


def test_who_has_not_reported_is_reminded_and_told(site: Site, scene: Scene) -> None:
    site.tell("min", "report.remind", {"round": scene.round, "stairwells": [scene.stairwell]})
    page = site.get("min", f"/reports/{scene.round}/missing").text
    [notice, *_] = set(re.findall(r'name="notice" value="([^"]+)"', page))
    door = site.world.doors["walk_up"]["401"]
    told = {"notice": notice, "recipient": f"h{door}", "outcome": "told"}
    site.tell("min", "notice.tell", told)
    assert site.get("min", f"/reports/{scene.round}/missing").text != page
    # Grandma Sun has reported: she is reminded of nothing.
    assert f"h{scene.door}" not in page
    names = site.rows(
        select(residents.c.name).where(
            residents.c.community_id == site.world.community,
            residents.c.household_id == door,
            residents.c.present,
        )
    )
    assert all(row.name in page for row in names)


def test_the_doubtful_photo_comes_first_on_the_sheet(site: Site) -> None:
    round_id = site.open_round(kind="antigen", per="person", quantity=1, title="抗原 第4轮")
    here = site.world.doors["walk_up"]
    made = {}
    for label, truth in (("302", "negative"), ("401", "positive")):
        photo = cassette(truth)
        [who, *_] = site.rows(
            select(residents.c.id).where(
                residents.c.community_id == site.world.community,
                residents.c.household_id == here[label],
                residents.c.present,
            )
        )
        said = {"round": round_id, "door": here[label], "resident": who.id, "finding": "negative"}
        named = {"photo": pictures.sha(photo)}
        made[label] = site.tell("hao", "report.make", said | named)
        assert site.send_piece("hao", photo, 0).headers["photo-state"] == "kept"
    page = site.get("mei", f"/reports/{round_id}/photos", headers=HTML)
    order = [page.text.index(f"/photos/{made[label]}/small") for label in ("401", "302")]
    assert order == sorted(order)  # what was said to be negative and shows two lines
    assert page.headers["Cache-Control"] == "no-store"
    for who, status in (("mei", 200), ("sun", 200), ("hao", 200), ("min", 403), ("yun", 403)):
        assert site.get(who, f"/photos/{made['302']}").status_code == status, who


def cassette(truth: str) -> bytes:
    """A photo of a test that shows this, in good light."""
    out = io.BytesIO()
    shown = cassettes.scene(300_001, truth, "on a table")
    cassettes.paint(shown).save(out, "JPEG", quality=85)
    return out.getvalue()
