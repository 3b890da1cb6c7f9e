"""What may be said of a request, by whom and when, and whom it is told."""

from __future__ import annotations

import itertools

import msgspec
import pytest
from sqlalchemy import select

from server import clock
from server.features.notices.tables import notices
from server.features.people.tables import roles
from server.features.photos.tables import photos
from server.features.requests import file, rules, telling
from server.features.requests.kinds import KINDS
from server.features.requests.operations import answering, asking, running, saying, shift
from server.features.requests.tables import requests, shift_notes
from server.oplog.kinds import HEALTH, registry
from server.oplog.tables import payloads
from tests.features.requests.conftest import CONSTABLE, DOCTOR, LOCKSMITH, NURSE
from tests.support.told import outcomes, words

NO_REQUEST = "00000000-0000-7000-8000-00000000dead"


# Asking


def test_whoever_is_nearest_is_asked_and_the_rest_sleep(told, helping):
    request = helping.asked("food", words="米")
    assert helping.heard() == [(telling.NEEDED, "normal", {"hao"})]
    row = helping.row(request)
    assert (row.kind, row.household_id, row.state) == ("food", told.world.sun_door, rules.ASKED)
    assert row.due_at == row.opened_at + clock.HOUR
    [notice] = told.rows(select(notices))
    assert notice.opens == f"/requests/{request}"


def test_what_is_wanted_now_rings_several_who_can_help(helping):
    helping.asked("doctor", quick="fever")
    assert helping.heard() == [(telling.URGENTLY, "urgent", {"doctor", "nurse", "min"})]


@pytest.mark.parametrize(
    ("kind", "who"),
    [("power", "locksmith"), ("locked", "locksmith"), ("quarrel", "constable"), ("other", "min")],
)
def test_each_kind_goes_to_who_is_good_at_it(helping, kind, who):
    helping.asked(kind, words="…")
    [(_, _, asked)] = helping.heard()
    assert asked == {who}


@pytest.mark.parametrize("kind", KINDS)
def test_no_announcement_says_what_is_nobodys_business_or_where_exactly(told, helping, kind):
    request = helping.asked(kind, words="SECRET")
    told.later(hours=12)
    told.react()
    helping.done(request, "take", "mei")
    helping.done(request, "step", "mei", step="could_not", why="SECRET")
    for row in told.rows(select(notices)):
        text = msgspec.json.encode(row.content).decode()
        assert "SECRET" not in text
        assert '"302"' not in text
        assert (KINDS[kind].label in text) <= (KINDS[kind].sees == "see_requests")


def test_a_door_may_be_typed_as_it_stands_on_the_plate(told, helping):
    request = helping.asked("medicine", actor="hao", door="８号楼1单元 402")
    assert helping.row(request).household_id == told.door("walk_up", "402")
    assert words(helping.ask("food", actor="hao", door="8-1-999")) == asking.NO_SUCH_DOOR
    assert words(helping.ask("food", actor="hao", door="302")) == asking.SEVERAL_DOORS
    assert words(helping.ask("food", actor="hao")) == asking.SAY_WHERE
    elsewhere = helping.ask("food", actor="hao", household=999_999)
    assert words(elsewhere) == asking.SAY_WHERE


def test_the_whole_stairwell_may_be_without_power_and_only_for_what_can_be_shared(told, helping):
    dark = helping.row(helping.asked("power", breadth="stairwell"))
    assert (dark.household_id, dark.stairwell_id) == (None, told.world.walk_up)
    food = helping.row(helping.asked("food", breadth="building"))
    assert food.household_id == told.world.sun_door


def test_what_cannot_be_asked_is_said(helping):
    assert words(helping.ask("gold")) == asking.NO_SUCH_KIND
    assert words(helping.ask("food", breadth="city")) == asking.NO_SUCH_KIND
    assert words(helping.ask("food", quick="fever")) == asking.NO_SUCH_KIND
    assert words(helping.ask("other")) == asking.SAY_WHAT
    assert words(helping.ask("quarrel", photo="5a" * 32)) == asking.NO_PHOTO
    assert helping.ask("food", photo="x").outcome == "refused"


@pytest.mark.parametrize("size", [rules.LONGEST + 1, 1_000_000])
def test_a_text_that_nobody_reads_in_need_is_refused_with_how_long_it_may_be(helping, size):
    answer = helping.ask("food", words="x" * size)
    assert words(answer) == saying.TOO_LONG
    assert answer.message["params"] == {"most": rules.LONGEST, "count": size}


def test_twenty_in_a_minute_are_all_taken_and_passed_on_by_growing_steps(told, helping):
    said = [helping.ask("food", words=str(n)) for n in range(20)]
    assert outcomes(said) == ["applied"] * 20
    rows = [helping.row(answer.id) for answer in said]
    waits = [row.due_at - row.opened_at for row in rows]
    assert waits[:5] == [clock.HOUR] * 5
    steps = waits[5:]
    assert steps == sorted(steps)
    assert steps[0] == clock.MINUTE
    assert [row.level for row in rows] == [rules.FIRST] * 5 + [rules.NOBODY_YET] * 15
    assert len(helping.heard(telling.NEEDED)) == 5
    assert helping.row(helping.asked("doctor")).level == rules.FIRST
    told.later(minutes=3)
    told.react()
    assert len(helping.heard(telling.NEEDED)) == 7
    assert helping.row(said[5].id).level == rules.FIRST
    assert helping.row(helping.asked("food")).level == rules.FIRST


def test_what_was_made_over_an_hour_without_a_signal_is_not_too_much(told, helping):
    start = told.now
    told.later(hours=1)
    for n in range(10):
        helping.asked("food", made=start + n * 5 * clock.MINUTE, server_seen=start)
    assert {row.level for row in told.rows(select(requests))} == {rules.FIRST}


def test_a_photo_goes_along_and_is_for_those_who_may_know_of_it(told, helping):
    helping.asked("medicine", photo="5a" * 32)
    [row] = told.rows(select(photos))
    assert (row.sees, row.household_id) == ("see_health_requests", told.world.sun_door)


def test_every_word_of_it_is_kept_as_a_health_record(told, helping):
    answer = helping.ask("doctor", words="SECRET", quick="fever")
    helping.done(answer.id, "add", "mei", words="SECRET", for_team=True)
    rows = told.rows(select(payloads).where(payloads.c.seq >= answer.seq))
    kept = [msgspec.json.decode(row.body) for row in rows if row.retention != HEALTH]
    assert kept == [{}, {"request": answer.id, "for_team": True}]
    for (kind, _), cls in registry.items():
        if kind.startswith(("request.", "shift.")):
            written = {"words", "why", "door"} & set(cls.__struct_fields__)
            assert written <= set(cls.retention), kind


# Who may know of it


SAYING = [
    ("add", {"words": "x"}), ("take", {}), ("step", {"step": "done"}), ("pass_on", {}),
    ("offer", {}), ("join", {"to": NO_REQUEST}), ("part", {}), ("withdraw", {}), ("thank", {}),
    ("reopen", {}), ("escalate", {}), ("nudge", {}),
]  # fmt: skip


@pytest.mark.parametrize(("what", "data"), SAYING)
@pytest.mark.parametrize("who", ["hao", "yun", "qian", "anna", LOCKSMITH, CONSTABLE])
def test_nobody_learns_from_a_refusal_whether_somebody_needs_a_doctor(helping, who, what, data):
    request = helping.asked("doctor")
    real, none = (
        helping.say(one, what, who, **data, id=None, received=None) for one in (request, NO_REQUEST)
    )
    assert words(real) == words(none) == file.NO_REQUEST
    assert (real.subject, none.subject) == (None, None)


@pytest.mark.parametrize(("what", "data"), [one for one in SAYING if one[0] not in (
    "add", "withdraw", "thank", "reopen", "nudge")])  # fmt: skip
def test_who_asks_does_not_say_what_only_those_who_answer_say(helping, what, data):
    request = helping.asked("food")
    assert helping.say(request, what, "sun", **data).outcome == "refused"
    assert helping.state(request).state == rules.ASKED


def test_a_note_for_the_team_is_made_by_the_team(helping):
    request = helping.asked("food")
    assert words(helping.say(request, "add", "sun", words="x", for_team=True)) == file.NOT_YOURS


# Taking


def test_whoever_comes_first_has_it_and_who_comes_second_hears_who(told, helping):
    request = helping.asked("food")
    helping.done(request, "take", "hao")
    second = helping.say(request, "take", "yun")
    assert words(second) == answering.TAKEN
    assert second.message["params"] == {"name": "林浩", "since": "12:00"}
    told.react()
    told.react()
    assert helping.heard(telling.COMES_TOO) == [(telling.COMES_TOO, "normal", {"hao"})]
    assert helping.names(helping.state(request).offers) == {"yun"}
    assert helping.row(request).owner == told.world.hao


def test_two_without_a_signal_come_by_arrival_and_nothing_of_the_second_counts(told, helping):
    start = told.now
    request = helping.asked("food")
    told.later(minutes=30)
    made = {"server_seen": start}
    helping.done(request, "take", "yun", made=start + 20 * clock.MINUTE, **made)
    late = helping.say(request, "take", "hao", made=start + 5 * clock.MINUTE, **made)
    assert words(late) == answering.TAKEN
    step = helping.say(
        request, "step", "hao", step="under_way", made=start + 6 * clock.MINUTE, **made
    )
    assert words(step) == answering.IS_THEIRS
    assert helping.state(request).owner == told.world.yun


def test_what_became_free_is_taken_from_then_on_by_who_tapped_before(told, helping):
    start = told.now
    request = helping.asked("food")
    told.later(minutes=10)
    helping.done(request, "take", "yun")
    told.later(minutes=10)
    helping.done(request, "pass_on", "yun")
    given_back = told.now
    told.later(minutes=10)
    for n, (what, data) in enumerate([("take", {}), ("step", {"step": "under_way"}),
                                      ("step", {"step": "done"})]):  # fmt: skip
        made = start + (5 + n) * clock.MINUTE
        helping.done(request, what, "hao", made=made, server_seen=start, **data)
    state = helping.state(request)
    assert (state.state, state.owner) == (rules.DONE, told.world.hao)
    assert given_back - clock.SECOND <= state.since <= told.now


def test_only_who_takes_such_things_takes_them(helping):
    request = helping.asked("power")
    assert words(helping.say(request, "take", "hao")) == answering.NOT_FOR_YOU
    helping.done(request, "take", LOCKSMITH)
    assert words(helping.say(request, "take", "mei")) == answering.TAKEN


def test_taking_twice_on_two_phones_of_ones_own_is_taking_once(helping):
    request = helping.asked("food")
    helping.done(request, "take", "hao")
    helping.done(request, "take", "hao")
    assert len(helping.heard(telling.HAS_IT)) == 1


def test_once_it_is_taken_nobody_is_asked_any_more_and_the_asker_hears_who(helping):
    request = helping.asked("doctor")
    helping.done(request, "take", DOCTOR)
    assert helping.heard() == [(telling.HAS_IT, "normal", {"sun"})]


# Going on


def test_the_asker_hears_each_step_once_and_the_last_stands(helping):
    request = helping.asked("food")
    helping.done(request, "take", "hao")
    for step, title in (
        ("under_way", telling.ON_THE_WAY), ("handed_over", telling.HANDED_OVER),
        ("done", telling.IS_DONE),
    ):  # fmt: skip
        helping.done(request, "step", "hao", step=step)
        again = helping.say(request, "step", "hao", step=step)
        assert again.outcome == ("applied" if step != "done" else "refused")
        assert helping.heard() == [(title, "normal", {"sun"})]
    assert helping.row(request).closed_at is not None
    assert words(helping.say(request, "step", "hao", step="done")) == file.OVER


def test_steps_come_in_their_order(helping):
    request = helping.asked("food")
    assert words(helping.say(request, "step", "hao", step="done")) == answering.NOT_TAKEN
    helping.done(request, "take", "hao")
    helping.done(request, "step", "hao", step="handed_over")
    assert words(helping.say(request, "step", "hao", step="under_way")) == rules.OUT_OF_ORDER
    assert words(helping.say(request, "step", "hao", step="asked")) == answering.NO_SUCH_STEP


def test_what_could_not_be_done_says_why_and_its_lead_hears_of_it(helping):
    request = helping.asked("food")
    helping.done(request, "take", "hao")
    assert words(helping.say(request, "step", "hao", step="could_not")) == answering.SAY_WHY
    helping.done(request, "step", "hao", step="could_not", why="卖完了")
    told = {(title, *sorted(who)) for title, _, who in helping.heard()}
    assert told == {(telling.COULD_NOT, "sun"), (telling.FAILED, "mei")}


def test_who_had_it_is_believed_though_it_was_passed_on_before_they_could_say_so(told, helping):
    request = helping.asked("food")
    helping.done(request, "take", "hao")
    start = told.now
    told.later(hours=1)
    helping.done(request, "pass_on", "mei", to=told.world.yun)
    helping.done(
        request, "step", "hao", step="done", made=start + 20 * clock.MINUTE, server_seen=start
    )
    assert helping.state(request).state == rules.DONE
    assert words(helping.say(request, "step", "yun", step="done")) == file.OVER


def test_it_is_passed_on_to_who_answers_there_and_everybody_hears_whose_it_is(told, helping):
    request = helping.asked("medicine")
    helping.done(request, "take", "min")
    refused = helping.say(request, "pass_on", "min", to=told.world.qian)
    assert words(refused) == answering.NOT_TO_THEM
    helping.done(request, "pass_on", "min", to=told.world.hao)
    told_now = {(title, *sorted(who)) for title, _, who in helping.heard()}
    assert told_now == {(telling.GIVEN, "hao"), (telling.HAS_IT, "sun")}
    helping.done(request, "step", "hao", step="under_way")
    assert words(helping.say(request, "step", "min", step="done")) == answering.IS_THEIRS


def test_given_back_it_goes_to_whoever_comes_next(told, helping):
    request = helping.asked("food")
    helping.done(request, "take", "hao")
    helping.done(request, "pass_on", "hao", words="手上太多")
    state = helping.state(request)
    assert (state.state, state.owner) == (rules.ASKED, "")
    assert (telling.NEEDED, "normal", {"yun"}) in helping.heard()


def test_a_lead_may_speak_for_who_has_it(helping):
    request = helping.asked("food")
    helping.done(request, "take", "hao")
    helping.done(request, "step", "mei", step="under_way")
    helping.done(request, "step", "hao", step="done")


# The asker


def test_what_is_withdrawn_without_a_signal_before_somebody_came_was_not_needed(told, helping):
    request = helping.asked("food")
    start = told.now
    told.later(minutes=30)
    helping.done(request, "take", "hao")
    helping.done(request, "withdraw", "sun", made=start + clock.MINUTE, server_seen=start)
    assert helping.state(request).state == rules.WITHDRAWN
    assert words(helping.say(request, "step", "hao", step="done")) == file.OVER


def test_whoever_had_it_hears_that_it_is_not_needed(helping):
    request = helping.asked("food")
    helping.done(request, "take", "hao")
    helping.done(request, "withdraw", "sun", why="好了")
    assert (telling.NOT_NEEDED, "normal", {"hao"}) in helping.heard()


def test_thanks_come_after_it_is_done_and_once(helping):
    request = helping.asked("food")
    assert words(helping.say(request, "thank", "sun")) == asking.NOT_DONE
    helping.done(request, "take", "hao")
    helping.done(request, "step", "hao", step="done")
    assert words(helping.say(request, "thank", "mei")) == asking.NOT_YOURS
    helping.done(request, "thank", "sun")
    helping.done(request, "thank", "sun")
    assert helping.heard(telling.THANKS) == [(telling.THANKS, "normal", {"hao"})]


def test_opened_again_it_is_asked_anew(helping):
    request = helping.asked("food")
    assert words(helping.say(request, "reopen", "sun")) == asking.IS_OPEN
    helping.done(request, "take", "hao")
    helping.done(request, "step", "hao", step="done")
    helping.done(request, "reopen", "sun", words="少一袋")
    state = helping.state(request)
    assert (state.state, state.owner, state.closed) == (rules.ASKED, "", None)
    assert (telling.NEEDED, "normal", {"hao"}) in helping.heard()


def test_words_reach_the_other_side_and_the_teams_own_never_do(helping):
    request = helping.asked("food")
    helping.done(request, "take", "hao")
    before = len(helping.heard())
    helping.done(request, "add", "hao", words="TEAM", for_team=True)
    assert len(helping.heard()) == before
    helping.done(request, "add", "hao", words="十分钟到")
    assert helping.heard(telling.ANSWERED) == [(telling.ANSWERED, "normal", {"sun"})]
    helping.done(request, "add", "sun", words="二楼等")
    assert helping.heard(telling.SAID_MORE) == [(telling.SAID_MORE, "normal", {"hao"})]
    assert words(helping.say(request, "add", "sun", words=" ")) == asking.SAY_WHAT


def test_a_relative_who_was_entrusted_asks_and_reads_for_them(told, helping):
    family = told.door("walk_up", "402")
    request = helping.asked("food", actor="yun", household=family)
    assert words(helping.say(request, "withdraw", "sun")) == file.NO_REQUEST
    told.execute(
        roles.insert().values(
            community_id=1, account_id=told.world.sun, role="household", scope="household",
            scope_id=family, since=0,
        )
    )  # fmt: skip
    helping.done(request, "withdraw", "sun")


def test_of_a_quarrel_the_other_household_learns_nothing(told, helping):
    other = told.door("walk_up", "401")
    request = helping.asked("quarrel", actor="yun", household=told.world.sun_door)
    assert words(helping.say(request, "withdraw", "sun")) == file.NO_REQUEST
    own = helping.asked("quarrel", household=other)
    helping.done(own, "withdraw", "sun")


# The same, twice


def test_the_same_is_recognised_and_joined_and_both_hear_who_comes(told, helping):
    first = helping.asked("food")
    second = helping.asked("food", actor="yun", household=told.world.sun_door)
    opened = helping.state(second).opened
    assert opened is not None
    assert opened.said["alike"] == first
    helping.done(second, "join", "mei", to=first)
    row = helping.row(second)
    assert (row.state, row.joined_to, row.due_at) == (rules.JOINED, first, None)
    helping.done(first, "take", "hao")
    assert helping.heard(telling.HAS_IT) == [(telling.HAS_IT, "normal", {"sun", "yun"})]


def test_joining_late_tells_who_has_it_already(told, helping):
    first = helping.asked("food")
    helping.done(first, "take", "hao")
    second = helping.asked("food", actor="yun", household=told.world.sun_door)
    helping.done(second, "join", "mei", to=first)
    assert any(who >= {"yun"} for title, _, who in helping.heard(telling.HAS_IT))


def test_two_who_could_not_hear_each_other_join_both_ways_and_one_stays_open(helping):
    first, second = helping.asked("food"), helping.asked("food")
    helping.done(first, "join", "mei", to=second)
    assert words(helping.say(second, "join", "min", to=first)) == file.OVER
    third = helping.asked("food")
    assert words(helping.say(second, "join", "mei", to=third)) == running.THE_OTHER_WAY
    assert words(helping.say(second, "join", "mei", to=second)) == running.ITSELF


def test_parted_it_stands_as_before_and_its_clock_runs(told, helping):
    first, second = helping.asked("food"), helping.asked("food")
    before = helping.row(second).due_at
    helping.done(second, "join", "mei", to=first)
    assert words(helping.say(second, "reopen", "sun")) == asking.IS_JOINED
    helping.done(second, "part", "mei")
    assert (helping.row(second).state, helping.row(second).due_at) == (rules.ASKED, before)
    assert words(helping.say(second, "part", "mei")) == running.NOT_JOINED


def test_a_whole_building_in_the_dark_is_one_request(told, helping):
    askers = ("sun", "hao", "yun")
    made = [helping.asked("power", actor=who, door="8-1-302", breadth="building") for who in askers]
    alike = [helping.state(one).opened.said.get("alike") for one in made]  # type: ignore[union-attr]
    assert alike == [None, made[0], made[0]]
    for one, other in itertools.product(made[1:], made[:1]):
        helping.done(one, "join", LOCKSMITH, to=other)


# Asking further, by hand


def test_who_cannot_has_the_next_asked_at_once(helping):
    request = helping.asked("food")
    helping.done(request, "escalate", "hao")
    assert (telling.NEEDED, "normal", {"yun"}) in helping.heard()
    helping.done(request, "take", "yun")
    assert words(helping.say(request, "escalate", "hao")) == running.IS_TAKEN


def test_who_could_not_come_and_could_not_say_so_is_heard_without_a_word(told, helping):
    request = helping.asked("food")
    start = told.now
    told.later(minutes=10)
    helping.done(request, "take", "yun")
    helping.done(request, "escalate", "hao", made=start + clock.MINUTE, server_seen=start)
    assert helping.heard() == [(telling.HAS_IT, "normal", {"sun"})]
    assert helping.state(request).owner == told.world.yun


def test_the_asker_may_ask_how_it_stands_and_not_every_second(told, helping):
    request = helping.asked("food")
    assert words(helping.say(request, "nudge", "sun")) == running.NOBODY_HAS_IT
    helping.done(request, "take", "hao")
    helping.done(request, "nudge", "sun")
    helping.done(request, "nudge", "sun")
    assert helping.heard(telling.HOW_IS_IT) == [(telling.HOW_IS_IT, "normal", {"hao"})]
    told.later(minutes=6)
    helping.done(request, "nudge", "sun")
    assert len(helping.heard(telling.HOW_IS_IT)) == 2
    helping.done(request, "step", "hao", step="under_way")
    assert helping.heard(telling.HOW_IS_IT) == []


def test_who_can_help_too_says_so_once(helping):
    request = helping.asked("food")
    assert words(helping.say(request, "offer", "yun")) == answering.NOT_TAKEN
    helping.done(request, "take", "hao")
    helping.done(request, "offer", "yun")
    helping.done(request, "offer", "yun")
    assert len(helping.heard(telling.COMES_TOO)) == 1


# Shifts


def test_a_shift_leaves_a_note_for_a_place_of_its_own(told, helping):
    here, there = f"stairwell:{told.world.walk_up}", "stairwell:999"
    answer = told.ask("hao", "shift.note", {"words": "看一眼", "place": here})
    assert answer.outcome == "applied"
    [row] = told.rows(select(shift_notes))
    assert (row.scope, row.scope_id, row.words) == ("stairwell", told.world.walk_up, "看一眼")
    for place in (there, "community", "stairwell:x", "city:1", "community:1"):
        refused = told.ask("hao", "shift.note", {"words": "x", "place": place})
        assert words(refused) == shift.NOT_YOURS, place
    for who in ("sun", "qian"):
        assert told.ask(who, "shift.note", {"words": "x"}).outcome == "refused"
    assert words(told.ask("mei", "shift.note", {"words": " "})) == shift.SAY_IT
    assert told.ask(NURSE, "shift.note", {"words": "x"}).outcome == "applied"
