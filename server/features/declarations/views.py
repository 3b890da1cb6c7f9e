"""What pages about declarations are given to draw."""

from __future__ import annotations

from dataclasses import dataclass

from server.features.declarations.rules import Share, Steps
from server.features.rounds.hours import Hour
from server.features.rounds.views import RoundHead
from server.i18n import Words


@dataclass(frozen=True, slots=True)
class Member:
    """One whom the register knows behind a door, and what was declared of them."""

    resident: int
    name: str
    where: str  # here, away or gone: as declared, else as the register has it


@dataclass(frozen=True, slots=True)
class Form:
    """Where a door declares."""

    round: RoundHead
    door: int
    place: Words
    own: bool
    people: tuple[Member, ...]
    others: tuple[str, ...]
    tenure: str
    since: str
    away: str
    declared_at: int | None  # when what stands was declared
    declared_by: str
    elsewhere: tuple[tuple[int, Words], ...]  # other doors for which the reader speaks
    seq: int


@dataclass(frozen=True, slots=True)
class BuildingSteps:
    """The three steps in one building."""

    place: Words
    steps: Steps


@dataclass(frozen=True, slots=True)
class FieldPoint:
    """A share that was reached elsewhere, at an hour of the first night and the morning after."""

    at: int
    share: int


@dataclass(frozen=True, slots=True)
class Curve:
    """Declared share by hour, with the points to compare it with."""

    hours: tuple[Hour, ...]
    homes: int
    points: tuple[FieldPoint, ...]
    start: int
    end: int

    def x(self, at: int) -> float:
        """Where a moment stands, from 0 to 1."""
        return min(1.0, max(0.0, (at - self.start) / max(1, self.end - self.start)))


@dataclass(frozen=True, slots=True)
class Premises:
    """Shops in a screening, counted apart from homes."""

    shops: int
    been: int  # to how many somebody has been


@dataclass(frozen=True, slots=True)
class Picture:
    """How far a screening is, for those who lead it."""

    round: RoundHead
    whole: Steps
    buildings: tuple[BuildingSteps, ...]
    curve: Curve | None
    premises: Premises
    may_keep: bool
    may_see: bool
    seq: int


@dataclass(frozen=True, slots=True)
class Shares:
    """How many have declared, for everybody who lives here."""

    round: RoundHead
    shares: tuple[Share, ...]
    seq: int


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that a household declared and the register has otherwise."""

    door: int
    place: Words
    what: str  # see reads.WHAT
    name: str
    resident: int | None
    born: int | None
    registered: bool
    tenure: str  # as declared
    at: int


@dataclass(frozen=True, slots=True)
class Differences:
    """All of them, for those who keep the register there."""

    round: RoundHead
    lines: tuple[Difference, ...]
    more: int  # beyond those on the page
    seq: int


@dataclass(frozen=True, slots=True)
class Illness:
    """A household that said somebody is ill."""

    door: int
    place: Words
    names: tuple[str, ...]
    words: str
    at: int


@dataclass(frozen=True, slots=True)
class Ill:
    """All of them, for those who may see results there."""

    round: RoundHead
    lines: tuple[Illness, ...]
    seq: int
