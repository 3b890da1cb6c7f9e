"""From a notice to the work of sending it."""

import pytest
from sqlalchemy import select, update

from server.features.notices.tables import notices
from server.features.people.tables import accounts
from server.oplog import after
from server.push.tables import deliveries


def waiting(pushing):
    return {row.recipient for row in pushing.told.rows(select(deliveries))}


@pytest.fixture
def everybody(pushing):
    """Four of the cast with a phone each."""
    for who in ("sun", "hao", "yun", "min"):
        pushing.phone(who)
    return ("sun", "hao", "yun", "min")


def test_each_phone_of_everybody_meant_is_queued_once(pushing, everybody):
    pushing.phone("sun")
    notice = pushing.announce(*everybody, queue=False)
    assert pushing.queue(notice) == 5
    assert pushing.queue(notice) == 0
    assert waiting(pushing) == set(everybody)


def test_who_has_no_phone_is_not_queued(pushing):
    pushing.announce("qian")
    assert waiting(pushing) == set()


@pytest.mark.parametrize(
    "values",
    [{"queued_at": None}, {"answered_at": 1}, {"told_at": 1}, {"stage": 1}, {"account_id": None}],
    ids=str,
)
def test_who_is_not_to_be_told_now_is_not_queued(pushing, everybody, values):
    notice = pushing.announce(*everybody, queue=False)
    pushing.change_reach(notice, "yun", **values)
    pushing.queue(notice)
    assert waiting(pushing) == {"sun", "hao", "min"}


def test_the_next_stage_is_queued_when_it_comes(pushing, everybody):
    notice = pushing.announce(*everybody, queue=False)
    pushing.change_reach(notice, "yun", stage=1)
    assert pushing.queue(notice) == 3
    pushing.change(notice, stage=1)
    assert pushing.queue(notice) == 1


@pytest.mark.parametrize("values", [{"withdrawn_at": 1}, {"until": 1}], ids=str)
def test_what_is_over_queues_nothing(pushing, everybody, values):
    notice = pushing.announce(*everybody, queue=False, **values)
    assert pushing.queue(notice) == 0


def test_a_closed_account_is_not_queued(pushing, everybody):
    hao = accounts.c.id == pushing.told.world.hao
    pushing.told.execute(update(accounts).where(hao).values(revoked_at=1))
    pushing.announce(*everybody)
    assert waiting(pushing) == {"sun", "yun", "min"}


def test_the_reaction_queues_and_wakes_the_sender(pushing, everybody):
    told = pushing.told
    notice = pushing.announce(*everybody, queue=False)
    woken = []
    told.hub.reacted = lambda: woken.append(True)
    told.execute(
        after.reactions.insert().values(
            community_id=told.world.community, id=1, name="push.spread", subject=notice,
            due_at=told.now,
        )
    )  # fmt: skip
    assert told.react() == 1
    assert woken
    assert waiting(pushing) == set(everybody)
    assert told.rows(select(notices.c.id)) == [(notice,)]
