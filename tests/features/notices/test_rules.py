"""Rules of announcements, without a database."""

from dataclasses import dataclass

import pytest

from server.features.notices import rules, wording
from server.i18n import Words


@dataclass
class Line:
    queued_at: int | None = None
    sent_at: int | None = None
    shown_at: int | None = None
    opened_at: int | None = None
    answered_at: int | None = None
    answer: str | None = None
    told_at: int | None = None


@pytest.mark.parametrize(
    ("line", "step", "reached"),
    [
        (Line(), "waiting", False),
        (Line(queued_at=1), "queued", False),
        (Line(queued_at=1, sent_at=2), "sent", False),
        (Line(queued_at=1, sent_at=2, shown_at=3), "shown", False),
        (Line(queued_at=1, opened_at=4), "opened", True),
        (Line(queued_at=1, answered_at=5, answer="coming"), "answered", True),
        (Line(queued_at=1, told_at=6), "told", True),
    ],
)
def test_only_who_opened_answered_or_was_told_counts_as_reached(line, step, reached):
    assert (rules.step(line), rules.reached(line)) == (step, reached)


def test_a_share_is_never_rounded_up_to_everybody():
    lines = [Line(opened_at=1)] * 999 + [Line()]
    counts = rules.count(lines)
    assert (counts.all, counts.missing, counts.percent) == (1000, 1, 99)
    assert rules.count([]).percent == 0


@pytest.mark.parametrize(
    ("until", "withdrawn", "at", "matters"),
    [(None, None, 5, True), (6, None, 5, True), (5, None, 5, False), (9, 1, 5, False)],
)
def test_an_announcement_matters_until_it_is_over_or_taken_back(until, withdrawn, at, matters):
    assert rules.matters(until, withdrawn, at) is matters


def test_everybody_reads_it_in_their_language_or_the_nearest_there_is():
    content = wording.typed({"en": "No water", "zh-Hans": "停水"}, {"zh-Hans": "今晚"})
    assert wording.said(content, "en") == ("No water", "今晚")
    assert wording.said(content, "zh-Hans") == ("停水", "今晚")
    assert wording.said(content, "zh-Hant") == ("停水", "今晚")
    assert wording.said(wording.typed({"zh-Hant": "停水"}, {}), "en") == ("停水", "")


def test_what_the_system_says_is_translated_when_it_is_read():
    content = wording.worded(Words("Results are out"), Words("People"))
    assert wording.said(content, "en").title == "Results are out"
    assert wording.said(content, "zh-Hant").title == "結果已出"
