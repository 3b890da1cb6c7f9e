"""What pages about standing trips are given to draw."""

from __future__ import annotations

from dataclasses import dataclass

from server.features.estates.records import Household
from server.features.passes.views import PassLine
from server.features.trips import rules
from server.features.trips.clearance import Clearance
from server.i18n import Words


@dataclass(frozen=True, slots=True)
class TripLine:
    """One trip in a list."""

    id: str
    plan: str
    household: int
    place: Words  # 12号楼 3单元 1102
    name: str  # who is driven
    hospital: str
    day: str
    leaves_at: int
    back_at: int
    driver: str  # a name
    state: str
    ready: bool
    late: bool
    clearance: Clearance

    @property
    def label(self) -> str:
        """How it stands, as marked words."""
        return rules.STATES[self.state]

    @property
    def wrong(self) -> bool:
        """True where somebody has to do something about it."""
        missing = self.clearance.pressing and not self.clearance.cleared
        return self.late or (self.state == rules.PLANNED and missing)


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One plan in a list."""

    id: str
    place: Words
    name: str
    kind_key: str  # empty for those who may not know
    hospital: str
    days: tuple[int, ...]
    leaves: str
    back: str
    driver: str
    deputy: str

    @property
    def kind(self) -> str:
        """What it is for, as marked words."""
        return rules.KINDS.get(self.kind_key, "")

    @property
    def weekdays(self) -> tuple[str, ...]:
        """Its days, as marked words."""
        return tuple(rules.WEEKDAYS[one] for one in self.days)


@dataclass(frozen=True, slots=True)
class Index:
    """The trips and plans of which somebody may know."""

    trips: tuple[TripLine, ...]  # those that need somebody first
    plans: tuple[PlanLine, ...]
    runs: bool  # may plan trips somewhere
    seq: int


@dataclass(frozen=True, slots=True)
class Mine:
    """The trips of one's household and of those one acts for."""

    trips: tuple[TripLine, ...]
    plans: tuple[PlanLine, ...]
    passes: dict[str, tuple[PassLine, ...]]  # by trip
    seq: int


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step of a trip."""

    step: rules.Step
    at: int | None
    by: str  # a name
    uncleared: bool  # said though no test counted
    mine: bool  # whoever looks may take it back
    last: bool  # nothing after it was said


@dataclass(frozen=True, slots=True)
class TripPage:
    """One trip, for those who drive it, run it, or are driven."""

    line: TripLine
    kind: str  # marked words; empty for those who drive only
    companion: str
    plate: str
    steps: tuple[StepLine, ...]
    next_step: str | None
    passes: tuple[PassLine, ...]
    allowed_why: str
    skipped_why: str
    drives: bool
    runs: bool
    leads: bool
    theirs: bool
    driver_id: str
    names: tuple[tuple[str, str], ...]  # accounts that may be named as drivers, with names
    wanted: bool
    to_come: bool
    asks: tuple[str, ...]  # what has to be asked after and was not yet, see rules.reminders
    seq: int

    @property
    def kept(self) -> bool:
        """True where the page may stay on a phone: its driver's, which says no reasons."""
        return self.drives


@dataclass(frozen=True, slots=True)
class PlanPage:
    """One plan, with what may be said anew."""

    line: PlanLine
    plan: rules.Plan
    residents: tuple[tuple[int, str], ...]
    resident: int
    people: tuple[tuple[str, str], ...]
    trips: tuple[TripLine, ...]
    open: bool
    seq: int


@dataclass(frozen=True, slots=True)
class Writing:
    """Making a plan; of a door that is known, with its people."""

    door: Household | None
    typed: str  # what was typed and is not one door
    residents: tuple[tuple[int, str], ...]
    people: tuple[tuple[str, str], ...]
    seq: int
