"""Taking a register over: all of it or nothing, once, and one step back; on both databases."""

import msgspec
import pytest
from sqlalchemy import func, select

from server.features.care.tables import cared
from server.features.estates import reads as estates
from server.features.people import changes
from server.features.people import reads as people
from server.features.people.tables import accounts, resident_changes, residents
from server.features.register import keeping, operations, rules, uploads, work
from server.features.register.tables import import_rows, imports
from server.ids import uuid7
from tests.support.told import words

HEAD = "小区,楼栋,单元,室号,姓名,出生日期,电话,备注"


@pytest.fixture
def give(told, tmp_path):
    """Give a register in and read it; returns its id and reading."""

    def give(*lines, lays=None, who="mei", answers=None):
        path = tmp_path / "register.csv"
        path.write_text("\n".join((HEAD, *lines)), "utf-8")
        upload = uuid7(told.now)
        told.write(uploads.begin, told.person(who), upload, path.name, 0, told.now)
        return upload, read(told, upload, path, lays, answers)

    return give


def read(told, upload, path, lays=None, answers=None):
    claim = told.write(keeping.claim, told.now, upload)
    job = msgspec.msgpack.decode(claim.job(str(path)), type=work.Job)
    job.lays = lays
    job.answers |= answers or {}
    counts = {}
    for piece in work.run(job):
        assert piece.failed is None, piece.failed
        for _, _, what, _ in piece.rows:
            counts[what] = counts.get(what, 0) + 1
        assert told.write(keeping.keep, claim, piece, counts, told.now)
    return claim.reading


def take(told, given, who="mei"):
    upload, reading = given
    return told.ask(who, "register.import", {"upload": upload, "reading": reading})


def counts(told, given):
    [row] = told.rows(select(imports.c.counts).where(imports.c.id == given[0]))
    return row.counts


def behind(told, *door):
    return {
        one.name: one
        for one in told.read(people.residents_of, told.world.community, told.door(*door))
    }


def everybody(told):
    here = residents.c.community_id == told.world.community
    rows = told.rows(select(residents).where(here).order_by(residents.c.id))
    return [tuple(row) for row in rows]


def name_of(nth):
    """A name that only one of some thousands has."""
    return "冯" + chr(0x4E00 + nth // 100) + chr(0x5E00 + nth % 100)


def test_what_the_rows_say_is_done_and_nobody_else_is_touched(told, give):
    before = everybody(told)
    given = give("梅园,8,1,602,冯听雨,1950,13800138000,", ",,,,冯望舒,1975,,租户",
                 "梅园,8,1,302,孙奶奶,1936,021-62345678,")  # fmt: skip
    assert counts(told, given) == {"added": 2, "changed": 1}
    assert take(told, given).outcome == "applied"
    assert behind(told, "walk_up", "602")["冯望舒"].tenure == "tenant"
    assert not told.read(estates.household, told.world.community, told.world.vacant).vacant
    sun = told.rows(select(residents.c.phone).where(residents.c.name == "孙奶奶"))
    assert sun[0].phone == "021-62345678"
    after = {row[1]: row for row in everybody(told)}
    untouched = [row for row in before if row[3] != "孙奶奶"]
    assert all(after[row[1]] == row for row in untouched)


def test_the_same_file_again_changes_nothing(told, give):
    lines = ("梅园,8,1,602,冯听雨,1950,13800138000,", "荷园,B,,1801,卫清溪,1980,,")
    assert take(told, give(*lines)).outcome == "applied"
    again = give(*lines)
    assert counts(told, again) == {"same": 2}
    answer = take(told, again)
    assert words(answer) == operations.NOTHING


def test_a_file_is_taken_over_once(told, give):
    given = give("梅园,8,1,602,冯听雨,1950,,")
    assert take(told, given).outcome == "applied"
    assert words(take(told, given)) == operations.ALREADY
    assert len(behind(told, "walk_up", "602")) == 1


def test_where_the_register_has_changed_meanwhile_nothing_is_done_and_it_is_read_again(told, give):
    given = give("梅园,8,1,602,冯听雨,1950,,")
    data = {"household": told.door("walk_up", "602"), "name": "冯听雨", "born": "1950"}
    assert told.ask("min", "resident.add", data).outcome == "applied"
    answer = take(told, given)
    assert (answer.outcome, words(answer)) == ("stale", operations.CHANGED)
    told.react()
    [row] = told.rows(select(imports.c.state).where(imports.c.id == given[0]))
    assert row.state == rules.WAITING
    assert words(take(told, given)) == operations.READ_ANEW
    assert len(behind(told, "walk_up", "602")) == 1


def test_buildings_and_flats_that_are_new_are_made_where_that_is_wished(told, give):
    line = "梅园,12,3,1101,冯听雨,1950,,"
    assert counts(told, give(line)) == {"refused": 1}
    given = give(line, "梅园,12,3,1102,卫清溪,,,", lays=True)
    assert take(told, given).outcome == "applied"
    found = told.read(estates.find_doors, told.world.community, "12-3-1101")
    assert [(one.label, one.level, one.vacant) for one in found] == [("1101", 11, False)]
    home = found[0].household
    here = (accounts.c.community_id == told.world.community) & (accounts.c.household_id == home)
    assert len(told.rows(select(accounts.c.id).where(here))) == 1


def test_a_large_register_is_taken_over_and_back_in_parts_that_add_up(told, give):
    people = operations.AT_ONCE + 500
    lines = [
        f"梅园,{20 + nth // 600},1,{nth // 4 % 150 + 1}0{nth % 4 + 1},{name_of(nth)},1950,,"
        for nth in range(people)
    ]
    given = give(*lines, lays=True)
    assert counts(told, given) == {"added": people}
    assert take(told, given).outcome == "applied"
    here = resident_changes.c.community_id == told.world.community
    whats = told.rows(
        select(resident_changes.c.what, func.count()).where(here).group_by(resident_changes.c.what)
    )
    assert dict(map(tuple, whats)) == {changes.ADDED: people, changes.DOOR: people}
    assert told.ask("mei", "register.undo", {"upload": given[0]}).outcome == "applied"
    left = residents.c.left_at.is_not(None)
    assert told.value(select(func.count()).select_from(residents).where(left)) == people


def test_an_import_is_taken_back_but_for_what_somebody_has_changed_since(told, give):
    before = everybody(told)
    given = give("梅园,8,1,302,孙奶奶,1936,021-62345678,", "梅园,8,1,602,冯听雨,1950,,",
                 "梅园,8,1,602,冯望舒,1975,,")  # fmt: skip
    assert take(told, given).outcome == "applied"
    mine = behind(told, "walk_up", "602")["冯望舒"]
    corrected = {"resident": mine.id, "name": "冯望舒", "born": "1976", "registered": True}
    assert told.ask("mei", "resident.correct", corrected).outcome == "applied"
    assert told.ask("mei", "register.undo", {"upload": given[0]}).outcome == "applied"
    assert set(behind(told, "walk_up", "602")) == {"冯望舒"}
    sun = [row for row in everybody(told) if row[3] == "孙奶奶"]
    assert sun == [row for row in before if row[3] == "孙奶奶"]
    answer = told.ask("mei", "register.undo", {"upload": given[0]})
    assert words(answer) == operations.BACK_ALREADY


def test_only_the_last_import_is_taken_back_and_only_for_a_week(told, give):
    first = give("梅园,8,1,602,冯听雨,1950,,")
    assert take(told, first).outcome == "applied"
    second = give("梅园,8,1,602,冯望舒,1975,,")
    undo = {"upload": first[0]}
    assert words(told.ask("mei", "register.undo", {"upload": second[0]})) == operations.NOT_TAKEN
    assert take(told, second).outcome == "applied"
    assert words(told.ask("mei", "register.undo", undo)) == operations.NOT_LAST
    assert told.ask("mei", "register.undo", {"upload": second[0]}).outcome == "applied"
    told.later(days=8)
    assert words(told.ask("mei", "register.undo", undo)) == operations.TOO_LATE


@pytest.mark.parametrize("who", ["min", "hao", "sun", "qian", "anna"])
def test_nobody_but_a_steward_takes_over_or_back(told, give, who):
    given = give("梅园,8,1,602,冯听雨,1950,,")
    assert words(take(told, given, who)) == operations.NOT_THERE
    assert words(told.ask(who, "register.undo", {"upload": given[0]})) == operations.NOT_THERE


def test_somebody_who_has_moved_is_asked_about_and_moved_when_that_is_answered(told, give):
    line = "梅园,8,1,602,孙奶奶,1936,,"
    given = give(line)
    assert counts(told, given) == {"asked": 1}
    given = give(line, answers={"0:2": "moved"})
    assert counts(told, given) == {"changed": 1}
    assert take(told, given).outcome == "applied"
    assert "孙奶奶" in behind(told, "walk_up", "602")
    assert "孙奶奶" not in behind(told, "walk_up", "302")


def test_whom_the_register_calls_in_need_is_suggested_for_care_once(told, give):
    lines = ("梅园,8,1,602,冯听雨,1940,,独居", "梅园,12,1,101,卫清溪,1980,,透析")
    assert take(told, give(*lines, lays=True)).outcome == "applied"
    told.react()
    here = cared.c.community_id == told.world.community
    rows = told.rows(select(cared.c.name, cared.c.state).where(here).order_by(cared.c.name))
    assert [tuple(row) for row in rows] == [("冯听雨", "suggested"), ("卫清溪", "suggested")]
    take(told, give("梅园,8,1,602,冯听雨,1940,13800138000,独居"))
    told.react()
    assert told.value(select(func.count()).select_from(cared).where(here)) == 2


def test_a_reading_that_somebody_has_chosen_otherwise_is_not_kept(told, give):
    upload, _ = give("梅园,8,1,602,冯听雨,1950,,")
    told.write(uploads.again, told.world.community, upload)
    claim = told.write(keeping.claim, told.now, upload)
    told.write(uploads.again, told.world.community, upload)
    piece = work.Piece(rows=[(0, 2, "added", b"{}")], ended=True)
    assert not told.write(keeping.keep, claim, piece, {"added": 1}, told.now)


def test_what_nobody_reads_any_more_is_begun_anew_and_counted_once(told, give, tmp_path):
    upload, _ = give("梅园,8,1,602,冯听雨,1950,,")
    told.write(uploads.again, told.world.community, upload)
    claim = told.write(keeping.claim, told.now, upload)
    row = (0, 2, "added", b"{}")
    assert told.write(keeping.keep, claim, work.Piece(rows=[row]), {"added": 1}, told.now)
    assert told.write(keeping.claim, told.now, upload) is None
    told.later(minutes=2)
    again = told.write(keeping.claim, told.now, upload)
    assert again.reading == claim.reading + 1
    assert not told.write(keeping.keep, claim, work.Piece(ended=True), {"added": 1}, told.now)
    assert told.write(keeping.keep, again, work.Piece(rows=[row], ended=True), {"added": 1},
                      told.now)  # fmt: skip


def test_a_file_that_is_left_alone_is_let_go_of_with_all_it_said(told, give):
    upload, _ = give("梅园,8,1,602,冯听雨,1950,,")
    assert not told.write(keeping.over, told.now)
    told.later(days=8)
    told.write(keeping.over, told.now)
    assert not told.rows(select(import_rows.c.row).where(import_rows.c.import_id == upload))
    [row] = told.rows(select(imports.c.state).where(imports.c.id == upload))
    assert row.state == rules.DROPPED


def test_what_the_rows_of_a_register_said_goes_a_week_after_it_was_taken_over(told, give):
    given = give("梅园,8,1,602,冯听雨,1950,,")
    assert take(told, given).outcome == "applied"
    said = select(import_rows.c.row).where(import_rows.c.import_id == given[0])
    told.later(days=6)
    told.write(keeping.over, told.now)
    assert told.rows(said)
    told.later(days=2)
    told.write(keeping.over, told.now)
    assert not told.rows(said)
    [row] = told.rows(select(imports.c.state, imports.c.counts).where(imports.c.id == given[0]))
    assert (row.state, row.counts) == (rules.APPLIED, {"added": 1})
    assert "冯听雨" in behind(told, "walk_up", "602")


def test_every_change_of_an_import_is_in_the_history_of_its_door(told, give):
    given = give("梅园,8,1,602,冯听雨,1950,,")
    take(told, given)
    here = resident_changes.c.household_id == told.door("walk_up", "602")
    rows = told.rows(select(resident_changes).where(here).order_by(resident_changes.c.nth))
    assert [(row.what, row.source) for row in rows] == [
        (changes.ADDED, changes.IMPORT), (changes.DOOR, changes.IMPORT),
    ]  # fmt: skip
