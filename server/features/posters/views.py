"""What pages about posters are given to draw."""

from __future__ import annotations

from dataclasses import dataclass

from server.features.posters.rules import Purpose
from server.i18n import Words


@dataclass(frozen=True, slots=True)
class Poster:
    """One address on paper."""

    id: str
    code: str
    community: int
    community_name: str
    purpose: Purpose
    building: int
    compound: str
    place: Words
    number: str  # of the building, as it stands before a flat
    round: str | None
    round_title: str
    made_by: str
    made_at: int


@dataclass(frozen=True, slots=True)
class ToMake:
    """Buildings that could have a poster for one purpose and have none."""

    purpose: Purpose
    round: str | None
    round_title: str
    buildings: tuple[tuple[int, str, Words], ...]  # number, compound, how it is called


@dataclass(frozen=True, slots=True)
class Posters:
    """Those that hang, and those that could."""

    hanging: tuple[Poster, ...]
    to_make: tuple[ToMake, ...]
    seq: int
