"""Opening a spreadsheet that anybody may have made, and its rows one after the other.

What a file is, its content says and not its name. Nothing in it is ever run or followed: formulas
have the value that Excel left, macros and links are not read. Before the reader (python-calamine,
in Rust) sees a file, its archive is measured: what is packed too well, is too wide or too long, or
declares XML entities, is not opened at all.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetVisibleEnum,
)

from server.i18n import mark
from server.oplog.kinds import Refused

MOST_ROWS = 200_000
MOST_COLUMNS = 200
MOST_CELLS = 6_000_000
"""Of one sheet, from its first to its last value: what the reader keeps in memory."""

MOST_UNPACKED = 400 << 20
"""Bytes of all that an archive holds."""

MOST_MEMBERS = 2_000

CHUNK = 1 << 20

Value = str | int | float | bool | date | time | timedelta


class Unreadable(Refused):
    """The file cannot be read as a whole; the words say why and what to do."""


class Row(NamedTuple):
    """A row as Excel counts it, from 1, with its cells from column A on."""

    number: int
    cells: list[Value]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a book."""

    index: int
    name: str
    hidden: bool = False
    rows: int = 0  # about


@dataclass(slots=True)
class Book:
    """A file that could be opened."""

    sheets: tuple[Sheet, ...]
    _opened: dict[int, CalamineSheet] = field(default_factory=dict)
    _lines: list[list[str]] = field(default_factory=list)

    @property
    def about(self) -> int:
        """Rows of all sheets, about."""
        return sum(sheet.rows for sheet in self.sheets)

    def rows(self, index: int) -> Iterator[Row]:
        """The rows of a sheet; what is merged has its value in every cell. Raises `Unreadable`."""
        if self._lines:
            yield from (Row(number, list(line)) for number, line in enumerate(self._lines, start=1))
            return
        sheet = self._opened[index]
        if sheet.start is not None:
            yield from _merged(_from_first_row(sheet), sheet.merged_cell_ranges or [])


def open_book(path: Path) -> Book:
    """Open a file by what is in it. Raises `Unreadable`."""
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        raise Unreadable(EMPTY)
    if head.startswith(b"PK"):
        _measure(path)
        return _open(path)
    if head.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in path.read_bytes():
            raise Unreadable(LOCKED)
        return _open(path)
    for beginning, words in WRONG:
        if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(beginning):
            raise Unreadable(words)
    return _open_text(path)


def _open(path: Path) -> Book:
    """Open what Excel and WPS write."""
    try:
        workbook = CalamineWorkbook.from_path(path)
        found, opened, cells = [], {}, 0
        for index, one in enumerate(workbook.sheets_metadata):
            sheet = opened[index] = workbook.get_sheet_by_index(index)
            wide = sheet.end[1] + 1 if sheet.end is not None else 0
            cells += wide * _rows_of(sheet)
            _must_fit(max(_rows_of(sheet), cells // MOST_COLUMNS), wide)
            hidden = one.visible is not SheetVisibleEnum.Visible
            found.append(Sheet(index, one.name, hidden, _rows_of(sheet)))
    except PasswordError as error:
        raise Unreadable(LOCKED) from error
    except (CalamineError, OSError, ValueError) as error:
        raise Unreadable(BROKEN) from error
    if not any(sheet.rows for sheet in found):
        raise Unreadable(NO_DATA)
    return Book(tuple(found), opened)


# Text.


def _open_text(path: Path) -> Book:
    text = _decode(path.read_bytes())
    # NUL and other control characters stand in no list that people have typed.
    if "\0" in text or sum(ord(sign) < 9 for sign in text[:4096]) > 0:
        raise Unreadable(NO_SHEET)
    sample = text[:20_000]
    delimiter = max(",\t;|", key=lambda sign: _columns_by(sample, sign))
    csv.field_size_limit(100_000)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise Unreadable(BROKEN) from error
    wide = max((len(line) for line in lines), default=0)
    _must_fit(len(lines), wide)
    if not any(cell.strip() for line in lines for cell in line):
        raise Unreadable(NO_DATA)
    return Book((Sheet(0, path.stem[:31], False, len(lines)),), {}, lines)


def _columns_by(sample: str, delimiter: str) -> int:
    """In how many lines a sign parts something."""
    return sum(delimiter in line for line in sample.splitlines()) * (1 + (delimiter == ","))


def _decode(body: bytes) -> str:
    """Text in the encodings that Excel writes in China. Raises `Unreadable`."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(NO_SHEET)


# What an archive holds.


def _measure(path: Path) -> None:
    """Unpack all that an archive holds and keep nothing of it. Raises `Unreadable`."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            names = {member.filename for member in members}
            if not any(name.startswith("xl/") for name in names):
                raise Unreadable(OTHER_OFFICE)
            if len(members) > MOST_MEMBERS or any(member.flag_bits & 1 for member in members):
                raise Unreadable(TOO_LARGE)
            left = MOST_UNPACKED
            for member in members:
                left -= _unpack(path, member, left)
    except (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, EOFError) as error:
        raise Unreadable(BROKEN) from error


def _unpack(path: Path, member: zipfile.ZipInfo, left: int) -> int:
    """How long a member really is, whatever it says of itself. Raises `Unreadable`."""
    if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise Unreadable(BROKEN)
    watch = _Extent() if SHEET.fullmatch(member.filename) else _Watch()
    is_xml = member.filename.endswith((".xml", ".rels"))
    size = 0
    for chunk in _chunks(path, member):
        size += len(chunk)
        if size > left:
            raise Unreadable(TOO_LARGE)
        if is_xml:
            watch.look(chunk)
    watch.end()
    return size


def _chunks(path: Path, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """A member's content, unpacked piece by piece without trusting its length."""
    with path.open("rb") as file:
        file.seek(member.header_offset + 26)
        lengths = file.read(4)
        file.seek(int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little"), 1)
        left = member.compress_size
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        while left > 0 and (packed := file.read(min(left, CHUNK >> 4))):
            left -= len(packed)
            if member.compress_type == zipfile.ZIP_STORED:
                yield packed
                continue
            plain = inflater.decompress(packed, CHUNK)
            while plain:
                yield plain
                plain = inflater.decompress(inflater.unconsumed_tail, CHUNK)


class _Watch:
    """Looks for what no sheet holds: declarations, which stand before everything else."""

    def __init__(self) -> None:
        self._begun = False

    def look(self, chunk: bytes) -> None:
        """See a piece of XML. Raises `Unreadable`."""
        if not self._begun and (b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk):
            raise Unreadable(BROKEN)
        self.seen(chunk, first=not self._begun)
        self._begun = True

    def seen(self, chunk: bytes, *, first: bool) -> None:
        """Look further."""

    def end(self) -> None:
        """Nothing follows."""


class _Extent(_Watch):
    """Finds how far a sheet's values reach: the reader keeps room for everything in between.

    A sheet that says itself that it is small is believed: the process that reads it has little
    memory to lose. Where empty rows are formatted to the end of the sheet, values are looked for.
    """

    def __init__(self) -> None:
        super().__init__()
        self._tail = b""
        self._believed = False
        self._rows = self._columns = 0

    def seen(self, chunk: bytes, *, first: bool) -> None:
        """See above."""
        if b"<f" in chunk and WITHOUT_VALUE.search(chunk):
            raise Unreadable(NO_VALUES)
        if first and (said := DIMENSION.search(chunk)):
            rows, columns = int(said[2]), number_of(said[1].decode())
            self._believed = rows <= MOST_ROWS and columns <= MOST_COLUMNS
        if self._believed:
            return
        chunk = self._tail + chunk
        for letters, digits in CELL.findall(chunk):
            self._rows = max(self._rows, int(digits))
            self._columns = max(self._columns, number_of(letters.decode()))
        self._tail = chunk[-200:]

    def end(self) -> None:
        """See above."""
        _must_fit(self._rows, self._columns)


DIMENSION = re.compile(
    rb'<(?:\w{1,8}:)?dimension ref="(?:[A-Z]{1,3}\d{1,7}:)?([A-Z]{1,3})(\d{1,7})"'
)
CELL = re.compile(rb'<(?:\w{1,8}:)?c r="([A-Z]{1,3})(\d{1,7})"(?:[^>/]|/(?!>))*>')
"""The beginning of a cell that holds something; one that is only coloured ends at once."""

WITHOUT_VALUE = re.compile(
    rb'<(?:\w{1,8}:)?c r="[A-Z]{1,3}\d{1,7}"(?![^>]*t="str")[^>]*>'
    rb"<(?:\w{1,8}:)?f[^>]*(?:/>|>[^<]*</(?:\w{1,8}:)?f>)"
    rb"(?:<(?:\w{1,8}:)?v ?/>|<v></v>)?</(?:\w{1,8}:)?c>"
)
"""A formula that nobody has computed yet: programs write them, Excel and WPS never do.

Read as blank, it would mean the door above. An empty text (`t="str"`) is a value.
"""

SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")


def _must_fit(rows: int, columns: int) -> None:
    if columns > MOST_COLUMNS:
        raise Unreadable(TOO_WIDE)
    if rows > MOST_ROWS or rows * columns > MOST_CELLS:
        raise Unreadable(TOO_LONG)


# Cells.


def letters_of(index: int) -> str:
    """What Excel calls a column, counted from 0: 27 is AB."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def number_of(letters: str) -> int:
    """How many columns there are up to this one: AB is 28."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _from_first_row(sheet: Any) -> Iterator[Row]:
    """Rows with their numbers; the reader leaves out the columns before the first with a value."""
    before: list[Value] = [""] * sheet.start[1]
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        yield Row(number, [*before, *cells])


def _rows_of(sheet: Any) -> int:
    """How many rows there are down to the last that holds something."""
    return sheet.end[0] + 1 if sheet.end is not None else 0


def _merged(
    rows: Iterator[Row], ranges: list[tuple[tuple[int, int], tuple[int, int]]]
) -> Iterator[Row]:
    """Give every cell of what is merged the value of its first."""
    begins: dict[int, list[tuple[int, int, int]]] = {}
    for (top, left), (bottom, right) in ranges:
        begins.setdefault(top + 1, []).append((bottom + 1, left, right))
    going: list[tuple[int, int, int, Value]] = []
    for row in rows:
        going = [one for one in going if one[0] >= row.number]
        for bottom, left, right in begins.get(row.number, ()):
            if left < len(row.cells):
                going.append((bottom, left, right, row.cells[left]))
        for _, left, right, value in going:
            for column in range(left, min(right + 1, len(row.cells))):
                row.cells[column] = value
        yield row


def shown(value: Value) -> str:
    """A value as a person sees it in the sheet."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    return str(value).strip()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

EMPTY = mark("The file is empty. Choose another one.")
LOCKED = mark("The file is protected by a password. Save it without one and give it in again.")
NO_SHEET = mark("This is no spreadsheet. Give an Excel or CSV file in.")
PICTURE = mark("This is a picture. What stands in it has to be typed into a sheet first.")
PDF = mark("This is a PDF. Ask for the Excel file it was made from.")
WEB_PAGE = mark("This is a web page, whatever its name says. Open it in Excel and save it as xlsx.")
OTHER_OFFICE = mark("This is no Excel file, whatever its name says. Open it and save it as xlsx.")
BROKEN = mark("The file is damaged or not what it seems. Open it in Excel and save it as xlsx.")
NO_DATA = mark("There is nothing to read in any sheet: no row holds text. Is it a picture?")
NO_VALUES = mark("The file holds formulas without values. Open it in Excel and save it again.")
TOO_LARGE = mark("Unpacked, the file is too large to be read. Save only the sheets with people.")
TOO_LONG = mark("A sheet has too many rows to be read. Delete the empty rows below and save again.")
TOO_WIDE = mark("A sheet has more than 200 columns. Delete those without people and save again.")

WRONG = (
    (b"%pdf", PDF),
    (b"\x89png", PICTURE),
    (b"\xff\xd8\xff", PICTURE),
    (b"gif8", PICTURE),
    (b"bm", NO_SHEET),
    (b"<!doctype", WEB_PAGE),
    (b"<html", WEB_PAGE),
    (b"<table", WEB_PAGE),
    (b"<?xml", WEB_PAGE),
    (b"rar!", NO_SHEET),
    (b"7z\xbc\xaf", NO_SHEET),
)
"""How other files begin."""
