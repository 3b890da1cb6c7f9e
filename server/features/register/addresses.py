"""Which door a row means: its parts read as people write them, and looked up in the estate."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from server.features.estates import rules as estates
from server.features.register import values
from server.features.register.sheets import Value
from server.i18n import Words, mark


@dataclass(frozen=True, slots=True)
class Compound:
    """A compound that may be imported into."""

    id: int
    name: str
    scheme: str
    lane: str


DoorKey = tuple[int, str, str, str]
"""Compound, building, stairwell, label."""


@dataclass(slots=True)
class Estate:
    """Every door that may be imported into."""

    compounds: tuple[Compound, ...]
    doors: Mapping[DoorKey, int]
    _wells: dict[tuple[int, str], set[str]] = field(default_factory=dict)

    def wells(self, compound: int, building: str) -> set[str]:
        """The numbers of a building's stairwells; none where there is no such building."""
        if not self._wells:
            for of, house, well, _ in self.doors:
                self._wells.setdefault((of, house), set()).add(well)
        return self._wells.get((compound, building), set())


class Parts(NamedTuple):
    """What the cells of a row say of its door."""

    address: str = ""
    compound: str = ""
    building: str = ""
    stairwell: str = ""
    floor: str = ""
    door: str = ""

    @property
    def said(self) -> bool:
        """True where any of it is."""
        return any(self)


class Place(NamedTuple):
    """A door as a row means it."""

    compound: int
    building: str
    stairwell: str
    floor: str
    label: str


class Located(NamedTuple):
    """Which door a row means; without a number where there is none yet."""

    place: Place
    household: int | None


class Unlocated(ValueError):
    """A row means no door, or not one only."""

    def __init__(self, text: str, /, **params: str) -> None:
        super().__init__(text)
        self.words = Words(text, {name: values.hidden(said) for name, said in params.items()})


def inherit(parts: Parts, above: Parts) -> Parts:
    """Fill what is left blank or says "as above" from the row above; only what lies higher.

    A new building begins anew: its unit and its doors are not those of the last.
    """
    if parts.address:
        return (
            parts._replace(address=parts.address)
            if parts.compound
            else parts._replace(compound=above.compound)
        )
    filled: dict[str, str] = {}
    carry = True
    names = ("compound", "building", "stairwell", "floor", "door")
    last = max((nth for nth, name in enumerate(names) if getattr(parts, name)), default=None)
    if last is None:
        return above
    for nth, name in enumerate(names):
        own, before = getattr(parts, name), getattr(above, name)
        if own:
            carry = carry and own == before
            filled[name] = own
        else:
            # A floor or a unit may be left out where the door says it.
            filled[name] = before if carry and nth < last else ""
    return Parts("", **filled)


def part(value: Value) -> str:
    """A part of an address as one cell says it: 12 for 12.0, 12号楼, 十二栋."""
    plain = values.said(value)
    return plain.removesuffix(".0") if plain.endswith(".0") and plain[:-2].isdecimal() else plain


@lru_cache(maxsize=20_000)
def number(said: str) -> str:
    """The number in a part: 12 of 12号楼, A of A座, 12 of 十二栋; leading zeros go."""
    plain = said.upper().strip()
    plain = re.sub(r"^(?:NO\.?|BUILDING|TOWER|UNIT|BLOCK|FLOOR|ROOM)\s*", "", plain)
    plain = WORDS.sub("", plain).removeprefix("第").strip()
    if plain and set(plain) <= set(CHINESE):
        return str(_chinese(plain))
    return plain.lstrip("0") or plain


WORDS = re.compile(
    r"(?:号楼|號樓|号|號|栋|棟|幢|楼|樓|座|单元|單元|门洞|门|弄|层|層|室|户|戶|房|#|F)+$"
)
CHINESE = {sign: number for number, sign in enumerate("零一二三四五六七八九")} | {"十": 10}


def _chinese(text: str) -> int:
    """A number up to 99 in Chinese: 十二, 二十, 三."""
    if "十" not in text:
        return int("".join(str(CHINESE[sign]) for sign in text))
    tens, _, ones = text.partition("十")
    return (CHINESE[tens] if tens else 1) * 10 + (CHINESE[ones] if ones else 0)


def locate(parts: Parts, estate: Estate, compound: int | None, *, lays: bool) -> Located:
    """The door that a row means. Raises `Unlocated`, with words.

    `compound` is where the sheet lies, if that was said; `lays` where new doors may be made.
    """
    if not parts.said:
        raise Unlocated(NO_ADDRESS)
    if any(map(values.LONG_NUMBER.search, parts)):
        raise Unlocated(NOT_READ, text=" ".join(one for one in parts if one))
    candidates = _compounds(parts, estate, compound)
    read = [(one, place) for one in candidates for place in _read(parts, one)]
    if not read:
        raise Unlocated(NOT_READ, text=" ".join(one for one in parts if one)[:60])
    found = {
        (place._replace(stairwell=key[2], label=key[3]), estate.doors[key])
        for _, place in read
        for key in _keys(place, estate)
    }
    if len(found) == 1:
        [(place, household)] = found
        return Located(place, household)
    if len(found) > 1:
        raise Unlocated(SEVERAL, text=" ".join(one for one in parts if one)[:60])
    return Located(_new(read, estate, lays=lays), None)


def _compounds(parts: Parts, estate: Estate, compound: int | None) -> list[Compound]:
    """The compounds that a row may mean. Raises `Unlocated`."""
    if parts.compound:
        wanted = _bare(parts.compound)
        named = [one for one in estate.compounds if _bare(one.name) == wanted]
        named = named or [one for one in estate.compounds if one.lane and one.lane in wanted]
        if not named:
            raise Unlocated(NO_COMPOUND, name=parts.compound[:40])
        return named
    text = values.text(parts.address)
    begins = [one for one in estate.compounds if text.startswith(one.name)]
    if begins:
        return begins
    if compound is not None:
        return [one for one in estate.compounds if one.id == compound]
    return list(estate.compounds)


def _bare(name: str) -> str:
    return re.sub(r"(小区|小區|花园|\s)+$", "", values.text(name))


def _read(parts: Parts, compound: Compound) -> Iterable[Place]:
    """How a compound would read a row; nothing where it cannot."""
    if parts.address:
        yield from _parsed(parts.address, compound)
        return
    door = number(parts.door)
    if re.search(r"[-/#号楼栋幢]", parts.door.rstrip("#号")) and not parts.building:
        yield from _parsed(parts.door, compound)
        return
    if not door and parts.building:
        yield from _parsed(parts.building, compound)
    elif parts.building:
        building, lane = number(parts.building), ""
        whole = re.fullmatch(r"(\d+)弄(\d+)号?", values.text(parts.building))
        if whole:
            lane, building = whole[1], whole[2]
        if lane in ("", compound.lane):
            split = re.fullmatch(r"(\w+)[-–](\w+)", building)
            well = number(parts.stairwell)
            if split and not well:
                building, well = number(split[1]), number(split[2])
            yield Place(compound.id, building, well, number(parts.floor), door)


def _parsed(text: str, compound: Compound) -> Iterable[Place]:
    plain = re.sub(r"(?<=\d)#", "号楼", values.text(text))
    plain = re.sub(r"[一二三四五六七八九十]+(?=[号號栋棟幢楼樓单單])", _digits, plain)
    read = estates.parse(plain, compound.scheme, compound.name)
    if read is None or not read.door or not read.building:
        return
    if compound.scheme == "lane" and read.lane not in ("", compound.lane):
        return
    yield Place(
        compound.id, number(read.building), number(read.stairwell), number(read.floor),
        number(read.door),
    )  # fmt: skip


def _digits(found: re.Match[str]) -> str:
    return str(_chinese(found[0]))


def _keys(place: Place, estate: Estate) -> list[DoorKey]:
    """The doors there are that a place may mean: its stairwell may be left out, or be the only."""
    known = estate.wells(place.compound, place.building)
    wells = [place.stairwell]
    if place.stairwell not in known:
        if not place.stairwell:
            wells = sorted(known)
        elif known == {""} and place.stairwell == "1":
            wells = [""]
    labels = dict.fromkeys((place.label, place.label.zfill(4), place.label.zfill(3)))
    keys = [(place.compound, place.building, well, label) for well in wells for label in labels]
    return [key for key in keys if key in estate.doors]


def _new(read: list[tuple[Compound, Place]], estate: Estate, *, lays: bool) -> Place:
    """A door that is to be made. Raises `Unlocated` where that is not wanted or not clear."""
    known = [
        (compound, place)
        for compound, place in read
        if estate.wells(place.compound, place.building)
    ]
    if lays and len(read) == 1:
        return read[0][1]
    if lays and len(known) == 1:
        return known[0][1]
    if lays:
        raise Unlocated(WHICH_COMPOUND)
    if len(known) == 1:
        compound, place = known[0]
        said = estates.short_label(place.building, place.stairwell)
        raise Unlocated(NO_FLAT, door=place.label, building=said, compound=compound.name)
    place = read[0][1]
    if len(read) > 1:
        raise Unlocated(NO_BUILDING_ANYWHERE, building=place.building)
    raise Unlocated(NO_BUILDING, building=place.building, compound=read[0][0].name)


NO_ADDRESS = mark("The row does not say which flat.")
NOT_READ = mark("“%(text)s” is not read as a flat.")
SEVERAL = mark("“%(text)s” may mean several flats: say the compound or the unit.")
NO_COMPOUND = mark("There is no compound %(name)s here.")
WHICH_COMPOUND = mark("Say to which compound this sheet belongs.")
NO_FLAT = mark("There is no flat %(door)s in %(building)s, %(compound)s.")
NO_BUILDING = mark("There is no building %(building)s in %(compound)s.")
NO_BUILDING_ANYWHERE = mark("There is no building %(building)s in any compound.")
