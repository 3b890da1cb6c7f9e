"""The register kept by hand: who moved in, what was wrong, who moved away, and its history."""

import pytest
from sqlalchemy import select

from server.features.people import changes, history, keeping, reads, register
from server.features.people.tables import accounts, resident_changes, residents
from tests.support.told import words


def behind(told, door):
    return told.read(reads.residents_of, told.world.community, told.door(*door))


def row_of(told, resident):
    [row] = told.rows(
        select(residents).where(
            residents.c.community_id == told.world.community, residents.c.id == resident
        )
    )
    return row


def add(told, door, who="mei", **said):
    data = {"household": told.door(*door), "name": "冯听雨"} | said
    return told.ask(who, "resident.add", data)


def correct(told, resident, who="mei", seen=None, **said):
    row = row_of(told, resident)
    data = {"resident": resident, "name": row.name, "registered": bool(row.registered)}
    data |= {"born": str(row.born or ""), "tenure": row.tenure} | said
    return told.ask(who, "resident.correct", data, seen=seen)


DOOR, EMPTY = ("walk_up", "302"), ("walk_up", "602")


@pytest.mark.parametrize("person", ["mei", "min"])
def test_whoever_keeps_the_register_adds_somebody(told, person):
    before = len(behind(told, DOOR))
    answer = add(told, DOOR, person, born="１９９０", phone="138 0013 8000", tenure="tenant")
    assert answer.outcome == "applied"
    made = max(behind(told, DOOR), key=lambda one: one.id)
    assert len(behind(told, DOOR)) == before + 1
    assert (made.name, made.born, made.present, made.tenure) == ("冯听雨", 1990, True, "tenant")
    assert row_of(told, made.id).phone == "138 0013 8000"


@pytest.mark.parametrize("person", ["hao", "yun", "sun", "qian"])
def test_nobody_else_keeps_it(told, person):
    resident = behind(told, ("walk_up", "401"))[0].id
    for answer in (
        add(told, DOOR, person),
        told.ask(person, "resident.leave", {"resident": resident}),
        told.ask(person, "resident.correct", {"resident": resident, "name": "X"}),
    ):
        assert answer.outcome == "refused"
        assert words(answer) in {keeping.NOT_YOURS, keeping.NOBODY}


def test_somebody_of_another_community_reaches_nobody_here(told):
    before = behind(told, ("tower", "1801"))
    resident = before[0].id
    assert words(add(told, ("tower", "1801"), "anna")) == keeping.NOT_YOURS
    for kind in ("leave", "back"):
        answer = told.ask("anna", f"resident.{kind}", {"resident": resident})
        assert words(answer) == keeping.NOBODY
    assert behind(told, ("tower", "1801")) == before


def test_an_officer_keeps_only_the_register_of_their_own_stairwell(told):
    assert words(add(told, ("tower", "1801"), "min")) == keeping.NOT_YOURS


def test_moving_into_a_vacant_flat_makes_it_lived_in_and_gives_it_an_account(told):
    home = told.door(*EMPTY)
    assert add(told, EMPTY).outcome == "applied"
    here = accounts.c.community_id == told.world.community
    [account] = told.rows(select(accounts.c.name).where(here, accounts.c.household_id == home))
    assert account.name == "冯家"
    assert told.read(reads.household_accounts, told.world.community, [home]).keys() == {home}
    sheet = told.read(register.cards, told.person("mei"), "en", told.world.walk_up)
    assert home in {card.household for card in sheet.cards}


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"name": "  "}, keeping.NO_NAME),
        ({"born": "1820"}, keeping.NO_YEAR),
        ({"born": "2099"}, keeping.NO_YEAR),
        ({"born": "a long time"}, None),
        ({"phone": "call me"}, keeping.NO_PHONE),
        ({"phone": "12"}, keeping.NO_PHONE),
        ({"tenure": "squatter"}, keeping.NO_TENURE),
        ({"household": 999_999}, keeping.NOT_YOURS),
    ],
)
def test_what_cannot_be_is_refused_with_words(told, said, why):
    answer = add(told, DOOR, **said)
    assert answer.outcome == "refused"
    assert why is None or words(answer) == why


def test_the_same_person_is_not_added_twice(told):
    assert add(told, DOOR, born="1990").outcome == "applied"
    assert words(add(told, DOOR, born="1990")) == keeping.LIVES_HERE
    assert add(told, DOOR, born="1960").outcome == "applied"  # father and son of one name


def test_a_correction_changes_only_what_differs_and_is_kept(told):
    resident = behind(told, DOOR)[0].id
    assert correct(told, resident, name="孙秀英", born="1937").outcome == "applied"
    assert (row_of(told, resident).name, row_of(told, resident).born) == ("孙秀英", 1937)
    [entry, *_] = told.read(history.of_household, told.world.community, told.door(*DOOR))
    assert entry.words.params["name"] == "孙秀英"
    assert [(before, after) for _, before, after in entry.parts] == [("1936", "1937")]
    told.ask("mei", "resident.correct", {"resident": resident, "name": "孙秀英", "born": "1937",
                                         "registered": True})  # fmt: skip
    assert len(told.rows(select(resident_changes))) == 1


def test_a_telephone_number_stays_unless_another_is_given_or_it_is_taken_away(told):
    resident = behind(told, ("walk_up", "401"))[0].id
    correct(told, resident, phone="13900139000")
    correct(told, resident, name="周新月")
    assert row_of(told, resident).phone == "13900139000"
    correct(told, resident, no_phone=True)
    assert row_of(told, resident).phone == ""


def test_a_household_corrects_what_is_known_of_its_own(told):
    resident = behind(told, DOOR)[0].id
    registered = row_of(told, resident).registered
    answer = correct(told, resident, "sun", born="1937", phone="13900139000", registered=False)
    assert answer.outcome == "applied"
    row = row_of(told, resident)
    assert (row.born, row.phone, row.registered) == (1937, "13900139000", registered)
    [entry, *_] = told.read(history.of_household, told.world.community, told.door(*DOOR))
    assert entry.source == history.SOURCES[changes.OWN]


def test_a_household_neither_moves_its_own_out_nor_anybody_in(told):
    resident = behind(told, DOOR)[0].id
    assert words(told.ask("sun", "resident.leave", {"resident": resident})) == keeping.NOT_YOURS
    assert words(add(told, DOOR, "sun")) == keeping.NOT_YOURS


@pytest.mark.parametrize("door", [("walk_up", "401"), ("tower", "1801")])
def test_a_household_corrects_nobody_of_another(told, door):
    resident = behind(told, door)[0].id
    assert words(correct(told, resident, "sun", name="X")) == keeping.NOT_YOURS


def test_two_corrections_of_one_person_do_not_overwrite_each_other_unseen(told):
    resident = behind(told, DOOR)[0].id
    seen = told.seq()
    assert correct(told, resident, name="孙秀英").outcome == "applied"
    answer = correct(told, resident, who="min", seen=seen, name="孙秀云")
    assert (answer.outcome, words(answer)) == ("stale", keeping.CHANGED)
    assert row_of(told, resident).name == "孙秀英"


def test_who_moved_away_is_in_no_list_and_can_come_back(told):
    resident = behind(told, DOOR)[0].id
    assert told.ask("min", "resident.leave", {"resident": resident}).outcome == "applied"
    assert resident not in {one.id for one in behind(told, DOOR)}
    page = told.read(register.household, told.person("mei"), "en", told.door(*DOOR))
    assert page.gone == ((resident, "孙奶奶"),)
    presence = told.read(reads.presence, told.world.community, [told.door(*DOOR)])
    assert presence[told.door(*DOOR)].present == len(behind(told, DOOR))
    again = told.ask("mei", "resident.leave", {"resident": resident})
    assert words(again) == keeping.MOVED_AWAY
    assert told.ask("mei", "resident.back", {"resident": resident}).outcome == "applied"
    assert resident in {one.id for one in behind(told, DOOR)}
    assert words(told.ask("mei", "resident.back", {"resident": resident})) == keeping.LIVES_HERE


def test_the_history_says_no_telephone_number_in_full(told):
    resident = behind(told, DOOR)[0].id
    correct(told, resident, phone="13800138000")
    said = str(told.read(history.of_household, told.world.community, told.door(*DOOR)))
    assert "…8000" in said
    assert "13800138000" not in said
