"""Whose stairwells: given by hand, in parts, evenly, and taken back."""

import pytest
from sqlalchemy import select

from server.features.people.tables import accounts
from server.features.rounds import scope
from server.features.rounds.operations import assign
from server.features.rounds.tables import assignments
from server.ids import uuid7
from server.oplog.apply import UNREADABLE
from tests.support.told import words


def given(told, round_id):
    table = assignments.c
    rows = told.rows(
        select(table.stairwell_id, table.account_id)
        .where(table.round_id == round_id, table.until.is_(None))
        .order_by(table.stairwell_id, table.account_id)
    )
    return {(stairwell, account) for stairwell, account in rows}


def evenly(told, round_id, team="", actor="mei"):
    return told.ask(actor, "round.assign_evenly", {"round": round_id, "team": team})


def give(told, round_id, actor="mei", **changed):
    data = {
        "round": round_id,
        "stairwells": [told.world.walk_up],
        "accounts": [told.world.hao],
    }
    return told.ask(actor, "round.assign", data | changed)


def test_stairwells_are_given_to_a_pair(told):
    round_id = told.make_round("walk_up", "neighbour")
    world = told.world
    answer = give(
        told, round_id, stairwells=[world.walk_up, world.neighbour], accounts=[world.hao, world.yun]
    )
    assert (answer.outcome, answer.subject) == ("applied", f"/rounds/{round_id}")
    assert given(told, round_id) == {
        (stairwell, account)
        for stairwell in (world.walk_up, world.neighbour)
        for account in (world.hao, world.yun)
    }


def test_naming_somebody_twice_gives_it_once(told):
    round_id = told.make_round("walk_up")
    world = told.world
    answer = give(told, round_id, stairwells=[world.walk_up] * 2, accounts=[world.hao] * 2)
    assert answer.outcome == "applied"
    assert given(told, round_id) == {(world.walk_up, world.hao)}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"stairwells": []}, scope.NOT_IN_ROUND),
        ({"stairwells": [999]}, scope.NOT_IN_ROUND),
        ({"accounts": []}, assign.NOBODY),
        ({"accounts": [uuid7()]}, assign.NOBODY),
        ({"accounts": ["somebody"]}, UNREADABLE),
        ({"low": "5", "high": "2"}, assign.UPSIDE_DOWN),
        ({"low": "5000"}, assign.NO_FLOOR),
        ({"stairwells": [10**11]}, UNREADABLE),
    ],
)
def test_nonsense_is_refused_in_words(told, changed, said):
    round_id = told.make_round("walk_up")
    answer = give(told, round_id, **changed)
    assert (answer.outcome, words(answer)) == ("refused", said)
    assert given(told, round_id) == set()


def test_a_stairwell_that_is_not_in_the_round_is_not_given(told):
    round_id = told.make_round("walk_up")
    assert words(give(told, round_id, stairwells=[told.world.tower])) == scope.NOT_IN_ROUND


def test_nobody_of_another_community_is_given_anything(told):
    round_id = told.make_round("walk_up")
    assert words(give(told, round_id, accounts=[told.world.bo])) == assign.NOBODY


def test_nobody_whose_account_was_revoked_is_given_anything(told):
    round_id = told.make_round("walk_up")
    told.execute(accounts.update().where(accounts.c.id == told.world.hao).values(revoked_at=1))
    assert words(give(told, round_id)) == assign.NOBODY


@pytest.mark.parametrize("person", ["hao", "min", "sun"])
def test_only_a_lead_gives_and_takes(told, person):
    round_id = told.make_round("walk_up")
    assert words(give(told, round_id, actor=person)) == scope.NOT_LEAD
    assert words(evenly(told, round_id, actor=person)) == scope.NOT_LEAD
    data = {"round": round_id, "stairwells": [told.world.walk_up]}
    assert words(told.ask(person, "round.unassign", data)) == scope.NOT_LEAD


def test_a_round_that_is_not_there_is_given_to_nobody(told):
    assert words(give(told, uuid7())) == scope.NO_SUCH_ROUND
    assert evenly(told, uuid7()).outcome == "refused"


def test_taking_back_from_one_leaves_the_other(told):
    round_id, world = told.make_round("walk_up"), told.world
    give(told, round_id, accounts=[world.hao, world.yun])
    data = {"round": round_id, "stairwells": [world.walk_up], "accounts": [world.hao]}
    assert told.ask("mei", "round.unassign", data).outcome == "applied"
    assert given(told, round_id) == {(world.walk_up, world.yun)}


def test_taking_back_from_everybody(told):
    round_id, world = told.make_round("walk_up"), told.world
    give(told, round_id, accounts=[world.hao, world.yun])
    told.ask("mei", "round.unassign", {"round": round_id, "stairwells": [world.walk_up]})
    assert given(told, round_id) == set()


def test_what_was_taken_back_can_be_given_again(told):
    round_id, world = told.make_round("walk_up"), told.world
    give(told, round_id)
    told.ask("mei", "round.unassign", {"round": round_id, "stairwells": [world.walk_up]})
    give(told, round_id)
    assert given(told, round_id) == {(world.walk_up, world.hao)}


def test_what_was_given_after_it_was_taken_back_stays_given(told):
    round_id, world = told.make_round("walk_up"), told.world
    offline = told.now
    told.later(hours=1)
    give(told, round_id)
    data = {"round": round_id, "stairwells": [world.walk_up]}
    told.ask("mei", "round.unassign", data, made=offline, seen=1)
    assert given(told, round_id) == {(world.walk_up, world.hao)}


def test_what_a_fast_clock_gave_is_taken_back_by_who_saw_it(told):
    round_id, world = told.make_round("walk_up"), told.world
    give(told, round_id)
    data = {"round": round_id, "stairwells": [world.walk_up]}
    told.ask("mei", "round.unassign", data, made=told.now - 60_000)
    assert given(told, round_id) == set()


# Evenly


def test_every_stairwell_goes_to_somebody(told):
    round_id, world = told.make_round("walk_up", "neighbour", "tower"), told.world
    assert evenly(told, round_id).outcome == "applied"
    found = given(told, round_id)
    assert {stairwell for stairwell, _ in found} == {world.walk_up, world.neighbour, world.tower}
    assert len(found) == 3
    assert {account for _, account in found} == {world.hao, world.yun}


@pytest.mark.parametrize(("team", "person"), [("A", "hao"), ("B", "yun")])
def test_a_team_shares_among_itself(told, team, person):
    round_id = told.make_round("walk_up", "tower")
    evenly(told, round_id, team)
    assert {account for _, account in given(told, round_id)} == {getattr(told.world, person)}


def test_what_somebody_has_already_stays_theirs(told):
    round_id, world = told.make_round("walk_up", "neighbour", "tower"), told.world
    give(told, round_id, stairwells=[world.tower])
    evenly(told, round_id)
    # Hao carries 72 doors in the tower; Yun gets both small stairwells.
    assert given(told, round_id) == {
        (world.tower, world.hao), (world.walk_up, world.yun), (world.neighbour, world.yun),
    }  # fmt: skip


def test_sharing_twice_has_nothing_left_to_share(told):
    round_id = told.make_round("walk_up")
    evenly(told, round_id)
    answer = evenly(told, round_id)
    assert (answer.outcome, words(answer)) == ("refused", assign.ALL_TAKEN)


def test_a_team_without_volunteers_is_said(told):
    round_id = told.make_round("walk_up")
    assert words(evenly(told, round_id, "C")) == assign.NO_VOLUNTEERS


def test_volunteers_of_elsewhere_get_nothing(told):
    round_id = told.make_round("walk_up")
    evenly(told, round_id)
    assert told.world.bo not in {account for _, account in given(told, round_id)}


def as_in(told, earlier, round_id, actor="mei"):
    return told.ask(actor, "round.assign_as", {"round": round_id, "earlier": earlier})


def test_a_round_is_given_to_those_who_carried_an_earlier_one(told):
    world = told.world
    earlier = told.open_round("walk_up", "neighbour")
    told.change(earlier, "close")
    later = told.make_round("walk_up", "tower", follows=earlier)
    assert as_in(told, earlier, later).outcome == "applied"
    assert given(told, later) == {(world.walk_up, world.hao)}


def test_what_is_given_already_stays_as_it_is(told):
    world = told.world
    earlier = told.open_round("walk_up", "neighbour")
    later = told.make_round("walk_up", "neighbour")
    told.assign(later, "yun", "walk_up")
    as_in(told, earlier, later)
    assert given(told, later) == {(world.walk_up, world.yun), (world.neighbour, world.hao)}
    assert words(as_in(told, earlier, later)) == assign.NONE_CARRIED


def test_only_a_lead_gives_a_round_as_an_earlier_one(told):
    earlier, later = told.open_round("walk_up"), told.make_round("walk_up")
    assert words(as_in(told, earlier, later, "hao")) == scope.NOT_LEAD
    assert words(as_in(told, uuid7(), later)) == scope.NO_SUCH_ROUND
