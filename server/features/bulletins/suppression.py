"""Which buildings are given by themselves, so that nobody is recognised by a number. Pure.

Buildings are parted into blocks, and a figure is given for a whole block or not at all. A block
holds at least `SMALLEST` households, and no small building is a block of its own. Blocks do not
overlap, so adding and subtracting whatever was published gives sums of whole blocks and nothing
smaller. How they are parted follows from the households alone and never from what is counted:
else a building that comes and goes would give itself away.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

SMALLEST = 10
"""Occupied households below which a building is never given by itself."""


@dataclass(frozen=True, slots=True)
class Part:
    """A building, as far as it matters here."""

    building: int
    compound: int
    households: int  # lived in


@dataclass(frozen=True, slots=True)
class Block:
    """Buildings for which one figure is given."""

    parts: tuple[Part, ...]

    @property
    def households(self) -> int:
        """How many are lived in."""
        return sum(part.households for part in self.parts)

    @property
    def stands(self) -> bool:
        """True where a figure for it points at nobody: large, and no small building by itself."""
        return self.households >= SMALLEST

    @property
    def compound(self) -> int | None:
        """The compound it lies in; None where it lies in several."""
        found = {part.compound for part in self.parts}
        return found.pop() if len(found) == 1 else None


def blocks(parts: Iterable[Part]) -> tuple[Block, ...]:
    """The buildings of a community in blocks that stand; none where the whole is too small.

    `parts` come in the order of the estate. Small buildings are put together within their
    compound, with the smallest of the others where they are too few; what then still does not
    stand is put together across compounds.
    """
    found: list[Block] = []
    left: list[Part] = []
    for _, of_compound in groupby(parts, key=lambda part: part.compound):
        standing, rest = _gather((), [Block((part,)) for part in of_compound])
        found += standing
        left += rest
    if left:
        found, left = _gather(tuple(left), found)
    return () if left else tuple(found)


def _gather(small: Sequence[Part], among: Sequence[Block]) -> tuple[list[Block], list[Part]]:
    """Blocks that stand, and one made of those that do not; its parts where even that does not."""
    standing = [block for block in among if block.stands]
    rest = [*small, *(part for block in among if not block.stands for part in block.parts)]
    while rest and standing and not Block(tuple(rest)).stands:
        nearest = min(standing, key=lambda block: block.households)
        standing.remove(nearest)
        rest += nearest.parts
    if rest and Block(tuple(rest)).stands:
        return [*standing, Block(tuple(rest))], []
    return standing, rest
