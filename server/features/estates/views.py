"""What pages about places are given to draw."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StairwellEntry:
    """A stairwell in the list of places."""

    id: int
    short: str  # 12-3
    place: str  # 12号楼 3单元
    floors: int
    households: int


@dataclass(frozen=True, slots=True)
class PhoneEntry:
    """A telephone that everybody may call, where it is set."""

    compound: int | None  # None where it is the community's
    name: str  # of the compound
    number: str  # empty where there is none


@dataclass(frozen=True, slots=True)
class BuildingEntry:
    """A building and its stairwells."""

    id: int
    label: str
    stairwells: tuple[StairwellEntry, ...]


@dataclass(frozen=True, slots=True)
class CompoundEntry:
    """A compound with its figures and buildings."""

    id: int
    name: str
    households: int
    people: int
    vacant: int
    buildings: tuple[BuildingEntry, ...]

    @property
    def stairwells(self) -> int:
        """How many stairwells it has."""
        return sum(len(building.stairwells) for building in self.buildings)
