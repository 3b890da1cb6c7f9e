"""How long things are kept, and closing the incident, as people see it on pages."""

import json

import pytest
from litestar.testing import TestClient
from sqlalchemy import select

from server import clock
from server.app import create_app
from server.features.estates.tables import communities
from server.features.incidents import report
from server.features.incidents.file import under_way
from server.features.incidents.tables import incidents
from server.features.retention.running import DAILY
from server.oplog.tables import reactions
from server.settings import Settings
from tests.support.site import says


@pytest.fixture
def closing(site):
    """A closing that is proposed; called off again, so that the next test may propose one."""
    one = site.tell("mei", "incident.propose", {"title": "Spring 2022", "days": 7})
    yield one
    now = site.read(under_way, site.world.community)
    if now is not None:
        site.tell("mei", "incident.call_off", {"incident": now.id})


def page(site, who, path):
    answer = site.get(who, path)
    assert answer.status_code == 200, answer.text
    return answer.text


@pytest.mark.parametrize("who", ["mei", "hao", "sun", "qian"])
def test_everybody_reads_how_long_things_are_kept(site, who):
    found = page(site, who, "/retention")
    assert 'data-clock="results"' in found
    assert ("retention.set" in found) == (who == "mei")


def test_a_steward_sets_a_clock_without_scripts(site):
    form = {"clock": "care", "days": "45", "seen": "0", "next": "/retention"}
    answer = site.post("mei", "/ops/retention.set", form)
    assert answer.status_code in {200, 303}
    assert 'value="45"' in page(site, "mei", "/retention")


def test_a_proposal_says_what_will_happen_and_waits(site, closing):
    found = page(site, "mei", "/incidents")
    assert f'data-incident="{closing}"' in found
    assert 'data-state="proposed"' in found
    assert "incident.agree" in found  # she is alone
    assert page(site, "mei", f"/incidents/{closing}")


def test_what_is_announced_says_its_day_and_which_rounds_hold_it_up(site, closing):
    site.tell("mei", "incident.agree", {"incident": closing})
    found = page(site, "mei", "/incidents")
    assert 'data-state="agreed"' in found
    assert f"/rounds/{site.round}" in found
    assert "incident.begin" not in found


def test_phones_keep_their_pages_before_any_is_closed(site, closing):
    assert site.get("hao", "/pack").json()["forget"] == 0


def test_there_is_no_report_before_it_is_closed(site, closing):
    assert site.get("mei", f"/incidents/{closing}/report.json").status_code == 404


@pytest.mark.parametrize("one", ["nonsense", "00000000-0000-7000-8000-0000000000ff"])
def test_what_is_no_closing_is_not_there(site, one):
    assert site.get("mei", f"/incidents/{one}").status_code == 404


def test_another_communitys_closing_is_not_there(site, closing):
    assert site.get("anna", f"/incidents/{closing}").status_code == 404


def test_a_report_is_read_printed_and_taken_away(site, closing):
    """What the reaction writes stands in for it: other tests need what it would delete."""
    said = {
        "version": 1, "community": "梅园", "incident": "Spring 2022", "proposed_by": "陈梅",
        "agreed_by": "周芳", "totals": [
            {"month": "2022-04", "clock": "cases", "what": "cases", "n": 12},
            {"month": "2022-05", "clock": "cases", "what": "cases", "n": 3},
            {"month": "2022-05", "clock": "cases", "what": "of_long_ago", "n": 1},
        ],
        "deleted": {"cases": 15, "photos": 4},
        "kept": {"doors": 100, "people": 240, "accounts": 12, "operations": 4_000},
    }  # fmt: skip
    body = json.dumps(said, ensure_ascii=False)
    signature, public = report.sign(body.encode())
    site.execute(
        incidents.update()
        .where(incidents.c.id == closing)
        .values(report=body, signature=signature, public=public, state="closed")
    )
    try:
        assert site.get("hao", "/pack").json()["forget"] > 0  # phones let go of pages they kept
        found = page(site, "mei", f"/incidents/{closing}")
        assert report.fingerprint(public) in found
        assert "2022-04: 12" in found
        assert says(found, "15")
        taken = site.get("mei", f"/incidents/{closing}/report.json")
        assert taken.headers["content-type"].startswith("application/json")
        assert "attachment" in taken.headers["content-disposition"]
        assert report.check(taken.content)["incident"] == "Spring 2022"
    finally:
        site.execute(
            incidents.update()
            .where(incidents.c.id == closing)
            .values(report=None, signature=None, public=None, state="proposed")
        )


def test_clocks_are_wound_where_a_server_starts(tmp_path):
    settings = Settings(data_dir=tmp_path)
    for _ in range(2):
        with TestClient(create_app(settings)) as client:
            hub = client.app.state.hub
            made = {"id": 1, "name": "百花社区", "made_at": clock.now()}

            def found(connection, made=made):
                if connection.execute(select(communities.c.id)).first() is None:
                    connection.execute(communities.insert(), made)
                return list(connection.execute(select(reactions.c.name)).scalars())

            names = client.blocking_portal.call(hub.database.write, found)
    assert names == [DAILY]
