"""Who connects a door system, and what its key opens."""

import pytest

from server.features.access import operations as said
from server.features.access.tables import door_systems
from server.features.people.register import NotAllowed, NotThere
from server.oplog.tables import payloads
from tests.support.told import words


@pytest.mark.parametrize("who", ["hao", "sun", "min", "qian", "anna"])
def test_only_a_steward_of_the_compound_connects_a_door_system(told, who):
    compound = 2 if who == "anna" else 1  # Anna's own community has no second
    answer = told.ask(who, "access.connect", {"compound": compound, "name": "门禁"})
    assert (answer.outcome, words(answer)) == ("refused", said.NOT_YOURS)


def test_a_compound_that_is_not_there_is_refused_in_the_same_words(told):
    answer = told.ask("mei", "access.connect", {"compound": 99, "name": "门禁"})
    assert words(answer) == said.NOT_YOURS


def test_a_door_system_has_a_name(told):
    answer = told.ask("mei", "access.connect", {"compound": 1, "name": "  "})
    assert words(answer) == said.NO_NAME


def test_a_key_opens_its_own_system(system):
    other = system.connect("北门")
    key = system.renew(system=other)
    assert system.system().id == system.id
    assert system.system(key).id == other


def test_a_key_stands_in_no_table(system, told):
    secret = system.key.rpartition(".")[2]
    for table in (door_systems, payloads):
        for found in told.rows(table.select()):
            assert secret not in str(tuple(found))


def test_a_new_key_takes_the_place_of_the_one_before(system):
    old, system.key = system.key, system.renew()
    assert system.system() is not None
    assert system.system(old) is None


def test_a_key_of_a_system_that_was_disconnected_opens_nothing_at_once(system, told):
    assert told.ask("mei", "access.disconnect", {"system": system.id}).outcome == "applied"
    assert system.system() is None
    again = told.ask("mei", "access.disconnect", {"system": system.id})
    assert words(again) == said.ALREADY
    with pytest.raises(NotThere):
        system.renew()


@pytest.mark.parametrize(
    "wrong",
    ["", ".", "..", "1", "x.y.z", "1.x.y", "²." + "0" * 36 + ".z", "99999999999.x.y", "1.\0.\0"],
)
def test_what_is_no_key_opens_nothing(system, wrong):
    assert system.system(wrong) is None


def test_a_key_with_another_secret_or_none_opens_nothing(system):
    head = system.key.rpartition(".")[0]
    assert system.system(f"{head}.another") is None
    assert system.system(f"{head}.") is None


def test_a_system_without_a_key_is_opened_by_nothing(system, told):
    other = system.connect("北门")
    assert system.system(f"{told.world.community}.{other}.") is None
    assert system.system(f"{told.world.community}.{other}.x") is None


def test_a_key_is_made_by_whoever_may_connect_there(system):
    with pytest.raises(NotAllowed):
        system.renew("hao")
    with pytest.raises(NotThere):
        system.renew("anna")


def test_a_disconnection_by_anybody_else_is_refused(system, told):
    for who in ("hao", "min", "anna"):
        answer = told.ask(who, "access.disconnect", {"system": system.id})
        assert words(answer) == said.NOT_YOURS
    assert system.system() is not None
