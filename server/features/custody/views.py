"""What pages about things are given to draw."""

from __future__ import annotations

from dataclasses import dataclass

from server.features.custody.kinds import KINDS, ThingKind
from server.i18n import Words


@dataclass(frozen=True, slots=True)
class ThingLine:
    """One thing in a list."""

    id: str
    kind_key: str
    label: str
    amount: int | None  # in fen
    household: int | None
    place: Words | None  # 12号楼 3单元 1102: to whom it belongs
    holder_kind: str
    holder: Words  # a name, a door or a place
    holder_id: str
    since: int
    offered_to: str  # an account
    offered_name: str
    unclean: bool  # it is to be disinfected before it passes on
    missing: bool
    due_at: int | None
    closed_at: int | None
    version: int

    @property
    def kind(self) -> ThingKind:
        """What it is."""
        return KINDS[self.kind_key]


@dataclass(frozen=True, slots=True)
class MyThings:
    """What somebody has in their hands."""

    offered: tuple[ThingLine, ...]  # handed to them; they have not said so yet
    held: tuple[ThingLine, ...]  # the latest first, then by when they are due
    answers: bool  # they also answer for what others have
    at_home: bool  # they have a household of their own here
    seq: int


@dataclass(frozen=True, slots=True)
class ThingList:
    """Things of one household, or everything that is out there."""

    lines: tuple[ThingLine, ...]
    count: int
    seq: int


@dataclass(frozen=True, slots=True)
class ThingStory:
    """One thing that was said of a thing."""

    at: int
    label: str  # marked words
    by: str  # empty for what went by itself
    giver: Words | None
    taker: Words | None
    words: str
    signature: str  # an SVG path
    signed_by: str
    said_by: str  # of a move: both, giver, taker
    moves: bool
    clean: bool  # a step on the way, and nothing that is wrong


@dataclass(frozen=True, slots=True)
class ThingPage:
    """One thing: who has it now, what may be done with it, how it got there."""

    line: ThingLine
    about: str
    mine: bool  # whoever looks has it
    offered: bool  # it is handed to whoever looks
    whose: bool  # it belongs to their household
    answers: bool
    may_claim: bool
    may_object: bool
    disputed: bool
    why_missing: str
    others: tuple[tuple[str, str], ...]  # to whom it may be handed: account and name
    story: tuple[ThingStory, ...]  # empty for who only has it in their hands
    known: bool  # whoever looks may know of it; else they only know its number
    seq: int

    @property
    def kept(self) -> bool:
        """True where a phone may keep the page: it says nothing of health, or is of what one has.

        Whoever has a bag in their hands reads on it whose it is.
        """
        return self.mine or self.offered or not self.line.kind.health
