"""A round that is made anew every day, what of it goes on, and how that is ended."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select, update

from server.features.people.tables import accounts, roles
from server.features.rounds.tables import assignments, rounds
from server.oplog.tables import operations, reactions
from tests.support.told import Told


def days(told: Told) -> list[str]:
    """The statuses of all rounds, oldest first."""
    return [row.status for row in told.rows(select(rounds.c.status).order_by(rounds.c.made_at))]


def newest(told: Told) -> str:
    """The id of the round that was made last."""
    return str(told.rows(select(rounds.c.id).order_by(rounds.c.made_at.desc()))[0].id)


def the_next_day(told: Told) -> str:
    """The round that a day makes by itself; returns its id."""
    before = newest(told)
    told.later(days=1, minutes=1)
    told.react()
    made = newest(told)
    assert made != before
    return made


def carried(told: Told, round_id: str) -> set[tuple[int, str, int | None, int | None]]:
    """Who carries what in a round: stairwell, account, lowest and highest level."""
    table = assignments.c
    rows = told.rows(
        select(table.stairwell_id, table.account_id, table.low, table.high).where(
            table.round_id == round_id, table.until.is_(None)
        )
    )
    return {tuple(row) for row in rows}


def test_a_daily_round_goes_on_until_the_lead_says_not_any_more(told: Told) -> None:
    told.open_round(repeats="daily")
    tomorrow = the_next_day(told)
    assert days(told) == ["open", "open"]
    assert told.ask("mei", "round.repeat", {"round": tomorrow, "repeats": ""}).outcome == "applied"
    told.later(days=2)
    told.react()
    assert len(days(told)) == 2


def test_a_round_under_way_can_be_told_to_repeat(told: Told) -> None:
    round_id = told.open_round()
    told.ask("mei", "round.repeat", {"round": round_id, "repeats": "daily"})
    the_next_day(told)
    assert len(days(told)) == 2


def test_only_a_lead_says_whether_a_round_repeats(told: Told) -> None:
    round_id = told.open_round()
    asked = {"round": round_id, "repeats": "daily"}
    assert told.ask("hao", "round.repeat", asked).outcome == "refused"
    assert told.ask("mei", "round.repeat", {**asked, "repeats": "hourly"}).outcome == "refused"


def test_tomorrow_everybody_carries_what_they_carry_today(told: Told) -> None:
    world = told.world
    today = told.open_round("walk_up", "neighbour", repeats="daily")
    told.assign(today, "yun", "neighbour")
    tomorrow = the_next_day(told)
    assert carried(told, tomorrow) == {
        (world.walk_up, world.hao, None, None),
        (world.neighbour, world.hao, None, None),
        (world.neighbour, world.yun, None, None),
    }
    assert told.mark("hao", tomorrow, "302").outcome == "applied"
    assert carried(told, the_next_day(told)) == carried(told, tomorrow)


def test_a_part_is_the_same_part_tomorrow(told: Told) -> None:
    today = told.open_round("walk_up", repeats="daily")
    handed = {"round": today, "stairwell": told.world.walk_up, "account": told.world.yun}
    told.ask("hao", "round.hand_on", {**handed, "low": "3", "high": "4"})
    assert len(carried(told, today)) == 3
    assert carried(told, the_next_day(told)) == carried(told, today)


def test_whoever_was_taken_off_today_does_not_go_tomorrow(told: Told) -> None:
    world = told.world
    today = told.open_round("walk_up", "neighbour", repeats="daily")
    told.assign(today, "yun", "walk_up")
    taken = {"round": today, "stairwells": [world.walk_up], "accounts": [world.hao]}
    told.ask("mei", "round.unassign", taken)
    assert carried(told, the_next_day(told)) == {
        (world.walk_up, world.yun, None, None),
        (world.neighbour, world.hao, None, None),
    }


@pytest.mark.parametrize("how", ["the account is closed", "the role has ended"])
def test_whoever_does_not_work_here_any_more_does_not_go_tomorrow(told: Told, how: str) -> None:
    world = told.world
    today = told.open_round("walk_up", repeats="daily")
    told.assign(today, "yun", "walk_up")
    if how == "the account is closed":
        told.execute(update(accounts).where(accounts.c.id == world.hao).values(revoked_at=told.now))
    else:
        told.execute(update(roles).where(roles.c.account_id == world.hao).values(until=told.now))
    assert carried(told, the_next_day(told)) == {(world.walk_up, world.yun, None, None)}


def test_a_daily_round_goes_on_in_the_name_of_who_leads_when_its_maker_has_left(told: Told) -> None:
    """Mei's office ends; Yun has become steward of the same places, Hao of one of the two."""
    world = told.world
    told.open_round(hao=[], repeats="daily")
    told.execute(update(roles).where(roles.c.account_id == world.mei).values(until=told.now))
    steward = {"community_id": world.community, "role": "steward", "since": told.now}
    for account, place in (("hao", "walk_up"), ("yun", "walk_up"), ("yun", "neighbour")):
        where = {"scope": "stairwell", "scope_id": getattr(world, place)}
        row = {"account_id": told.who(account), **where, **steward}
        told.execute(insert(roles).values(row))
    tomorrow = the_next_day(told)
    assert days(told) == ["open", "open"]
    assert [row.made_by for row in told.rows(select(rounds).where(rounds.c.id == tomorrow))] == [
        world.yun
    ]


def test_a_round_that_nobody_carries_is_made_anew_without_a_refusal(told: Told) -> None:
    told.open_round(hao=[], repeats="daily")
    assert carried(told, the_next_day(told)) == set()
    assert told.rows(select(operations).where(operations.c.outcome != "applied")) == []


def test_doing_it_twice_makes_one_round_and_gives_it_once(told: Told) -> None:
    today = told.open_round("walk_up", repeats="daily")
    tomorrow = the_next_day(told)
    again = {"community_id": told.world.community, "id": 1, "name": "rounds.repeat"}
    told.execute(insert(reactions).values(again | {"subject": today, "due_at": told.now}))
    assert told.react() == 1
    assert days(told) == ["open", "open"]
    assert carried(told, tomorrow) == {(told.world.walk_up, told.world.hao, None, None)}
