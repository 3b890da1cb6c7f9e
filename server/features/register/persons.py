"""What each row of a register says: of whom, behind which door, or why it says nothing.

Every row that holds anything is accounted for by one line. Rows that belong together, a household
over several rows, say their door once; the others mean the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from server.features.register import headers, values
from server.features.register.addresses import (
    Estate,
    Parts,
    Place,
    Unlocated,
    inherit,
    locate,
    part,
)
from server.features.register.columns import BUILDING, Layout, SheetLayout
from server.features.register.headers import Field
from server.features.register.sheets import Book, Row, Value, letters_of
from server.features.register.values import Unclear
from server.i18n import mark

PERSON, HOME, LEFT, REFUSED = "person", "home", "left", "refused"
"""What a line is."""


class Said(msgspec.Struct, array_like=True):
    """What a row says of somebody; None or empty where it does not."""

    name: str
    born: int | None = None
    about: bool = False  # worked out from an age: a year more or less
    phone: str = ""
    registered: bool | None = None
    present: bool | None = None
    tenure: str = ""
    needs: tuple[str, ...] = ()


class Line(msgspec.Struct, array_like=True):
    """One row as it was understood."""

    sheet: int
    row: int
    what: str
    place: Place | None = None
    household: int | None = None
    people: tuple[Said, ...] = ()
    vacant: bool | None = None
    shop: bool | None = None
    cell: str = ""
    reason: dict[str, Any] | None = None  # words
    text: str = ""  # how the row begins, where nothing is made of it


GLIMPSE = 60
"""Characters of a row that are shown of it."""


class _Cell(Exception):
    """A cell that cannot be read."""

    def __init__(self, column: int, words: Any) -> None:
        super().__init__(column)
        self.column, self.words = column, words


def read(book: Book, layout: Layout, estate: Estate, this_year: int) -> Iterator[Line]:
    """Every row of the sheets that are read, each once; blank rows are none."""
    for sheet in layout.sheets:
        if sheet.read:
            reader = _Sheet(sheet, estate, this_year, lays=layout.lays)
            for row in book.rows(sheet.index):
                if row.number > sheet.header[1] and any(cell != "" for cell in row.cells):
                    line = reader.line(row)
                    if line is not None:
                        yield line


class _Sheet:
    """Reads the rows of one sheet, remembering the door that was named last."""

    def __init__(self, layout: SheetLayout, estate: Estate, this_year: int, *, lays: bool) -> None:
        self._layout = layout
        self._estate = estate
        self._this_year = this_year
        self._lays = lays
        self._above = Parts(building=layout.building, stairwell=layout.stairwell)
        self._titles = {column.index: column.header for column in layout.columns if column.header}
        self._columns = {field: layout.of(field) for field in Field}
        self._where = layout.of(
            Field.ADDRESS, Field.COMPOUND, Field.BUILDING, Field.STAIRWELL, Field.FLOOR, Field.DOOR
        )

    def line(self, row: Row) -> Line | None:
        """What one row says; None for one in which nothing is to be seen."""
        said = [values.text(cell) for cell in row.cells]
        if not any(said):
            return None
        why = self._no_data(said)
        if why is not None:
            return self._left(row, why)
        try:
            return self._understood(row)
        except _Cell as wrong:
            cell = f"{letters_of(wrong.column)}{row.number}"
            return self._refused(row, cell, wrong.words)
        except Unlocated as wrong:
            cell = f"{letters_of(self._where[0])}{row.number}" if self._where else ""
            return self._refused(row, cell, wrong.words)

    def _refused(self, row: Row, cell: str, words: Any) -> Line:
        return Line(
            self._layout.index, row.number, REFUSED, cell=cell, reason=words.as_json(),
            text=self._glimpse(row),
        )  # fmt: skip

    def _left(self, row: Row, why: str) -> Line:
        """A row of which nothing is made, and why."""
        reason = {"text": why}
        glimpse = self._glimpse(row)
        return Line(self._layout.index, row.number, LEFT, reason=reason, text=glimpse)

    def _glimpse(self, row: Row) -> str:
        """The beginning of a row, by which whoever looks at it finds it; of no identity card."""
        skipped = {*self._columns[Field.ID_CARD], *self._columns[Field.PHONE]}
        said = (
            values.hidden(values.text(cell))
            for column, cell in enumerate(row.cells) if column not in skipped
        )  # fmt: skip
        return " ".join(dict.fromkeys(one for one in said if one))[:GLIMPSE]

    def _no_data(self, said: Sequence[str]) -> str | None:
        """Why a row is none of people: totals, headers again, notes; a building's title is kept."""
        filled = [one for one in said if one]
        if any(_is_total(one) for one in filled):
            return TOTALS
        again = sum(
            1 for column, title in self._titles.items()
            if column < len(said) and said[column] == title
        )  # fmt: skip
        if again >= 2 and again * 2 >= len(filled):
            return HEADER_AGAIN
        if len(set(filled)) == 1 and len(self._layout.columns) > 2:
            joined = re.sub(r"\s", "", filled[0])
            if FOOTER.search(joined):
                return NOTE
            building = BUILDING.fullmatch(joined)
            if building:
                self._above = Parts(building=building["building"], stairwell=building["well"] or "")
                return TITLE
            if len(joined) > 6:
                return NOTE
        return None

    # What a row says.

    def _understood(self, row: Row) -> Line:
        parts = self._parts(row)
        vacant, shop = self._of_home(row)
        names = self._names(row, vacant)
        if not names and vacant is None and not shop:
            return self._left(row, NOBODY)
        located = locate(parts, self._estate, self._layout.compound, lays=self._lays)
        people = tuple(self._person(row, name) for name in names)
        if people and vacant:
            raise _Cell(self._columns[Field.USE][0] if self._columns[Field.USE] else 0,
                        Unclear(EMPTY_BUT_NAMED, name=people[0].name).words)  # fmt: skip
        return Line(
            self._layout.index,
            row.number,
            PERSON if people else HOME,
            located.place,
            located.household,
            people,
            vacant if not people else None,
            shop,
        )

    def _parts(self, row: Row) -> Parts:
        """Which door, with what the rows above have said."""
        own = Parts(
            *(
                "" if values.is_ditto(text := part(self._value(row, field))) else text
                for field in (
                    Field.ADDRESS, Field.COMPOUND, Field.BUILDING, Field.STAIRWELL, Field.FLOOR,
                    Field.DOOR,
                )
            )
        )  # fmt: skip
        self._above = inherit(own, self._above)
        return self._above

    def _of_home(self, row: Row) -> tuple[bool | None, bool | None]:
        """Whether the flat is empty, and whether it is a shop."""
        empty: bool | None = None
        is_shop: bool | None = None
        for column in self._columns[Field.USE]:
            cell = self._at(row, column)
            title = headers.plain(self._titles.get(column, ""))
            if any(word in title for word in values.EMPTY_WORDS):
                said = values.said(cell).casefold()
                found = values.YES_NO.get(said, values.vacant(cell))
            else:
                found = values.vacant(cell)
            empty = found if found is not None else empty
            is_shop = values.shop(cell) or is_shop
        for field in (Field.NAME, Field.HEAD, Field.NEEDS):
            for column in self._columns[field]:
                empty = values.vacant(self._at(row, column)) or empty
        return empty, is_shop

    def _names(self, row: Row, vacant: bool | None) -> tuple[str, ...]:
        """Whom the row names; the head of the household where nobody else is."""
        for field in (Field.NAME, Field.HEAD):
            for column in self._columns[field]:
                cell = self._at(row, column)
                if vacant and values.vacant(cell):
                    continue
                try:
                    found = values.names(cell)
                except Unclear as unclear:
                    raise _Cell(column, unclear.words) from None
                if found:
                    return found
        return ()

    def _person(self, row: Row, name: str) -> Said:
        born, about = self._born(row)
        needs = {
            need for column in self._columns[Field.NEEDS]
            for need in values.needs(self._at(row, column))
        }  # fmt: skip
        return Said(
            name,
            born,
            about,
            self._first(row, Field.PHONE, values.phone) or "",
            self._first(row, Field.REGISTERED, values.registered),
            self._first(row, Field.PRESENT, values.present),
            self._first(row, Field.TENURE, values.tenure)
            or self._first(row, Field.NEEDS, values.tenure)
            or "",
            tuple(sorted(needs)),
        )

    def _born(self, row: Row) -> tuple[int | None, bool]:
        """The year of birth: from its own column, an identity card, or an age."""
        year = self._first(row, Field.BORN, lambda cell: values.born(cell, self._this_year))
        if year is not None:
            return year, False
        for column in self._columns[Field.ID_CARD]:
            said = values.id_card(self._at(row, column))
            if values.is_id_card(said):
                return values.of_id_card(said, self._this_year), False
        year = self._first(row, Field.AGE, lambda cell: values.age(cell, self._this_year))
        return year, year is not None

    def _first(self, row: Row, field: Field, reader: Any) -> Any:
        """What the first column of a meaning says that says anything. Raises `_Cell`."""
        for column in self._columns[field]:
            try:
                found = reader(self._at(row, column))
            except Unclear as unclear:
                raise _Cell(column, unclear.words) from None
            if found not in (None, ""):
                return found
        return None

    def _value(self, row: Row, field: Field) -> Value:
        columns = self._columns[field]
        return self._at(row, columns[0]) if columns else ""

    @staticmethod
    def _at(row: Row, column: int) -> Value:
        return row.cells[column] if column < len(row.cells) else ""


TOTAL = re.compile(
    r"(?:.{0,6})?(?:合计|小计|总计|共计|合計|小計|總計|共計|subtotal|total)[:：]?\d*.{0,4}$",
    re.IGNORECASE,
)


def _is_total(said: str) -> bool:
    return any(word in said for word in ("计", "計", "otal", "OTAL")) and bool(
        TOTAL.match(re.sub(r"\s", "", said))
    )


FOOTER = re.compile(r"第\d+页|页码|填表|制表|审核|盖章|打印|page\d+", re.IGNORECASE)
TOTALS = mark("a line of totals")
HEADER_AGAIN = mark("the header once more")
NOTE = mark("a title or a note")
TITLE = mark("names the building of the rows below")
NOBODY = mark("nobody is named")
EMPTY_BUT_NAMED = mark("The row says that the flat is empty, and names %(name)s.")
