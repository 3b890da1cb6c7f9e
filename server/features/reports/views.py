"""What pages about reports are given to draw."""

from __future__ import annotations

from dataclasses import dataclass

from server.features.people.scopes import ScopeCompound
from server.features.photos.reads import Photo
from server.features.reports.chain import Proposal, Unread
from server.features.reports.reads import opens
from server.features.rounds.kinds import RoundKind
from server.features.rounds.views import RoundHead


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One report of a person, for those who may see results."""

    op: str
    finding: str
    why: str
    details: tuple[tuple[str, str], ...]  # labels and answers
    photo: Photo | None
    actor: str
    source: str
    at: int
    undone: bool
    stands: bool


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person behind a door: whether they reported, and to the few what."""

    resident: int
    name: str
    reported: bool
    mine: str  # the asker's own report of them that stands, to be taken back; else empty
    finding: str = ""
    disputed: bool = False
    lines: tuple[ReportLine, ...] = ()


@dataclass(frozen=True, slots=True)
class DoorPage:
    """One door of a round of reports."""

    round: RoundHead
    door: int
    stairwell: int
    place: str
    label: str
    due: int
    answer: str
    people: tuple[PersonRow, ...]
    may_report: bool
    may_mark: bool  # say what was found at the door
    may_see: bool
    seq: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A round that asks a household for its reports."""

    round: RoundHead
    door: int
    whose: str  # the place, where it is another household for which the reader acts
    due_at: int | None
    done: bool  # everybody at home has reported
    last: str  # the operation that last changed what the household has said; empty before any

    @property
    def path(self) -> str:
        """Where the household reports."""
        return opens(self.round.id)

    @property
    def version(self) -> str:
        """Another one whenever the household's page has something else to say."""
        return f"{self.round.id}-{self.door}-{self.round.version}-{self.due_at}-{self.last}"


@dataclass(frozen=True, slots=True)
class OwnRound:
    """A round in which a household reports itself."""

    asked: Asked
    people: tuple[PersonRow, ...]


@dataclass(frozen=True, slots=True)
class OwnPage:
    """Where a household reports itself, and whoever acts for it."""

    doors: tuple[int, ...]
    rounds: tuple[OwnRound, ...]
    seq: int


@dataclass(frozen=True, slots=True)
class Matter:
    """A person whose report needs somebody."""

    door: int
    place: str
    name: str
    finding: str
    disputed: bool
    at: int


@dataclass(frozen=True, slots=True)
class BuildingRow:
    """One building of a round of reports, in figures."""

    building: int
    place: str
    due: int
    reported: int
    findings: tuple[tuple[str, int], ...]
    due_at: int | None

    @property
    def percent(self) -> int:
        """Share reported, in whole per cent, never rounded up to 100."""
        return 100 * self.reported // self.due if self.due else 0


@dataclass(frozen=True, slots=True)
class ResultsPage:
    """A round of reports, for those who may see results."""

    round: RoundHead
    matters: tuple[Matter, ...]
    buildings: tuple[BuildingRow, ...]
    due: int
    reported: int
    findings: tuple[tuple[str, int], ...]
    stairwells: tuple[int, ...]
    may_lead: bool
    seq: int


@dataclass(frozen=True, slots=True)
class MissingDoor:
    """A household of which somebody has not reported."""

    door: int
    stairwell: int
    label: str
    names: tuple[str, ...]
    answer: str  # what was found at the door
    told: str  # the reach ledger's word on the last reminder; empty where there was none


@dataclass(frozen=True, slots=True)
class MissingStairwell:
    """The households of one stairwell that have not reported."""

    stairwell: int
    place: str
    doors: tuple[MissingDoor, ...]
    people: int


@dataclass(frozen=True, slots=True)
class MissingPage:
    """Whom to chase: who has not reported, and what to write to their chat group."""

    round: RoundHead
    stairwells: tuple[MissingStairwell, ...]
    people: int
    notice: str  # the last reminder, under which "told" is noted
    may_lead: bool
    seq: int


@dataclass(frozen=True, slots=True)
class Shot:
    """The photo of one person's report, on a contact sheet."""

    op: str
    resident: int
    door: int
    place: str
    name: str
    finding: str
    photo: Photo | None
    verdict: str = ""  # what was seen in it, where somebody has to decide


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """A contact sheet of photos to look at."""

    round: RoundHead
    shots: tuple[Shot, ...]
    left: int
    all: int
    differing: tuple[Shot, ...]
    seq: int


@dataclass(frozen=True, slots=True)
class Chase:
    """A round of reports that somebody goes after, on their first page."""

    round: RoundHead
    people: int  # who have not reported


@dataclass(frozen=True, slots=True)
class NewReports:
    """What the form of a new round of reports offers."""

    kinds: tuple[RoundKind, ...]
    compounds: tuple[ScopeCompound, ...]


@dataclass(frozen=True, slots=True)
class ChainPage:
    """A chat group's chain, before and after it was read."""

    round: RoundHead
    text: str
    proposals: tuple[Proposal, ...]
    unread: tuple[Unread, ...]
    seq: int
