"""Writing a list as a spreadsheet or as text, row by row and without keeping any."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import IO, Any, Protocol

import xlsxwriter

from server.features.exports import rules
from server.features.exports.listing import MOMENT, SHARE, Column, Row, Value
from server.i18n import mark, translate


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above a list: whose, which, as of when, by whom, until when."""

    title: str
    lines: tuple[str, ...]
    language: str
    zone: tzinfo


class Writer(Protocol):
    """Writes rows to a file that is open for bytes."""

    rows: int

    def add(self, rows: Iterable[Row]) -> None:
        """Write these below what was written."""

    def end(self) -> None:
        """Write the totals and whatever closes the file; the file stays open."""


@dataclass(slots=True)
class Totals:
    """What the columns that are added up come to."""

    columns: Sequence[Column]
    sums: dict[int, int] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        """Count a row in."""
        for nth, column in enumerate(self.columns):
            if column.total and isinstance(value := row[nth], int):
                self.sums[nth] = self.sums.get(nth, 0) + value

    def row(self, language: str) -> Row | None:
        """The last row; None where no column is added up."""
        if not any(column.total for column in self.columns):
            return None
        said: list[Value] = [
            self.sums.get(nth, 0) if column.total else None
            for nth, column in enumerate(self.columns)
        ]
        said[0] = translate(language, TOTAL)
        return said


def local(moment: Value, zone: tzinfo) -> datetime | None:
    """A moment as a clock on the wall says it, to the minute."""
    if not isinstance(moment, int):
        return None
    return datetime.fromtimestamp(moment // 1000, zone).replace(tzinfo=None, second=0)


class Csv:
    """UTF-8 with the mark by which Excel knows it; one line of headers, for programs."""

    def __init__(self, file: IO[bytes], head: Head, columns: Sequence[Column]) -> None:
        self.rows = 0
        self._text = io.TextIOWrapper(file, "utf-8-sig", newline="", write_through=True)
        self._out = csv.writer(self._text)
        self._head, self._columns = head, columns
        self._out.writerow(translate(head.language, one.label) for one in columns)

    def add(self, rows: Iterable[Row]) -> None:
        """See `Writer`."""
        for row in rows:
            self.rows += 1
            self._out.writerow(
                self._said(value, column)
                for value, column in zip(row, self._columns, strict=True)
            )  # fmt: skip

    def _said(self, value: Value, column: Column) -> str:
        if value is None:
            return ""
        if column.kind == MOMENT:
            moment = local(value, self._head.zone)
            return moment.isoformat(" ", "minutes") if moment else ""
        if column.kind == SHARE and isinstance(value, float):
            return f"{value:.4f}"
        return rules.escaped(rules.short(value)) if isinstance(value, str) else str(value)

    def end(self) -> None:
        """See `Writer`. Totals are left out: a program adds them up, and none is a row."""
        self._text.detach()


class Xlsx:
    """A title, what is to be known of the list, frozen headers, rows, totals."""

    def __init__(self, file: IO[bytes], head: Head, columns: Sequence[Column]) -> None:
        self.rows = 0
        self._head, self._columns = head, columns
        self._totals = Totals(columns)
        # Rows wait here until the end; whatever happens, the directory goes with this object.
        self._folder = tempfile.TemporaryDirectory(prefix="list-")
        self._book = xlsxwriter.Workbook(
            file,
            {
                "constant_memory": True,
                "tmpdir": self._folder.name,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self._sheet = self._book.add_worksheet()
        bold = self._book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        self._bold = self._book.add_format({"bold": True})
        self._quoted = self._book.add_format({"quote_prefix": True})
        self._formats = {
            MOMENT: self._book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            SHARE: self._book.add_format({"num_format": "0.0%"}),
        }
        for nth, column in enumerate(columns):
            self._sheet.set_column(nth, nth, column.width)
        title = self._book.add_format({"bold": True, "font_size": 16})
        self._sheet.write_string(0, 0, rules.short(head.title), title)
        for nth, line in enumerate(head.lines, start=1):
            self._sheet.write_string(nth, 0, rules.short(line))
        top = len(head.lines) + 1
        for nth, column in enumerate(columns):
            self._sheet.write_string(top, nth, translate(head.language, column.label), bold)
        self._sheet.freeze_panes(top + 1, 0)
        self._sheet.repeat_rows(top)
        self._sheet.set_landscape()
        self._sheet.set_paper(9)  # A4
        self._sheet.fit_to_pages(1, 0)
        self._sheet.set_footer("&C&P / &N")
        self._next = top + 1

    def add(self, rows: Iterable[Row]) -> None:
        """See `Writer`."""
        for row in rows:
            self.rows += 1
            self._totals.add(row)
            self._write(row)

    def _write(self, row: Row, form: Any = None) -> None:
        for nth, (value, column) in enumerate(zip(row, self._columns, strict=True)):
            if isinstance(value, str):
                quoted = self._quoted if rules.is_formula(value) else form
                self._sheet.write_string(self._next, nth, rules.short(value), quoted)
            elif column.kind == MOMENT:
                if moment := local(value, self._head.zone):
                    self._sheet.write_datetime(self._next, nth, moment, self._formats[MOMENT])
            elif value is not None:
                self._sheet.write_number(
                    self._next, nth, value, form or self._formats.get(column.kind)
                )
        self._next += 1

    def end(self) -> None:
        """See `Writer`."""
        if row := self._totals.row(self._head.language):
            self._write(row, self._bold)
        self._book.close()
        self._folder.cleanup()


WRITERS: dict[str, type[Csv] | type[Xlsx]] = {rules.CSV: Csv, rules.XLSX: Xlsx}

TOTAL = mark("In all")
