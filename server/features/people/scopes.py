"""Places to choose among: whole compounds, buildings or single stairwells, with their figures."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection

from server.features.estates import reads as estates
from server.features.people.reads import present_by_stairwell
from server.i18n import say


@dataclass(frozen=True, slots=True)
class ScopeStairwell:
    """A stairwell that can be picked for a round."""

    id: int
    label: str  # 3单元, or the building's own name where it has only one
    households: int  # not vacant
    people: int


@dataclass(frozen=True, slots=True)
class ScopeBuilding:
    """A building that can be picked whole or by stairwell."""

    id: int
    label: str
    stairwells: tuple[ScopeStairwell, ...]

    @property
    def households(self) -> int:
        """Households of all its stairwells."""
        return sum(stairwell.households for stairwell in self.stairwells)


@dataclass(frozen=True, slots=True)
class ScopeCompound:
    """A compound that can be picked whole, by building or by stairwell."""

    id: int
    name: str
    buildings: tuple[ScopeBuilding, ...]

    @property
    def households(self) -> int:
        """Households of all its buildings."""
        return sum(building.households for building in self.buildings)

    @property
    def stairwells(self) -> int:
        """How many stairwells it has."""
        return sum(len(building.stairwells) for building in self.buildings)


def scopes(
    connection: Connection, community_id: int, language: str, mine: Collection[int]
) -> tuple[ScopeCompound, ...]:
    """Compounds, buildings and stairwells to choose among, of those that are `mine`."""
    people = present_by_stairwell(connection, community_id)
    found = []
    for compound in estates.tree(connection, community_id):
        buildings = []
        for building in compound.buildings:
            kept = tuple(
                ScopeStairwell(
                    one.id, say(language, one.place.short_words), one.doors.homes,
                    people.get(one.id, 0),
                )
                for one in building.stairwells
                if one.id in mine
            )  # fmt: skip
            if kept:
                label = kept[0].label if len(kept) == 1 else building.number
                buildings.append(ScopeBuilding(building.id, label, kept))
        if buildings:
            found.append(ScopeCompound(compound.id, compound.name, tuple(buildings)))
    return tuple(found)
