"""Files that are no register say what to do, and nothing else ever comes of them."""

import io
import random
import re
import zipfile

import pytest
import xlsxwriter
import xlwt

from server.features.register import sheets
from server.features.register.columns import missing, recognise
from server.features.register.persons import read
from server.features.register.plan import compare
from server.features.register.sheets import Unreadable, open_book
from tests.features.register import registers
from tests.features.register.registers import ESTATE, THIS_YEAR, save


def words_of(path, body=None):
    """What is said of a file that cannot be read."""
    if body is not None:
        path.write_bytes(body)
    with pytest.raises(Unreadable) as refused:
        open_book(path)
    return refused.value.words.text


def packed(**members):
    """A zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return out.getvalue()


def changed(path, change, member="xl/worksheets/sheet1.xml"):
    """The same workbook with one of its members changed."""
    with zipfile.ZipFile(path) as archive:
        members = {one: archive.read(one) for one in archive.namelist()}
    members[member] = change(members.get(member, b""))
    path.write_bytes(packed(**members))


@pytest.fixture
def workbook(tmp_path):
    path = tmp_path / "台账.xlsx"
    save(path, ("台账", [registers.TITLES, ["12", "3", "501", "王伟", 1938, "13800138000"]]))
    return path


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", sheets.EMPTY),
        (b"\xff\xd8\xff\xe0 JFIF", sheets.PICTURE),
        (b"\x89PNG\r\n\x1a\n", sheets.PICTURE),
        (b"%PDF-1.7\n", sheets.PDF),
        (b"\xef\xbb\xbf\r\n<HTML><table><tr><td>1</td></tr></table>", sheets.WEB_PAGE),
        (b'<?xml version="1.0"?><Workbook/>', sheets.WEB_PAGE),
        (packed(**{"word/document.xml": "<a/>"}), sheets.OTHER_OFFICE),
        (b"PK\x03\x04 cut off", sheets.BROKEN),
        (sheets.OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), sheets.LOCKED),
        (sheets.OLE + b"\0" * 600, sheets.BROKEN),
        (b"\0\1\2\3" * 100, sheets.NO_SHEET),
        (b"\xff\xfe\x00\xd8", sheets.NO_SHEET),
        (b" , , \r\n,,\r\n", sheets.NO_DATA),
    ],
)
def test_the_wrong_file_says_what_to_do(tmp_path, body, words):
    assert words_of(tmp_path / "台账.xlsx", body) == words


def test_the_name_of_a_file_does_not_matter(workbook):
    other = workbook.rename(workbook.with_name("台账.csv"))
    assert [one.name for one in open_book(other).sheets] == ["台账"]


def test_a_sheet_that_is_a_picture_holds_nothing(tmp_path):
    path = tmp_path / "图.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("台账")
        book.add_chartsheet().set_chart(_chart(book))
    assert words_of(path) == sheets.NO_DATA


def test_a_chart_beside_the_people_is_left_out(tmp_path):
    path = tmp_path / "图.xlsx"
    with xlsxwriter.Workbook(path) as book:
        chart = book.add_chartsheet()
        book.add_worksheet("台账").write_row(0, 0, registers.TITLES)
        chart.set_chart(_chart(book))
    book = open_book(path)
    [row] = [row for sheet in book.sheets for row in book.rows(sheet.index)]
    assert row.cells == registers.TITLES


def _chart(book):
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=台账!$A$1:$A$5"})
    return chart


def test_a_zip_bomb_is_not_unpacked(workbook):
    changed(workbook, lambda body: b" " * (sheets.MOST_UNPACKED + 1), "xl/media/a.bin")
    assert words_of(workbook) == sheets.TOO_LARGE


def test_a_zip_bomb_that_lies_about_its_size_is_not_unpacked(workbook):
    changed(workbook, lambda body: b" " * (sheets.MOST_UNPACKED + 1), "xl/media/a.bin")
    size = (sheets.MOST_UNPACKED + 1).to_bytes(4, "little")
    workbook.write_bytes(workbook.read_bytes().replace(size, b"\x10\0\0\0"))
    assert words_of(workbook) == sheets.TOO_LARGE


def test_an_archive_of_very_many_members_is_not_opened(tmp_path):
    members = {f"xl/{nth}.xml": b"" for nth in range(sheets.MOST_MEMBERS + 1)}
    assert words_of(tmp_path / "a.xlsx", packed(**members)) == sheets.TOO_LARGE


@pytest.mark.parametrize("member", ["xl/worksheets/sheet1.xml", "xl/workbook.xml"])
def test_what_declares_entities_is_not_opened(workbook, member):
    declared = b'<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]>'
    changed(workbook, lambda body: body.replace(b"?>", b"?>" + declared, 1) or declared, member)
    changed(workbook, lambda body: body if declared in body else declared + body, member)
    assert words_of(workbook) == sheets.BROKEN


@pytest.mark.parametrize("column", ["IV", "XFD"])
def test_a_sheet_of_very_many_columns_is_not_read(workbook, column):
    more = f'<c r="{column}1" t="inlineStr"><is><t>x</t></is></c></row>'.encode()
    changed(workbook, lambda body: body.replace(b"</row>", more, 1))
    changed(workbook, lambda body: re.sub(rb"<dimension[^>]*>", b"", body))
    assert words_of(workbook) == sheets.TOO_WIDE


def test_a_value_a_million_rows_below_is_not_read(workbook):
    more = b'<row r="1048576"><c r="A1048576" t="n"><v>1</v></c></row></sheetData>'
    changed(workbook, lambda body: body.replace(b"</sheetData>", more, 1))
    changed(workbook, lambda body: re.sub(rb"<dimension[^>]*>", b"", body))
    assert words_of(workbook) == sheets.TOO_LONG


def test_a_formula_is_not_computed(tmp_path):
    path = tmp_path / "台账.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_formula("A1", '=HYPERLINK("http://example.org","x")', None, "王伟")
        sheet.write_formula("B1", "=1+1", None, 7)
    [row] = open_book(path).rows(0)
    assert row.cells == ["王伟", 7]


def test_a_formula_that_nobody_has_computed_is_not_read_as_blank(tmp_path):
    path = tmp_path / "台账.xlsx"
    save(
        path, ("台账", [registers.TITLES, ["12", "3", "501", "王伟"], ["=A2", "3", "502", "李娜"]])
    )
    assert words_of(path) == sheets.NO_VALUES


def test_a_formula_whose_value_is_an_empty_text_is_blank(workbook):
    cell = b'<c r="G2" t="str"><f>IF(A2="","x","")</f><v></v></c></row></sheetData>'
    changed(workbook, lambda body: body.replace(b"</row></sheetData>", cell))
    assert open_book(workbook).sheets[0].rows == 2


# Damage.


def survives(path):
    """Read a file as far as it goes; only `Unreadable` may come of it."""
    try:
        book = open_book(path)
        layout = recognise(book, ESTATE, {})
        missing(layout)
        list(compare(read(book, layout, ESTATE, THIS_YEAR), {}, {}))
    except Unreadable:
        pass


def damaged(body, dice):
    """A file that was cut off, or in which bytes have changed."""
    body = bytearray(body)
    if dice.random() < 0.3:
        return bytes(body[: dice.randrange(len(body))])
    for _ in range(dice.randint(1, 12)):
        body[dice.randrange(len(body))] = dice.randrange(256)
    return bytes(body)


@pytest.mark.parametrize("seed", range(60))
def test_damaged_files_are_refused_or_read(workbook, seed):
    dice = random.Random(seed)
    workbook.write_bytes(damaged(workbook.read_bytes(), dice))
    survives(workbook)


@pytest.mark.parametrize("seed", range(60))
def test_damaged_sheets_in_whole_archives_are_refused_or_read(workbook, seed):
    dice = random.Random(seed)
    with zipfile.ZipFile(workbook) as archive:
        member = dice.choice(archive.namelist())
    changed(workbook, lambda body: damaged(body, dice), member)
    survives(workbook)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize("seed", range(10))
def test_damaged_text_is_refused_or_read(tmp_path, encoding, seed):
    path = tmp_path / "a.csv"
    lines = [registers.TITLES, ["12", "3", "501", "王伟", 1938, "13800138000"]]
    registers.save_text(path, lines, encoding)
    path.write_bytes(damaged(path.read_bytes(), random.Random(seed)))
    survives(path)


@pytest.mark.parametrize("seed", range(20))
def test_noise_is_refused_or_read(tmp_path, seed):
    dice = random.Random(seed)
    path = tmp_path / "noise"
    path.write_bytes(dice.choice([b"", b"PK\x03\x04", sheets.OLE]) + dice.randbytes(2_000))
    survives(path)


def test_an_old_excel_file_is_read_as_a_new_one_is(tmp_path):
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("12号楼")
    sheet.write_merge(0, 0, 0, 4, "居民登记表")
    for column, title in enumerate(("楼栋", "单元", "室号", "姓名", "联系电话")):
        sheet.write(1, column, title)
    sheet.write_merge(2, 3, 0, 0, "12号楼")
    sheet.write_merge(2, 3, 1, 1, "3单元")
    sheet.write_merge(2, 3, 2, 2, 501.0)
    for row, name in ((2, "张　三"), (3, "李四")):
        sheet.write(row, 3, name)
        sheet.write(row, 4, 13800138000.0 + row)
    path = tmp_path / "old.xls"
    book.save(str(path))
    opened = open_book(path)
    layout = recognise(opened, ESTATE, {})
    lines = list(read(opened, layout, ESTATE, 2026))
    assert [(line.row, line.place.label, line.people[0].name, line.people[0].phone)
            for line in lines] == [
        (3, "501", "张三", "13800138002"), (4, "501", "李四", "13800138003"),
    ]  # fmt: skip
