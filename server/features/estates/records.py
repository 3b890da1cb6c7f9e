"""Places as `reads.py` finds them."""

from __future__ import annotations

from dataclasses import dataclass

from server.features.estates import rules
from server.features.estates.rules import Address
from server.i18n import Words


@dataclass(frozen=True, slots=True)
class Community:
    """The tenant: one committee."""

    id: int
    name: str
    zone: str
    language: str


@dataclass(frozen=True, slots=True)
class ServicePhone:
    """A service telephone, which everybody may know."""

    compound: str  # empty where it is the community's
    number: str


@dataclass(frozen=True, slots=True)
class Phones:
    """The service telephones of a community; empty where there is none."""

    community: str
    compounds: dict[int, ServicePhone]  # every compound, by id

    @property
    def said(self) -> tuple[ServicePhone, ...]:
        """Those there are, the community's first."""
        every = (ServicePhone("", self.community), *self.compounds.values())
        return tuple(one for one in every if one.number)

    def at(self, compound_id: int) -> tuple[ServicePhone, ...]:
        """Those that somebody in a compound calls, the nearest first."""
        nearest = (self.compounds[compound_id], ServicePhone("", self.community))
        return tuple(one for one in nearest if one.number)


@dataclass(frozen=True, slots=True)
class Place:
    """A stairwell and what it lies in: its ids, as rights are judged by, and how it is called."""

    stairwell: int
    building: int
    compound: int
    short: str  # what stands in its small square
    scheme: str
    address: Address
    household: None = None

    @property
    def words(self) -> Words:
        """梅园 12号楼 3单元."""
        return rules.place(self.scheme, self.address)

    @property
    def short_words(self) -> Words:
        """12号楼 3单元."""
        return rules.short_place(self.scheme, self.address)

    @property
    def building_words(self) -> Words:
        """12号楼."""
        return rules.building_label(self.scheme, self.address)

    @property
    def own_words(self) -> Words:
        """3单元, or 10号楼 where the building has only one."""
        return rules.stairwell_label(self.scheme, self.address)


@dataclass(frozen=True, slots=True)
class Household:
    """A door, where it is and how it is called."""

    household: int
    stairwell: int
    building: int
    compound: int
    level: int
    label: str
    use: str  # home or shop
    vacant: bool
    name: str
    card_number: str
    scheme: str
    address: Address

    @property
    def words(self) -> Words:
        """梅园 12号楼 3单元 1102."""
        return rules.full_address(self.scheme, self.address)

    @property
    def short_words(self) -> Words:
        """12号楼 3单元 1102."""
        return rules.short_address(self.scheme, self.address)


@dataclass(frozen=True, slots=True)
class Doors:
    """How many doors there are, by what is behind them."""

    homes: int = 0  # lived in
    vacant: int = 0
    shops: int = 0

    def __add__(self, other: Doors) -> Doors:
        return Doors(self.homes + other.homes, self.vacant + other.vacant, self.shops + other.shops)

    @property
    def all(self) -> int:
        """Every door."""
        return self.homes + self.vacant + self.shops


@dataclass(frozen=True, slots=True)
class StairwellNode:
    """A stairwell in the tree of places."""

    id: int
    short: str
    floors: int
    doors: Doors
    place: Place


@dataclass(frozen=True, slots=True)
class BuildingNode:
    """A building in the tree of places."""

    id: int
    number: str
    stairwells: tuple[StairwellNode, ...]
    doors: Doors


@dataclass(frozen=True, slots=True)
class CompoundNode:
    """A compound in the tree of places."""

    id: int
    name: str
    scheme: str
    buildings: tuple[BuildingNode, ...]
    doors: Doors

    @property
    def stairwells(self) -> list[StairwellNode]:
        """All its stairwells, in order."""
        return [stairwell for building in self.buildings for stairwell in building.stairwells]


@dataclass(frozen=True, slots=True)
class DoorOnFloor:
    """A door as it stands on its landing."""

    id: int
    level: int
    position: int
    label: str
    use: str
    vacant: bool
    name: str
    card_number: str


@dataclass(frozen=True, slots=True)
class FloorOfStairwell:
    """A floor, its doors in walking order."""

    level: int
    label: str
    lobby: str
    doors: tuple[DoorOnFloor, ...]


@dataclass(frozen=True, slots=True)
class Stairwell:
    """One stairwell with all its doors, top floor first."""

    place: Place
    floors: tuple[FloorOfStairwell, ...]

    @property
    def doors(self) -> list[DoorOnFloor]:
        """All its doors in walking order."""
        return [door for floor in self.floors for door in floor.doors]


@dataclass(frozen=True, slots=True)
class Control:
    """Under which control a building is, since when, what that allows, and its clock."""

    building: int
    status: str
    allows: str
    since: int
    changes_when: str = ""  # what must happen for it to change
    changes_at: int | None = None  # the earliest moment at which it may

    @property
    def label(self) -> str:
        """Marked words."""
        return rules.CONTROLS[self.status]
