"""Everybody asks for everything: who gets a page, who does not, and that nothing breaks.

A route that is not in the table fails the first test: say there who may have it.
"""

from __future__ import annotations

import re

import pytest
from litestar.routes import HTTPRoute

from server.app import create_app
from server.features.estates.tables import communities, compounds
from server.features.people.tables import accounts, residents
from server.i18n import LANGUAGES
from server.settings import Settings
from tests.support.site import HTML, JSON, NOBODY, says
from tests.world import memory_world

CAST = ("mei", "hao", "sun", "min", "anna", "bo", NOBODY)
"""A steward, a volunteer, a household, an information officer, two from elsewhere, a stranger."""

ALL = "200 200 200 200 200 200 200"
SIGNED_IN = "200 200 200 200 200 200 303"
LEADS = "200 403 403 403 404 404 303"  # of this round; elsewhere nobody learns that it exists
ANY_LEAD = "200 403 403 403 200 403 303"
AT_DOOR = "200 200 403 200 404 404 303"  # who leads, carries or informs about this stairwell
GO_ON = "303 303 303 303 303 303 303"
NOT_THERE = "404 404 404 404 404 404 404"
NOT_THERE_OR_IN = "404 404 404 404 404 404 303"  # of a round that is no testing day
NO_FORM = "400 400 400 400 400 400 303"

ROUTES = {
    "GET /": SIGNED_IN,
    "GET /bulletins": SIGNED_IN,
    "GET /bulletins/{bulletin_id}": "200 403 403 403 404 403 303",
    "GET /bulletins/{bulletin_id}/texts": "200 403 403 403 404 403 303",
    "GET /open/{community_id}/bulletins": ALL,
    "GET /open/{community_id}/bulletins/{day}": ALL,
    "GET /control": SIGNED_IN,
    "GET /control/{building_id}": "200 200 200 200 200 200 303",
    "GET /channels": ANY_LEAD,
    "POST /channels": ANY_LEAD,
    "POST /channels/{channel_id}/take-away": "404 403 403 403 404 403 303",
    "POST /channels/{channel_id}/try": "404 403 403 403 404 403 303",
    # Of a round that is no screening; see test_declarations.py for the others.
    "GET /declarations/{round_id}": NOT_THERE_OR_IN,
    "GET /declarations/{round_id}/differences": NOT_THERE_OR_IN,
    "GET /declarations/{round_id}/doors/{household_id}": NOT_THERE_OR_IN,
    "GET /declarations/{round_id}/ill": NOT_THERE_OR_IN,
    "GET /declarations/{round_id}/picture": NOT_THERE_OR_IN,
    "GET /declarations/{round_id}/shares": NOT_THERE_OR_IN,
    "GET /estates": ANY_LEAD,
    "GET /exports": "200 403 403 200 200 403 303",
    "GET /exports/log": ANY_LEAD,
    # Of the register of residents; see test_exports.py for the others.
    "GET /exports/{key}": "200 403 403 200 200 403 303",
    "POST /exports/{key}": "400 403 403 400 400 403 303",  # no format
    "POST /exports/{key}/print": "200 403 403 200 200 403 303",
    "GET /find": "200 403 403 200 200 403 303",
    # Numbers of households count from 1 in each community.
    "GET /find/{household_id}": "303 403 403 303 303 403 303",
    "GET /handover/key": SIGNED_IN,
    "GET /healthz": ALL,
    # Numbers of households count from 1 in each community: Anna's sixth is not Mei's.
    "GET /households/{household_id}": "200 403 200 200 200 403 303",
    "GET /in": ALL,
    "POST /in": NOT_THERE,
    "GET /in/{secret}": NOT_THERE,
    "POST /in/{secret}": NOT_THERE,
    "GET /live": SIGNED_IN,
    "GET /manifest.json": ALL,
    "GET /me": SIGNED_IN,
    "GET /notices": SIGNED_IN,
    "GET /notices/new": "200 403 403 200 200 403 303",
    "GET /notices/sent": "200 403 403 200 200 403 303",
    "GET /notices/{notice_id}": "200 403 200 403 404 404 303",
    "GET /notices/{notice_id}/calls": "200 200 403 200 404 404 303",
    "POST /notices/{notice_id}/calls/{household_id}": "200 200 403 200 404 404 303",
    "GET /notices/{notice_id}/sheet": "200 403 403 403 404 404 303",
    "GET /notices/{notice_id}/texts": "200 403 403 403 404 404 303",
    "GET /cases": ANY_LEAD,
    "GET /cases/mine": SIGNED_IN,
    "GET /cases/{case_id}": "404 403 403 403 404 403 303",
    "GET /offline": ALL,
    "GET /requests": SIGNED_IN,
    "GET /requests/mine": SIGNED_IN,
    "GET /requests/new": SIGNED_IN,
    "GET /requests/phone": "200 403 403 200 200 403 303",
    # Of no request that there is; see test_requests.py.
    "GET /requests/{request_id}": NOT_THERE_OR_IN,
    "GET /requests/{request_id}/steps": NOT_THERE_OR_IN,  # see test_emergency.py
    "POST /requests/{request_id}/phone": NOT_THERE_OR_IN,
    "GET /gates": SIGNED_IN,
    # Of none that there is; see test_passes.py.
    "GET /gates/{gate_id}": NOT_THERE_OR_IN,
    "GET /passes": SIGNED_IN,
    "GET /passes/mine": SIGNED_IN,
    "GET /passes/{pass_id}": NOT_THERE_OR_IN,
    "GET /relays": SIGNED_IN,
    "GET /relays/new": "200 200 403 200 200 200 303",
    # Of no relay that there is; see test_relays.py.
    "GET /relays/{relay_id}": NOT_THERE_OR_IN,
    "GET /things": SIGNED_IN,
    "GET /things/ours": SIGNED_IN,
    "GET /things/out": "200 403 403 200 200 403 303",
    # Of no thing that there is; see test_custody.py.
    "GET /things/{thing_id}": NOT_THERE_OR_IN,
    "GET /card/{number}": "404 404 404 404 404 404 303",
    "GET /testing/card": GO_ON,
    "GET /testing/mine": SIGNED_IN,
    "GET /testing/new": ANY_LEAD,
    "GET /testing/{round_id}": NOT_THERE_OR_IN,
    "GET /testing/{round_id}/doors/{household_id}": NOT_THERE_OR_IN,
    "GET /testing/{round_id}/sites/{site_id}": NOT_THERE_OR_IN,
    "GET /testing/{round_id}/tubes": NOT_THERE_OR_IN,
    "GET /open/{community_id}/rounds/{round_id}": ALL,
    "POST /ops": NO_FORM,
    "POST /ops/carried": NO_FORM,
    "POST /ops/{kind}": NO_FORM,
    "GET /outbox": ALL,
    "GET /pack": SIGNED_IN,
    "GET /people": ANY_LEAD,
    "GET /people/{account_id}": "200 403 403 403 404 403 303",
    "POST /people/{account_id}/link": "200 403 403 403 404 403 303",
    "GET /photos/shared": SIGNED_IN,
    "POST /photos/shared": GO_ON,
    "GET /photos/{name}": "200 200 200 200 404 404 303",
    "PATCH /photos/{name}": NOT_THERE_OR_IN,  # an operation's id is no photo's name
    "GET /photos/{name}/small": "200 200 200 200 404 404 303",
    "GET /push/key": SIGNED_IN,
    "DELETE /push/subscriptions": NO_FORM,
    "POST /push/subscriptions": NO_FORM,
    # Of a round in which nobody reports; see test_reports.py for the others.
    "GET /reports/mine": "404 404 200 404 404 404 303",
    "GET /reports/new": ANY_LEAD,
    "GET /reports/{round_id}": NOT_THERE_OR_IN,
    "GET /reports/{round_id}/chain": NOT_THERE_OR_IN,
    "POST /reports/{round_id}/chain": NOT_THERE_OR_IN,
    "GET /reports/{round_id}/doors/{household_id}": NOT_THERE_OR_IN,
    "GET /reports/{round_id}/missing": NOT_THERE_OR_IN,
    "GET /reports/{round_id}/photos": NOT_THERE_OR_IN,
    "GET /rounds": SIGNED_IN,
    "GET /rounds/new": ANY_LEAD,
    "GET /rounds/{round_id}": LEADS,
    "GET /rounds/{round_id}/assign": LEADS,
    "GET /rounds/{round_id}/close": LEADS,
    "GET /rounds/{round_id}/count": "200 200 403 403 404 404 303",
    "GET /rounds/{round_id}/doors/{door_id}": AT_DOOR,
    "GET /rounds/{round_id}/hours": LEADS,
    "GET /rounds/{round_id}/needs": LEADS,
    "GET /rounds/{round_id}/sheet": LEADS,
    "GET /rounds/{round_id}/stairwells/{stairwell_id}": AT_DOOR,
    "GET /rounds/{round_id}/stairwells/{stairwell_id}/hand-on": "403 200 403 403 404 404 303",
    "GET /rounds/{round_id}/stairwells/{stairwell_id}/paper": AT_DOOR,
    "GET /rounds/{round_id}/stairwells/{stairwell_id}/sheet": AT_DOOR,
    "GET /schema": ALL,
    "GET /schema/openapi.json": ALL,
    "GET /schema/{path}": NOT_THERE,
    "GET /settings": SIGNED_IN,
    "POST /settings": GO_ON,
    "POST /sign-out": GO_ON,
    "GET /stairwells/{stairwell_id}/cards": ANY_LEAD,
    "POST /stairwells/{stairwell_id}/cards": ANY_LEAD,
    "GET /static/{build}/{path}": ALL,
    "GET /mediation": SIGNED_IN,
    # Of none that there is; see test_mediation.py.
    "GET /mediation/{mediation_id}": NOT_THERE_OR_IN,
    "GET /medicine": "200 200 403 200 200 200 303",
    "GET /medicine/mine": SIGNED_IN,
    "GET /medicine/new": "200 403 403 200 200 403 303",
    # Of none that there is; see test_medicine.py.
    "GET /medicine/batches/{batch_id}": NOT_THERE_OR_IN,
    "GET /record": "403 403 200 403 403 403 303",
    "GET /record/asked": "200 403 403 200 200 403 303",
    "GET /record/print": "403 403 200 403 403 403 303",
    "POST /record/download": "403 403 200 403 403 403 303",
    "GET /upkeep": "200 403 403 200 200 403 303",
    "GET /arrivals": "200 403 403 200 200 403 303",
    "POST /at/{code}/moving": NOT_THERE,
    "GET /at/{code}/moving/{arrival_id}": NOT_THERE,
    "GET /posters": "200 403 403 200 200 403 303",
    "GET /posters/print": "404 403 403 404 404 403 303",
    # Of none that there is; see test_posters.py.
    "GET /at/{code}": NOT_THERE,
    "POST /at/{code}": NOT_THERE,
    "POST /at/{code}/declare": NOT_THERE,
    "GET /retention": SIGNED_IN,
    "GET /incidents": "200 403 403 403 200 403 303",
    # Of none that there is; see test_incidents.py.
    "GET /incidents/{incident_id}": "404 403 403 403 404 403 303",
    "GET /incidents/{incident_id}/report.json": "404 403 403 403 404 403 303",
    "GET /register": ANY_LEAD,
    "POST /register": "400 403 403 403 400 403 303",
    # Of none that there is; see test_register.py.
    "GET /register/{upload_id}": "404 403 403 403 404 403 303",
    "POST /register/{upload_id}/columns": "404 403 403 403 404 403 303",
    "POST /register/{upload_id}/answers": "404 403 403 403 404 403 303",
    "POST /register/{upload_id}/drop": "404 403 403 403 404 403 303",
    "GET /trips": "200 200 403 200 200 200 303",
    "GET /trips/mine": SIGNED_IN,
    "GET /trips/new": "200 403 403 200 200 403 303",
    # Of none that there is; see test_trips.py.
    "GET /trips/plans/{plan_id}": NOT_THERE_OR_IN,
    "GET /trips/{trip_id}": NOT_THERE_OR_IN,
    "GET /care": "200 403 403 200 200 403 303",
    "GET /care/mine": SIGNED_IN,
    "GET /care/new": SIGNED_IN,
    "GET /care/ours": SIGNED_IN,
    "GET /care/silent": "200 403 403 200 200 403 303",
    "POST /care/silent/{household}": "200 403 403 200 200 403 303",
    # Of none that there is; see test_care.py.
    "GET /care/{person_id}": NOT_THERE_OR_IN,
    "POST /care/{person_id}": NOT_THERE_OR_IN,
    "GET /access": ANY_LEAD,
    # Of none that there is; see test_access.py.
    "POST /access/{system_id}/key": "404 403 403 403 404 403 303",
    "POST /api/door-counts": "401 401 401 401 401 401 401",  # a session is no key
    "GET /vacancies": "200 403 403 200 200 403 303",
    "GET /stranded": "200 403 403 200 200 403 303",
    "GET /stranded/mine": SIGNED_IN,
    "GET /sw.js": ALL,
}

MACHINES = ("/healthz", "/schema", "/static", "/sw.js", "/manifest.json")
"""What is the same for everybody and shows nobody."""


def routes_of(app):
    """Every method and path of the application."""
    return {
        f"{method} {route.path_format}"
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for method in route.methods - {"HEAD", "OPTIONS"}
    }


def path_of(site, route, **changed):
    """A route's address with this world's things in it."""
    world = site.world
    known = {
        "round_id": site.round,
        "notice_id": site.notice,
        "bulletin_id": site.bulletin,
        "day": "2022-04-21",
        "building_id": 1,
        "site_id": site.round,
        "number": "NOBODY",
        "stairwell_id": world.walk_up,
        "door_id": world.sun_door,
        "household_id": world.sun_door,
        "account_id": world.hao,
        "community_id": world.community,
        "secret": "AAAA-BBBB-CCCC-DDDD",
        "kind": "round.mark",
        "channel_id": site.notice,  # the id of something else
        "case_id": site.notice,  # and so is this: tests/routes/test_cases.py has a case
        "request_id": site.notice,
        "thing_id": site.notice,
        "relay_id": site.notice,
        "mediation_id": site.notice,
        "pass_id": site.notice,
        "gate_id": site.notice,
        "batch_id": site.notice,
        "upload_id": site.notice,
        "key": "residents",
        "plan_id": site.notice,
        "trip_id": site.notice,
        "person_id": site.notice,
        "incident_id": site.notice,
        "arrival_id": site.notice,
        "code": "7K3M0QXD9B2EYHTA",
        "system_id": site.notice,
        "household": world.sun_door,
        "name": site.photo,
        "build": "old",
        "path": "build/app.css",
    } | changed
    path = route.partition(" ")[2]
    return re.sub(r"\{(\w+)\}", lambda found: str(known[found[1]]), path)


def ask(site, who, route, **more):
    site.app.state.throttle._wrong.clear()
    answer = site.ask(who, route.partition(" ")[0], path_of(site, route), **more)
    if route == "POST /sign-out":
        site.tokens.pop(who, None)
    return answer


@pytest.fixture(autouse=True)
def live_pages_end(site, monkeypatch):
    """A live page goes on for ever; here it says one thing and ends."""

    async def once(_community):
        yield b"retry: 3000\n\n"

    monkeypatch.setattr(site.hub.live, "listen", once)


@pytest.fixture(scope="module")
def names():
    """Names of people and places, by community, that the other must never read."""
    with memory_world() as (connection, world):
        found = {}
        for community in (world.community, world.elsewhere):
            found[community] = {
                name
                for table in (accounts, residents, compounds, communities)
                for (name,) in connection.execute(
                    table.select()
                    .with_only_columns(table.c.name)
                    .where(
                        (table.c.id if table is communities else table.c.community_id) == community
                    )
                )
            }
        here, there = found[world.community], found[world.elsewhere]
        return {world.community: there - here, world.elsewhere: here - there}


def test_every_route_is_in_the_table(tmp_path):
    assert routes_of(create_app(Settings(data_dir=tmp_path))) == set(ROUTES)


@pytest.mark.parametrize("route", ROUTES)
def test_everybody_gets_what_they_may(site, route):
    found = {who: ask(site, who, route).status_code for who in CAST}
    wanted = dict(zip(CAST, map(int, ROUTES[route].split()), strict=True))
    assert found == wanted


@pytest.mark.parametrize("route", ROUTES)
def test_no_page_shows_anybody_a_name_of_elsewhere(site, route, names):
    for who in CAST:
        answer = ask(site, who, route)
        home = site.world.elsewhere if who in {"anna", "bo"} else site.world.community
        if "/open/" in route:
            home = site.world.community  # public, and of this community whoever looks
        for name in names[home]:
            assert len(name) < 2 or name not in answer.text, f"{who} reads {name}"


@pytest.mark.parametrize("route", ROUTES)
def test_nothing_is_ever_a_traceback(site, route):
    for who in CAST:
        for headers in (HTML, JSON, {}):
            answer = ask(site, who, route, headers=headers)
            assert answer.status_code < 500
            assert "Traceback" not in answer.text
            assert ".py" not in answer.text or route.endswith("openapi.json")


@pytest.mark.parametrize("route", [one for one in ROUTES if not one.endswith(MACHINES)])
def test_programs_get_problems_and_not_pages(site, route):
    for who in CAST:
        answer = ask(site, who, route, headers=JSON)
        if answer.status_code >= 400 and "/in" not in route:
            assert answer.headers["content-type"] == "application/problem+json", who
            assert answer.json()["type"]
            assert answer.json()["status"] == answer.status_code


@pytest.mark.parametrize("route", ROUTES)
def test_every_answer_is_guarded(site, route):
    if "static" in route or "/schema" in route or "manifest" in route or "healthz" in route:
        return
    for who in ("mei", "sun", NOBODY):
        answer = ask(site, who, route)
        if answer.status_code == 303 or route == "GET /live":
            continue
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "*" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"


NO_PAGES = ("/schema", "/static", "/live", "/me", "/pack", "/key", "/photos/{")
PAGES = [
    route for route in ROUTES
    if route.startswith("GET") and not route.endswith(MACHINES)
    and not any(word in route for word in NO_PAGES)
]  # fmt: skip


@pytest.mark.parametrize("route", PAGES)
def test_pages_run_no_script_and_carry_no_style_of_their_own(site, route):
    """What the policy would forbid is not there: inline scripts, handlers and styles."""
    for who in CAST:
        text = ask(site, who, route).text
        assert not re.search(r"<script(?![^>]*\bsrc=)", text)
        assert not re.search(r"\son\w+\s*=", text)
        assert not re.search(r"<[^>]+\sstyle\s*=", text)
        assert "<style" not in text
        assert not re.search(r"(?:src|action)=\"(?:https?:)?//", text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("route", PAGES)
def test_every_page_is_drawn_in_every_language(site, route, language):
    headers = HTML | {"accept-language": language}
    for who in ("mei", "hao", "sun", NOBODY):
        answer = ask(site, who, route, headers=headers)
        if answer.status_code != 303:
            assert f'lang="{language}"' in answer.text


NONSENSE = ("x", "0", "-1", "%00", "99999999999999999999", "../../etc/passwd", "%F0%9F%9A%AA")


@pytest.mark.parametrize("value", NONSENSE)
def test_addresses_that_are_nonsense_lead_nowhere(site, value):
    for route in ROUTES:
        for parameter in re.findall(r"\{(\w+)\}", route):
            if parameter in {"build", "kind"} or "static" in route or "schema" in route:
                continue
            site.app.state.throttle._wrong.clear()
            method, path = route.split()[0], path_of(site, route, **{parameter: value})
            for who in ("mei", NOBODY):
                answer = site.ask(who, method, path)
                assert answer.status_code in {303, 400, 403, 404, 405}, f"{method} {path}"


def test_another_communitys_things_are_not_there(site):
    outside = site.world.outside
    for path in (
        f"/rounds/{site.elsewhere}",
        f"/rounds/{site.elsewhere}/assign",
        f"/rounds/{site.elsewhere}/hours",
        f"/rounds/{site.elsewhere}/needs",
        f"/rounds/{site.elsewhere}/stairwells/{outside}",
        f"/rounds/{site.elsewhere}/doors/{site.world.doors['outside']['101']}",
        f"/rounds/new?copy={site.elsewhere}",
        f"/people/{site.world.anna}",
    ):
        for who in ("mei", "hao", "sun", "min"):
            assert site.get(who, path).status_code in {403, 404}, (who, path)
        assert site.get("mei", path).status_code == 404
    assert (
        site.get("mei", f"/open/{site.world.community}/rounds/{site.elsewhere}").status_code == 404
    )


def test_the_public_page_names_nobody_and_no_door(site, names):
    text = site.get(NOBODY, f"/open/{site.world.community}/rounds/{site.round}").text
    own = names[site.world.elsewhere] - {"百花社区", "梅园", "荷园"}
    for name in own:
        assert len(name) < 2 or name not in text
    assert not says(text, "302")


def test_the_pack_lists_only_pages_that_its_person_may_have(site):
    for who in CAST[:-1]:
        pack = site.get(who, "/pack", headers=JSON).json()
        assert pack["account"] == site.who(who)
        for page in pack["pages"]:
            assert site.get(who, page["url"]).status_code == 200, (who, page["url"])


def test_haos_pack_holds_his_board(site):
    pages = {page["url"] for page in site.get("hao", "/pack", headers=JSON).json()["pages"]}
    assert f"/rounds/{site.round}/stairwells/{site.world.walk_up}" in pages
