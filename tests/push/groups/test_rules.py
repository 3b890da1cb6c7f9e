"""How often a bot posts, and what the answers of services mean."""

import pytest

from server import clock
from server.i18n import LANGUAGES, say
from server.push.groups import pace
from server.push.groups.answers import (
    PRIVATE,
    SILENT,
    UNREACHABLE,
    UNREADABLE,
    nothing,
    outcome,
    words,
)  # fmt: skip
from server.push.verdict import Verdict

NOW = 1_650_513_600_000


def test_fifteen_a_minute_and_then_a_pause():
    posted = [NOW + one * clock.SECOND for one in range(15)]
    at = NOW + 15 * clock.SECOND
    assert pace.free_at(posted[:14], at) == at
    assert pace.free_at(posted, at) == NOW + clock.MINUTE
    assert pace.within_a_minute(posted, NOW + clock.MINUTE) == posted[1:]
    assert pace.within_a_minute(None, NOW) == []


def test_a_clock_that_was_put_back_silences_nobody_for_hours():
    posted = pace.within_a_minute([NOW + clock.HOUR] * 15, NOW)
    assert pace.free_at(posted, NOW) == NOW + clock.MINUTE


def test_what_waits_is_joined_when_the_limit_is_near():
    assert not pace.crowded([], 1)
    assert not pace.crowded([], 10)
    assert pace.crowded([], 11)
    assert pace.crowded([NOW] * 9, 2)
    assert not pace.crowded([NOW] * 14, 1)


@pytest.mark.parametrize(
    ("schema", "status", "body", "verdict"),
    [
        ("wecombot", 200, b'{"errcode":0,"errmsg":"ok"}', Verdict.SENT),
        ("wecombot", 200, b"", Verdict.SENT),
        ("wecombot", 200, b"<html>", Verdict.SENT),
        ("wecombot", 200, b'{"errcode":45009}', Verdict.LATER),
        ("wecombot", 200, b'{"errcode":-1}', Verdict.LATER),
        ("wecombot", 200, b'{"errcode":93000}', Verdict.BARRED),
        ("wecombot", 200, b'{"errcode":40058}', Verdict.REFUSED),
        ("dingtalk", 200, b'{"errcode":130101}', Verdict.LATER),
        ("dingtalk", 200, b'{"errcode":310000}', Verdict.BARRED),
        ("feishu", 200, b'{"code":0,"data":{},"msg":"success"}', Verdict.SENT),
        ("feishu", 200, b'{"StatusCode":0,"code":11232}', Verdict.LATER),
        ("slack", 200, b'{"code":5}', Verdict.SENT),
        ("slack", 204, b"", Verdict.SENT),
        ("slack", 302, b"", Verdict.BARRED),
        ("slack", 400, b"", Verdict.REFUSED),
        ("slack", 404, b"", Verdict.BARRED),
        ("slack", 429, b"", Verdict.LATER),
        ("slack", 503, b"", Verdict.LATER),
    ],
)
def test_what_an_answer_means(schema, status, body, verdict):
    assert outcome(schema, status, body).verdict is verdict


def test_too_often_waits_a_minute_and_longer_each_time():
    found = outcome("slack", 429)
    pauses = [found.pause(failures, 0.5) for failures in range(6)]
    assert pauses[0] == clock.MINUTE
    assert pauses == sorted(pauses)
    assert pauses[-1] == 15 * clock.MINUTE
    assert outcome("slack", 429, retry_after=20 * clock.MINUTE).pause(0, 0.5) == 20 * clock.MINUTE
    assert outcome("slack", 500).pause(0, 0.5) == 2 * clock.SECOND
    assert outcome("slack", 400).pause(9, 0.5) == outcome("slack", 200).pause(9, 0.5) == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_goes_wrong_has_words_and_fits(language):
    heard = [outcome("x", 503), outcome("wecombot", 200, b'{"errcode":99991400}')]
    heard += [nothing(why) for why in (SILENT, UNREACHABLE, PRIVATE, UNREADABLE)]
    for one in heard:
        assert len(one.why) <= 24
        assert say(language, words(one.why))
    assert say(language, words(""))
