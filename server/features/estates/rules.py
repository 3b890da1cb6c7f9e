"""How places are called, in each address scheme: said, read back from what people type, ordered.

A scheme is data. Its phrases name the parts in the same order in every language, with every part
set off by a word or a space, so that `parse` reads back whatever any of the languages prints.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

from server import clock
from server.i18n import Words, mark
from server.oplog.kinds import Refused

SEALED, CONTROLLED, PRECAUTION, FREE = "sealed", "controlled", "precaution", "free"
CONTROLS = {
    SEALED: mark("Sealed"),
    CONTROLLED: mark("Controlled"),
    PRECAUTION: mark("Precaution"),
    FREE: mark("No control"),
}
"""Under which control a building may be (field notes, row 5), the strictest first."""

LONGEST_CONTROL = 60 * clock.DAY
"""How far ahead its earliest change may lie."""


_PHONE = re.compile(r"\+?[\d(][\d ()\-]{1,22}")
"""A telephone number as people write one."""

FEWEST_DIGITS, MOST_DIGITS = 5, 15
"""Fewer are called by everybody anyway, or are a flat's: 120, 1102."""


def public_phone(text: str) -> str:
    """A telephone number that everybody may know, as it is shown; empty stays empty.

    Raises `Refused` for what is no number.
    """
    phone = unicodedata.normalize("NFKC", text).strip()
    if not phone:
        return ""
    if not _PHONE.fullmatch(phone) or not FEWEST_DIGITS <= len(digits(phone)) <= MOST_DIGITS:
        raise Refused(NO_PHONE, text=text[:24])
    return phone


def digits(phone: str) -> str:
    """What is dialled."""
    return "".join(sign for sign in phone if sign.isdigit())


NO_PHONE = mark("“%(text)s” is not a telephone number.")


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of an address. Empty means: not there, or not said."""

    compound: str = ""  # 梅园
    lane: str = ""  # 828 of 828弄
    building: str = ""
    stairwell: str = ""  # empty where the building has only one
    floor: str = ""  # as painted on the wall
    door: str = ""


@dataclass(frozen=True, slots=True)
class Scheme:
    """One way of numbering a compound: its name, its phrases and what comes before the door."""

    key: str
    label: str
    building: str  # the place of a building with one stairwell
    stairwell: str  # the place of one stairwell of several
    door: str  # a door at a place
    slots: tuple[str, ...]  # what numbers without a word stand for, before the door

    def place(self, address: Address) -> Words:
        """The stairwell of an address, without its compound."""
        return Words(self.stairwell if address.stairwell else self.building, _said(address))

    def at_door(self, address: Address) -> Words:
        """The door of an address, without its compound."""
        return Words(self.door, {"place": self.place(address), **_said(address, "floor", "door")})


SCHEMES = {
    scheme.key: scheme
    for scheme in (
        Scheme(
            "lane",
            mark("Lane, number, room"),
            building=mark("Lane %(lane)s No. %(building)s"),
            stairwell=mark("Lane %(lane)s No. %(building)s, Unit %(stairwell)s"),
            door=mark("%(place)s, Room %(door)s"),
            slots=("lane", "building"),
        ),
        Scheme(
            "unit",
            mark("Building, unit, door"),
            building=mark("Building %(building)s"),
            stairwell=mark("Building %(building)s, Unit %(stairwell)s"),
            door=mark("%(place)s, %(door)s"),
            slots=("building", "stairwell"),
        ),
        Scheme(
            "tower",
            mark("Tower, floor, room"),
            building=mark("Tower %(building)s"),
            stairwell=mark("Tower %(building)s, Unit %(stairwell)s"),
            door=mark("%(place)s, %(floor)sF %(door)s"),
            slots=("building", "stairwell"),
        ),
    )
}

UNIT = mark("Unit %(stairwell)s")
IN_COMPOUND = mark("%(compound)s, %(place)s")


def place(scheme: str, address: Address) -> Words:
    """The place line of a stairwell: 梅园 12号楼 3单元."""
    return Words(IN_COMPOUND, {"compound": address.compound, "place": short_place(scheme, address)})


def short_place(scheme: str, address: Address) -> Words:
    """The same within its compound: 12号楼 3单元."""
    return SCHEMES[scheme].place(address)


def building_label(scheme: str, address: Address) -> Words:
    """The building alone, in a list of its compound's: 12号楼."""
    return Words(SCHEMES[scheme].building, _said(address, "lane", "building"))


def in_compound(scheme: str, address: Address) -> Words:
    """The building with its compound: 梅园 12号楼."""
    said = building_label(scheme, address)
    return Words(IN_COMPOUND, {"compound": address.compound, "place": said})


def stairwell_label(scheme: str, address: Address) -> Words:
    """The stairwell alone, in a list of its building's: 3单元, or its building if the only one."""
    if not address.stairwell:
        return building_label(scheme, address)
    return Words(UNIT, _said(address, "stairwell"))


def full_address(scheme: str, address: Address) -> Words:
    """Where a household lives: 梅园 12号楼 3单元 1102."""
    said = short_address(scheme, address)
    return Words(IN_COMPOUND, {"compound": address.compound, "place": said})


def short_address(scheme: str, address: Address) -> Words:
    """The same within its compound: 12号楼 3单元 1102."""
    return SCHEMES[scheme].at_door(address)


def short_label(building: str, stairwell: str = "", door: str = "") -> str:
    """What stands in a stairwell's small square, 12-3, or what people type for a door, 12-3-1102.

    The same in every language: it is made of numbers only.
    """
    return "-".join(part for part in (building, stairwell, door) if part)


def _said(address: Address, *names: str) -> dict[str, Any]:
    """The parameters of a phrase: the parts that are named, or all that lead to a stairwell."""
    return {name: getattr(address, name) for name in names or ("lane", "building", "stairwell")}


# Reading what people type.

BEFORE = {
    "LANE": "lane",
    "NO.": "building",
    "NO": "building",
    "BUILDING": "building",
    "TOWER": "building",
    "UNIT": "stairwell",
    "FLOOR": "floor",
    "ROOM": "door",
    "FLAT": "door",
}
"""English words, which stand before their number."""

AFTER = {
    "弄": "lane",
    "号楼": "building",
    "號樓": "building",
    "号": "building",
    "號": "building",
    "栋": "building",
    "棟": "building",
    "幢": "building",
    "楼": "building",
    "樓": "building",
    "座": "building",
    "单元": "stairwell",
    "單元": "stairwell",
    "层": "floor",
    "層": "floor",
    "F": "floor",
    "室": "door",
    "户": "door",
    "戶": "door",
}
"""Chinese words, and the F of 18F, which stand after their number."""


def _any_of(words: Iterable[str]) -> str:
    """A pattern for any of the words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


# The F of 18F is a word, hence no F among the letters of 3A or 3A02. A letter before a number
# makes a shop, S1, unless three digits follow: B1803 is a tower and a room.
ITEM = re.compile(
    rf"""
    (?: (?P<before>{_any_of(BEFORE)}) \s* )?
    (?P<value> [A-Z]?\d{{1,2}}(?!\d)(?:[A-EG-Z]\d*)? | \d{{3,}}[A-Z]? | [A-Z](?![A-EG-Z]) )
    (?: \s* (?P<after>{_any_of(AFTER)}) )?
    [\s,./\#-]*
    """,
    re.VERBOSE | re.ASCII,
)
DASHES = re.compile(r"[\u2010-\u2015\u2212\u30fc\u3001\u3002\u00b7_~]")
DOOR = re.compile(r"\d{3,}[A-Z]?|\d{1,2}[A-Z]\d{2,}|[A-Z]\d{1,2}", re.ASCII)


def parse(text: str, scheme: str, compound: str = "") -> Address | None:
    """The parts of what somebody typed, "12-3-1102" or "１２号楼３单元１１０２"; None if unclear.

    Where `compound` is given, its name may stand before the address, and the answer carries it.
    """
    said = _sort_out(_without_compound(_plain(text), _plain(compound)))
    parts = _place_bare(*said, SCHEMES[scheme].slots) if said else None
    if not parts or not (parts.get("building") or parts.get("door")):
        return None
    return Address(compound=compound, **parts)


def parse_beginning(text: str, scheme: str, compound: str = "") -> list[tuple[Address, str]]:
    """What somebody has typed so far may mean: a place, and how a door's label begins there.

    "12-3-11" is on its way to 1102 of 12-3; "12-3" to any door there, or to 301 of building 12.
    """
    found = []
    whole = parse(text, scheme, compound)
    if whole is not None:
        found.append((replace(whole, door=""), whole.door))
    place, separator, beginning = _plain(text).rpartition("-")
    before = parse(place, scheme, compound) if separator and beginning.isalnum() else None
    if before is not None and not before.door:
        found.append((before, beginning))
    return found


def _plain(text: str) -> str:
    """Full-width digits and letters made narrow, all dashes one, letters large."""
    return DASHES.sub("-", unicodedata.normalize("NFKC", text)).upper().strip()


def _without_compound(text: str, name: str) -> str:
    """What follows the name of the compound, with or without 小区."""
    if not name or not text.startswith(name):
        return text
    return re.sub(r"^(小区|小區)?[\s,]*", "", text[len(name) :].lstrip())


def _sort_out(text: str) -> tuple[dict[str, str], list[str]] | None:
    """Values that stand with a word, by part, and the others in order; None if not understood."""
    named: dict[str, str] = {}
    bare: list[str] = []
    end = 0
    while end < len(text):
        item = ITEM.match(text, end)
        if item is None:
            return None
        end = item.end()
        part = BEFORE.get(item["before"]) or AFTER.get(item["after"])
        if part is None:
            bare.append(item["value"])
        elif part in named:
            return None
        else:
            named[part] = item["value"]
    return named, bare


def _place_bare(
    named: dict[str, str], bare: list[str], slots: tuple[str, ...]
) -> dict[str, str] | None:
    """Give values without a word to the parts not named: a door last, the scheme's slots before."""
    parts = dict(named)
    if bare and "door" not in parts and DOOR.fullmatch(bare[-1]):
        *bare, parts["door"] = bare
    free = [slot for slot in slots if slot not in parts]
    if len(bare) < len(free):
        # The building is what people always say; its lane or its unit may be left out.
        free = [slot for slot in free if slot == "building"] or free
    if len(bare) > len(free):
        return None
    return parts | dict(zip(free, bare, strict=False))


# Orders.


class OnFloor(Protocol):
    """Anything that stands on a floor."""

    @property
    def level(self) -> int: ...


class AtDoor(OnFloor, Protocol):
    """Anything that stands at a door."""

    @property
    def position(self) -> int: ...


AnyFloor = TypeVar("AnyFloor", bound=OnFloor)
AnyDoor = TypeVar("AnyDoor", bound=AtDoor)


def floor_order(floors: Iterable[AnyFloor], bottom_first: bool = False) -> list[AnyFloor]:
    """Floors as the building stands, top first, or as one climbs it."""
    return sorted(floors, key=lambda floor: floor.level, reverse=not bottom_first)


def walking_order(doors: Iterable[AnyDoor], bottom_first: bool = False) -> list[AnyDoor]:
    """Doors floor after floor, each landing in its own order."""
    step = 1 if bottom_first else -1
    return sorted(doors, key=lambda door: (step * door.level, door.position))


def floor_labels(count: int, without: frozenset[int] = frozenset()) -> list[str]:
    """What is painted on the walls from the ground up, where some numbers are left out."""
    numbers = (number for number in range(1, count + len(without) + 1) if number not in without)
    return [str(number) for number, _ in zip(numbers, range(count), strict=False)]


def door_label(floor: str, nth: int) -> str:
    """The usual label of the nth door on a landing: 302, 1104."""
    return f"{floor}{nth:02d}"
