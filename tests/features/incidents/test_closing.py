"""The incident is closed: two people want it, everybody hears of it, and nobody's name is left."""

import json

import msgspec
import pytest
from sqlalchemy import func, insert, select, update

from server import clock
from server.db.base import metadata
from server.features.incidents import operations as said
from server.features.incidents import report, rules
from server.features.incidents.file import EMERGENCY_FIRST, NOT_YOURS, ROUNDS_FIRST, row_of
from server.features.notices.tables import reach
from server.features.people.tables import accounts, residents, roles
from server.features.requests.tables import requests
from server.features.retention.tables import totals
from server.features.rounds.tables import rounds
from server.oplog.tables import operations, payloads, reactions
from tests.contract import scene
from tests.support.told import words

SECOND = "00000000-0000-7000-8000-00000000ab01"
"""A second steward of the community: 周芳."""


@pytest.fixture
def two(told):
    """Somebody else who may agree."""
    who = {"community_id": told.world.community, "made_at": 0}
    told.execute(insert(accounts).values(**who, id=SECOND, name="周芳"))
    duty = {"community_id": told.world.community, "account_id": SECOND, "role": "steward"}
    told.execute(insert(roles).values(**duty, scope="community", scope_id=0, since=0))
    return told


def propose(told, who="mei", **more):
    return told.ask(who, "incident.propose", {"title": "Spring 2022", "days": 7} | more)


def say(told, what, one, who=SECOND, **more):
    return told.ask(who, f"incident.{what}", {"incident": one} | more)


def state(told, one):
    return told.read(row_of, told.world.community, one)


def close_rounds(told):
    for row in told.rows(select(rounds).where(rounds.c.status != "closed")):
        if row.community_id == told.world.community:
            if row.status == "planned":
                told.change(row.id, "open")
            assert told.change(row.id, "close").outcome == "applied"


def end_emergencies(told):
    """The scene has one under way; a closing waits for it."""
    open_ones = (requests.c.kind == "emergency") & requests.c.closed_at.is_(None)
    for row in told.rows(select(requests).where(open_ones)):
        over = told.ask(row.asked_by, "request.withdraw", {"request": row.id, "why": "over"})
        assert over.outcome == "applied", over


def closed(told, **more):
    """The whole way, with everything that is there; returns the closing as it is kept."""
    say(told, "call_off", scene.TO_CLOSE)  # where the scene has one that waits
    one = propose(told, **more).id
    assert say(told, "agree", one).outcome == "applied"
    close_rounds(told)
    end_emergencies(told)
    told.now = state(told, one).due_at
    told.react()
    return state(told, one)


def test_one_proposes_another_agrees_and_everybody_is_told(two):
    one = propose(two).id
    assert words(say(two, "agree", one, "mei")) == said.SOMEBODY_ELSE
    agreed = say(two, "agree", one)
    assert agreed.outcome == "applied"
    row = state(two, one)
    assert row.state == rules.AGREED
    assert 7 * clock.DAY < row.due_at - two.now < 9 * clock.DAY
    told_of = two.rows(select(reach.c.household_id).where(reach.c.notice_id == agreed.id))
    assert two.world.sun_door in {one.household_id for one in told_of}


def test_whoever_is_alone_agrees_themselves(told):
    one = propose(told).id
    assert say(told, "agree", one, "mei").outcome == "applied"


@pytest.mark.parametrize("who", ["hao", "min", "qian", "sun", "anna"])
@pytest.mark.parametrize("what", ["agree", "call_off", "begin", "finish"])
def test_nobody_but_stewards_of_the_whole_community_closes_anything(told, who, what):
    one = propose(told).id
    answer = say(told, what, one, who)
    wanted = said.NOT_THERE if who == "anna" else NOT_YOURS
    assert (answer.outcome, words(answer)) == ("refused", wanted)


@pytest.mark.parametrize("days", [0, 2, 91, -7])
def test_households_get_time_to_read(told, days):
    assert words(propose(told, days=days)) == said.NO_DAYS


def test_a_closing_has_a_name_and_is_alone(told):
    assert words(propose(told, title="  ")) == said.NO_TITLE
    propose(told)
    assert words(propose(told)) == said.ONE_ALREADY


def test_what_is_called_off_is_not_closed_and_everybody_hears_of_it(two):
    one = propose(two).id
    say(two, "agree", one)
    off = say(two, "call_off", one, why="Cases again")
    assert two.rows(select(reach).where(reach.c.notice_id == off.id))
    two.later(days=30)
    two.react()
    assert state(two, one).state == rules.CALLED_OFF
    assert propose(two).outcome == "applied"


def test_it_waits_for_the_last_round_to_be_closed(two):
    round_id = two.open_round("walk_up")
    one = propose(two).id
    say(two, "agree", one)
    two.now = state(two, one).due_at
    two.react()
    assert state(two, one).state == rules.AGREED
    assert words(say(two, "begin", one)) == ROUNDS_FIRST
    assert two.change(round_id, "close").outcome == "applied"
    two.later(hours=1)
    two.react()
    assert state(two, one).state == rules.CLOSED


def test_it_does_not_begin_before_its_day(two):
    one = propose(two).id
    say(two, "agree", one)
    assert words(say(two, "begin", one)) == said.NOT_YET
    assert words(say(two, "finish", one)) == said.NOT_YET


def test_nothing_that_anybody_said_is_left_anywhere(two):
    """Every kind of thing the scene has in it: only places, people and work stay."""
    scene.set_up(two)
    row = closed(two)
    assert row.state == rules.CLOSED
    ours = two.world.community
    left = {
        name: n
        for name, table in metadata.tables.items()
        if "community_id" in table.c
        and (n := two.value(select(func.count()).where(table.c.community_id == ours)))
    }
    assert set(left) <= STAYS, set(left) - STAYS
    sent = two.rows(
        select(operations.c.kind)
        .join(
            payloads,
            (payloads.c.community_id == operations.c.community_id)
            & (payloads.c.seq == operations.c.seq),
        )
        .where(payloads.c.community_id == ours, payloads.c.body.is_not(None))
    )
    assert {one.kind for one in sent} <= {"incident.begin", "incident.finish"}
    waiting = select(reactions.c.name).where(
        reactions.c.community_id == ours, reactions.c.done_at.is_(None)
    )
    assert {one.name for one in two.rows(waiting)} <= {
        "retention.daily", "care.round", "push.spread", "groups.spread",
    }  # fmt: skip


STAYS = {
    # places, people, work
    *("communities", "compounds", "buildings", "stairwells", "floors", "households", "controls"),
    *("residents", "accounts", "roles", "sign_in_codes", "sessions", "gates", "gate_events"),
    *("channels", "pass_keys", "pass_limits", "devices", "push_subscriptions", "import_forms"),
    *("resident_changes",),
    # that something was done, without what it said
    *("operations", "payloads", "counters", "reactions"),
    *("rounds", "round_states", "round_stairwells", "round_statements", "round_counts"),
    *("test_rounds", "sites", "test_stairwells", "floor_calls", "report_deadlines", "imports"),
    *("bulletins", "bulletin_corrections", "bulletin_opens", "photos"),
    # of the closing itself
    *("incidents", "incident_events", "retention_clocks", "notices", "reach", "deliveries"),
    # that belongs to a door or a building, and says nothing of anybody
    *("posters", "door_systems", "upkeep"),
}


def test_the_register_stays_unless_it_was_to_go(two):
    closed(two)
    names = [row.name for row in two.rows(select(residents.c.name))]
    assert any(name.startswith("孙") for name in names)


def test_the_register_goes_where_it_was_to(two):
    scene.set_up(two)
    row = closed(two, register=True)
    mine = residents.c.community_id == two.world.community
    assert {one.name for one in two.rows(select(residents.c.name).where(mine))} == {"—"}
    assert {one.phone for one in two.rows(select(residents.c.phone).where(mine))} == {""}
    assert msgspec.json.decode(row.report)["kept"]["people"] == 0
    others = residents.c.community_id == two.world.elsewhere
    assert "—" not in {one.name for one in two.rows(select(residents.c.name).where(others))}


def test_the_report_says_how_many_and_nobodys_name(two):
    scene.set_up(two)
    row = closed(two)
    said_of = msgspec.json.decode(row.report)
    counted = {(one["clock"], one["what"]): one["n"] for one in said_of["totals"]}
    assert counted["cases", "cases"] == 1
    assert counted["results", "negative"] == 1
    assert counted["requests", "requests"] >= 5
    assert counted["doors", "doors"] == 2
    assert "孙" not in row.report
    assert (said_of["proposed_by"], said_of["agreed_by"]) == ("陈梅", "周芳")
    assert not two.rows(select(totals).where(totals.c.community_id == two.world.community))


def test_the_report_is_signed_and_what_was_changed_in_it_is_found(two):
    row = closed(two)
    public, signature = bytes(row.public), bytes(row.signature)
    document = report.document(row.report, signature, public)
    checked = report.check(document)
    assert checked["incident"] == "Spring 2022"
    assert checked["fingerprint"] == report.fingerprint(public)
    changed = json.loads(document)
    changed["report"] = changed["report"].replace("Spring", "Winter")
    with pytest.raises(ValueError, match="changed"):
        report.check(json.dumps(changed).encode())
    with pytest.raises(ValueError, match="no report"):
        report.check(b"{}")


def test_a_report_signed_with_another_key_has_another_fingerprint(two):
    row = closed(two)
    forged = row.report.replace("Spring", "Winter")
    signature, public = report.sign(forged.encode())
    checked = report.check(report.document(forged, signature, public))
    assert checked["fingerprint"] != report.fingerprint(bytes(row.public))


def test_another_communitys_things_stay(two):
    scene.set_up(two)
    closed(two)
    theirs = select(payloads.c.body).where(payloads.c.community_id == two.world.elsewhere)
    sent = two.rows(theirs)
    assert sent
    assert all(row.body is not None for row in sent)


def test_work_goes_on_afterwards(two):
    closed(two)
    round_id = two.open_round("walk_up")
    assert two.mark("hao", round_id, "302").outcome == "applied"


def test_whoever_needs_a_knock_afterwards_is_knocked_for_once_a_day(two):
    keeps = {"needs": ["old"], "keeper": two.who("hao"), "visits": 1}

    def take_into_care():
        one = two.ask("hao", "care.suggest", {"household": two.world.sun_door, "needs": ["old"]})
        assert two.ask("min", "care.confirm", {"person": one.id, **keeps}).outcome == "applied"

    take_into_care()
    closed(two)
    take_into_care()
    two.later(hours=12)  # it was night
    two.react()
    made = two.rows(select(rounds.c.kind).where(rounds.c.status == "open"))
    assert [row.kind for row in made] == ["visit"]
    going_on = (reactions.c.name == "care.round") & reactions.c.done_at.is_(None)
    assert sorted(row.subject for row in two.rows(select(reactions).where(going_on))) == [
        "meal", "visit",
    ]  # fmt: skip


def test_what_was_sent_again_afterwards_still_happens_once(two):
    round_id = two.open_round("walk_up")
    envelope = two.envelope("hao", "round.mark", {
        "round": round_id, "door": two.world.sun_door, "answer": "delivered"})  # fmt: skip
    [first] = two.apply("hao", [envelope])
    closed(two)
    [again] = two.apply("hao", [envelope])
    assert (again.outcome, again.repeat, again.seq) == (first.outcome, True, first.seq)


def test_whoever_has_left_meanwhile_does_not_hold_it_up(two):
    one = propose(two).id
    say(two, "agree", one)
    two.execute(update(accounts).where(accounts.c.id == SECOND).values(revoked_at=two.now))
    two.now = state(two, one).due_at
    two.react()
    assert state(two, one).state == rules.CLOSED


def test_it_waits_for_an_emergency_that_is_under_way(two):
    asked = two.ask("sun", "request.ask", {"kind": "emergency", "quick": "fall"})
    assert asked.outcome == "applied"
    one = propose(two).id
    say(two, "agree", one)
    two.now = state(two, one).due_at
    two.react()
    assert state(two, one).state == rules.AGREED
    assert words(say(two, "begin", one)) == EMERGENCY_FIRST


def test_who_asks_for_help_while_it_is_closed_begins_the_next_incident(two):
    """Pieces go in the night, one after the other, and people go on asking."""
    one = propose(two).id
    say(two, "agree", one)
    two.now = state(two, one).due_at
    assert say(two, "begin", one).outcome == "applied"
    asked = two.ask("sun", "request.ask", {"kind": "doctor", "words": "39.5"})
    assert asked.outcome == "applied"
    two.react()
    assert state(two, one).state == rules.CLOSED
    assert [row.id for row in two.rows(select(requests))] == [asked.id]
    seq = two.operation(asked.id).seq
    sent = two.rows(select(payloads.c.body).where(payloads.c.seq == seq))
    assert sent
    assert all(row.body is not None for row in sent)


def test_who_works_here_keeps_their_name_though_the_register_goes(two):
    home = {"household_id": two.world.sun_door}
    two.execute(update(accounts).where(accounts.c.id == two.who("hao")).values(home))
    closed(two, register=True)
    names = two.rows(select(accounts.c.name).where(accounts.c.id == two.who("hao")))
    assert [row.name for row in names] == ["林浩"]


def test_nobody_is_due_anything_who_is_in_no_register(two):
    closed(two, register=True)
    here = (residents.c.community_id == two.world.community) & residents.c.present
    assert not two.rows(select(residents).where(here))
