"""A round's life: made, opened, paused, closed, followed up, and made again tomorrow."""

from uuid import NAMESPACE_OID, uuid5

import pytest
from sqlalchemy import func, select

from server import clock
from server.features.people.tables import accounts, residents
from server.features.rounds import rules, scope, statement
from server.features.rounds.operations import life
from server.features.rounds.tables import round_doors, round_stairwells, round_states, rounds
from server.ids import uuid7
from server.oplog.apply import UNREADABLE
from server.oplog.tables import operations, reactions
from tests.support.told import outcomes, words
from tests.world import NOON


def row(told, round_id):
    [found] = told.rows(select(rounds).where(rounds.c.id == round_id))
    return found


def due(told, round_id):
    return dict(
        told.rows(
            select(round_stairwells.c.stairwell_id, round_stairwells.c.due).where(
                round_stairwells.c.round_id == round_id
            )
        )
    )


# Making


def test_a_round_takes_the_number_of_the_operation_that_made_it(told):
    made = uuid7(told.now)
    data = {"title": "  Vegetables ", "kind": "delivery", "stairwells": [told.world.walk_up]}
    answer = told.ask("mei", "round.make", data, id=made)
    assert (answer.outcome, answer.subject) == ("applied", f"/rounds/{made}")
    found = row(told, made)
    assert (found.title, found.status, found.made_by) == ("Vegetables", "planned", told.world.mei)


def test_what_each_stairwell_is_due_is_stated_before_it_starts(told):
    round_id = told.make_round("walk_up", "neighbour")
    # The walk-up has twelve doors, of which one is a shop and one is vacant.
    assert due(told, round_id) == {told.world.walk_up: 20, told.world.neighbour: 24}


def test_a_compound_is_all_of_its_stairwells(told):
    answer = told.ask("mei", "round.make", {"title": "T", "kind": "delivery", "compounds": [1]})
    assert set(due(told, answer.id)) == {told.world.walk_up, told.world.neighbour}


def test_a_building_and_one_of_its_stairwells_are_the_building(told):
    data = {"title": "T", "kind": "delivery", "buildings": [1], "stairwells": [told.world.walk_up]}
    answer = told.ask("mei", "round.make", data)
    assert set(due(told, answer.id)) == {told.world.walk_up, told.world.neighbour}


def test_choosing_a_stairwell_twice_is_choosing_it_once(told):
    walk_up = told.world.walk_up
    data = {"title": "T", "kind": "delivery", "stairwells": [walk_up, walk_up]}
    assert due(told, told.ask("mei", "round.make", data).id) == {walk_up: 10}


def test_deadlines_are_the_communitys_time_and_quiet_hours_its_clock(told):
    round_id = told.make_round(deadline="2022-04-21T20:00", quiet_from="22:00", quiet_until="07:30")
    found = row(told, round_id)
    assert found.deadline == NOON + 8 * clock.HOUR
    assert (found.quiet_from, found.quiet_until) == (22 * 60, 7 * 60 + 30)


def test_a_deadline_with_a_zone_is_that_moment(told):
    round_id = told.make_round(deadline="2022-04-21T12:00:00Z")
    assert row(told, round_id).deadline == NOON + 8 * clock.HOUR


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"kind": "parade"}, life.NO_SUCH_KIND),
        ({"title": "   "}, life.NO_TITLE),
        ({"quantity": 0}, life.WRONG_QUANTITY),
        ({"quantity": -3}, life.WRONG_QUANTITY),
        ({"quantity": 1001}, life.WRONG_QUANTITY),
        ({"per": "cat"}, life.WRONG_QUANTITY),
        ({"repeats": "hourly"}, life.WRONG_REPEAT),
        ({"deadline": "tomorrow"}, life.NO_MOMENT),
        ({"deadline": "2022-13-45T99:00"}, life.NO_MOMENT),
        ({"quiet_from": "25:00"}, life.NO_MOMENT),
        ({"quiet_until": "7"}, life.NO_MOMENT),
        ({"quiet_until": "²²:²²"}, life.NO_MOMENT),
        ({"stairwells": []}, scope.NOWHERE),
        ({"stairwells": [999_999]}, scope.NOWHERE),
        ({"follows": "no round"}, UNREADABLE),
        ({"title": "x" * 81}, UNREADABLE),
        ({"item": "x" * 41}, UNREADABLE),
        ({"quantity": 10**12}, UNREADABLE),
        ({"stairwells": list(range(5000))}, UNREADABLE),
        ({"stairwells": [2**40]}, UNREADABLE),
    ],
)  # fmt: skip
def test_nonsense_is_refused_in_words(told, changed, said):
    data = {"title": "T", "kind": "delivery", "stairwells": [told.world.walk_up]} | changed
    answer = told.ask("mei", "round.make", data)
    assert (answer.outcome, words(answer)) == ("refused", said)
    assert told.rows(select(rounds)) == []


@pytest.mark.parametrize("deadline", ["0001-01-01T00:00", "9999-12-31T23:59:59.999999"])
def test_the_first_and_the_last_moment_there_are_break_nothing(told, deadline):
    assert told.ask("mei", "round.make", {
        "title": "T", "kind": "delivery", "stairwells": [told.world.walk_up], "deadline": deadline,
    }).outcome in {"applied", "refused"}  # fmt: skip


@pytest.mark.parametrize("person", ["hao", "yun", "min", "qian", "sun"])
def test_only_stewards_make_rounds(told, person):
    data = {"title": "T", "kind": "delivery", "stairwells": [told.world.walk_up]}
    answer = told.ask(person, "round.make", data)
    assert (answer.outcome, words(answer)) == ("refused", scope.NOT_LEAD)


# Opening, pausing, closing


def test_open_pause_open_close_and_open_again(told):
    round_id = told.make_round()
    steps = ["open", "pause", "open", "close", "open"]
    for step in steps:
        assert told.change(round_id, step).outcome == "applied", step
    states = told.rows(select(round_states.c.status).order_by(round_states.c.seq))
    assert [one[0] for one in states] == ["open", "paused", "open", "closed", "open"]


@pytest.mark.parametrize(
    ("steps", "wrong", "said"),
    [
        ([], "pause", rules.NOT_YET),
        ([], "close", rules.NOT_YET),
        (["open"], "open", rules._ALREADY[rules.OPEN]),
        (["open", "pause"], "pause", rules._ALREADY[rules.PAUSED]),
        (["open", "close"], "close", rules._ALREADY[rules.CLOSED]),
        (["open", "close"], "pause", rules._ALREADY[rules.CLOSED]),
    ],
)
def test_what_makes_no_sense_is_refused(told, steps, wrong, said):
    round_id = told.make_round()
    for step in steps:
        told.change(round_id, step)
    answer = told.change(round_id, wrong)
    assert (answer.outcome, words(answer)) == ("refused", said)


@pytest.mark.parametrize("status", ["open", "pause", "close"])
@pytest.mark.parametrize("person", ["hao", "sun"])
def test_only_who_leads_the_whole_round_changes_it(told, status, person):
    round_id = told.make_round() if status == "open" else told.open_round()
    assert words(told.change(round_id, status, actor=person)) == scope.NOT_LEAD


def test_a_steward_of_elsewhere_finds_no_such_round(told):
    round_id = told.make_round()
    answer = told.change(round_id, "open", actor="anna")
    assert (answer.outcome, words(answer)) == ("refused", scope.NO_SUCH_ROUND)


def test_who_moved_away_before_it_opened_is_due_nothing(told):
    round_id = told.make_round("walk_up", per="person", quantity=1)
    before = due(told, round_id)[told.world.walk_up]
    told.execute(
        residents.update()
        .where(residents.c.household_id == told.world.sun_door)
        .values(present=False)
    )
    told.change(round_id, "open")
    assert due(told, round_id)[told.world.walk_up] == before - 1
    assert told.standing(round_id, "302").due == 0


def test_opening_again_leaves_what_was_marked(told):
    round_id = told.open_round()
    told.mark("hao", round_id, "302")
    told.change(round_id, "pause")
    told.change(round_id, "open")
    assert told.standing(round_id, "302").answer == "delivered"


def test_closing_with_differences_asks_for_an_explanation(told):
    round_id = told.open_round()
    answer = told.change(round_id, "close", explanation="  ")
    assert (answer.outcome, words(answer)) == ("refused", life.EXPLAIN)
    assert row(told, round_id).status == "open"


def test_every_difference_is_explained_by_itself(told):
    round_id = told.open_round("walk_up")
    told.dispute("sun", round_id)
    answer = told.change(round_id, "close", explanations={"not_given": "tomorrow"})
    assert (answer.outcome, words(answer)) == ("refused", life.EXPLAIN)
    both = {"not_given": "tomorrow", "disputed_doors": "asked the neighbour", "other": "kept out"}
    assert told.change(round_id, "close", explanations=both).outcome == "applied"
    said = told.read(statement.newest, told.world.community, round_id)["body"]["explanations"]
    assert said == {"not_given": "tomorrow", "disputed_doors": "asked the neighbour"}


def test_closing_where_everything_adds_up_needs_no_explanation(told):
    round_id = told.open_round("walk_up")
    doors = told.rows(select(round_doors.c.household_id).where(round_doors.c.due > 0))
    asked = [
        ("round.mark", {"round": round_id, "door": door, "answer": "delivered"})
        for (door,) in doors
    ]
    assert set(outcomes(told.ask_all("hao", asked))) == {"applied"}
    assert told.change(round_id, "close", explanation="").outcome == "applied"


# Following up


def test_a_round_cannot_follow_one_that_is_not_here(told):
    data = {
        "title": "Again", "kind": "delivery", "stairwells": [told.world.walk_up],
        "follows": uuid7(),
    }  # fmt: skip
    assert words(told.ask("mei", "round.make", data)) == scope.NO_SUCH_ROUND


def test_a_follow_up_is_due_what_is_owed_and_who_was_not_at_home(told):
    round_id = told.open_round("walk_up", "neighbour", quantity=5)
    told.mark("hao", round_id, "301", "delivered")
    told.mark("hao", round_id, "302", "owed", count=3)
    told.mark("hao", round_id, "401", "nobody")
    told.mark("hao", round_id, "402", "refused")
    told.change(round_id, "close")
    answer = told.ask("mei", "round.follow_up", {"round": round_id, "title": "Rest"})
    assert answer.outcome == "applied"
    assert due(told, answer.id) == {told.world.walk_up: 3 + 5}
    owed = {label: told.standing(answer.id, label).due for label in ("301", "302", "401", "402")}
    assert owed == {"301": 0, "302": 3, "401": 5, "402": 0}
    assert row(told, answer.id).follows == round_id


def test_a_follow_up_can_be_opened_and_keeps_what_it_is_due(told):
    round_id = told.open_round("walk_up", quantity=5)
    told.mark("hao", round_id, "302", "owed", count=3)
    again = told.ask("mei", "round.follow_up", {"round": round_id}).id
    assert told.change(again, "open").outcome == "applied"
    assert told.standing(again, "302").due == 3
    told.assign(again, "hao", "walk_up")
    assert told.mark("hao", again, "302").outcome == "applied"
    assert told.standing(again, "302").given == 3


def test_a_follow_up_is_named_after_the_round_in_the_stewards_language(told):
    round_id = told.open_round("walk_up", title="蔬菜包")
    told.mark("hao", round_id, "302", "nobody")
    again = told.ask("mei", "round.follow_up", {"round": round_id}).id
    title = row(told, again).title
    assert title.startswith("蔬菜包")
    assert title != "蔬菜包"


def test_nothing_owed_needs_no_follow_up(told):
    round_id = told.open_round()
    told.mark("hao", round_id, "302")
    answer = told.ask("mei", "round.follow_up", {"round": round_id})
    assert (answer.outcome, words(answer)) == ("refused", life.NOTHING_OWED)


def test_only_a_lead_follows_up(told):
    round_id = told.open_round()
    told.mark("hao", round_id, "302", "nobody")
    assert words(told.ask("hao", "round.follow_up", {"round": round_id})) == scope.NOT_LEAD


# Tomorrow


def tomorrow_of(told, round_id):
    return told.rows(select(rounds).where(rounds.c.follows == round_id))


def test_a_daily_round_makes_and_opens_tomorrows_once(told):
    round_id = told.open_round(repeats="daily", per="person", quantity=3, item="kits")
    assert told.react() == 0
    told.later(days=1)
    assert told.react() == 1
    [next_one] = tomorrow_of(told, round_id)
    assert (next_one.status, next_one.title, next_one.item) == ("open", "Vegetables", "kits")
    assert (next_one.per, next_one.quantity, next_one.repeats) == ("person", 3, "daily")
    assert due(told, next_one.id) == due(told, round_id)
    assert told.react() == 0
    told.later(days=1)
    assert told.react() == 1
    assert len(tomorrow_of(told, next_one.id)) == 1


def test_a_repeat_that_runs_twice_makes_one_round(told):
    """As after a crash between the work and the note that it was done."""
    round_id = told.open_round(repeats="daily")
    told.later(days=1)
    told.react()
    told.execute(reactions.update().where(reactions.c.subject == round_id).values(done_at=None))
    assert told.react() == 1
    assert len(tomorrow_of(told, round_id)) == 1


def test_tomorrows_round_keeps_its_quiet_hours(told):
    round_id = told.open_round(repeats="daily", quiet_from="22:00", quiet_until="07:05")
    told.later(days=1)
    told.react()
    [next_one] = tomorrow_of(told, round_id)
    assert (next_one.quiet_from, next_one.quiet_until) == (22 * 60, 7 * 60 + 5)


def test_opening_again_after_a_pause_makes_no_second_tomorrow(told):
    round_id = told.open_round(repeats="daily")
    told.change(round_id, "pause")
    told.change(round_id, "open")
    queued = select(func.count()).select_from(reactions).where(reactions.c.subject == round_id)
    assert told.value(queued) == 1


def test_a_round_that_does_not_repeat_does_not(told):
    round_id = told.open_round()
    told.later(days=2)
    assert told.react() == 0
    assert tomorrow_of(told, round_id) == []


def test_the_repeat_of_somebody_who_left_is_kept_for_a_lead_to_see(told):
    round_id = told.open_round(repeats="daily")
    told.execute(accounts.update().where(accounts.c.id == told.world.mei).values(revoked_at=1))
    told.later(days=1)
    assert told.react() == 1
    assert tomorrow_of(told, round_id) == []
    made = str(uuid5(NAMESPACE_OID, f"{round_id}/next"))
    kept = told.rows(select(operations.c.outcome).where(operations.c.id == made))
    assert [one[0] for one in kept] == ["refused"]
