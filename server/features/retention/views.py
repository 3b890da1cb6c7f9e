"""What the page of clocks is given to draw."""

from __future__ import annotations

from dataclasses import dataclass

from server.features.retention.rules import Clock


@dataclass(frozen=True, slots=True)
class Line:
    """One clock as it runs in a community."""

    clock: Clock
    days: int
    changed_by: str
    changed_at: int | None
    gone: int  # records that went, in this incident
    gone_at: int | None


@dataclass(frozen=True, slots=True)
class Clocks:
    """Everything that is kept, and for how long."""

    lines: tuple[Line, ...]
    looked_at: int | None  # when all of them were last looked at
    settable: bool  # whoever looks may say how long
    seq: int
