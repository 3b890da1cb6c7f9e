"""A round that is made anew every day, and how that is ended."""

from sqlalchemy import select

from server.features.rounds.tables import rounds
from tests.support.told import Told


def days(told: Told) -> list[str]:
    """The statuses of all rounds, oldest first."""
    return [row.status for row in told.rows(select(rounds.c.status).order_by(rounds.c.made_at))]


def test_a_daily_round_goes_on_until_the_lead_says_not_any_more(told: Told) -> None:
    round_id = told.open_round(repeats="daily")
    told.later(days=1, minutes=1)
    told.react()
    assert days(told) == ["open", "open"]
    newest = told.rows(select(rounds.c.id).order_by(rounds.c.made_at.desc()))[0].id
    assert newest != round_id
    assert told.ask("mei", "round.repeat", {"round": newest, "repeats": ""}).outcome == "applied"
    told.later(days=2)
    told.react()
    assert len(days(told)) == 2


def test_a_round_under_way_can_be_told_to_repeat(told: Told) -> None:
    round_id = told.open_round()
    told.ask("mei", "round.repeat", {"round": round_id, "repeats": "daily"})
    told.later(days=1, minutes=1)
    told.react()
    assert len(days(told)) == 2


def test_only_a_lead_says_whether_a_round_repeats(told: Told) -> None:
    round_id = told.open_round()
    asked = {"round": round_id, "repeats": "daily"}
    assert told.ask("hao", "round.repeat", asked).outcome == "refused"
    assert told.ask("mei", "round.repeat", {**asked, "repeats": "hourly"}).outcome == "refused"
