"""What pages about passes and gates are given to draw."""

from __future__ import annotations

from dataclasses import dataclass

from server.features.passes import gate, rules
from server.features.passes.rules import Limits
from server.i18n import Words


@dataclass(frozen=True, slots=True)
class PassLine:
    """One pass in a list."""

    id: str
    number: str
    kind: str
    name: str
    place: Words | None
    way: str
    since: int
    until: int
    uses: int
    conditions: tuple[str, ...]
    escort: str
    state: str
    state_at: int
    away: bool
    used: bool
    last_at: int | None
    last_gate: str  # its name
    clashed: bool
    is_tested: bool  # who goes is asked for a test that is known here
    counts_until: int | None  # until when their last test counts; None: it does not

    @property
    def label(self) -> str:
        """How it stands, in marked words."""
        return rules.STATES[self.state]

    @property
    def way_label(self) -> str:
        """Which way it opens the gate first, in marked words."""
        return rules.WAYS[self.way]

    @property
    def digits(self) -> str:
        """Its number as people read it out."""
        return f"{self.number[:4]} {self.number[4:]}"

    @property
    def asks(self) -> tuple[tuple[str, str], ...]:
        """Its conditions and their marked words."""
        return tuple((one, rules.CONDITIONS[one]) for one in self.conditions)


@dataclass(frozen=True, slots=True)
class Desk:
    """Passes for those who approve them: what waits, what is wrong, who is out, what holds."""

    waiting: tuple[PassLine, ...]
    wrong: tuple[PassLine, ...]
    out: tuple[PassLine, ...]
    holding: tuple[PassLine, ...]
    everywhere: bool  # they approve passes of no door too
    seq: int


@dataclass(frozen=True, slots=True)
class OwnPasses:
    """A household's passes, and for whom it may ask."""

    lines: tuple[PassLine, ...]
    people: tuple[tuple[int, str], ...]
    household: int | None
    limits: Limits
    seq: int


@dataclass(frozen=True, slots=True)
class PassStep:
    """One thing that was said of a pass, or a gate it went through."""

    at: int
    label: str  # marked words
    by: str
    where: str = ""
    words: str = ""
    crossing: str = ""  # the id of one that was let through, where nobody has said it was wrong


@dataclass(frozen=True, slots=True)
class PassPage:
    """One pass: its picture, and for those who approve it why and what was said."""

    line: PassLine
    token: str
    reason: str  # marked words; empty on the page that phones keep
    words: str
    why: str
    about: str
    by: str  # who asked for it or made it
    decided_by: str
    decides: bool
    theirs: bool
    story: tuple[PassStep, ...]
    seq: int

    @property
    def kept(self) -> bool:
        """True where a phone may keep the page, which says nothing of why."""
        return not self.decides


@dataclass(frozen=True, slots=True)
class GateLine:
    """One gate in a list."""

    id: str
    name: str
    kind: str
    compound: int | None
    phone: str
    opens: str
    closes: str
    opened_at: int | None
    opened_why: str
    guard: str
    guard_since: int | None
    mine: bool  # who looks stands there, or may
    version: int

    @property
    def kind_label(self) -> str:
        """What it is, in marked words."""
        return gate.KINDS[self.kind]


@dataclass(frozen=True, slots=True)
class GateList:
    """All gates, and for those who lead what may be set."""

    lines: tuple[GateLine, ...]
    compounds: tuple[tuple[int, str], ...]
    limits: Limits
    sets: bool
    seq: int


@dataclass(frozen=True, slots=True)
class GateKey:
    """A key that signs, or signed, passes."""

    id: str
    public: str  # base64url
    retired: bool


@dataclass(frozen=True, slots=True)
class GateCrossing:
    """Somebody who came to a gate."""

    at: int
    way: str
    name: str
    number: str
    let: bool
    found: str  # marked words
    by: str


@dataclass(frozen=True, slots=True)
class GateNote:
    """What was left for whoever stands there next."""

    words: str
    by: str
    at: int


@dataclass(frozen=True, slots=True)
class GatePage:
    """What a guard needs without a signal: keys, passes of today, what was revoked."""

    line: GateLine
    community: int
    zone: str  # in which its times are said
    as_of: int
    keys: tuple[GateKey, ...]
    passes: tuple[PassLine, ...]
    crossings: tuple[GateCrossing, ...]
    note: GateNote | None
    stands: bool  # who looks said that they stand there
    seq: int
