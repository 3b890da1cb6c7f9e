"""A household asks to have something erased; who decides; and that it is gone everywhere."""

import pytest
from sqlalchemy import select

from server.features.notices.tables import reach
from server.features.people.tables import resident_changes, residents
from server.features.record import operations as record
from server.features.record import rules
from server.features.record.tables import erase_asks
from server.oplog.tables import payloads
from tests.support.told import words

DOOR = ("walk_up", "302")
PHONE = "13900139000"


def ask(told, what="phones", who="sun", door=DOOR, **said):
    data = {"household": told.door(*door), "what": what} | said
    return told.ask(who, "record.erase_ask", data)


def correct(told, who="sun", **said):
    data = {
        "resident": told.world.sun_resident,
        "name": "孙奶奶",
        "registered": True,
        "born": "1936",
    }
    return told.ask(who, "resident.correct", data | said)


def sun(told):
    here = (residents.c.community_id == told.world.community) & (
        residents.c.id == told.world.sun_resident
    )
    return told.rows(select(residents).where(here))[0]


def state(told, ask_id):
    return told.rows(select(erase_asks.c.state).where(erase_asks.c.id == ask_id))[0].state


def test_what_was_asked_is_gone_from_the_register_its_history_and_what_was_sent(told):
    told_of = correct(told, phone=PHONE)
    correct(told, phone="13900139001")
    refused = correct(told, "hao", phone=PHONE)
    asked = ask(told)
    assert told.ask("min", "record.erase", {"ask": asked.id}).outcome == "applied"
    assert (sun(told).phone, sun(told).born) == ("", 1936)
    assert state(told, asked.id) == rules.ERASED
    kept = told.rows(select(resident_changes.c.before, resident_changes.c.after))
    assert "1390013900" not in str(kept)
    sent = told.rows(select(payloads).where(payloads.c.body.is_not(None)))
    assert not any(b"1390013900" in row.body for row in sent)
    for answer in (told_of, refused):
        assert told.operation(answer.id).id == answer.id


def test_a_year_of_birth_goes_alone_or_with_the_telephone(told):
    correct(told, phone=PHONE)
    told.ask("mei", "record.erase", {"ask": ask(told, "births").id})
    assert (sun(told).phone, sun(told).born) == (PHONE, None)
    told.ask("mei", "record.erase", {"ask": ask(told, "all_optional").id})
    assert (sun(told).phone, sun(told).born) == ("", None)


def test_a_number_that_is_given_again_is_kept(told):
    correct(told, phone=PHONE)
    told.ask("mei", "record.erase", {"ask": ask(told).id})
    assert correct(told, phone="13900139002").outcome == "applied"
    assert sun(told).phone == "13900139002"


def test_those_who_keep_the_register_there_are_told_and_the_household_of_what_came_of_it(told):
    asked = ask(told, words="we are no longer asked for it")
    [line] = told.rows(select(reach.c.notice_id).where(reach.c.account_id == told.who("min")))
    told.ask("mei", "record.decline", {"ask": asked.id, "why": "the doctor calls it"})
    home = told.rows(select(reach).where(reach.c.recipient == f"h{told.world.sun_door}"))
    assert line.notice_id
    assert home
    assert state(told, asked.id) == rules.DECLINED


@pytest.mark.parametrize("who", ["hao", "mei", "min", "qian", "anna"])
def test_nobody_asks_for_a_household_but_itself(told, who):
    assert words(ask(told, who=who)) == record.NOT_YOURS


def test_a_household_asks_for_no_neighbour(told):
    assert words(ask(told, door=("walk_up", "401"))) == record.NOT_YOURS


@pytest.mark.parametrize("who", ["hao", "sun", "qian", "anna"])
def test_nobody_decides_but_who_keeps_the_register_there(told, who):
    correct(told, phone=PHONE)
    asked = ask(told)
    for kind, said in (("erase", {}), ("decline", {"why": "no"})):
        answer = told.ask(who, f"record.{kind}", {"ask": asked.id, **said})
        assert words(answer) == record.NOT_YOURS
    assert sun(told).phone == PHONE


def test_bad_input_is_refused_with_words(told):
    assert words(ask(told, "names")) == record.NO_WHAT
    asked = ask(told)
    assert words(ask(told)) == record.ASKED_ALREADY
    assert words(told.ask("mei", "record.decline", {"ask": asked.id, "why": " "})) == record.NO_WHY
    nothing = "00000000-0000-7000-8000-00000000dead"
    assert words(told.ask("mei", "record.erase", {"ask": nothing})) == record.NOT_YOURS
    told.ask("mei", "record.erase", {"ask": asked.id})
    again = told.ask("min", "record.decline", {"ask": asked.id, "why": "too late"})
    assert words(again) == record.DECIDED
    assert state(told, asked.id) == rules.ERASED
