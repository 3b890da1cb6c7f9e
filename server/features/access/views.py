"""What pages about door systems are given to draw."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SystemLine:
    """A door system that is connected."""

    id: str
    name: str
    compound: str
    made_at: int
    key_made_at: int | None
    used_at: int | None


@dataclass(frozen=True, slots=True)
class DoorSystems:
    """Those that somebody has connected, and where they may connect one."""

    systems: tuple[SystemLine, ...]
    compounds: tuple[tuple[int, str], ...]
    seq: int
