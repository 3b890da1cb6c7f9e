"""Messages, topics, times to live, and what answers mean: without a database."""

import json
from datetime import UTC, datetime
from email.utils import format_datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server import clock
from server.features.notices.wording import typed
from server.push.encrypt import LONGEST_TTL, USUAL_TTL, contact_of, topic_of, ttl_of
from server.push.payload import AIM, BUCKET, Call, cut, message
from server.push.verdict import FIRST_RETRY, LONGEST_WAIT, Verdict, judge, retry_after, wait
from tests.world import NOON

BASE = "https://stairwell.example.org"


def written(title, body, *, urgent=False, asks="read"):
    content = typed({"zh-Hans": title}, {"zh-Hans": body})
    return message(Call("0" * 36, 1, content, urgent, asks), "zh-Hans", 3, BASE)


def test_a_short_message_is_whole_and_filled_up():
    made = written("下楼", "现在")
    assert len(made) % BUCKET == 0
    assert json.loads(made)["notification"]["body"] == "现在"


@pytest.mark.parametrize("sign", ["字", "a", '"', "\\", "\n", "\x01", "👩‍👩‍👧", "é"])
def test_a_long_message_is_cut_where_a_sign_ends(sign):
    made = written(sign * 400, sign * 9000, asks="coming")
    assert len(made) <= AIM
    shown = json.loads(made)["notification"]
    assert shown["body"].endswith("…")
    assert shown["title"].endswith("…")


@given(st.text(max_size=3000), st.text(max_size=3000))
def test_no_message_is_too_long_and_every_one_is_json(title, body):
    made = written(title, body, asks="coming")
    assert len(made) <= AIM
    assert json.loads(made)["notification"]["tag"]


@given(st.text(), st.integers(0, 100))
def test_a_cut_text_is_its_beginning(text, most):
    left = cut(text, most)
    assert len(msgspec.json.encode(left)) - 2 <= most or left == text
    assert text.startswith(left.removesuffix("…"))


def test_a_topic_says_nothing_and_fits():
    first, second = topic_of(b"key", "a" * 36), topic_of(b"key", "b" * 36)
    assert first != second
    assert first != topic_of(b"another", "a" * 36)
    assert len(first) == 32
    assert set(first) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@pytest.mark.parametrize(
    ("until", "seconds"),
    [
        (None, USUAL_TTL), (NOON + 90_000, 90), (NOON + 1, 1), (NOON - 5, 1),
        (NOON + 400 * clock.DAY, LONGEST_TTL),
    ],
)  # fmt: skip
def test_a_call_lives_until_it_stops_to_matter_and_never_for_0_seconds(until, seconds):
    assert ttl_of(until, NOON) == seconds


def test_who_may_be_asked_is_never_localhost():
    assert contact_of("", "http://127.0.0.1:8000") == ""
    assert contact_of("", BASE) == BASE
    assert contact_of("mailto:a@b.c", BASE) == "mailto:a@b.c"


@pytest.mark.parametrize(
    ("verdict", "statuses"),
    [
        (Verdict.SENT, (200, 201, 202, 204)),
        (Verdict.GONE, (404, 410)),
        (Verdict.BARRED, (301, 302, 307, 308, 401, 403, 407)),
        (Verdict.REFUSED, (400, 405, 411, 413, 422)),
        (Verdict.LATER, (408, 429, 500, 502, 503, 504, 507)),
    ],
)
def test_each_answer_means_one_thing(verdict, statuses):
    assert {judge(status) for status in statuses} == {verdict}


@given(st.sampled_from(list(FIRST_RETRY)), st.integers(0, 100), st.floats(0, 1), st.integers(0))
def test_one_waits_at_least_as_long_as_was_asked_and_never_more_than_a_day(
    verdict, attempts, jitter, asked
):
    pause = wait(verdict, attempts, jitter, asked)
    assert pause >= min(asked, LONGEST_WAIT)
    assert FIRST_RETRY[verdict] // 2 <= pause <= LONGEST_WAIT


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("120", 120_000), (" 7 ", 7_000), ("0", 0), ("", 0), (None, 0), ("soon", 0), ("-5", 0),
        ("1.5", 0), ("9" * 400, LONGEST_WAIT), ("٣", 0),
        (format_datetime(datetime.fromtimestamp(NOON / 1000 + 60, UTC), usegmt=True), 60_000),
        (format_datetime(datetime.fromtimestamp(NOON / 1000 - 60, UTC), usegmt=True), 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_WAIT),
    ],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date(text, asked):
    assert retry_after(text, NOON) == asked
