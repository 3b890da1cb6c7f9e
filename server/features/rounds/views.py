"""What pages are given to draw: plain frozen records, made by `reads.py`, drawn by templates."""

from __future__ import annotations

from dataclasses import dataclass, field

from server.features.photos.reads import Photo
from server.features.reports.reads import Behind
from server.features.rounds.kinds import RoundKind


@dataclass(frozen=True, slots=True)
class RoundHead:
    """A round as every page about it shows it at the top."""

    id: str
    title: str
    kind: RoundKind
    item: str
    per: str
    quantity: int
    status: str  # planned, open, paused, closed
    deadline: int | None
    quiet_from: int | None
    quiet_until: int | None
    repeats: str
    follows: str | None
    version: int
    about: str = ""  # the page of what it is made for, where things are taken along
    hints: dict[str, str] = field(default_factory=dict)  # what helps at a door, by its number
    forgotten_at: int | None = None  # since when what was said at its doors is kept no more

    @property
    def private(self) -> bool:
        """True where its doors were chosen for something that is nobody else's business."""
        return bool(self.about or self.hints)


@dataclass(frozen=True, slots=True)
class Door:
    """One door on a board."""

    id: int
    label: str
    use: str  # home or shop
    vacant: bool
    people: int  # present
    due: int
    answer: str = ""
    given: int = 0
    owed: int = 0
    disputed: bool = False
    noted: bool = False
    mark: str = ""  # id of the operation that stands
    mine: bool = True  # False where this person is not assigned to this floor

    @property
    def landing(self) -> bool:
        """True where it is no door but stands for its floor."""
        return self.id < 0


@dataclass(frozen=True, slots=True)
class Floor:
    """One floor of a board, its doors in walking order."""

    level: int
    label: str
    lobby: str
    doors: tuple[Door, ...]

    @property
    def countable(self) -> list[Door]:
        """Doors that are due something."""
        return [door for door in self.doors if door.due]

    @property
    def finished(self) -> bool:
        """True where no door of the floor is left to mark."""
        return all(door.answer for door in self.countable)

    @property
    def open_doors(self) -> list[Door]:
        """Doors still to mark."""
        return [door for door in self.countable if not door.answer]

    @property
    def to_carry(self) -> int:
        """Items to carry up for the doors still to mark."""
        return sum(door.due for door in self.open_doors)


@dataclass(frozen=True, slots=True)
class Tally:
    """What a round, a compound or a stairwell has come to."""

    doors: int = 0
    due: int = 0
    marked: int = 0
    done: int = 0
    given: int = 0
    owed: int = 0
    disputed: int = 0
    answers: dict[str, int] = field(default_factory=dict)

    @property
    def left(self) -> int:
        """Doors not yet marked."""
        return self.doors - self.marked

    @property
    def percent(self) -> int:
        """Share of doors with nothing left to do, in whole per cent, never rounded up to 100."""
        return 100 * self.done // self.doors if self.doors else 0


@dataclass(frozen=True, slots=True)
class Board:
    """One stairwell of one round."""

    round: RoundHead
    stairwell: int
    place: str  # 梅园 12号楼 3单元
    short_place: str
    floors: tuple[Floor, ...]  # top first
    tally: Tally
    people: tuple[str, ...]  # who is assigned
    may_mark: bool
    may_lead: bool
    seq: int
    cards: tuple[tuple[str, int], ...] = ()  # numbers on cards and their doors, at a site
    behind: tuple[Behind, ...] = ()  # who lives there, in a round in which each person reports


@dataclass(frozen=True, slots=True)
class Square:
    """One stairwell in the picture of a round."""

    stairwell: int
    short: str
    place: str
    tally: Tally
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CompoundPicture:
    """One compound in the picture of a round."""

    id: int
    name: str
    squares: tuple[Square, ...]
    tally: Tally


@dataclass(frozen=True, slots=True)
class Need:
    """Something that waits for a person: one row of "needs you"."""

    kind: str  # disputed, refused, owed, phones, unassigned
    count: int
    detail: str
    href: str


@dataclass(frozen=True, slots=True)
class RoundPicture:
    """The steward's page of a round."""

    round: RoundHead
    compounds: tuple[CompoundPicture, ...]
    tally: Tally
    needs: tuple[Need, ...]
    seq: int


@dataclass(frozen=True, slots=True)
class MarkLine:
    """One line of a door's history."""

    op: str
    answer: str
    given: int
    owed: int
    note: str
    actor: str
    source: str  # door, paper, lead or resident
    at: int
    arrived: int
    late: bool
    undone: bool
    stands: bool
    photo: Photo | None = None


@dataclass(frozen=True, slots=True)
class DoorHistory:
    """One door of one round and everything said of it."""

    round: RoundHead
    stairwell: int
    place: str
    door: Door
    lines: tuple[MarkLine, ...]
    may_mark: bool
    may_lead: bool
    seq: int


@dataclass(frozen=True, slots=True)
class WorkItem:
    """A stairwell assigned to somebody: a row of "my work"."""

    round: RoundHead
    stairwell: int
    place: str
    tally: Tally
    part: str  # floor range where only a part is theirs
    version: int  # of the stairwell in the round


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone with work on it that has not all arrived, or that has not been heard of."""

    account: str
    name: str
    waiting: int
    oldest: int | None
    seen: int
    clock_minutes: int
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A mark that was kept but not applied."""

    op: str
    place: str
    door: str
    answer: str
    actor: str
    at: int
    reason: dict
    href: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A number that does not add up and the words that explain it."""

    what: str  # one of rules.DIFFERENCES
    items: int
    explanation: str
