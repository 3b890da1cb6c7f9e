"""Who is here, who works here, and cards and accounts that stop working."""

import pytest
from sqlalchemy import select

from server.features.people import operations as people
from server.features.people import signing
from server.features.people.tables import accounts, residents, roles, sessions
from server.ids import uuid7
from server.oplog.apply import NOBODY as NO_PERSON
from server.oplog.apply import PARKED, UNREADABLE
from server.web.asking import begin
from tests.support.told import words


def resident_of(told, household):
    [first, *_] = told.rows(
        select(residents.c.id)
        .where(
            residents.c.community_id == told.world.community,
            residents.c.household_id == household,
        )
        .order_by(residents.c.id)
    )
    return first[0]


def present(told, resident):
    return told.value(
        select(residents.c.present).where(
            residents.c.community_id == told.world.community, residents.c.id == resident
        )
    )


# Presence


@pytest.mark.parametrize("person", ["mei", "min", "sun"])
def test_who_answers_for_a_household_says_who_is_here(told, person):
    sun = resident_of(told, told.world.sun_door)
    for here in (False, True):
        answer = told.ask(person, "resident.presence", {"resident": sun, "present": here})
        assert answer.outcome == "applied"
        assert bool(present(told, sun)) is here


@pytest.mark.parametrize("person", ["hao", "yun", "qian"])
def test_nobody_else_does(told, person):
    sun = resident_of(told, told.world.sun_door)
    answer = told.ask(person, "resident.presence", {"resident": sun, "present": False})
    assert (answer.outcome, words(answer)) == ("refused", people.NOT_YOURS)
    assert present(told, sun)


def test_grandma_sun_says_nothing_about_her_neighbours(told):
    neighbour = resident_of(told, told.world.one_away)
    answer = told.ask("sun", "resident.presence", {"resident": neighbour, "present": False})
    assert words(answer) == people.NOT_YOURS


@pytest.mark.parametrize("resident", [0, -1, 999_999])
def test_a_resident_there_is_not_is_said(told, resident):
    answer = told.ask("mei", "resident.presence", {"resident": resident, "present": True})
    assert (answer.outcome, words(answer)) == ("refused", people.NOBODY)


@pytest.mark.parametrize(
    "data", [{"resident": 2**40, "present": True}, {"resident": 1}, {"resident": 1, "present": 7}]
)
def test_presence_of_another_shape_is_unreadable(told, data):
    assert words(told.ask("mei", "resident.presence", data)) == UNREADABLE


def test_a_round_that_is_open_keeps_what_it_is_due(told):
    """Who comes or goes during a round is for the next one."""
    round_id = told.open_round(per="person", quantity=1)
    sun = resident_of(told, told.world.sun_door)
    told.ask("min", "resident.presence", {"resident": sun, "present": False})
    assert told.standing(round_id, "302").due == 1


# Cards


def test_a_revoked_card_signs_nobody_in_and_its_phones_are_signed_out(told):
    world = told.world
    secret = told.write(
        lambda c: signing.make(c, world.community, [world.sun], "card", told.now)[world.sun]
    )
    told.write(begin, world.community, world.sun, told.now)
    assert told.read(signing.look, secret)
    assert told.ask("mei", "card.revoke", {"household": world.sun_door}).outcome == "applied"
    assert told.read(signing.look, secret) is None
    assert all(ended for (ended,) in told.rows(select(sessions.c.ended_at)))


@pytest.mark.parametrize("person", ["hao", "min", "sun", "qian"])
def test_only_a_steward_revokes_cards(told, person):
    answer = told.ask(person, "card.revoke", {"household": told.world.sun_door})
    assert (answer.outcome, words(answer)) == ("refused", people.NOT_YOURS)


def test_a_household_there_is_not_is_said(told):
    assert words(told.ask("mei", "card.revoke", {"household": 99_999})) == people.NO_DOOR


# Staff


def hire(told, actor="mei", **changed):
    data = {"name": "何晚晴", "role": "volunteer", "team": "B"} | changed
    return told.ask(actor, "account.make", data)


def test_mei_gives_somebody_a_role(told):
    answer = hire(told)
    assert (answer.outcome, answer.subject) == ("applied", f"/people/{answer.id}")
    [row] = told.rows(select(accounts).where(accounts.c.id == answer.id))
    assert (row.name, row.team) == ("何晚晴", "B")
    [role] = told.rows(select(roles).where(roles.c.account_id == answer.id))
    assert (role.role, role.scope, role.scope_id) == ("volunteer", "community", 1)


def test_who_was_hired_can_carry_and_mark(told):
    new = hire(told).id
    round_id = told.open_round(hao=())
    told.assign(round_id, new, "walk_up")
    assert told.mark(new, round_id, "302").outcome == "applied"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": "  "}, people.NO_NAME),
        ({"role": "king"}, people.NO_ROLE),
        ({"role": "household"}, people.NO_ROLE),
        ({"team": "C"}, people.NO_ROLE),
        ({"scope": "moon", "scope_id": 1}, people.NO_PLACE),
        ({"scope": "stairwell", "scope_id": 999}, people.NO_PLACE),
        ({"scope": "community", "scope_id": 2}, people.NO_PLACE),
        ({"name": "x" * 41}, UNREADABLE),
        ({"scope_id": 2**40}, UNREADABLE),
    ],
)
def test_nonsense_is_refused_in_words(told, changed, said):
    answer = hire(told, **changed)
    assert (answer.outcome, words(answer)) == ("refused", said)


@pytest.mark.parametrize("person", ["hao", "min", "sun", "qian"])
def test_only_a_steward_of_everything_manages_the_staff(told, person):
    assert words(hire(told, person)) == people.NOT_STAFF
    answer = told.ask(person, "account.revoke", {"account": told.world.yun})
    assert words(answer) == people.NOT_STAFF


def revoke(told, who, actor="mei"):
    return told.ask(actor, "account.revoke", {"account": told.who(who)})


def test_a_revoked_account_is_signed_out_and_what_it_still_sends_is_parked(told):
    round_id = told.open_round()
    told.write(begin, told.world.community, told.world.hao, told.now)
    made = told.now
    told.later(minutes=5)
    assert revoke(told, "hao").outcome == "applied"
    assert all(ended for (ended,) in told.rows(select(sessions.c.ended_at)))
    answer = told.mark("hao", round_id, "302", made=made, carrier="yun")
    assert (answer.outcome, words(answer)) == ("refused", PARKED)
    assert told.ask("mei", "op.redo", {"op": answer.id}).outcome == "applied"


@pytest.mark.parametrize("who", ["sun", "bo"])
def test_households_and_people_of_elsewhere_are_not_staff_here(told, who):
    assert words(revoke(told, who)) == people.NO_ACCOUNT


def test_an_account_is_revoked_once_and_never_ones_own(told):
    assert words(revoke(told, "mei")) == people.NOT_ONESELF
    revoke(told, "hao")
    assert words(revoke(told, "hao")) == people.NO_ACCOUNT
    assert words(told.ask("mei", "account.revoke", {"account": uuid7()})) == people.NO_ACCOUNT


def test_nobody_nobody_knows_does_anything(told):
    answer = told.ask(uuid7(), "account.revoke", {"account": told.world.hao})
    assert (answer.outcome, words(answer)) == ("refused", NO_PERSON)
