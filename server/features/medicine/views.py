"""What pages about medicine are given to draw."""

from __future__ import annotations

from dataclasses import dataclass

from server.features.custody.reads import ThingLine
from server.features.estates.records import Household
from server.features.medicine import rules
from server.i18n import Words


@dataclass(frozen=True, slots=True)
class NeedLine:
    """One medicine that somebody needs, for those who may read it."""

    id: str
    household: int
    place: Words  # 12号楼 3单元 1102
    name: str
    dose: str
    boxes: int
    lasts: int
    substitute_key: str
    pharmacy: str
    controlled: bool
    wanted: bool
    runs_out_at: int
    days: int  # that it lasts from now; below 0 where it has run out
    asked_at: int | None
    offered: str
    agreed: bool | None
    batch: str  # the open batch that it is in; empty for none

    @property
    def substitute(self) -> str:
        """Whether something else may be bought, as marked words."""
        return rules.SUBSTITUTES[self.substitute_key]

    @property
    def pressing(self) -> bool:
        """True where it runs out in a few days."""
        return self.days <= rules.PRESSING_DAYS

    @property
    def may_substitute(self) -> bool:
        """True where the patient has said yes, to what was offered or beforehand."""
        return bool(self.agreed) if self.offered else self.substitute_key == "yes"

    @property
    def free(self) -> bool:
        """True where it can be put into a batch."""
        return self.wanted and not self.batch


@dataclass(frozen=True, slots=True)
class Building:
    """The needs of one building."""

    id: int
    compound: str
    words: Words
    lines: tuple[NeedLine, ...]


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One batch in a list."""

    id: str
    title: str
    pharmacy: str
    buyer: str
    step: str
    due_at: int
    needs: int  # of those that whoever looks may read
    closed_at: int | None

    @property
    def label(self) -> str:
        """How far it is, as marked words."""
        return rules.STEPS[self.step]


@dataclass(frozen=True, slots=True)
class Index:
    """The need lists of those for whom somebody answers, and the batches."""

    minds: bool  # whoever looks answers for health somewhere; else they are only named for a batch
    buildings: tuple[Building, ...]
    pressing: int
    to_ask: tuple[NeedLine, ...]  # at the door
    batches: tuple[BatchLine, ...]
    people: tuple[tuple[str, str, bool], ...]  # on duty: account, name, whether medical
    seq: int

    @property
    def count(self) -> int:
        """How many medicines are on the lists."""
        return sum(len(one.lines) for one in self.buildings)


@dataclass(frozen=True, slots=True)
class Bought:
    """What came of one need in a batch."""

    need: NeedLine
    what: str  # empty until the buyer has said
    instead: str
    why: str
    fen: int
    checked_by: tuple[str, ...]
    wrong: str

    @property
    def label(self) -> str:
        """What came of it, as marked words."""
        return rules.WHAT.get(self.what, "")


@dataclass(frozen=True, slots=True)
class DoorOf:
    """One door of a batch: what is bought for it, what was taken along there, and the money."""

    household: int
    place: Words
    lines: tuple[Bought, ...]
    things: tuple[ThingLine, ...]
    only: tuple[str, ...]  # accounts that alone may carry what belongs to it
    version: int
    checked: tuple[str, ...]  # names of those who have looked at all of it
    complete: bool  # all who check have, and something was bought
    mine: bool  # whoever looks has checked all of it
    packed: bool
    collected: int  # fen
    spent: int  # fen

    @property
    def ids(self) -> tuple[str, ...]:
        """The needs of the door."""
        return tuple(one.need.id for one in self.lines)

    @property
    def to_pack(self) -> bool:
        """True where something was bought."""
        return any(one.what not in ("", rules.NONE) for one in self.lines)

    @property
    def said(self) -> bool:
        """True where the buyer has said of everything what came of it."""
        return all(one.what for one in self.lines)

    @property
    def back(self) -> int:
        """What goes back to the household in fen; below 0 what they still owe."""
        return self.collected - self.spent


@dataclass(frozen=True, slots=True)
class Pharmacy:
    """What is bought at one pharmacy, door by door."""

    name: str
    lines: tuple[Bought, ...]


@dataclass(frozen=True, slots=True)
class BatchPage:
    """One batch, as far as whoever looks may know of it."""

    line: BatchLine
    buyer: str
    checkers: tuple[str, ...]  # names
    carriers: tuple[str, ...]
    doors: tuple[DoorOf, ...]
    pharmacies: tuple[Pharmacy, ...]  # empty for those who read no names
    reads: bool  # whoever looks reads what is bought
    buys: bool
    checks: bool
    named: bool
    runs: bool  # may collect, bring back and close
    people: tuple[tuple[str, str, bool], ...]  # who could be named instead; empty for who does not
    who: tuple[str, str, str]  # accounts of the buyer and of those who check
    collect_round: str  # ids of rounds that whoever looks may open; empty for none
    back_round: str
    out: bool
    collecting: bool
    seq: int


@dataclass(frozen=True, slots=True)
class Home:
    """One household for which somebody speaks."""

    household: int
    place: Words
    lines: tuple[NeedLine, ...]


@dataclass(frozen=True, slots=True)
class Mine:
    """What one's own household needs, and those one acts for."""

    homes: tuple[Home, ...]
    seq: int


@dataclass(frozen=True, slots=True)
class Writing:
    """Writing medicine down at a door or by telephone."""

    door: Household | None
    lines: tuple[NeedLine, ...]  # what is on that door's list already, as far as one may know
    seq: int
