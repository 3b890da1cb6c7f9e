"""Registers as committees keep them: the same households written down in many ways.

Each shape is a function whose name is a sentence. It writes a file and says what is to be read from
it: whoever it names behind which door, which doors are empty, and how many rows there are below the
header. Names, years and numbers are made up and come from a seed.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter

from server.features.register.addresses import Compound, Estate

THIS_YEAR = 2026

PLUM, ORCHID = 1, 2
"""梅园, buildings of units; 兰园, numbers in a lane."""

COMPOUNDS = (
    Compound(PLUM, "梅园", "unit", ""),
    Compound(ORCHID, "兰园", "lane", "828"),
)
LABELS = [f"{floor}{nth:02d}" for floor in range(1, 7) for nth in range(1, 5)]
PLACES = {
    PLUM: [(building, well) for building in ("3", "12", "21") for well in ("1", "2", "3")],
    ORCHID: [(building, "") for building in ("5", "6", "15")],
}
ESTATE = Estate(
    COMPOUNDS,
    {
        key: number
        for number, key in enumerate(
            (
                (compound, building, well, label)
                for compound, places in PLACES.items()
                for building, well in places
                for label in LABELS
            ),
            start=1,
        )
    },
)

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰春梅建国志红"


@dataclass(frozen=True)
class Person:
    """Somebody as they are, whatever a file makes of them."""

    name: str
    born: date
    phone: str


@dataclass(frozen=True)
class Home:
    """A door and who lives behind it; nobody where it is empty."""

    compound: int
    building: str
    stairwell: str
    door: str
    people: tuple[Person, ...]

    @property
    def key(self) -> tuple[int, str, str, str]:
        """As the estate knows it."""
        return self.compound, self.building, self.stairwell, self.door


@dataclass
class Made:
    """A file and what is to be read from it."""

    path: Path
    rows: int
    people: set[tuple[Any, ...]] = field(default_factory=set)
    empty: set[tuple[int, str, str, str]] = field(default_factory=set)


def homes_of(dice: random.Random, compounds: Sequence[int], doors: int = 8) -> list[Home]:
    """Households in the order in which one walks past them."""
    names: set[str] = set()
    homes = []
    for compound in compounds:
        every = [(*place, label) for place in PLACES[compound] for label in LABELS]
        for nth in sorted(dice.sample(range(len(every)), doors)):
            people = tuple(_person(dice, names) for _ in range(dice.randint(1, 4)))
            homes.append(Home(compound, *every[nth], people))
    return homes


def _person(dice: random.Random, names: set[str]) -> Person:
    while True:
        name = dice.choice(SURNAMES) + "".join(dice.choices(GIVEN, k=dice.randint(1, 2)))
        if name not in names:
            break
    names.add(name)
    born = date(dice.randint(1932, 2020), dice.randint(1, 12), dice.randint(1, 28))
    phone = f"13{dice.randrange(10**9):09d}" if dice.random() < 0.8 else ""
    return Person(name, born, phone)


# What columns may hold.

Cell = Callable[[Home, Person, int], Any]
"""A cell of the nth person of a home."""


def building(home: Home, person: Person, nth: int) -> Any:
    """12."""
    return home.building


def stairwell(home: Home, person: Person, nth: int) -> Any:
    """3."""
    return home.stairwell


def door(home: Home, person: Person, nth: int) -> Any:
    """501."""
    return home.door


def name(home: Home, person: Person, nth: int) -> Any:
    """王伟."""
    return person.name


def year(home: Home, person: Person, nth: int) -> Any:
    """1938."""
    return person.born.year


def phone(home: Home, person: Person, nth: int) -> Any:
    """13800138000."""
    return person.phone


def once(cell: Cell, otherwise: Any = "") -> Cell:
    """Said of the first of a home only."""
    return lambda home, person, nth: cell(home, person, nth) if nth == 0 else otherwise


def rows(homes: Iterable[Home], *cells: Cell) -> list[list[Any]]:
    """A row for each person."""
    return [
        [cell(home, person, nth) for cell in cells]
        for home in homes
        for nth, person in enumerate(home.people)
    ]


USUAL = (building, stairwell, door, name, year, phone)
TITLES = ["楼栋", "单元", "室号", "姓名", "出生年月", "联系电话"]


def meant(path: Path, homes: Iterable[Home], more: int = 0) -> Made:
    """What is to be read: everybody, a row each; `more` rows that name nobody."""
    homes = list(homes)
    made = Made(path, sum(len(home.people) for home in homes) + more)
    for home in homes:
        for person in home.people:
            made.people.add((*home.key, person.name, person.born.year, person.phone))
    return made


def save(path: Path, *sheets: tuple[str, list[list[Any]]]) -> openpyxl.Workbook:
    """An Excel file of these sheets; can be changed and saved again."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, lines in sheets:
        sheet = book.create_sheet(title)
        for line in lines:
            sheet.append(line)
    book.save(path)
    return book


def save_text(path: Path, lines: list[list[Any]], encoding: str, delimiter: str = ",") -> None:
    """A text file of these rows."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(lines)
    path.write_bytes(out.getvalue().encode(encoding))


# The shapes.

Shape = Callable[[Path, list[Home], random.Random], Made]
SHAPES: dict[str, tuple[Shape, tuple[int, ...]]] = {}


def shape(*compounds: int) -> Callable[[Shape], Shape]:
    """Register a shape of a register of these compounds."""

    def register(made: Shape) -> Shape:
        SHAPES[made.__name__] = made, compounds or (PLUM,)
        return made

    return register


def make(called: str, seed: int, folder: Path) -> Made:
    """A file of this shape."""
    dice = random.Random(seed)
    made, compounds = SHAPES[called]
    return made(folder / f"{called}.xlsx", homes_of(dice, compounds), dice)


@shape()
def a_title_stands_above_the_header(path: Path, homes: list[Home], dice: random.Random) -> Made:
    book = save(
        path,
        (
            "台账",
            [["梅园小区居民登记表"], ["填表日期：2026年3月"], [], TITLES, *rows(homes, *USUAL)],
        ),
    )
    book.active.merge_cells("A1:F1")
    book.save(path)
    return meant(path, homes)


@shape()
def the_header_has_two_merged_lines(path: Path, homes: list[Home], dice: random.Random) -> Made:
    book = save(
        path,
        (
            "Sheet1",
            [
                ["房屋信息", "", "", "人员信息", "", "联系电话"],
                ["楼栋", "单元", "室号", "姓名", "出生日期", ""],
                *rows(homes, *USUAL),
            ],
        ),
    )
    for area in ("A1:C1", "D1:E1", "F1:F2"):
        book.active.merge_cells(area)
    book.save(path)
    return meant(path, homes)


@shape()
def a_households_door_is_merged_over_its_rows(
    path: Path, homes: list[Home], dice: random.Random
) -> Made:
    book = save(path, ("台账", [TITLES, *rows(homes, *USUAL)]))
    top = 2
    for home in homes:
        bottom = top + len(home.people) - 1
        for letter in "ABC":
            book.active.merge_cells(f"{letter}{top}:{letter}{bottom}")
        top = bottom + 1
    book.save(path)
    return meant(path, homes)


@shape()
def blank_cells_mean_as_above(path: Path, homes: list[Home], dice: random.Random) -> Made:
    cells = (once(building), once(stairwell), once(door), name, year, phone)
    save(path, ("台账", [TITLES, *rows(homes, *cells)]))
    return meant(path, homes)


@shape()
def a_building_is_said_once_for_many_doors(
    path: Path, homes: list[Home], dice: random.Random
) -> Made:
    lines: list[list[Any]] = [TITLES]
    before: tuple[str, str] | None = None
    for home in homes:
        for nth, line in enumerate(rows([home], *USUAL)):
            where = home.building, home.stairwell
            line[:3] = [
                home.building if before is None or before[0] != where[0] else "",
                home.stairwell if before != where else "",
                home.door if nth == 0 else "",
            ]
            before = where
            lines.append(line)
    save(path, ("台账", lines))
    return meant(path, homes)


@shape()
def dittos_mean_as_above(path: Path, homes: list[Home], dice: random.Random) -> Made:
    def ditto(cell: Cell) -> Cell:
        return lambda home, person, nth: (
            cell(home, person, nth) if nth == 0 else dice.choice(["同上", "〃", "″", "如上"])
        )

    cells = (ditto(building), ditto(stairwell), ditto(door), name, year, phone)
    save(path, ("台账", [TITLES, *rows(homes, *cells)]))
    return meant(path, homes)


@shape()
def each_building_has_its_sheet(path: Path, homes: list[Home], dice: random.Random) -> Made:
    sheets = [
        (f"{number}号楼", [TITLES[1:], *rows(list(of), *USUAL[1:])])
        for number, of in groupby(homes, key=lambda home: home.building)
    ]
    save(path, ("填表说明", [["请各楼组长填写"]]), *sheets)
    return meant(path, homes)


@shape()
def a_title_names_the_sheets_building(path: Path, homes: list[Home], dice: random.Random) -> Made:
    sheets = [
        (
            f"Sheet{nth}",
            [[f"梅园{number}号楼居民信息登记表"], TITLES[1:], *rows(list(of), *USUAL[1:])],
        )
        for nth, (number, of) in enumerate(groupby(homes, key=lambda home: home.building))
    ]
    save(path, *sheets)
    return meant(path, homes)


@shape()
def lines_between_name_the_building(path: Path, homes: list[Home], dice: random.Random) -> Made:
    lines: list[list[Any]] = [TITLES[1:]]
    groups = [(number, list(of)) for number, of in groupby(homes, key=lambda home: home.building)]
    for number, of in groups:
        lines += [[f"{number}号楼"], *rows(of, *USUAL[1:])]
    save(path, ("台账", lines))
    return meant(path, homes, more=len(groups))


@shape()
def whole_addresses_are_spelled_in_many_ways(
    path: Path, homes: list[Home], dice: random.Random
) -> Made:
    def address(home: Home, person: Person, nth: int) -> str:
        b, s, d = home.building, home.stairwell, home.door
        return dice.choice(
            [
                f"{b}号楼-{s}单元-{d}", f"{b}-{s}-{d}", f"{b}号楼{s}单元{d}室",
                f"梅园{b}号楼{s}单元{d}", f"梅园小区{b}幢{s}单元{d}室", f"{b}#{s}-{d}",
                f"{wide(b)}号楼{wide(s)}单元{wide(d)}", f"{b}栋 {s}单元 {d}", f"{b}—{s}—{d}",
                f"{chinese(int(b))}号楼{chinese(int(s))}单元{d}",
            ]
        )  # fmt: skip

    save(
        path,
        (
            "台账",
            [["姓名", "现住址", "出生日期", "电话"], *rows(homes, name, address, year, phone)],
        ),
    )
    return meant(path, homes)


@shape(ORCHID)
def addresses_in_a_lane(path: Path, homes: list[Home], dice: random.Random) -> Made:
    def address(home: Home, person: Person, nth: int) -> str:
        return dice.choice(
            [
                f"828弄{home.building}号{home.door}室",
                f"{home.building}号{home.door}室",
                f"{home.building}号{home.door}",
                f"828-{home.building}-{home.door}",
            ]
        )

    save(
        path,
        (
            "台账",
            [["居住地址", "姓名", "出生日期", "手机"], *rows(homes, address, name, year, phone)],
        ),
    )
    return meant(path, homes)


@shape(PLUM, ORCHID)
def two_compounds_share_a_sheet(path: Path, homes: list[Home], dice: random.Random) -> Made:
    names = {compound.id: compound.name for compound in COMPOUNDS}

    def compound(home: Home, person: Person, nth: int) -> str:
        return names[home.compound] + dice.choice(["", "小区"])

    save(path, ("台账", [["小区", *TITLES], *rows(homes, compound, *USUAL)]))
    return meant(path, homes)


@shape()
def totals_headers_and_footers_stand_between(
    path: Path, homes: list[Home], dice: random.Random
) -> Made:
    lines = rows(homes, *USUAL)
    half = len(lines) // 2
    save(
        path,
        (
            "台账",
            [
                TITLES,
                *lines[:half],
                ["小计", "", "", half, "", ""],
                ["第1页，共2页"],
                [],
                TITLES,
                *lines[half:],
                ["", "", "合  计：", "", "", f"{len(lines)}人"],
                ["填表人：某某　　审核：某某"],
            ],
        ),
    )
    return meant(path, homes, more=5)


@shape()
def numbers_are_floats_and_full_width(path: Path, homes: list[Home], dice: random.Random) -> Made:
    def number(cell: Cell) -> Cell:
        return lambda home, person, nth: dice.choice([float, wide, str, "{}　".format])(
            cell(home, person, nth)
        )

    def dialled(home: Home, person: Person, nth: int) -> Any:
        p = person.phone
        if not p:
            return dice.choice(["", "无", "/", "-", None])
        return dice.choice(
            [
                float(p), int(p), p, wide(p), f"+86 {p}", f"{p[:3]}-{p[3:7]}-{p[7:]}", f"86{p}",
                f"{p[:3]} {p[3:7]} {p[7:]}", f"{p}.0", f"手机：{p}", f"\u200b{p}\u202c",
                f"{p}/021-64330000", f"021-64330000、{p}", f"{float(p):.10E}",
            ]
        )  # fmt: skip

    def padded(home: Home, person: Person, nth: int) -> str:
        n = person.name
        return dice.choice([n, f" {n}\u00a0", f"{n[0]}　{n[1:]}", f"\u200b{n}"])

    cells = (number(building), number(stairwell), number(door), padded, year, dialled)
    save(
        path,
        (
            "台账",
            [["楼 栋", "单　元", "室号", "姓　名", "出生年份", "电 话"], *rows(homes, *cells)],
        ),
    )
    return meant(path, homes)


@shape()
def births_are_written_in_many_ways(path: Path, homes: list[Home], dice: random.Random) -> Made:
    def born(home: Home, person: Person, nth: int) -> Any:
        b = person.born
        return dice.choice(
            [
                datetime(b.year, b.month, b.day), (b - date(1899, 12, 30)).days,
                b.year, str(b.year),
                f"{b.year}.{b.month}.{b.day}", f"{b.year}年{b.month}月{b.day}日", f"{b:%Y%m%d}",
                int(f"{b:%Y%m%d}"), f"{b.year}-{b.month:02d}-{b.day:02d}", f"{b.year}/{b.month}",
                wide(f"{b.year}.{b.month}"), f"{b.year}年", int(f"{b:%Y%m}"), f"{b:%Y%m}",
            ]
        )  # fmt: skip

    save(path, ("台账", [TITLES, *rows(homes, building, stairwell, door, name, born, phone)]))
    return meant(path, homes)


@shape()
def only_identity_cards_say_the_year(path: Path, homes: list[Home], dice: random.Random) -> Made:
    def card(home: Home, person: Person, nth: int) -> str:
        b = person.born
        if b.year < 2000 and dice.random() < 0.3:
            return f"310104{b:%y%m%d}{dice.randrange(1000):03d}"
        return f"310104{b:%Y%m%d}{dice.randrange(1000):03d}{dice.choice('0123456789Xx')}"

    titles = [*TITLES[:4], "身份证号码", "联系电话"]
    save(path, ("台账", [titles, *rows(homes, building, stairwell, door, name, card, phone)]))
    return meant(path, homes)


@shape()
def traditional_headers_in_utf_8(path: Path, homes: list[Home], dice: random.Random) -> Made:
    titles = ["樓棟", "單元", "室號", "姓名", "出生年份", "聯繫電話"]
    save_text(
        path, [["居民登記表"], titles, *rows(homes, *USUAL)], dice.choice(["utf-8", "utf-8-sig"])
    )
    return meant(path, homes)


@shape()
def text_in_gb18030_with_semicolons(path: Path, homes: list[Home], dice: random.Random) -> Made:
    save_text(path, [TITLES, *rows(homes, *USUAL)], "gb18030", dice.choice([",", ";"]))
    return meant(path, homes)


@shape()
def text_in_utf_16_with_tabs(path: Path, homes: list[Home], dice: random.Random) -> Made:
    save_text(path, [TITLES, *rows(homes, *USUAL)], "utf-16", "\t")
    return meant(path, homes)


@shape()
def english_headers(path: Path, homes: list[Home], dice: random.Random) -> Made:
    titles = ["Building", "Unit", "Flat", "Name", "Year of birth", "Phone"]
    cells = (
        lambda home, person, nth: f"Building {home.building}",
        lambda home, person, nth: f"Unit {home.stairwell}",
        *USUAL[2:],
    )
    save(path, ("Register", [titles, *rows(homes, *cells)]))
    return meant(path, homes)


@shape()
def numbers_are_chinese(path: Path, homes: list[Home], dice: random.Random) -> Made:
    cells = (
        lambda home, person, nth: chinese(int(home.building)) + dice.choice(["号楼", "栋", "幢"]),
        lambda home, person, nth: chinese(int(home.stairwell)) + "单元",
        lambda home, person, nth: dice.choice([f"{home.door}室", f"0{home.door}", home.door]),
        *USUAL[3:],
    )
    save(path, ("台账", [TITLES, *rows(homes, *cells)]))
    return meant(path, homes)


@shape()
def a_household_stands_in_one_cell(path: Path, homes: list[Home], dice: random.Random) -> Made:
    lines = [
        [home.building, home.stairwell, home.door, dice.choice("、,，/\n").join(
            person.name for person in home.people
        )]
        for home in homes
    ]  # fmt: skip
    save(path, ("台账", [["楼栋", "单元", "室号", "家庭成员"], *lines]))
    made = Made(path, len(homes))
    made.people = {(*home.key, person.name, None, "") for home in homes for person in home.people}
    return made


@shape()
def there_is_no_header(path: Path, homes: list[Home], dice: random.Random) -> Made:
    def address(home: Home, person: Person, nth: int) -> str:
        return f"{home.building}-{home.stairwell}-{home.door}"

    save(path, ("Sheet1", rows(homes, address, name, phone)))
    made = meant(path, homes)
    made.people = {(*one[:5], None, one[6]) for one in made.people}
    return made


@shape()
def empty_flats_are_named(path: Path, homes: list[Home], dice: random.Random) -> Made:
    lived, empty = homes[::2], homes[1::2]
    lines = [[*line, ""] for line in rows(lived, *USUAL)]
    for home in empty:
        where = [home.building, home.stairwell, home.door]
        word = dice.choice(["空关", "空置", "空房", "无人居住"])
        lines.append(dice.choice([[*where, word, "", "", ""], [*where, "", "", "", word]]))
    save(path, ("台账", [[*TITLES, "备注"], *lines]))
    made = meant(path, lived, more=len(empty))
    made.empty = {home.key for home in empty}
    return made


@shape()
def other_columns_surround_what_matters(path: Path, homes: list[Home], dice: random.Random) -> Made:
    def nothing(home: Home, person: Person, nth: int) -> Any:
        return dice.choice(["", "男", "汉族", "A", "100200", 7])

    titles = ["序号", "性别", *TITLES[:3], "民族", *TITLES[3:], "车牌", "工作单位", "奇怪的一列"]
    cells = (nothing, nothing, *USUAL[:3], nothing, *USUAL[3:], nothing, nothing, nothing)
    lines = rows(homes, *cells)
    save(path, ("台账", [[], ["", *titles], *(["", *line] for line in lines)]))
    return meant(path, homes)


@shape()
def a_hidden_sheet_is_left_out(path: Path, homes: list[Home], dice: random.Random) -> Made:
    lines = [TITLES, *rows(homes, *USUAL)]
    book = save(path, ("台账", lines), ("旧表", lines), ("统计", [["楼栋", "户数"], ["12", 24]]))
    book["旧表"].sheet_state = "hidden"
    book.save(path)
    return meant(path, homes)


@shape()
def blank_rows_are_formatted_to_the_end(path: Path, homes: list[Home], dice: random.Random) -> Made:
    book = xlsxwriter.Workbook(path)
    sheet, coloured = book.add_worksheet("台账"), book.add_format({"bg_color": "yellow"})
    for nth, line in enumerate([TITLES, *rows(homes, *USUAL)]):
        sheet.write_row(nth * 2, 0, line)
    for row in range(100, 1_048_576, 5_000):
        sheet.write_blank(row, 0, None, coloured)
    sheet.write_blank(1_048_575, 199, None, coloured)
    book.close()
    return meant(path, homes)


def wide(text: str) -> str:
    """Full-width digits."""
    return "".join(chr(ord(sign) + 0xFEE0) if sign.isdigit() else sign for sign in text)


def chinese(number: int) -> str:
    """十二 of 12."""
    tens, ones = divmod(number, 10)
    signs = "零一二三四五六七八九"
    return (("" if tens == 1 else signs[tens]) + "十" if tens else "") + (
        signs[ones] if ones else ""
    )
