"""More records for pages: homes, lists, assigning, counting, closing, paper."""

from __future__ import annotations

from dataclasses import dataclass

from server.features.estates.records import Control, ServicePhone
from server.features.people.scopes import ScopeCompound
from server.features.rounds.kinds import RoundKind
from server.features.rounds.views import (
    Board,
    CompoundPicture,
    Difference,
    Phone,
    RefusedLine,
    RoundHead,
    Tally,
)


@dataclass(frozen=True, slots=True)
class RoundCard:
    """A round in a list."""

    round: RoundHead
    tally: Tally


@dataclass(frozen=True, slots=True)
class HouseholdLine:
    """One round as one household sees it."""

    round: RoundHead
    due: int
    stairwell: Tally  # how far the stairwell has got
    answer: str = ""
    given: int = 0
    owed: int = 0
    at: int | None = None
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class HouseholdHome:
    """A household's page."""

    community: int
    door: int
    place: str  # 梅园 12号楼 1102
    name: str  # 张家
    people: int  # present
    coming: tuple[HouseholdLine, ...]
    came: tuple[HouseholdLine, ...]  # newest first
    control: Control | None  # of its building
    phones: tuple[ServicePhone, ...]  # service telephones, the nearest first
    seq: int


@dataclass(frozen=True, slots=True)
class NewRound:
    """What the form of a new round is filled with."""

    kinds: tuple[RoundKind, ...]
    compounds: tuple[ScopeCompound, ...]
    copies: RoundHead | None = None
    chosen_compounds: frozenset[int] = frozenset()
    chosen_buildings: frozenset[int] = frozenset()
    chosen_stairwells: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Assignee:
    """Somebody who has a stairwell, or a part of it, in a round."""

    account: str
    name: str
    part: str = ""  # 10–18 层, where only a part is theirs


@dataclass(frozen=True, slots=True)
class AssignRow:
    """A stairwell and who goes there."""

    stairwell: int
    place: str
    compound: str
    tally: Tally
    floors: tuple[str, ...]  # as painted on the wall, lowest first
    assignees: tuple[Assignee, ...]

    @property
    def lower(self) -> tuple[str, str]:
        """The lowest and highest floor of the lower half."""
        return self.floors[0], self.floors[(len(self.floors) - 1) // 2]

    @property
    def upper(self) -> tuple[str, str]:
        """The lowest and highest floor of the upper half."""
        return self.floors[(len(self.floors) - 1) // 2 + 1], self.floors[-1]


@dataclass(frozen=True, slots=True)
class Helper:
    """Somebody who can be given a stairwell."""

    account: str
    name: str
    team: str  # A, B or empty
    stairwells: int  # already theirs in this round


@dataclass(frozen=True, slots=True)
class AssignPage:
    """Who goes where in a round."""

    round: RoundHead
    rows: tuple[AssignRow, ...]  # by compound, in place order
    helpers: tuple[Helper, ...]
    seq: int


@dataclass(frozen=True, slots=True)
class CountLine:
    """One counting of goods."""

    direction: str  # in, out or back
    items: int
    place: str
    actor: str
    at: int


@dataclass(frozen=True, slots=True)
class Goods:
    """Where the goods of a round are."""

    due: int = 0
    counted_in: int = 0
    carried_out: int = 0
    given: int = 0
    brought_back: int = 0

    @property
    def in_store(self) -> int:
        """What should lie in the store now."""
        return max(0, self.counted_in - self._out + self.brought_back)

    @property
    def on_stairs(self) -> int:
        """What should be in somebody's hands now."""
        return self._out - self.given - self.brought_back

    @property
    def _out(self) -> int:
        """What went up: at least what was given or came back, whether it was counted or not."""
        return max(self.carried_out, self.given + self.brought_back)


@dataclass(frozen=True, slots=True)
class CountPage:
    """Counting the goods of a round."""

    round: RoundHead
    goods: Goods
    lines: tuple[CountLine, ...]  # newest first
    places: tuple[tuple[int, str], ...]  # stairwell id and its name
    seq: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A closing statement as it was issued."""

    number: int
    issued_at: int
    issued_by: str
    tally: Tally
    goods: Goods
    differences: tuple[Difference, ...]
    late: int = 0  # marks that came in after the first statement


@dataclass(frozen=True, slots=True)
class ClosePage:
    """Closing a round, or its statement once it is closed."""

    round: RoundHead
    phones: tuple[Phone, ...]  # with unsent marks
    tally: Tally
    goods: Goods
    differences: tuple[Difference, ...]
    statement: Statement | None
    seq: int


@dataclass(frozen=True, slots=True)
class DoorLine:
    """A door in a list of open matters."""

    door: int
    label: str
    place: str
    answers: tuple[str, ...]  # what was said of it
    owed: int
    at: int
    href: str


@dataclass(frozen=True, slots=True)
class NeedsPage:
    """Everything of a round that waits for a person."""

    round: RoundHead
    disputed: tuple[DoorLine, ...]
    refused: tuple[RefusedLine, ...]
    owed: tuple[DoorLine, ...]
    again: tuple[DoorLine, ...]  # nobody home, letter left, needs help
    phones: tuple[Phone, ...]
    unassigned: tuple[AssignRow, ...]
    seq: int


@dataclass(frozen=True, slots=True)
class PublicRound:
    """A round as everybody may see it: no names, no doors."""

    community: str
    round: RoundHead
    compounds: tuple[CompoundPicture, ...]
    tally: Tally
    goods: Goods
    statement: Statement | None
    at: int


@dataclass(frozen=True, slots=True)
class PrintSheet:
    """A stairwell's paper sheet and the code that leads back to its board."""

    board: Board
    qr: str  # an <svg> string


@dataclass(frozen=True, slots=True)
class HandOnPage:
    """Handing floors of a stairwell to somebody else."""

    round: RoundHead
    stairwell: int
    place: str
    floors: tuple[str, ...]  # lowest first
    helpers: tuple[Helper, ...]
    seq: int
