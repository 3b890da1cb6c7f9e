"""People who are shut in where they do not live: they count where they are, and once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from server import clock
from server.features.estates.typed import NO_SUCH_DOOR
from server.features.notices.tables import notices, reach
from server.features.stranded import reads
from server.features.stranded.file import IS_OVER, NO_STAY
from server.features.stranded.operations.coming import (
    IS_ELSEWHERE,
    IS_HERE,
    LIVES_HERE,
    LONG_NAME,
    NO_NAME,
    NOT_YOURS,
)
from server.features.stranded.operations.going import NOT_THERE
from tests.features.stranded.conftest import AUNT
from tests.support.told import words

TOWER_DOOR = "荷园 B-301"


def neighbour(told):
    """A home in the other stairwell, and who lives there."""
    return told.door("neighbour", "201")


# Coming


def test_whoever_is_shut_in_counts_where_they_are(told, guests):
    before = guests.present(told.world.sun_door)
    guests.came()
    assert guests.present(told.world.sun_door) == before + 1


def test_rounds_made_afterwards_owe_that_door_one_more(told, guests):
    guests.came()
    made = told.make_round("walk_up", per="person", quantity=1)
    assert told.standing(made, "302").due == guests.present(told.world.sun_door) == 2


def test_their_own_home_counts_them_as_away_meanwhile(told, guests):
    home = neighbour(told)
    lives = guests.resident(home)
    before = guests.present(home)
    stay = guests.came("mei", name=lives.name, home="8-2-201")
    assert (guests.row(stay).home_id, guests.row(stay).lives_id) == (home, lives.id)
    assert guests.present(home) == before - 1
    guests.say("leave", stay, "mei")
    assert guests.present(home) == before


def test_a_host_says_nobody_away_from_a_home_that_is_not_theirs(told, guests):
    home = neighbour(told)
    before = guests.present(home)
    stay = guests.came(name=guests.resident(home).name, home="8-2-201")
    assert guests.present(home) == before
    guests.say("leave", stay)
    assert guests.present(home) == before


def test_whoever_was_away_before_is_away_afterwards(told, guests):
    home = neighbour(told)
    lives = guests.resident(home)
    told.ask("mei", "resident.presence", {"resident": lives.id, "present": False})
    before = guests.present(home)
    guests.say("leave", guests.came("mei", name=lives.name, home="8-2-201"), "mei")
    assert guests.present(home) == before


def test_two_moves_in_any_order_come_to_the_one_that_was_made_last(told, guests):
    stay = guests.came("mei")
    early, late = told.later(minutes=1), told.later(minutes=1)
    for made, door in ((late, "8-2-201"), (early, "8-2-301")):
        guests.say("move", stay, "mei", door=door, made=made, received=told.later(hours=1))
    assert guests.row(stay).household_id == neighbour(told)


def test_whoever_lives_elsewhere_is_said_in_words(told, guests):
    guests.came(home_words="杭州")
    [line] = told.read(reads.mine, told.person("sun"), "en").lines
    assert (line.name, line.relation, line.home, line.home_words) == (AUNT, "姨妈", None, "杭州")


def test_an_officer_registers_somebody_behind_a_door_that_is_typed(told, guests):
    stay = guests.came("min", household=None, door="8-1-302", days_ago=3)
    assert guests.row(stay).household_id == told.world.sun_door
    assert guests.row(stay).since == told.operation(stay).corrected_at - 3 * clock.DAY


def test_registered_without_a_signal_they_count_once_it_is_back(told, guests):
    stay = guests.came(made=told.now, received=told.later(hours=5))
    assert guests.row(stay).left_at is None


@pytest.mark.parametrize("who", ["hao", "qian", "bo"])
def test_nobody_registers_guests_of_people_who_are_not_theirs(told, guests, who):
    answer = guests.come(who)
    assert (answer.outcome, words(answer)) == ("refused", NOT_YOURS)


def test_the_same_number_is_another_door_in_another_community(told, guests):
    guests.came("anna")
    assert guests.present(told.world.sun_door) == 1
    assert told.read(reads.desk, told.person("mei"), "en").lines == ()


def test_a_household_registers_nobody_behind_another_door(told, guests):
    assert words(guests.come(household=told.door("walk_up", "401"))) == NOT_YOURS


def test_a_door_of_another_community_is_no_door_here(told, guests):
    assert words(guests.come(household=99_999)) == NOT_YOURS
    assert words(guests.come("mei", household=None, door="杏园 77-5-301")) == NO_SUCH_DOOR


def test_somebody_who_is_there_already_is_not_registered_again(told, guests):
    guests.came()
    answer = guests.come("min")
    assert (answer.outcome, words(answer)) == ("refused", IS_HERE)


def test_two_phones_without_a_signal_register_the_same_person_once(told, guests):
    made = told.now
    guests.came(made=made, received=told.later(hours=1))
    assert words(guests.come("min", made=made, received=told.later(hours=1))) == IS_HERE


def test_nobody_stays_at_two_homes_at_once(told, guests):
    lives = guests.resident(neighbour(told))
    guests.came("mei", name=lives.name, home="8-2-201")
    other = told.door("walk_up", "401")
    answer = guests.come("mei", household=other, name=lives.name, home="8-2-201")
    assert (answer.outcome, words(answer)) == ("refused", IS_ELSEWHERE)


def test_nobody_is_a_guest_at_their_own_door(told, guests):
    assert words(guests.come(home="8-1-302")) == LIVES_HERE


def test_a_name_is_needed_and_no_novel(told, guests):
    assert words(guests.come(name="   ")) == NO_NAME
    assert words(guests.come(name="字" * 41)) == LONG_NAME
    assert guests.come(name="字" * 200_000).outcome == "refused"


def test_nobody_has_been_here_since_the_future(told, guests):
    assert guests.come(days_ago=-1).outcome in {"refused", "failed"}
    assert told.rows(select(reach)) == []
    assert told.read(reads.mine, told.person("sun"), "en").lines == ()


# Going


def test_going_home_counts_one_less_and_the_officers_of_the_building_hear(told, guests):
    stay = guests.came()
    guests.say("leave", stay)
    assert guests.present(told.world.sun_door) == 1
    assert guests.row(stay).left_at is not None
    [notice] = told.rows(select(notices).where(notices.c.opens == "/stranded"))
    assert AUNT not in str(notice.content)
    [line] = told.rows(select(reach).where(reach.c.notice_id == notice.id))
    assert line.account_id == told.who("min")


def test_nobody_leaves_twice(told, guests):
    stay = guests.came()
    assert guests.say("leave", stay).outcome == "applied"
    answer = guests.say("leave", stay, "min")
    assert (answer.outcome, words(answer)) == ("refused", IS_OVER)


def test_a_wrong_entry_is_taken_back_and_tells_nobody(told, guests):
    home = neighbour(told)
    before = guests.present(home)
    stay = guests.came("mei", name=guests.resident(home).name, home="8-2-201")
    guests.say("undo", stay, "mei")
    assert guests.present(told.world.sun_door) == 1
    assert guests.present(home) == before
    assert told.rows(select(notices)) == []


def test_whoever_came_back_is_registered_anew(told, guests):
    guests.say("leave", guests.came())
    told.later(hours=1)
    guests.came()
    assert guests.present(told.world.sun_door) == 2


def test_moved_to_another_door_they_count_there(told, guests):
    stay = guests.came("mei")
    assert guests.say("move", stay, "mei", door="8-2-201").outcome == "applied"
    assert guests.row(stay).household_id == neighbour(told)
    assert guests.present(told.world.sun_door) == 1
    assert guests.row(stay).stairwell_id == told.world.neighbour


def test_a_household_moves_nobody_behind_another_door(told, guests):
    stay = guests.came()
    assert words(guests.say("move", stay, door="8-2-201")) == NOT_THERE


def test_a_move_said_after_they_left_is_refused_and_one_made_before_counts(told, guests):
    stay = guests.came("mei")
    made = told.later(minutes=5)
    told.later(minutes=5)
    guests.say("leave", stay, "mei")
    assert words(guests.say("move", stay, "mei", door="8-2-201")) == IS_OVER
    late = guests.say("move", stay, "mei", door="8-2-201", made=made, received=told.later(hours=1))
    assert late.outcome == "applied"
    assert guests.row(stay).left_at is not None


@pytest.mark.parametrize("who", ["hao", "qian", "anna", "bo"])
@pytest.mark.parametrize("what", ["leave", "undo", "move"])
def test_others_learn_nothing_of_a_stay_by_trying_numbers(told, guests, who, what):
    more = {"door": "8-2-201"} if what == "move" else {}
    answers = [
        guests.say(what, stay, who, **more)
        for stay in (guests.came(), "0" * 8 + told.who("mei")[8:])
    ]
    assert {words(answer) for answer in answers} == {NO_STAY}


# Looking


def test_the_desk_says_who_was_brought_nothing_today_and_what_is_open_at_home(told, guests):
    home = neighbour(told)
    guests.came(name=guests.resident(home).name, home="8-2-201")
    told.ask("mei", "request.ask", {"kind": "baby", "quick": "pet", "household": home})
    desk = told.read(reads.desk, told.person("mei"), "en")
    [line] = desk.lines
    assert (desk.unfed, desk.untested) == (1, 1)
    assert [one.kind.key for one in line.asked] == ["baby"]


def test_away_says_where_only_to_those_who_may_know_of_both_doors(told, guests):
    home = neighbour(told)
    lives = guests.resident(home)
    guests.came("mei", name=lives.name, home="8-2-201")
    assert set(told.read(reads.away, told.person("mei"), home, told.now)) == {lives.id}
    assert told.read(reads.away, told.person("qian"), home, told.now) == {}
    assert told.read(reads.away, told.person("anna"), home, told.now) == {}
