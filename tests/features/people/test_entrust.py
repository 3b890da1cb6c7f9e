"""A relative acts for a household that has no phone, under their own name, until it is ended."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from server.features.estates.tables import households
from server.features.notices import reads
from server.features.notices.tables import reach
from server.features.people import operations
from server.features.people.tables import accounts
from tests.support.told import words


@pytest.fixture
def relative(told):
    """The account of 402."""
    door = told.door("walk_up", "402")
    return told.value(
        select(accounts.c.id).where(
            accounts.c.community_id == told.world.community, accounts.c.household_id == door
        )
    )


def card(told, label="402"):
    return told.value(
        select(households.c.card_number).where(
            households.c.community_id == told.world.community,
            households.c.id == told.door("walk_up", label),
        )
    )


def entrust(told, actor="mei", **data):
    asked = {"household": told.door("walk_up", "302")} | data
    return told.ask(actor, "household.entrust", asked)


def called(told):
    said = {"title": {"en": "Come down"}, "asks": "coming"}
    door = told.door("walk_up", "302")
    return told.ask("mei", "notice.send", said | {"households": [door]}).id


def answer(told, actor, notice):
    data = {"notice": notice, "answer": "coming", "household": told.door("walk_up", "302")}
    return told.ask(actor, "notice.answer", data)


def inbox(told, account):
    return told.read(reads.inbox, told.person(account), "en").lines


def test_a_relative_gets_the_notices_and_answers_under_their_own_name(told, relative):
    assert entrust(told, card=card(told).lower()).outcome == "applied"
    notice = called(told)
    [line] = inbox(told, relative)
    assert (line.id, line.household) == (notice, told.door("walk_up", "302"))
    assert line.whose
    said = answer(told, relative, notice)
    assert said.outcome == "applied"
    assert told.operation(said.id).actor == relative
    [row] = told.rows(select(reach).where(reach.c.notice_id == notice))
    assert (row.answer, row.told_by) == ("coming", relative)


def test_a_household_entrusts_itself_and_nobody_else_does(told, relative):
    assert entrust(told, "sun", card=card(told)).outcome == "applied"
    for actor in ("hao", "qian"):
        assert words(entrust(told, actor, card=card(told))) == operations.NOT_YOURS


def test_nobody_acts_any_more_once_it_is_ended(told, relative):
    entrust(told, card=card(told))
    notice = called(told)
    told.later(minutes=1)
    entrust(told)
    told.later(minutes=1)
    assert not inbox(told, relative)
    assert answer(told, relative, notice).outcome == "refused"
    assert told.read(reads.inbox, told.person("sun"), "en").lines  # its own phone still may


def test_a_card_of_nobody_and_ones_own_are_refused(told):
    assert words(entrust(told, card="NOBODY")) == operations.NO_CARD
    assert words(entrust(told, card=card(told, "302"))) == operations.OWN_CARD
