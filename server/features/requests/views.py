"""What pages about requests are given to draw."""

from __future__ import annotations

from dataclasses import dataclass

from server import clock
from server.features.photos.reads import Photo
from server.features.requests.emergency import LONGEST, VEHICLE, Step
from server.features.requests.kinds import OPEN, RequestKind
from server.features.requests.rules import STATES
from server.oplog.events import Event


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step of an emergency as it stands."""

    step: Step
    since: int  # when it was taken, done or given back; or when the emergency began
    who: str  # a name; empty while nobody does it
    mine: bool  # whoever looks does it, or has done it
    done: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the steps of an emergency are."""

    began: int  # when it was called
    arrived: int | None  # when the vehicle was there
    open: int  # steps that nobody does
    lines: tuple[StepLine, ...]

    @property
    def vehicle(self) -> StepLine:
        """The step that stops the clock."""
        return next(one for one in self.lines if one.step.key == VEHICLE)

    @property
    def taken(self) -> tuple[StepLine, ...]:
        """The steps that somebody takes."""
        return tuple(one for one in self.lines if one.step.key != VEHICLE)

    @property
    def took(self) -> int:
        """Milliseconds from the call to the vehicle, or until now."""
        until = clock.now() if self.arrived is None else self.arrived
        return max(0, until - self.began)

    @property
    def time(self) -> str:
        """The same as a stop-watch shows it: 4:07."""
        return f"{self.took // clock.MINUTE}:{self.took // clock.SECOND % 60:02}"

    @property
    def minutes(self) -> int:
        """The same in whole minutes."""
        return self.took // clock.MINUTE

    @property
    def longest(self) -> int:
        """Milliseconds that people remember."""
        return LONGEST

    @property
    def late(self) -> bool:
        """True where it took longer than people remember."""
        return self.took > LONGEST


@dataclass(frozen=True, slots=True)
class StepsPage:
    """The steps of one emergency, for those who take them."""

    id: str
    place: str  # 12号楼 3单元
    floor: str  # as painted on the wall; empty for those who need not go up
    state: str
    open: bool  # the request is
    progress: Progress
    answers: bool  # whoever looks may know what has happened
    joined_to: str  # the one to which it was joined, where that is theirs to see
    seq: int

    @property
    def label(self) -> str:
        """How the request stands, in marked words."""
        return STATES[self.state]


@dataclass(frozen=True, slots=True)
class RequestLine:
    """One request in a list."""

    id: str
    kind: RequestKind
    place: str  # 12号楼 3单元 1102
    state: str
    opened_at: int
    since: int
    due_at: int | None
    owner: str  # a name; empty while it is asked
    mine: bool  # whoever looks has it
    same_as: str = ""  # an older one that may be the same
    progress: Progress | None = None  # of an emergency

    @property
    def label(self) -> str:
        """How it stands, in marked words."""
        return STATES[self.state]


@dataclass(frozen=True, slots=True)
class ShiftNote:
    """What the last shift left to the next."""

    place: str
    words: str
    by: str
    at: int


@dataclass(frozen=True, slots=True)
class Desk:
    """What needs a person now and what is under way, the oldest danger first."""

    pressing: tuple[RequestLine, ...]
    pressing_count: int
    running: tuple[RequestLine, ...]
    running_count: int
    entered: tuple[RequestLine, ...]  # asked by whoever looks, and not among the others
    notes: tuple[ShiftNote, ...]
    places: tuple[tuple[str, str], ...]  # for which a note may be left: key and words
    may_find: bool  # to take requests by telephone
    at_home: bool  # whoever looks has a household of their own here
    seq: int


@dataclass(frozen=True, slots=True)
class OwnList:
    """Everything a household asked for, or others for it."""

    lines: tuple[RequestLine, ...]  # the open ones first
    seq: int


@dataclass(frozen=True, slots=True)
class Asking:
    """For whom somebody may ask without typing an address."""

    homes: tuple[tuple[int, str], ...]  # household and place, one's own first
    back: str  # where the page came from: it is kept on the phone too
    seq: int


@dataclass(frozen=True, slots=True)
class FoundDoor:
    """A door that is meant by what was typed."""

    household: int
    place: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Intake:
    """Taking a request by telephone: doors that what was typed may mean."""

    typed: str
    found: tuple[FoundDoor, ...]
    seq: int


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One thing that was said of a request."""

    event: Event
    label: str  # marked words
    by: str  # empty for what went by itself
    about: str  # to whom it was passed, whom it asked
    words: str
    step: str = ""  # of an emergency, in marked words


@dataclass(frozen=True, slots=True)
class RequestPage:
    """One request: for those who answer it, or for those who asked it."""

    id: str
    kind: RequestKind
    place: str
    household: int | None
    breadth: str
    words: str
    quick: str  # marked words
    by: str  # who asked
    opened_at: int
    photo: Photo | None
    state: str
    since: int
    due_at: int | None
    put_off: int | None
    reached: int  # how many people were asked to take it
    owner: str
    why: str  # it could not be done, or is not needed any more
    mine: bool  # whoever looks has it
    steps: tuple[str, ...]  # that whoever looks may say now
    may_take: bool
    may_pass: bool
    leads: bool
    asks: bool  # whoever looks is of those who asked
    answers: bool  # and of those who answer
    others: tuple[tuple[str, str], ...]  # to whom it may be passed: account and name
    alike: tuple[RequestLine, ...]  # open ones that may be the same
    joined: tuple[RequestLine, ...]  # joined to this one
    is_joined: bool  # it stands as the one to which it was joined
    joined_to: str  # that one, for those who answer
    offers: tuple[str, ...]  # names of who comes too
    thanked: bool
    has_phone: bool
    progress: Progress | None  # of an emergency
    helps: bool  # whoever looks may take its steps
    story: tuple[StoryLine, ...]
    seq: int

    @property
    def label(self) -> str:
        """How it stands, in marked words."""
        return STATES[self.state]

    @property
    def open(self) -> bool:
        """True while somebody has to do something."""
        return self.due_at is not None and not self.is_joined

    @property
    def kept(self) -> bool:
        """True where a phone may keep the page: it says nothing of health or of a secret."""
        return self.kind.sees == OPEN
