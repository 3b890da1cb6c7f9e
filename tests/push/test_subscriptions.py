"""Subscriptions: one browser, one account, and no more of them than somebody has phones."""

import pytest
from sqlalchemy import insert

from server.ids import uuid7
from server.push import keys, subscriptions
from server.push.intake import Subscription
from server.push.subscriptions import MOST
from server.push.tables import push_subscriptions


@pytest.fixture
def pushing(make_pushing):
    """Subscriptions alone; nothing is sent."""
    return make_pushing(None)


def made(name, **more):
    endpoint = f"https://push.example.org/{name}"
    return Subscription(endpoint, b"p" * 65, b"a" * 16, **{"key_id": "one", **more})


def keep(pushing, who, name, **more):
    pushing.told.later(minutes=1)
    return pushing.told.write(
        subscriptions.keep, pushing.holder(who), made(name, **more), pushing.told.now
    )


def end(pushing, who, name):
    endpoint = f"https://push.example.org/{name}"
    return pushing.told.write(subscriptions.end, pushing.holder(who), endpoint, pushing.told.now)


def _insert(connection, rows):
    connection.execute(insert(push_subscriptions), rows)


def test_the_same_browser_again_is_the_same_subscription_made_new(pushing):
    first = keep(pushing, "sun", "a")
    again = keep(pushing, "sun", "a", key_id="two")
    assert first == again
    [row] = pushing.in_force()
    assert (row.key_id, row.renewed_at) == ("two", pushing.told.now)
    assert row.made_at < row.renewed_at


def test_a_browser_belongs_to_who_is_signed_in_now(pushing):
    first = keep(pushing, "sun", "a")
    second = keep(pushing, "hao", "a")
    assert first != second, "what waits for the first must not come to the second"
    [row] = pushing.subscriptions()
    assert row.account_id == pushing.told.world.hao


def test_it_may_belong_to_somebody_of_another_community_now(pushing):
    keep(pushing, "sun", "a")
    keep(pushing, "bo", "a")
    [row] = pushing.subscriptions()
    assert (row.community_id, row.account_id) == pushing.holder("bo")


def test_a_new_address_takes_the_place_of_the_old(pushing):
    keep(pushing, "sun", "a")
    keep(pushing, "sun", "b", old="https://push.example.org/a")
    ended, kept = pushing.subscriptions()
    assert (ended.why, kept.why) == ("moved", None)


def test_nobody_moves_what_is_anothers(pushing):
    keep(pushing, "sun", "a")
    keep(pushing, "hao", "b", old="https://push.example.org/a")
    assert len(pushing.in_force()) == 2


def test_one_that_ended_comes_back_when_its_browser_does(pushing):
    keep(pushing, "sun", "a")
    assert end(pushing, "sun", "a")
    assert not end(pushing, "sun", "a")
    assert pushing.in_force() == []
    keep(pushing, "sun", "a")
    assert len(pushing.in_force()) == 1


def test_only_ones_own_are_ended(pushing):
    keep(pushing, "sun", "a")
    assert not end(pushing, "hao", "a")
    assert not end(pushing, "bo", "a")
    assert len(pushing.in_force()) == 1


def test_ten_thousand_of_one_account_leave_its_twenty_newest(pushing):
    keep(pushing, "hao", "hao's")
    holder, now = pushing.holder("sun"), pushing.told.now
    many = [
        holder._asdict()
        | {
            "id": uuid7(now + nth), "endpoint": f"https://push.example.org/s{nth}",
            "endpoint_hash": nth.to_bytes(16, "big"), "p256dh": b"", "auth": b"", "key_id": "",
            "made_at": now + nth, "renewed_at": now + nth,
        }
        for nth in range(9_990)
    ]  # fmt: skip
    pushing.told.write(_insert, many)
    for nth in range(9_990, 10_000):
        pushing.told.write(subscriptions.keep, holder, made(f"s{nth}"), now + nth)
    left = {row.endpoint.rpartition("/s")[2] for row in pushing.in_force("sun")}
    assert left == {str(nth) for nth in range(10_000 - MOST, 10_000)}
    assert {row.why for row in pushing.subscriptions("sun")} == {"too_many", None}
    assert len(pushing.in_force("hao")) == 1


def test_a_closed_account_loses_its_own_and_nobody_elses(pushing):
    keep(pushing, "hao", "a")
    keep(pushing, "yun", "b")
    told = pushing.told
    told.write(subscriptions.end_all, told.world.community, [told.world.hao], told.now)
    [left] = pushing.in_force()
    assert left.account_id == told.world.yun


def test_keys_are_made_once_and_rotated_on_demand(pushing):
    told = pushing.told
    first = told.write(keys.current)
    assert told.write(keys.current).value == first.value
    second = told.write(keys.rotate)
    assert told.write(keys.current).value == second.value
    assert told.read(keys.by_id, first.id).value == first.value
    assert len(first.value) == 32
    assert len(first.raw) == 65


def test_a_revoked_card_ends_the_calls_of_its_household(pushing):
    keep(pushing, "sun", "a")
    keep(pushing, "hao", "b")
    told = pushing.told
    told.ask("mei", "card.revoke", {"household": told.world.sun_door})
    told.react()
    [left] = pushing.in_force()
    assert left.account_id == told.world.hao


def test_a_closed_account_is_called_no_more(pushing):
    keep(pushing, "hao", "a")
    told = pushing.told
    assert told.ask("mei", "account.revoke", {"account": told.world.hao}).outcome == "applied"
    told.react()
    assert pushing.in_force() == []
