"""What pages about announcements are given to draw."""

from __future__ import annotations

from dataclasses import dataclass

from server.features.notices.rules import Counts
from server.features.people.scopes import ScopeCompound


@dataclass(frozen=True, slots=True)
class Line:
    """One announcement as its recipient has it."""

    id: str
    kind: str  # notice, call or results
    title: str
    body: str
    urgent: bool
    asks: str  # read or coming
    opens: str
    at: int
    until: int | None
    over: bool  # it no longer matters, or was taken back
    withdrawn: bool
    opened: bool
    answer: str  # empty until it is acknowledged
    by_hand: bool  # somebody answered for them, or told them
    household: int | None = None  # another one, for which the reader acts
    whose: str = ""  # its address

    @property
    def own_page(self) -> bool:
        """True where it is about nothing but itself."""
        return self.opens == f"/notices/{self.id}"

    @property
    def unread(self) -> bool:
        """True while it counts in the badge."""
        mine = self.household is None
        return mine and not (self.opened or self.answer or self.by_hand or self.over)

    @property
    def waits(self) -> bool:
        """True while it asks for an answer that is worth giving."""
        return not (self.answer or self.by_hand or self.over)


@dataclass(frozen=True, slots=True)
class Inbox:
    """What was announced to one person, the newest first."""

    lines: tuple[Line, ...]
    seq: int

    @property
    def unread(self) -> int:
        """How many have not been looked at."""
        return sum(line.unread for line in self.lines)

    @property
    def waiting(self) -> tuple[Line, ...]:
        """What asks for an answer, the most urgent and newest first."""
        return tuple(
            sorted((line for line in self.lines if line.waits), key=lambda line: not line.urgent)
        )


@dataclass(frozen=True, slots=True)
class Sent:
    """An announcement as its sender lists it."""

    id: str
    title: str
    kind: str
    urgent: bool
    at: int
    by: str
    over: bool
    counts: Counts


@dataclass(frozen=True, slots=True)
class SentList:
    """Announcements made lately."""

    lines: tuple[Sent, ...]
    seq: int


@dataclass(frozen=True, slots=True)
class Stage:
    """One level of a cascade."""

    number: int
    duty: str  # marked words; empty for everybody else
    state: str  # done, now or later
    all: int
    answered: int
    missing: tuple[str, ...]  # names


@dataclass(frozen=True, slots=True)
class Missing:
    """Households of one stairwell that were not reached."""

    stairwell: int
    place: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """What is known of everybody an announcement is meant for."""

    counts: Counts
    stages: tuple[Stage, ...]
    overdue: bool
    missing: tuple[Missing, ...]
    names: tuple[str, ...]  # staff not reached
    rounds: tuple[str, ...]  # that knock for it
    stage: int
    matters: bool


@dataclass(frozen=True, slots=True)
class NoticePage:
    """One announcement: for its recipient, for its sender, or for somebody who is both."""

    line: Line
    by: str
    mine: bool  # True where the asker is a recipient
    reach: Reach | None
    may_lead: bool
    seq: int


@dataclass(frozen=True, slots=True)
class Call:
    """One recipient on the telephone list."""

    recipient: str
    household: int | None
    place: str
    name: str
    has_phone: bool
    outcome: str
    tried: int


@dataclass(frozen=True, slots=True)
class CallList:
    """Everybody still to be told by telephone."""

    notice: Line
    calls: tuple[Call, ...]
    told: int
    seq: int


@dataclass(frozen=True, slots=True)
class Text:
    """An announcement in one language, as text to copy, print or read aloud."""

    language: str
    title: str
    body: str
    loud: str  # as it is read out
    until: int | None
    link: str

    @property
    def chat(self) -> str:
        """What is pasted into a chat group."""
        parts = (f"【{self.title}】", self.body, self.link)
        return "\n".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Compose:
    """Everything that making an announcement offers."""

    compounds: tuple[ScopeCompound, ...]
    duties: tuple[tuple[str, str], ...]  # key and marked words
    languages: tuple[str, ...]  # the first is the one the sender writes in
    may_lead: bool
    channels: int  # group bots and webhooks there are


@dataclass(frozen=True, slots=True)
class Door:
    """A door that was not reached."""

    household: int
    stairwell: int
    level: int


@dataclass(frozen=True, slots=True)
class NotReached:
    """Doors to knock at for an announcement."""

    title: str
    doors: tuple[Door, ...]
