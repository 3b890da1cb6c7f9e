"""What pages about old entries are given to draw."""

from __future__ import annotations

from dataclasses import dataclass

from server.i18n import Words


@dataclass(frozen=True, slots=True)
class Question:
    """What a household's first page asks of it."""

    household: int
    place: Words
    names: tuple[str, ...]
    known_at: int


@dataclass(frozen=True, slots=True)
class BuildingLine:
    """One building and how old what is known of it is."""

    building: int
    compound: str
    place: Words
    homes: int
    old: int  # of them, whose entry is old
    to_ask: int  # of those, who may be asked now
    oldest: int | None  # moment, of those; None where none is old


@dataclass(frozen=True, slots=True)
class Old:
    """Every building where one keeps the register, the oldest first."""

    lines: tuple[BuildingLine, ...]
    seq: int
