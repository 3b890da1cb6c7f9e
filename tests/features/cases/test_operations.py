"""What may be said of a case, by whom and when, and whom it is told."""

from __future__ import annotations

import msgspec
import pytest
from sqlalchemy import select, update

from server import clock
from server.features.cases import file, rules, telling
from server.features.cases.operations import (
    confirming,
    contacts,
    following,
    home,
    life,
    saying,
    transfer,
)
from server.features.estates.tables import households
from server.features.notices.tables import notices, reach
from server.features.people.tables import residents
from server.features.rounds.tables import round_doors
from server.oplog.kinds import HEALTH, registry
from server.oplog.tables import payloads
from tests.support.site import says
from tests.support.told import outcomes, words

NOBODY = "00000000-0000-7000-8000-00000000dead"


# Opening


def test_a_positive_opens_a_case_and_its_household_hears_only_that_there_is_news(told, caring):
    case = caring.opened("401")
    [row] = caring.cases()
    assert (row.id, row.household_id, row.step) == (case, told.door("walk_up", "401"), "")
    door = told.door("walk_up", "401")
    assert caring.announced() == [("case", telling.NEWS, "normal", {door})]
    [notice] = told.rows(select(notices))
    assert notice.opens == "/cases/mine"


@pytest.mark.parametrize("who", ["hao", "min", "qian", "sun", "yun"])
def test_only_the_few_who_may_open_a_case(told, caring, who):
    refused = caring.open("401", actor=who)
    assert words(refused) == life.NOT_YOURS
    assert caring.cases() == []


@pytest.mark.parametrize("who", ["hao", "min", "qian", "sun", "anna"])
@pytest.mark.parametrize(
    ("what", "data"),
    [
        ("own", {}),
        ("book", {"when": "2022-04-22T09:00"}),
        ("confirm", {"result": "confirmed"}),
        ("doubt", {}),
        ("step", {"step": "asked"}),
        ("undo", {"event": NOBODY}),
        ("contact", {"name": "x"}),
        ("call", {"how": "well"}),
        ("care", {"whom": "pet"}),
        ("disinfect", {"state": "done"}),
        ("remind", {"what": "call"}),
        ("close", {"why": "recovered"}),
    ],
)
def test_nobody_else_learns_from_a_refusal_whether_there_is_a_case(told, caring, who, what, data):
    case = caring.opened("401")
    real, none = caring.say(case, what, who, **data), caring.say(NOBODY, what, who, **data)
    assert (words(real), real.subject) == (words(none), none.subject) == (file.NO_CASE, None)


def test_every_kind_keeps_what_it_says_of_a_person_as_a_health_record(told, caring):
    answer = caring.open("401")
    caring.step(answer.id, "asked")
    rows = told.rows(select(payloads).where(payloads.c.seq >= answer.seq))
    kept = [msgspec.json.decode(row.body) for row in rows if row.retention != HEALTH]
    assert kept == [{}, {"case": answer.id}]
    for (kind, _), cls in registry.items():
        if kind.startswith("case."):
            public = {"case", "event", "care", "owner", "phone"}
            assert set(cls.__struct_fields__) - set(cls.retention) <= public, kind


def test_a_case_for_somebody_who_moved_is_refused(told, caring):
    answer = caring.open("401", household=told.door("walk_up", "402"))
    assert words(answer) == life.NOT_THERE
    assert words(caring.open("401", resident=999_999)) == life.NOT_THERE


def test_a_second_positive_joins_the_case_that_is_open(told, caring):
    case = caring.opened("401")
    again = caring.open("401")
    assert (again.outcome, again.subject) == ("applied", f"/cases/{case}")
    assert len(caring.cases()) == 1
    assert len(caring.state(case).positives) == 2
    assert len(caring.announced()) == 1


def test_a_test_that_was_not_positive_opens_none(told, caring):
    assert words(caring.open("401", why="antigen")) == life.NOT_POSITIVE
    antigen = caring.reporting.opened()
    caring.reporting.report("hao", antigen, "401", "negative")
    refused = caring.open("401", why="antigen", round=antigen)
    assert words(refused) == life.NOT_POSITIVE
    assert words(caring.open("401", why="nucleic", round=antigen)) == life.NOT_POSITIVE
    assert words(caring.open("401", why="rumour")) == life.NO_SUCH_WHY


def test_a_positive_tube_of_one_opens_a_case_and_a_mixed_one_does_not(told, caring):
    day = told.ask(
        "mei", "test.make",
        {"title": "r", "sites": ["e"], "stairwells": [told.world.walk_up], "tube": "single"},
    ).id  # fmt: skip
    told.change(day, "open")
    who = caring.who("401")
    told.ask("mei", "tube.fill", {"round": day, "code": "T1", "residents": [who]})
    tested = told.now
    told.ask("mei", "tube.result", {"round": day, "code": "T1", "result": "positive"})
    caring.opened("401", why="nucleic", round=day)
    [row] = caring.cases()
    assert tested - clock.MINUTE < row.tested_at <= tested


# Following up


def test_whoever_follows_up_must_be_one_who_may_see_cases(told, caring, doctor):
    case = caring.opened()
    for nobody in (told.world.hao, told.world.min, told.world.sun, told.world.anna, NOBODY):
        assert words(caring.say(case, "own", owner=nobody)) == following.MAY_NOT_SEE
    assert caring.say(case, "own", phone="138 0000").outcome == "applied"
    assert caring.state(case).owner == told.world.mei
    caring.say(case, "own", owner=doctor)
    assert caring.announced()[-1][:2] == ("case", following.GIVEN)


def test_a_confirming_test_that_does_not_confirm_asks_for_the_case_to_be_closed(told, caring):
    case = caring.opened()
    assert words(caring.say(case, "book", when="soon")) == saying.NO_MOMENT
    caring.say(case, "book", when="2022-04-22T09:30", where="East gate")
    booked = caring.state(case).booked
    assert booked.said["when"] == clock.typed("2022-04-22T09:30+08:00", None)
    caring.say(case, "confirm", result="not")
    state = caring.state(case)
    assert [one.what for one in rules.dangers(state, told.now)][-1] == "doubt"
    assert state.closed is None
    caring.say(case, "confirm", result="confirmed")
    assert caring.state(case).doubted is None
    assert words(caring.say(case, "confirm", result="maybe")) == confirming.NO_SUCH_RESULT


# Steps


def test_a_transfer_goes_step_by_step_and_each_is_told(told, caring):
    case = caring.opened()
    door = told.door("walk_up", "401")
    for step, more in (
        ("asked", {}),
        ("coming", {"minutes": 20, "bring": "papers", "plate": "沪a·12345"}),
        ("picked_up", {}),
        ("arrived", {"where": "Hall 3"}),
        ("returned", {}),
    ):
        assert caring.step(case, step, **more).outcome == "applied"
        assert caring.cases()[0].step == step
        told.later(minutes=30)
    heard = [one for one in caring.announced() if one[3] == {door}]
    assert [one[0] for one in heard] == ["case"] * 6
    assert {one[1] for one in heard} == {telling.NEWS}


def test_a_vehicle_is_told_to_the_gate_and_the_building_without_a_flat_or_a_name(told, caring):
    case = caring.opened()
    caring.step(case, "asked")
    caring.step(case, "coming", minutes=20, plate="沪A12345", bring="papers")
    told.react()
    found = {row.content["title"]["text"]: row for row in told.rows(select(notices))}
    gate, building = found[telling.PASS], found[telling.COMES]
    said = gate.content["body"]["params"]
    assert (said["plate"], said["since"], said["until"]) == ("沪A12345", "12:05", "14:20")
    lines = told.rows(select(reach).where(reach.c.notice_id == gate.id))
    assert [line.account_id for line in lines] == [told.world.qian]
    assert (gate.kind, building.kind) == ("case", "notice")
    assert building.content["title"]["params"]["at"] == "12:20"
    lines = told.rows(select(reach).where(reach.c.notice_id == building.id))
    lived_in = told.rows(
        select(households.c.id).where(
            households.c.community_id == 1,
            households.c.stairwell_id.in_([told.world.walk_up, told.world.neighbour]),
            ~households.c.vacant,
            households.c.use == "home",
        )
    )
    assert {line.household_id for line in lines} == {row.id for row in lived_in}
    table = residents.c
    who = (table.community_id == 1) & (table.id == caring.who())
    [name] = told.rows(select(table.name).where(who))
    for row in found.values():
        text = str(row.content)
        assert not says(text, "401")
        assert name.name not in text
        assert "positive" not in text.lower()


def test_a_small_building_is_told_nothing_and_the_case_says_so(told, caring):
    table = households.c
    told.execute(
        update(households)
        .where(table.stairwell_id.in_([told.world.walk_up, told.world.neighbour]))
        .where(table.id != told.door("walk_up", "401"))
        .values(vacant=True)
    )
    case = caring.opened()
    caring.step(case, "asked")
    caring.step(case, "coming", minutes=20)
    assert caring.events(case)[-1].said["building"] == "small"
    assert telling.COMES not in {one[1] for one in caring.announced()}
    assert telling.PASS in {one[1] for one in caring.announced()}


@pytest.mark.parametrize("step", ["coming", "picked_up", "arrived", "returned"])
def test_nothing_comes_before_somebody_asked_for_it(told, caring, step):
    case = caring.opened()
    assert words(caring.step(case, step)) == rules.NOT_ASKED
    assert caring.state(case).step is None


def test_a_step_cannot_go_back(told, caring):
    case = caring.opened()
    caring.step(case, "asked")
    caring.step(case, "picked_up")
    assert words(caring.step(case, "coming", minutes=5)) == rules.OUT_OF_ORDER
    assert words(caring.step(case, "asked")) == rules.OUT_OF_ORDER
    assert words(caring.step(case, "flown")) == transfer.NO_SUCH_STEP


def test_the_same_step_from_two_phones_offline_happens_once(told, caring, doctor):
    case = caring.opened()
    caring.step(case, "asked")
    before = len(caring.announced())
    seen, made = told.seq(), told.now
    told.later(minutes=30)
    first = caring.step(case, "coming", minutes=20, plate="沪A1", made=made, seen=seen)
    made += 2 * clock.MINUTE
    second = caring.step(case, "coming", doctor, minutes=20, made=made, seen=seen)
    assert outcomes([first, second]) == ["applied", "applied"]
    assert caring.state(case).step.op_id == first.id
    assert [row.again for row in caring.events(case)][-2:] == [False, True]
    assert len(caring.announced()) == before + 3  # household, gate, building; each once


def test_whichever_phone_is_faster_the_case_comes_to_the_same(told, caring, doctor):
    case = caring.opened()
    caring.step(case, "asked")
    made = told.now
    told.later(hours=2)
    caring.step(case, "picked_up", made=made + clock.HOUR)
    late = caring.step(case, "coming", doctor, minutes=20, made=made)
    assert late.outcome == "applied"
    assert caring.state(case).step.key == "picked_up"
    assert telling.PASS not in {one[1] for one in caring.announced()}


def test_another_time_or_vehicle_takes_the_place_of_the_first(told, caring):
    case = caring.opened()
    caring.step(case, "asked")
    caring.step(case, "coming", minutes=20, plate="沪A1")
    caring.step(case, "coming", minutes=90, plate="沪A1")
    passes = [
        row for row in told.rows(select(notices)) if row.content["title"]["text"] == telling.PASS
    ]
    holds = {row.content["body"]["params"]["until"]: row.withdrawn_at is None for row in passes}
    assert holds == {"14:20": False, "15:30": True}
    assert caring.state(case).step.said["minutes"] == 90


def test_a_step_by_mistake_is_taken_back_with_what_it_announced(told, caring, doctor):
    case = caring.opened()
    caring.step(case, "asked")
    coming = caring.step(case, "coming", minutes=20)
    assert words(caring.say(case, "undo", event=case)) == life.NOTHING_TO_UNDO
    assert caring.say(case, "undo", doctor, event=coming.id).outcome == "applied"
    assert caring.say(case, "undo", event=coming.id).outcome == "applied"  # two people did
    assert caring.cases()[0].step == "asked"
    ended = told.rows(select(notices).where(notices.c.withdrawn_at.is_not(None)))
    assert len(ended) == 3


def test_only_what_was_said_last_is_taken_back(told, caring):
    case = caring.opened()
    asked = caring.step(case, "asked")
    caring.step(case, "picked_up")
    assert words(caring.say(case, "undo", event=asked.id)) == life.NOT_LAST


# Contacts, calls, care, disinfection


def test_a_contact_becomes_due_on_a_round_of_isolation(told, caring):
    case = caring.opened("401")
    isolation = caring.reporting.opened(kind="isolation")
    away = told.rows(
        select(residents.c.id).where(
            residents.c.community_id == 1,
            residents.c.household_id == told.door("walk_up", "401"),
            ~residents.c.present,
        )
    )[0].id
    assert told.standing(isolation, "401").due == 2
    others = [caring.who("401", 1), away]
    for other in others:
        said = caring.say(case, "contact", resident=other, round=isolation)
        assert said.outcome == "applied", said
    assert told.standing(isolation, "401").due == 2  # everybody who is there was due already
    told.execute(
        update(round_doors)
        .where(round_doors.c.round_id == isolation)
        .where(round_doors.c.household_id == told.door("walk_up", "401"))
        .values(due=2)
    )
    assert set(caring.state(case).contacts) == {f"r{one}" for one in others}
    caring.say(case, "contact", resident=away, is_contact=False)
    assert set(caring.state(case).contacts) == {f"r{others[0]}"}


def test_a_contact_away_from_home_is_made_due_where_nobody_was(told, caring):
    case = caring.opened("302")
    told.ask("mei", "resident.presence", {"resident": caring.who("402", 0), "present": False})
    told.ask("mei", "resident.presence", {"resident": caring.who("402", 0), "present": False})
    isolation = caring.reporting.opened(kind="isolation")
    assert told.standing(isolation, "402").due == 0
    rows = told.rows(
        select(residents.c.id).where(
            residents.c.community_id == 1,
            residents.c.household_id == told.door("walk_up", "402"),
        )
    )
    topics = told.take(
        told.received(
            "mei",
            [
                told.envelope(
                    "mei", "case.contact",
                    {"case": case, "resident": rows[0].id, "round": isolation},
                )
            ],
        )
    ).topics  # fmt: skip
    assert told.standing(isolation, "402").due == 1
    assert f"board:{isolation}:{told.world.walk_up}" in topics
    assert file.TOPIC not in topics
    assert not [one for one in topics if one.startswith("notice")]  # nor that somebody was told


def test_contacts_must_be_somebody_and_the_round_one_of_isolation(told, caring):
    case = caring.opened("401")
    other = caring.who("401", 1)
    assert words(caring.say(case, "contact")) == contacts.NOBODY
    assert words(caring.say(case, "contact", resident=caring.who("401"))) == contacts.THEMSELVES
    delivery = told.open_round("walk_up")
    said = caring.say(case, "contact", resident=other, round=delivery)
    assert words(said) == contacts.NO_ISOLATION
    elsewhere = caring.reporting.opened("tower", kind="isolation")
    said = caring.say(case, "contact", resident=other, round=elsewhere)
    assert words(said) == contacts.NOT_ON_ROUND
    assert caring.say(case, "contact", name="驾驶员").outcome == "applied"


def test_a_call_that_says_worse_is_heard_by_whoever_follows_up(told, caring, doctor):
    case = caring.opened()
    caring.say(case, "own", doctor)
    caring.say(case, "call", how="worse", words="fever")
    assert caring.announced()[-1][:3] == ("case", following.NEEDS_YOU, "urgent")
    assert "worse" in {one.what for one in rules.dangers(caring.state(case), told.now)}
    caring.say(case, "call", how="well")
    assert "worse" not in {one.what for one in rules.dangers(caring.state(case), told.now)}


def test_care_for_those_left_behind_runs_out_and_is_done(told, caring):
    case = caring.opened()
    assert words(caring.say(case, "care", whom="sofa")) == home.NO_SUCH_CARE
    care = caring.say(case, "care", whom="child", who="赵芸", until="2022-04-21T18:00").id
    told.later(hours=7)
    assert "care" in {one.what for one in rules.dangers(caring.state(case), told.now)}
    caring.say(case, "care", care=care, done=True)
    said = caring.state(case).cares[care].said
    assert (said["whom"], said["who"], said["done"]) == ("child", "赵芸", True)
    assert "care" not in {one.what for one in rules.dangers(caring.state(case), told.now)}


def test_a_home_is_to_be_disinfected_from_when_they_left_until_it_was(told, caring):
    case = caring.opened()
    caring.step(case, "asked")
    caring.step(case, "picked_up")
    told.later(minutes=5)
    assert "disinfect" in {one.what for one in rules.dangers(caring.state(case), told.now)}
    caring.say(case, "disinfect", state="asked")
    caring.say(case, "disinfect", state="done", by="team B")
    caring.step(case, "arrived")
    assert "disinfect" not in {one.what for one in rules.dangers(caring.state(case), told.now)}


# Closing


def test_a_case_is_closed_once(told, caring, doctor):
    case = caring.opened()
    assert words(caring.say(case, "close", why="bored")) == life.NO_SUCH_END
    assert caring.say(case, "close", why="recovered").outcome == "applied"
    twice = caring.say(case, "close", doctor, why="moved")
    assert words(twice) == life.CLOSED_ALREADY
    assert twice.message["params"]["name"] == "陈梅"
    assert words(caring.step(case, "asked")) == file.CLOSED


def test_whoever_closes_has_seen_what_others_said(told, caring, doctor):
    case = caring.opened()
    seen = told.seq()
    caring.say(case, "call", doctor, how="worse")
    stale = caring.say(case, "close", why="recovered", seen=seen)
    assert (stale.outcome, words(stale)) == ("stale", life.LOOK_AGAIN)
    caring.say(case, "call", how="well")
    assert caring.say(case, "close", why="recovered", seen=told.seq()).outcome == "applied"


def test_what_was_said_before_a_close_counts_though_it_comes_later(told, caring, doctor):
    case = caring.opened()
    caring.step(case, "asked")
    made = told.now
    told.later(hours=1)
    caring.say(case, "close", why="moved")
    before = len(caring.announced())
    late = caring.step(case, "coming", doctor, minutes=5, made=made)
    assert late.outcome == "applied"
    assert len(caring.announced()) == before


def test_a_closing_by_mistake_is_taken_back(told, caring):
    case = caring.opened()
    closed = caring.say(case, "close", why="recovered")
    caring.say(case, "undo", event=closed.id)
    assert caring.cases()[0].closed_at is None
    closed = caring.say(case, "close", why="mistake")
    caring.opened()
    assert words(caring.say(case, "undo", event=closed.id)) == life.ANOTHER_OPEN


@pytest.mark.parametrize(("why", "told_it"), [("died", False), ("moved", False), ("mistake", True)])
def test_a_household_is_not_rung_up_by_a_machine_about_a_death(told, caring, why, told_it):
    case = caring.opened()
    before = len(caring.announced())
    caring.say(case, "close", why=why)
    assert (len(caring.announced()) > before) is told_it
