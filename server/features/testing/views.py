"""What pages about testing days are given to draw."""

from __future__ import annotations

from dataclasses import dataclass

from server.features.people.scopes import ScopeCompound
from server.features.rounds.views import RoundHead, Tally


@dataclass(frozen=True, slots=True)
class FloorCell:
    """One floor of a stairwell in a site's queue."""

    level: int
    label: str
    people: int
    left: int  # people still expected
    came: int
    state: str  # waiting, called, skipped or done
    times: int
    called_at: int | None
    coming: int  # households that said so


@dataclass(frozen=True, slots=True)
class StairwellRow:
    """A stairwell that comes to a site, top floor first."""

    stairwell: int
    place: str
    short: str
    held: bool
    floors: tuple[FloorCell, ...]

    @property
    def left(self) -> int:
        """People still expected."""
        return sum(floor.left for floor in self.floors)


@dataclass(frozen=True, slots=True)
class Next:
    """Whom the pacing would call next."""

    stairwell: int
    place: str
    floors: str  # 7–9, as they are painted
    levels: tuple[int, ...]
    people: int
    minutes: int  # 0: now
    why: str  # pacing's word for it


@dataclass(frozen=True, slots=True)
class SiteView:
    """One site as it stands."""

    id: str
    name: str
    place: str
    hours: str
    medics: int
    people: int  # expected in all
    swabbed: int
    waiting: int
    on_their_way: int
    rate: float  # people a minute
    finish: int | None
    most: int
    next: Next | None
    still: bool
    stairwells: tuple[StairwellRow, ...]


@dataclass(frozen=True, slots=True)
class DayPage:
    """A testing day: every site."""

    round: RoundHead
    tube: str
    pace: str
    most: int
    sites: tuple[SiteView, ...]
    tally: Tally
    missing: int  # people called or not who have not come
    may_lead: bool
    may_see_results: bool
    seq: int


@dataclass(frozen=True, slots=True)
class SitePage:
    """One site, for those who work there."""

    round: RoundHead
    pace: str
    site: SiteView
    others: tuple[tuple[int, str, str], ...]  # stairwells that go elsewhere, and to which site
    may_lead: bool
    may_mark: bool
    seq: int


@dataclass(frozen=True, slots=True)
class NewDay:
    """What the form of a new testing day offers."""

    compounds: tuple[ScopeCompound, ...]


@dataclass(frozen=True, slots=True)
class Expected:
    """One person of a household on a testing day."""

    resident: int
    name: str
    reason: str  # empty where they are expected
    tube: str


@dataclass(frozen=True, slots=True)
class DoorPage:
    """One household on a testing day, at the site or at home."""

    round: RoundHead
    household: int
    stairwell: int
    place: str
    site: str
    card: str
    due: int
    answer: str
    people: tuple[Expected, ...]
    may_mark: bool
    seq: int


@dataclass(frozen=True, slots=True)
class AtHome:
    """Somebody who cannot come down."""

    household: int
    place: str
    name: str
    done: bool


@dataclass(frozen=True, slots=True)
class Tube:
    """A tube and what came of it."""

    code: str
    people: int
    at: int
    result: str


@dataclass(frozen=True, slots=True)
class Positive:
    """Somebody whose own test was positive."""

    resident: int
    household: int
    name: str
    place: str
    at: int


@dataclass(frozen=True, slots=True)
class TubesPage:
    """The tubes of a day, with their results for those who may know them."""

    round: RoundHead
    tube: str
    tubes: tuple[Tube, ...]
    waiting: int  # tubes without a result
    homes: tuple[AtHome, ...]
    positives: tuple[Positive, ...]  # none for those who may not know
    may_see_results: bool
    may_lead: bool
    seq: int


@dataclass(frozen=True, slots=True)
class Turn:
    """What a household is told of a testing day."""

    round: RoundHead
    site: str
    place: str
    state: str  # wait, called, here, done, skipped or planned
    minutes: int
    floors: int
    notice: str  # the call, where there is one


@dataclass(frozen=True, slots=True)
class LastTest:
    """When somebody of a household was last tested and what came of it, for themselves."""

    name: str
    at: int
    result: str


@dataclass(frozen=True, slots=True)
class Workplace:
    """A site of an open day at which somebody works."""

    round: str
    title: str
    site: str
    name: str
    version: int


@dataclass(frozen=True, slots=True)
class Spared:
    """Whether somebody is expected on a day under way, and who has the say."""

    round: str
    reason: str  # why they are not; empty where they are expected
    by_itself: bool  # nobody has said so by hand
