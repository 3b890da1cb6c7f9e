"""How the columns of a sheet are understood: by their headers, else by what stands in them.

What was understood is shown and can be changed by hand; what was chosen by hand is remembered for
the same form, which is known by its headers.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import islice

import msgspec

from server.features.estates import rules as estates
from server.features.register import headers, values
from server.features.register.addresses import Estate, number
from server.features.register.headers import Field
from server.features.register.sheets import Book, Row, Value, letters_of
from server.i18n import Words, mark

HEAD = 30
"""Rows in which the header is looked for."""

LOOKED_AT = 60
"""Rows below the header by which a column without one is understood."""

SAMPLES = 3

LIKELY = 0.6
"""Share of a column's values that must look alike."""


class Column(msgspec.Struct):
    """A column: what is written above it, what stands in it, and what it means."""

    index: int
    letter: str
    header: str
    field: Field
    because: str = ""  # header, content, remembered or hand; empty: nobody knows what it means
    samples: list[str] = []


class SheetLayout(msgspec.Struct):
    """How one sheet is read."""

    index: int
    name: str
    read: bool
    header: tuple[int, int]  # its rows, as Excel counts; 0, 0 where there is none
    columns: list[Column]
    compound: int | None = None
    signature: str = ""
    building: str = ""  # of all its rows, as its name or its title says, where no column does
    stairwell: str = ""

    def of(self, *fields: Field) -> list[int]:
        """The columns that mean one of these."""
        return [column.index for column in self.columns if column.field in fields]


class Layout(msgspec.Struct):
    """How a file is read."""

    sheets: list[SheetLayout]
    lays: bool = False  # buildings and doors that are not there yet are made


WHERE = (Field.ADDRESS, Field.DOOR)
"""One of these says which door."""


def recognise(book: Book, estate: Estate, remembered: Mapping[str, Mapping[int, str]]) -> Layout:
    """How a file seems to be meant. Raises `Unreadable` where a sheet cannot be read."""
    found = []
    for sheet in book.sheets:
        rows = [row for row in islice(book.rows(sheet.index), HEAD + LOOKED_AT) if _filled(row)]
        layout = _sheet(sheet.index, sheet.name, rows, estate, remembered)
        layout.read = layout.read and not sheet.hidden
        found.append(layout)
    return Layout(found, lays=not estate.doors)


def missing(layout: Layout) -> Words | None:
    """What has to be said by hand before a file can be read; None where nothing is missing."""
    read = [sheet for sheet in layout.sheets if sheet.read]
    if not read:
        return Words(NO_SHEET)
    for sheet in read:
        if not sheet.of(*WHERE):
            return Words(NO_DOOR, {"sheet": sheet.name})
        if not sheet.of(Field.NAME, Field.HEAD, Field.USE):
            return Words(NO_NAME, {"sheet": sheet.name})
    return None


def _filled(row: Row) -> bool:
    return any(cell != "" for cell in row.cells)


def _sheet(
    index: int,
    name: str,
    rows: Sequence[Row],
    estate: Estate,
    remembered: Mapping[str, Mapping[int, str]],
) -> SheetLayout:
    place, headings = _header(rows)
    below = [row for row in rows if row.number > place[1]][:LOOKED_AT]
    width = max((len(row.cells) for row in rows), default=0)
    titles = [headings[column] if column < len(headings) else "" for column in range(width)]
    signature = _signature(titles)
    chosen = remembered.get(signature, {}) if any(titles) else {}
    columns = [
        _column(column, titles[column], [_cell(row, column) for row in below], chosen)
        for column in range(width)
    ]
    columns = [one for one in columns if one.header or one.samples]
    _by_content(columns, below, estate)
    _one_of_each(columns)
    layout = SheetLayout(index, name, False, place, columns, signature=signature)
    _by_title(layout, [name, *_titles(rows, place)], estate)
    layout.read = bool(below) and (
        bool(layout.of(*WHERE)) or bool(layout.of(Field.NAME, Field.PHONE))
    )
    return layout


def _cell(row: Row, column: int) -> Value:
    return row.cells[column] if column < len(row.cells) else ""


def _header(rows: Sequence[Row]) -> tuple[tuple[int, int], list[str]]:
    """Where the header is, one line or two, and what stands above each column."""
    best: tuple[int, tuple[int, int], list[str]] = (1, (0, 0), [])
    for nth, row in enumerate(rows[:HEAD]):
        one = [values.text(cell) for cell in row.cells]
        best = max(best, (_known(one), (row.number, row.number), one), key=lambda found: found[0])
        below = rows[nth + 1] if nth + 1 < len(rows) else None
        is_title = len({cell for cell in one if cell}) < 2
        if (
            below is not None
            and not is_title
            and below.number == row.number + 1
            and _is_heading(below)
        ):
            two = _joined(one, [values.text(cell) for cell in below.cells])
            # A second line must add something: else it is the first line of the data.
            if _known(two) > max(_known(one), best[0]):
                best = (_known(two), (row.number, below.number), two)
    if not any(best[1]) and rows and _is_unknown_header(rows[0]):
        first = [values.text(cell) for cell in rows[0].cells]
        return (rows[0].number, rows[0].number), first
    return best[1], best[2]


def _is_unknown_header(row: Row) -> bool:
    """True for words that nobody knows and that are no people: a header all the same."""
    said = {found for cell in row.cells if (found := values.text(cell))}
    return len(said) > 1 and _is_heading(row) and not any(map(NAME.fullmatch, said))


def _is_heading(row: Row) -> bool:
    """True where nothing but words stands in a row."""
    cells = [values.text(cell) for cell in row.cells]
    return any(cells) and not any(any(sign.isdigit() for sign in cell) for cell in cells)


def _joined(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """Two lines of a header as one: the lower says more where there are both."""
    wide = max(len(upper), len(lower))
    above = [*upper, *[""] * (wide - len(upper))]
    below = [*lower, *[""] * (wide - len(lower))]
    return [
        under if under and headers.meaning(under) else over if not under or over == under
        else f"{over} {under}".strip()
        for over, under in zip(above, below, strict=True)
    ]  # fmt: skip


def _known(cells: Sequence[str]) -> int:
    """How many columns a row would explain as a header; a title that is merged explains none."""
    said = [cell for cell in cells if cell]
    if len(set(said)) < 2:
        return 0
    means = Counter(found for cell in set(said) if (found := headers.meaning(cell)) is not None)
    sure = sum(1 for cell in set(said) if headers.plain(cell) in headers._EXACT)
    return 2 * len(means.keys() - {Field.IGNORED}) + sure


def _titles(rows: Sequence[Row], place: tuple[int, int]) -> list[str]:
    """What stands above the header."""
    above = (cell for row in rows if row.number < place[0] for cell in row.cells)
    return list(dict.fromkeys(values.text(cell) for cell in above if cell != ""))


def _by_title(layout: SheetLayout, titles: Sequence[str], estate: Estate) -> None:
    """Read of which compound and building a sheet is, where its name or its title says one only."""
    named = {one.id for one in estate.compounds for title in titles if one.name in title}
    if len(named) == 1:
        [layout.compound] = named
    if layout.of(Field.ADDRESS, Field.BUILDING):
        return
    found = {
        (number(one["building"]), number(one["well"] or ""))
        for title in titles
        for one in BUILDING.finditer(re.sub(r"\s", "", title))
    }
    if len(found) == 1:
        [(layout.building, layout.stairwell)] = found


BUILDING = re.compile(
    r"(?P<building>\d+弄\d+号|(?:[\dA-Z]+|[一二三四五六七八九十]+)(?:号楼|號樓|栋|棟|幢|座|号))"
    r"(?:(?P<well>\d+|[一二三四五六七八九十]+)(?:单元|單元))?"
)
"""A building, with or without one of its units, as titles name it."""


def _signature(titles: Sequence[str]) -> str:
    joined = "|".join(headers.plain(title) for title in titles)
    return hashlib.blake2b(joined.encode(), digest_size=16).hexdigest()


def _column(index: int, title: str, cells: Sequence[Value], chosen: Mapping[int, str]) -> Column:
    found = [said for cell in cells if (said := values.text(cell))]
    field, because = headers.meaning(title), "header"
    if index in chosen:
        field, because = Field(chosen[index]), "remembered"
    samples = [_sample(one, field) for one in dict.fromkeys(found)][:SAMPLES]
    column = Column(index, letters_of(index), title, field or Field.IGNORED, "", samples)
    column.because = because if field is not None else ""
    return column


def _sample(said: str, field: Field | None) -> str:
    """What is shown of a cell: never a whole number of an identity card."""
    if field is Field.ID_CARD or values.is_id_card(said):
        return "••••••••" + said[-2:]
    return values.hidden(said)[:24] if field is not Field.PHONE else said[:24]


def _by_content(columns: list[Column], rows: Sequence[Row], estate: Estate) -> None:
    """Understand the columns that nothing stands above, by what stands in them."""
    taken = {column.field for column in columns}
    for column in columns:
        if column.because:
            continue
        said = [values.text(_cell(row, column.index)) for row in rows]
        filled = [one for one in said if one and not values.is_ditto(one)]
        for field, looks in _looks(estate).items():
            if field in taken or not filled:
                continue
            if sum(map(looks, filled)) >= LIKELY * len(filled):
                column.field, column.because = field, "content"
                column.samples = [_sample(one, field) for one in dict.fromkeys(filled)][:SAMPLES]
                taken.add(field)
                break


def _looks(estate: Estate) -> dict[Field, Callable[[str], bool]]:
    return {
        Field.ID_CARD: values.is_id_card,
        Field.PHONE: lambda said: bool(values.MOBILE.fullmatch(re.sub(r"\D|\.0$", "", said))),
        Field.ADDRESS: lambda said: _is_address(said, estate),
        Field.NAME: lambda said: bool(NAME.fullmatch(said.replace(" ", ""))),
        Field.DOOR: lambda said: bool(DOOR.fullmatch(said)),
        Field.BORN: lambda said: bool(DATE.match(said)),
    }


def _is_address(said: str, estate: Estate) -> bool:
    """True for what one of the compounds would read as a door of a building."""
    for compound in estate.compounds:
        read = estates.parse(said, compound.scheme, compound.name)
        if read is not None and read.door and read.building:
            return True
    return False


SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎"
    "鲁韦昌马苗凤花方俞任袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和"
    "穆萧尹姚邵汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛"
    "林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫经房裘缪干解应宗丁宣邓单杭洪包诸左石崔吉龚程邢裴陆荣翁"
    "荀羊惠曲封靳段焦巴弓牧山谷车侯全班秋仲伊宫宁仇甘武符刘景詹龙叶白蒲邰从索赖卓蔺屠乔阳胥能苍双闻"
    "谭劳申扶冉桑桂牛寿通边燕浦尚温别庄晏柴瞿阎连习容向古易慎戈廖庚居衡步都耿满匡国文寇广东欧利师巩聂"
    "陳張趙錢孫吳鄭馮衛蔣韓楊許呂華陶謝鄒竇雲蘇葛範魯韋馬鳳費賀湯羅畢鄔樂時傅齊顧黃蕭邵貝計談茅龐紀項"
    "藍閔賈婁顏鍾邱駱樊盧繆應鄧單諸龔陸榮曲車寧劉葉賴喬陽雙聞譚勞邊溫莊閻連習歐師鞏聶"
)
"""What family names begin with."""

NAME = re.compile(rf"[{SURNAMES}][\u3400-\u9fff·]{{1,3}}")
DOOR = re.compile(r"(?:\d{3,4}[A-Z]?|\d{1,2}[A-Z]\d{1,2})(?:\.0)?(?:室|户)?", re.IGNORECASE)
DATE = re.compile(r"(?:19|20)\d{2}(?:[./\-年]|$|(?:0\d|1[0-2]))")


def _one_of_each(columns: Sequence[Column]) -> None:
    """Leave the second column of one meaning out, but for telephones and remarks."""
    seen: set[Field] = set()
    for column in columns:
        if column.field in SEVERAL or column.because in {"remembered", "hand"}:
            continue
        if column.field in seen:
            column.field, column.because = Field.IGNORED, ""
        seen.add(column.field)


SEVERAL = frozenset({Field.PHONE, Field.NEEDS, Field.IGNORED, Field.USE})

NO_SHEET = mark("No sheet is chosen to be read.")
NO_DOOR = mark("Which column of “%(sheet)s” says the flat, or the whole address?")
NO_NAME = mark("Which column of “%(sheet)s” says the name?")
