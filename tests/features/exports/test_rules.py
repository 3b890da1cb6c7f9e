"""What may stand in a file, and until when it may exist."""

import csv
import io
import tempfile
from datetime import UTC, date
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.features.exports import rules
from server.features.exports.listing import MOMENT, NUMBER, SHARE, Column
from server.features.exports.sheets import Csv, Head, Xlsx
from server.oplog.kinds import Refused

TODAY = date(2022, 4, 21)
HEAD = Head("百花社区 · 登记表", ("截至 12:00", "请于 2022-05-05 前销毁"), "en", UTC)
COLUMNS = (
    Column("Name"), Column("Doors", NUMBER, total=True), Column("When", MOMENT),
    Column("Share", SHARE),
)  # fmt: skip
NASTY = ('=HYPERLINK("http://x")', "+8613800138000", "-1", "@SUM(1)", "\tx", "\rx", " =1", "＝1")


def written(kind, *rows):
    file = io.BytesIO()
    writer = kind(file, HEAD, COLUMNS)
    writer.add(rows)
    writer.end()
    assert writer.rows == len(rows)
    file.seek(0)
    return file


@given(st.text())
def test_no_text_begins_like_a_formula_once_it_is_escaped(text):
    said = rules.escaped(text)
    assert not rules.is_formula(said)
    assert said in {text, f"'{text}"}


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=60))
def test_what_is_written_as_text_is_read_back(text):
    file = written(Csv, (text, 1, None, None))
    rows = list(csv.reader(io.StringIO(file.read().decode("utf-8-sig"), newline="")))
    assert rows[1][0] == rules.escaped(text)


@pytest.mark.parametrize("text", NASTY)
def test_a_formula_in_a_name_stays_a_name(text):
    said = written(Csv, (text, 1, 0, 0.5)).read().decode("utf-8-sig")
    [_, row] = list(csv.reader(io.StringIO(said, newline="")))
    assert row[0].startswith("'")
    cell = openpyxl.load_workbook(written(Xlsx, (text, 1, 0, 0.5))).active["A5"]
    assert cell.data_type == "s"
    assert cell.quotePrefix


def test_a_cell_that_is_too_long_is_cut():
    for kind in (Csv, Xlsx):
        written(kind, ("x" * 40_000, 1, None, None))
    cell = openpyxl.load_workbook(written(Xlsx, ("x" * 40_000, 1, None, None))).active["A5"]
    assert len(cell.value) < 32_767
    assert cell.value.endswith("…")


def test_numbers_and_moments_are_numbers_and_moments_with_totals_below():
    book = openpyxl.load_workbook(written(Xlsx, ("a", 2, 60_000, 0.25), ("b", 3, None, None)))
    sheet = book.active
    assert sheet["A1"].value == HEAD.title
    assert (sheet["A2"].value, sheet["A3"].value) == HEAD.lines
    assert [cell.value for cell in sheet[4]] == ["Name", "Doors", "When", "Share"]
    assert sheet["B5"].value == 2
    assert sheet["C5"].value.minute == 1
    assert sheet["C5"].is_date
    assert sheet["D5"].value == 0.25
    assert [cell.value for cell in sheet[7]][:2] == ["In all", 5]
    assert sheet.freeze_panes == "A5"


def test_fifty_thousand_rows_are_written_and_leave_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for kind in (Csv, Xlsx):
        with tempfile.SpooledTemporaryFile(1 << 20) as file:
            writer = kind(file, HEAD, COLUMNS)
            for part in range(50):
                writer.add((f"{part}-{n}", n, None, None) for n in range(1000))
            writer.end()
            assert writer.rows == 50_000
            file.seek(0, io.SEEK_END)
            assert file.tell() > 500_000
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("typed", ["2022-04-21", "2022-04-20", "2023-04-21", "2022-06-21", "x"])
def test_a_list_is_destroyed_within_two_months(typed):
    with pytest.raises(Refused):
        rules.destroy_by(typed, TODAY)


def test_unless_a_day_is_said_it_is_two_weeks():
    assert rules.destroy_by("", TODAY) == date(2022, 5, 5)
    assert rules.destroy_by("2022-06-20", TODAY) == date(2022, 6, 20)


def test_a_file_is_named_for_old_browsers_and_for_new_ones():
    name = rules.file_name('百/花"', "登记表", TODAY, date(2022, 5, 5), "csv")
    assert "/" not in name
    assert '"' not in name
    said = rules.disposition("residents", TODAY, date(2022, 5, 5), "csv", name)
    assert said.isascii()
    assert 'filename="residents-2022-04-21-until-2022-05-05.csv"' in said
    assert "filename*=UTF-8''%E7%99%BE" in said


def test_a_spell_of_work_is_from_the_first_to_the_last_entry_of_a_day_where_people_live():
    zone = ZoneInfo("Asia/Shanghai")
    night = 1_650_556_500_000  # 23:55 on 21 April 2022 in Shanghai
    entered = [("hao", night), ("hao", night + 240_000), ("hao", night + 600_000), ("yun", night)]
    assert rules.spells(entered, zone) == [
        ("2022-04-21", "hao", night, night + 240_000, 2),
        ("2022-04-21", "yun", night, night, 1),
        ("2022-04-22", "hao", night + 600_000, night + 600_000, 1),
    ]
