"""Who reads a medicine list and a batch, route by route; everybody else finds nothing there."""

from __future__ import annotations

import re
import time

import pytest
from sqlalchemy import insert, select

from server.features.people.tables import accounts, roles
from server.features.rounds.rules import DIFFERENCES
from server.features.rounds.tables import rounds
from tests.features.medicine.conftest import DOCTOR, NURSE
from tests.support.site import HTML, NOBODY
from tests.world import NOON

ENGLISH = {**HTML, "accept-language": "en"}
EVERYBODY = ("mei", "hao", "yun", "min", "sun", "qian", DOCTOR, NURSE, "anna", "bo", NOBODY)
SECRET = "NAME-OF-A-PILL"
HIDDEN = "NAME-OF-A-CONTROLLED-PILL"


@pytest.fixture(scope="module", autouse=True)
def settle(site):
    """There are a doctor of the whole community and a nurse of the tower."""
    here = {"community_id": site.world.community}
    if site.rows(select(accounts.c.id).where(accounts.c.id == DOCTOR)):
        return  # tests of this module ran here before
    held = ((DOCTOR, "community", here["community_id"]), (NURSE, "stairwell", site.world.tower))
    for account, scope, scope_id in held:
        site.execute(insert(accounts).values(**here, id=account, name=account[-2:], made_at=NOON))
        duty = {"role": "medical", "scope": scope, "scope_id": scope_id, "since": NOON}
        site.execute(insert(roles).values(**here, account_id=account, **duty))


@pytest.fixture(scope="module")
def need(site):
    """Grandma Sun's, which anybody may know of who answers for health at her door."""
    found = site.tell("sun", "need.say", {"name": SECRET, "left": 2})
    yield found
    site.tell("sun", "need.end", {"need": found})


@pytest.fixture(scope="module")
def hidden(site):
    """Grandma Sun's, which is controlled."""
    found = site.tell("sun", "need.say", {"name": HIDDEN, "left": 2, "controlled": True})
    yield found
    site.tell("sun", "need.end", {"need": found})


def batch_of(site, maker, *needs):
    """Hao buys, Min and the doctor check, Yun goes to the doors."""
    who = site.who
    said = {"title": "Wednesday", "buyer": who("hao"), "checkers": [who("min"), DOCTOR]}
    more = {"carriers": [who("yun")], "within": 360, "needs": list(needs)}
    return site.tell(maker, "batch.make", said | more)


@pytest.fixture(scope="module")
def batch(site, need):
    found = batch_of(site, "mei", need)
    yield found
    none = {"batch": found, "need": need, "what": "none", "why": "over"}
    site.tell("hao", "batch.bought", none)
    site.tell("hao", "batch.close", {"batch": found})


@pytest.fixture(scope="module")
def hidden_batch(site, hidden):
    found = batch_of(site, DOCTOR, hidden)
    yield found
    none = {"batch": found, "need": hidden, "what": "none", "why": "over"}
    site.tell("hao", "batch.bought", none)
    site.tell("hao", "batch.close", {"batch": found})


def reading(site, path, word, headers=ENGLISH):
    """Those of the cast who read a word on a page."""
    return {who for who in EVERYBODY if word in site.get(who, path, headers=headers).text}


def test_the_lists_are_for_those_who_answer_for_health_there(site, need, hidden):
    assert reading(site, "/medicine", SECRET) == {"mei", "min", DOCTOR}
    assert reading(site, "/medicine", HIDDEN) == {DOCTOR}
    assert reading(site, "/medicine/mine", SECRET) == reading(site, "/medicine/mine", HIDDEN)
    assert reading(site, "/medicine/mine", SECRET) == {"sun"}
    door = f"/medicine/new?household={site.world.sun_door}"
    assert reading(site, door, SECRET) == {"mei", "min", DOCTOR}
    assert reading(site, door, HIDDEN) == {DOCTOR}


def test_a_batch_is_for_the_people_it_names_and_those_who_answer_for_it(site, batch):
    path = f"/medicine/batches/{batch}"
    assert reading(site, path, SECRET) == {"mei", "hao", "min", DOCTOR}
    found = {who: site.get(who, path, headers=ENGLISH).status_code for who in EVERYBODY}
    assert found == {
        **dict.fromkeys(("mei", "hao", "yun", "min", DOCTOR), 200),
        **dict.fromkeys(("sun", "qian", NURSE, "anna", "bo"), 404),
        NOBODY: 303,
    }


def test_a_controlled_batch_is_for_those_named_and_the_doctor_alone(site, hidden_batch):
    path = f"/medicine/batches/{hidden_batch}"
    assert reading(site, path, HIDDEN) == {"hao", "min", DOCTOR}
    found = {who for who in EVERYBODY if site.get(who, path).status_code == 200}
    assert found == {"hao", "yun", "min", DOCTOR}


def test_a_list_with_a_controlled_one_is_the_same_as_one_without(site, need):
    def drawn(who):
        page = site.get(who, "/medicine", headers=ENGLISH).text
        return re.sub(r'name="seen" value="\d+"|data-seq="\d+"|nonce="[^"]+"', "", page)

    before = {who: drawn(who) for who in ("mei", "hao", "qian", NURSE)}
    made = site.tell("sun", "need.say", {"name": "ANOTHER-ONE", "left": 1, "controlled": True})
    found = batch_of(site, DOCTOR, made)
    assert {who: drawn(who) for who in ("mei", "qian", NURSE)} == {
        who: before[who] for who in ("mei", "qian", NURSE)
    }
    assert drawn("hao") != before["hao"]
    none = {"batch": found, "need": made, "what": "none", "why": "over"}
    site.tell("hao", "batch.bought", none)
    site.tell("hao", "batch.close", {"batch": found})
    site.tell("sun", "need.end", {"need": made})


PAGES = (
    *("/", "/notices", "/notices/sent", "/outbox", "/people", "/requests", "/rounds"),
    *("/things", "/things/out", "/things/ours", "/cases", "/pack", "/home"),
)


@pytest.mark.parametrize("path", PAGES)
def test_no_other_page_says_a_word_of_it(site, batch, hidden_batch, path):
    for who in EVERYBODY:
        page = site.get(who, path, headers=ENGLISH).text
        assert SECRET not in page, who
        assert HIDDEN not in page, who


def test_they_are_kept_on_no_phone(site, need, batch):
    for who, path in (
        ("mei", "/medicine"),
        ("mei", "/medicine/new"),
        ("sun", "/medicine/mine"),
        ("hao", f"/medicine/batches/{batch}"),
    ):
        assert site.get(who, path).headers["cache-control"] == "no-store"
    for who in ("mei", "hao", "yun", "min", "sun"):
        assert "/medicine" not in site.get(who, "/pack").text


def round_of(site, batch):
    """The round that was made for a batch, once the server has come to it."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        site.react()
        for one in site.rows(select(rounds).where(rounds.c.status == "open")):
            if one.scope.get("about") == f"/medicine/batches/{batch}":
                return one
        time.sleep(0.05)
    raise AssertionError("no round was made for the batch")


def test_boards_and_doors_on_the_way_show_things_only(site, batch):
    site.tell("hao", "batch.collect", {"batch": batch})
    row = round_of(site, batch)
    door = site.world.sun_door
    board = f"/rounds/{row.id}/stairwells/{site.world.walk_up}"
    page = f"/rounds/{row.id}/doors/{door}"
    packed = site.get("yun", "/pack").text
    assert board in packed
    assert page in packed
    for path in (board, page, f"/rounds/{row.id}"):
        for who in EVERYBODY:
            assert SECRET not in site.get(who, path, headers=ENGLISH).text
    drawn = site.get("yun", page, headers=ENGLISH).text
    assert drawn.count("/ops/thing.take") == 3
    assert f'value="/medicine/batches/{batch}"' in drawn
    assert "/ops/thing.take" not in site.get("hao", page, headers=ENGLISH).text
    assert site.get("yun", f"/open/{site.world.community}/rounds/{row.id}").status_code == 404
    why = dict.fromkeys(DIFFERENCES, "nothing to collect")
    site.tell("mei", "round.close", {"round": row.id, "explanations": why})


def test_whoever_bought_it_reads_no_more_of_it_once_it_is_closed(site):
    need = site.tell("sun", "need.say", {"name": "ONCE-READ", "left": 2})
    found = batch_of(site, "mei", need)
    path = f"/medicine/batches/{found}"
    assert reading(site, path, "ONCE-READ") == {"mei", "hao", "min", DOCTOR}
    none = {"batch": found, "need": need, "what": "none", "why": "over"}
    site.tell("hao", "batch.bought", none)
    site.tell("hao", "batch.close", {"batch": found})
    assert reading(site, path, "ONCE-READ") == {"mei", "min", DOCTOR}
    assert site.get("hao", path).status_code == 200
    site.tell("sun", "need.end", {"need": need})


def test_forms_without_scripts_put_medicine_on_a_list_and_make_a_batch(site):
    door = str(site.world.sun_door)
    said = {"name": "PLAIN-PILL", "left": "3", "boxes": "1", "household": door, "seen": "0"}
    assert site.post("min", "/ops/need.say", said | {"next": "/medicine"}).status_code == 303
    page = site.get("min", "/medicine", headers=ENGLISH).text
    assert "PLAIN-PILL" in page
    [need] = re.findall(
        r'name="needs\[\]" value="([^"]+)">(?=<span class="grow"><strong>PLAIN)', page
    )
    who = site.who
    made = {
        "title": "Plain", "buyer": who("hao"), "checkers[]": [who("mei"), DOCTOR],
        "needs[]": [need], "within": "180", "seen": "0", "next": "/medicine",
    }  # fmt: skip
    assert site.post("min", "/ops/batch.make", made).status_code == 303
    assert "Plain" in site.get("min", "/medicine", headers=ENGLISH).text
    site.tell("sun", "need.end", {"need": need})


@pytest.mark.parametrize("household", ["999999", "-3", "x", "99999999999999"])
def test_a_door_that_is_none_has_no_page(site, household):
    assert site.get("mei", f"/medicine/new?household={household}").status_code == 404


def test_a_request_for_medicine_leads_to_the_list_of_its_door(site):
    said = {"kind": "medicine", "household": site.world.sun_door}
    asked = site.tell("min", "request.ask", said)
    link = f"/medicine/new?household={site.world.sun_door}"
    assert link in site.get("mei", f"/requests/{asked}", headers=ENGLISH).text
    assert link not in site.get("sun", f"/requests/{asked}", headers=ENGLISH).text
    site.tell("sun", "request.withdraw", {"request": asked})
