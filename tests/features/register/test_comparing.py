"""What is asked, what is refused and what stays as it is when a register is compared."""

import pytest

from server.features.people import changes
from server.features.register.addresses import Compound, Estate
from server.features.register.columns import recognise
from server.features.register.persons import read
from server.features.register.plan import Home, Known, compare
from server.features.register.sheets import open_book
from tests.features.register.registers import ESTATE, PLUM, THIS_YEAR, TITLES, save, save_text

HERE = ESTATE.doors[PLUM, "12", "3", "501"]
THERE = ESTATE.doors[PLUM, "3", "1", "102"]


def known(number, name="王伟", born=None, phone=""):
    return Known(number, name, born, phone, True, True, "")


def homes(here=(), there=(), **of_here):
    """Two doors, and who lives behind them."""
    return {
        HERE: Home(HERE, of_here.get("vacant", False), False, tuple(here)),
        THERE: Home(THERE, False, False, tuple(there)),
    }


def outcomes(tmp_path, *rows, before=None, answers=None, titles=TITLES):
    path = tmp_path / "台账.csv"
    save_text(path, [titles, *rows], "utf-8")
    book = open_book(path)
    lines = read(book, recognise(book, ESTATE, {}), ESTATE, THIS_YEAR)
    return list(compare(lines, before or homes(), answers or {}))


def row(name="王伟", born="", phone="", door="501"):
    return ["12", "3", door, name, born, phone]


def kinds(found):
    return [one.what for one in found]


def test_somebody_known_is_the_same(tmp_path):
    found = outcomes(tmp_path, row(born=1938), before=homes([known(7, born=1938)]))
    assert kinds(found) == ["same"]


def test_a_blank_cell_changes_nothing(tmp_path):
    before = homes([known(7, born=1938, phone="13800138000")])
    assert kinds(outcomes(tmp_path, row(), before=before)) == ["same"]


def test_another_number_changes_one_thing(tmp_path):
    before = homes([known(7, born=1938, phone="13800138000")])
    [found] = outcomes(tmp_path, row(born=1938, phone="13900139000"), before=before)
    assert found.what == "changed"
    [part] = found.parts
    assert (part.resident, part.changes) == (7, (("phone", "13800138000", "13900139000"),))


def test_whom_the_file_does_not_name_stays(tmp_path):
    before = homes([known(7), known(8, "李娜")])
    found = outcomes(tmp_path, row(), before=before)
    assert not any(part.what == changes.LEFT for one in found for part in one.parts)


def test_two_people_of_one_name_and_flat_are_asked_about(tmp_path):
    before = homes([known(7), known(8)])
    [found] = outcomes(tmp_path, row(), before=before)
    assert found.what == "asked"
    assert [key for key, _ in found.question.choices] == ["same-7", "same-8", "another", "leave"]


def test_a_year_tells_two_people_of_one_name_apart(tmp_path):
    before = homes([known(7, born=1938), known(8, born=1966)])
    found = outcomes(tmp_path, row(born=1966), row(born=1938), before=before)
    assert kinds(found) == ["same", "same"]


def test_another_year_is_asked_about(tmp_path):
    found = outcomes(tmp_path, row(born=1966), before=homes([known(7, born=1938)]))
    assert kinds(found) == ["asked"]


@pytest.mark.parametrize(
    ("answer", "what"),
    [("moved", "changed"), ("another", "added"), ("leave", "left"), ("", "asked")],
)
def test_somebody_known_behind_another_door_is_asked_about(tmp_path, answer, what):
    before = homes(there=[known(7, phone="13800138000")])
    [found] = outcomes(tmp_path, row(phone="13800138000"), before=before, answers={"0:2": answer})
    assert found.what == what
    if answer == "moved":
        assert ("household_id", THERE, HERE) in found.parts[0].changes


def test_the_same_row_twice_adds_one_person(tmp_path):
    assert kinds(outcomes(tmp_path, row(born=1938), row(born=1938))) == ["added", "same"]


def test_two_rows_that_differ_are_asked_about(tmp_path):
    found = outcomes(tmp_path, row(phone="13800138000"), row(phone="13900139000"))
    assert kinds(found) == ["added", "asked"]


def test_two_rows_of_two_years_are_two_people(tmp_path):
    assert kinds(outcomes(tmp_path, row(born=1938), row(born=1966))) == ["added", "added"]


def test_an_empty_flat_in_which_somebody_lives_is_asked_about(tmp_path):
    found = outcomes(tmp_path, row("空关"), before=homes([known(7)]))
    assert kinds(found) == ["asked"]
    assert kinds(outcomes(tmp_path, row("空关"), before=homes(vacant=True))) == ["same"]


def test_a_flat_that_does_not_exist_is_refused_with_its_cell(tmp_path):
    [found] = outcomes(tmp_path, row(door="909"))
    assert (found.what, found.cell) == ("refused", "A2")


def test_what_cannot_be_read_is_refused_with_its_cell(tmp_path):
    found = outcomes(tmp_path, row(phone="1380013800"), row(born="38.5.6"), row("李娜"))
    assert [(one.what, one.cell) for one in found] == [
        ("refused", "F2"),
        ("refused", "E3"),
        ("added", ""),
    ]


def test_a_row_of_several_people_counts_once(tmp_path):
    before = homes([known(7)])
    assert kinds(outcomes(tmp_path, row("王伟、李娜"), before=before)) == ["added"]


def test_a_unit_that_is_not_said_is_not_guessed(tmp_path):
    path = tmp_path / "台账.xlsx"
    save(path, ("台账", [["楼栋", "室号", "姓名"], ["5", "501", "王伟"], ["12", "501", "李娜"]]))
    book = open_book(path)
    found = list(compare(read(book, recognise(book, ESTATE, {}), ESTATE, THIS_YEAR), homes(), {}))
    assert kinds(found) == ["added", "refused"]  # 5 is one number in a lane; 12 has three units


TWO = Estate(
    (Compound(1, "梅园", "unit", ""), Compound(2, "竹园", "unit", "")),
    {(1, "8", "", "501"): 1, (2, "8", "", "501"): 2, (2, "9", "", "501"): 3},
)


@pytest.mark.parametrize(
    ("title", "where", "household"),
    [
        ("", "8-501", None),
        ("", "竹园8-501", 2),
        ("", "9-501", 3),
        ("梅园居民登记表", "8-501", 1),
        ("梅园、竹园居民登记表", "8-501", None),
    ],
)
def test_a_door_of_two_compounds_is_not_guessed(tmp_path, title, where, household):
    path = tmp_path / "台账.csv"
    save_text(path, [[title, "", ""], ["地址", "姓名", "电话"], [where, "王伟", ""]], "utf-8")
    book = open_book(path)
    [line] = read(book, recognise(book, TWO, {}), TWO, THIS_YEAR)
    assert line.household == household
    assert line.what == ("refused" if household is None else "person")
