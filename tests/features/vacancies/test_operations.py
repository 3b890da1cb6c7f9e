"""A flat is sealed, looked at again, and lived in once more: on both databases."""

import pytest
from sqlalchemy import select

from server import clock
from server.features.people import changes
from server.features.people.tables import accounts, resident_changes
from server.features.vacancies import operations as said
from server.features.vacancies import telling
from server.features.vacancies.file import NOT_YOURS
from tests.features.vacancies.conftest import MA
from tests.support.told import words


@pytest.mark.parametrize("who", [MA, "min", "mei"])
def test_property_officer_and_steward_find_a_flat(flats, who):
    flats.find(who)
    row = flats.row()
    assert (bool(row.vacant), row.evidence, row.seal) == (True, "seal", "0412")
    assert row.due_at == row.checked_at + 3 * clock.DAY


@pytest.mark.parametrize("who", ["hao", "sun", "qian"])
def test_nobody_else_does(flats, who):
    answer = flats.say("find", who, evidence="meter")
    assert (answer.outcome, words(answer)) == ("refused", NOT_YOURS)


def test_the_register_has_it_with_its_history_and_has_it_back(flats, told):
    flats.leave()
    flats.find(door="302")
    assert flats.door("302").vacant
    flats.done("end", door="302", why="mistake")
    assert not flats.door("302").vacant
    rows = told.rows(
        select(resident_changes)
        .where(resident_changes.c.source == changes.VACANCY)
        .order_by(resident_changes.c.seq)
    )
    assert [row.after["vacant"] for row in rows] == [True, False]


def test_a_flat_that_turns_out_to_be_lived_in_gets_the_account_of_its_card(flats, told):
    flats.find()
    flats.done("recheck", found="lived_in")
    number = told.door("walk_up", "602")
    assert told.rows(select(accounts).where(accounts.c.household_id == number))


def test_property_outside_its_scope_hears_what_it_would_where_there_is_no_door(flats):
    answer = flats.say("find", evidence="meter", place="neighbour", door="101")
    assert words(answer) == NOT_YOURS


def test_a_door_of_another_community_is_not_there(flats, told):
    said_of = {"household": 99_999, "evidence": "meter"}
    assert words(told.ask("mei", "vacancy.find", said_of)) == NOT_YOURS
    assert told.ask("anna", "vacancy.recheck", {
        "household": told.world.vacant, "found": "intact"}).outcome == "refused"  # fmt: skip


def test_a_door_may_be_typed_as_it_stands_on_the_plate(flats, told):
    answer = told.ask(MA, "vacancy.find", {"door": "8-1-602", "evidence": "meter"})
    assert answer.outcome == "applied"
    assert flats.row().evidence == "meter"


def test_a_flat_in_which_people_are_is_not_vacant(flats):
    assert words(flats.say("find", door="302", evidence="meter")) == said.LIVED_IN
    assert not flats.door("302").vacant


def test_a_shop_is_no_flat(flats):
    assert words(flats.say("find", door="S1", evidence="meter")) == said.A_SHOP


def test_evidence_must_be_said_and_a_seal_has_a_number(flats):
    assert words(flats.say("find", evidence="rumour")) == said.SAY_HOW
    assert words(flats.say("find", evidence="seal", seal=" ")) == said.SAY_SEAL


def test_a_flat_found_twice_joins_what_is_known(flats):
    first = flats.find()
    flats.find("min", evidence="meter", seal="", words="hall light off")
    row = flats.row()
    assert (row.id, row.evidence, row.seal, row.words) == (
        first, "meter", "0412", "hall light off",
    )  # fmt: skip


def test_a_whole_seal_holds_for_three_days_more(flats, told):
    flats.find()
    told.later(days=2)
    flats.done("recheck", found="intact")
    row = flats.row()
    assert row.checked_at > row.since
    assert row.due_at == row.checked_at + 3 * clock.DAY


@pytest.mark.parametrize(
    ("found", "title"), [("broken", telling.SEAL_BROKEN), ("lived_in", telling.SOMEBODY_THERE)]
)
def test_what_is_found_there_ends_it_and_the_committee_hears(flats, found, title):
    flats.find()
    flats.done("recheck", found=found)
    assert not flats.row().vacant
    assert not flats.door().vacant
    assert flats.heard(title) == [{"mei", "min"}]


def test_a_recheck_after_its_end_is_refused_and_it_can_be_found_anew(flats):
    flats.find()
    flats.done("end", why="moved_in")
    assert words(flats.say("recheck", found="intact")) == said.NOT_VACANT
    flats.find(seal="0500")
    assert (flats.row().vacant, flats.row().seal) == (True, "0500")


def test_a_recheck_made_before_the_end_counts_late_and_changes_nothing(flats, told):
    flats.find()
    looked = told.later(hours=1)
    told.later(hours=1)
    flats.done("end", why="moved_in")
    flats.done("recheck", found="intact", made=looked)
    assert not flats.row().vacant
    assert not flats.door().vacant


def test_words_that_are_none_are_refused(flats):
    flats.find()
    assert words(flats.say("recheck", found="gone")) == said.SAY_FOUND
    assert words(flats.say("end", why="tired")) == said.SAY_WHY


def test_after_three_days_property_is_told_once_until_somebody_looks(flats, told):
    flats.find("min")
    told.later(days=2)
    told.react()
    assert flats.heard(telling.LOOK_AGAIN) == []
    for _ in range(3):
        told.later(days=1, hours=1)
        told.react()
    assert flats.heard(telling.LOOK_AGAIN) == [{"ma"}]
    flats.done("recheck", found="intact")
    for _ in range(4):
        told.later(days=1, hours=1)
        told.react()
    assert len(flats.heard(telling.LOOK_AGAIN)) == 2


def test_whoever_keeps_it_may_tell_property_again(flats, told):
    flats.find()
    told.later(days=3, minutes=1)
    told.react()
    flats.done("remind", "min")
    assert flats.heard(telling.LOOK_AGAIN) == [{"ma"}, {"ma"}]


def test_nobody_is_reminded_before_it_is_due(flats):
    flats.find()
    assert words(flats.say("remind")) == said.NOT_DUE


def test_whoever_is_registered_there_ends_it_by_itself(flats, told):
    flats.find()
    moving = {"household": told.world.vacant, "name": "冯听雨"}
    assert told.ask("mei", "resident.add", moving).outcome == "applied"
    told.later(days=3, minutes=1)
    told.react()
    assert not flats.row().vacant
    assert flats.heard(telling.LOOK_AGAIN) == []


def test_with_a_screening_the_door_is_marked_vacant_there(flats, told):
    screening = flats.screening()
    flats.leave()
    flats.find(door="302", round=screening)
    told.react()
    assert told.standing(screening, "302").answer == "vacant"


def test_property_marks_vacant_in_a_screening_and_nothing_else(flats, told):
    screening = flats.screening()
    assert told.mark(MA, screening, "302", "asked").outcome == "refused"
    assert told.mark(MA, screening, "101", "vacant", place="neighbour").outcome != "applied"
    assert told.mark(MA, screening, "302", "vacant").outcome == "applied"
    delivery = told.open_round("walk_up")
    assert told.mark(MA, delivery, "302", "vacant").outcome == "refused"


def test_a_door_that_has_declared_keeps_its_mark_and_the_lead_hears(flats, told):
    screening = flats.screening()
    told.mark("hao", screening, "302", "declared")
    flats.leave()
    flats.find(door="302", round=screening)
    told.react()
    assert told.standing(screening, "302").answer == "declared"
    assert flats.heard(telling.MARKED_LIVED_IN) == [{"mei"}]


def test_the_lead_of_a_screening_hears_that_a_door_marked_vacant_is_lived_in(flats, told):
    screening = flats.screening()
    flats.leave()
    flats.find(door="302", round=screening)
    told.react()
    flats.done("recheck", door="302", found="lived_in")
    assert flats.heard(telling.MARKED_VACANT) == [{"mei"}]


def test_a_round_that_is_over_marks_nothing_and_the_flat_is_kept(flats, told):
    screening = flats.screening()
    told.change(screening, "close")
    flats.leave()
    flats.find(door="302", round=screening)
    told.react()
    assert told.standing(screening, "302").answer is None
    assert flats.row("302").vacant
