"""Whether a test counts, and nothing else of it."""

from __future__ import annotations

from server import clock
from server.features.passes import freshness
from tests.world import NOON


def counts(told, hours=48):
    """Until when Grandma Sun's last test counts; None where it does not."""
    sun = told.world.sun_resident
    found = told.read(freshness.counts_until, told.world.community, [sun, sun + 1], hours, told.now)
    assert set(found) <= {sun}
    return found.get(sun)


def report(told, round_id, finding):
    """What her officer enters of her."""
    sun = {"door": told.world.sun_door, "resident": told.world.sun_resident}
    answer = told.ask("min", "report.make", {"round": round_id, **sun, "finding": finding})
    assert answer.outcome == "applied", answer
    return told.operation(answer.id).corrected_at


def test_a_negative_report_counts_for_so_many_hours(told):
    antigen = told.open_round("walk_up", title="Day 1", kind="antigen", per="person")
    assert counts(told) is None
    at = report(told, antigen, "negative")
    assert counts(told) == at + 48 * clock.HOUR
    told.later(hours=25)
    assert counts(told, hours=24) is None
    assert counts(told) == at + 48 * clock.HOUR
    assert at >= NOON


def test_a_positive_report_counts_no_more_than_none(told):
    first = told.open_round("walk_up", title="Day 1", kind="antigen", per="person")
    report(told, first, "negative")
    second = told.open_round("walk_up", title="Day 2", kind="antigen", per="person")
    told.later(hours=1)
    report(told, second, "positive")
    assert counts(told) is None
