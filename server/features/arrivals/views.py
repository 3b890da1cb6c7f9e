"""What pages about newcomers and leavers are given to draw."""

from __future__ import annotations

from dataclasses import dataclass

from server.features.arrivals.rules import Content
from server.i18n import Words


@dataclass(frozen=True, slots=True)
class Line:
    """One claim, with what the register says of the flat."""

    id: str
    household: int
    place: Words
    way: str
    content: Content | None
    state: str
    said_at: int
    late: bool  # it has waited too long
    decided_by: str
    decided_at: int | None
    why: str
    vacant: bool
    registered: int  # people in the register there
    names: tuple[str, ...]  # theirs, for those who may see people
    beside: int  # other claims that wait for the same flat


@dataclass(frozen=True, slots=True)
class Desk:
    """Those that wait, the oldest first, and what was decided lately."""

    waiting: tuple[Line, ...]
    decided: tuple[Line, ...]
    seq: int
