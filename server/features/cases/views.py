"""What pages about cases are given to draw, and the counts that a bulletin is made of."""

from __future__ import annotations

from dataclasses import dataclass

from server.features.cases.rules import Danger
from server.features.people.reads import Resident
from server.oplog.events import Event


@dataclass(frozen=True, slots=True)
class BuildingProgress:
    """The cases of one building in figures: no person and no flat."""

    building: int
    new: int  # cases opened in the span
    tested_at: int | None  # newest test time among them
    awaiting: int
    coming: int
    picked_up: int
    arrived: int
    returned: int  # as of the end of the span, as the four before it
    last_case_at: int | None


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One open case in a list: where, how far, and what waits; never who or why."""

    id: str
    household: int
    building: int
    place: str  # 8号楼 1单元 302
    step: str
    since: int
    owner: str
    dangers: tuple[Danger, ...]  # the oldest first


@dataclass(frozen=True, slots=True)
class BuildingCases:
    """The open cases of one building."""

    place: str
    lines: tuple[CaseLine, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A door that was looked for, and who lives there."""

    household: int
    place: str
    residents: tuple[Resident, ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything open: what needs a person now, and all by building."""

    pressing: tuple[CaseLine, ...]  # the oldest danger first
    buildings: tuple[BuildingCases, ...]
    typed: str
    found: tuple[Found, ...]  # doors that what was typed may mean
    may_run: bool
    seq: int

    @property
    def households(self) -> tuple[int, ...]:
        """Whose cases the page shows."""
        return tuple(line.household for one in self.buildings for line in one.lines)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was said of a case."""

    event: Event
    label: str  # marked words
    about: str  # whom: who follows up, a contact, who looks after something
    by: str
    undoable: bool


@dataclass(frozen=True, slots=True)
class ContactLine:
    """A close contact."""

    resident: int | None
    household: int | None
    name: str
    place: str  # empty for the household itself
    isolated: bool  # on a round of home isolation
    until: int | None  # when they need not stay at home any more, where that was said
    notices: tuple[str, ...]  # by which their household was told, where it is another


@dataclass(frozen=True, slots=True)
class CareLine:
    """Whom or what somebody looks after."""

    id: str
    label: str
    who: str
    until: int | None
    done: bool


@dataclass(frozen=True, slots=True)
class Told:
    """Whether the household has heard of the last it was told."""

    notice: str
    at: int
    reached: bool


@dataclass(frozen=True, slots=True)
class ContactTold:
    """A close contact of another household, and whether that has heard."""

    line: ContactLine
    told: Told | None


@dataclass(frozen=True, slots=True)
class CasePage:
    """One case, for those who run it."""

    id: str
    household: int
    place: str
    name: str
    born: int | None
    positives: tuple[Line, ...]
    step: Event | None
    next: tuple[str, ...]  # steps that may come now, the likeliest first
    dangers: tuple[Danger, ...]
    owner: str  # a name; empty where nobody follows it up
    owner_phone: str
    mine: bool  # the reader follows it up
    may_own: tuple[tuple[str, str], ...]  # accounts and names
    booked: Event | None
    confirmed: str
    doubted: Event | None
    waiting: bool  # at home, to be called every day
    called: Event | None  # the last call, answered or not
    disinfecting: Event | None
    building_told: str  # told, small or nobody; empty where nothing was to tell it
    contacts: tuple[ContactTold, ...]
    typed: str
    found: tuple[Found, ...]  # doors that what was typed may mean, to find a contact behind
    others: tuple[Resident, ...]  # of the household, who are no contacts yet
    rounds: tuple[tuple[str, str], ...]  # of home isolation that are open: id and title
    cares: tuple[CareLine, ...]
    story: tuple[Line, ...]  # the newest first
    closed: Event | None
    told: Told | None
    may_run: bool
    seq: int

    @property
    def households(self) -> tuple[int, ...]:
        """Of whom the page says something: the household, and those of close contacts."""
        others = (one.line.household for one in self.contacts)
        return tuple({self.household, *(one for one in others if one is not None)})


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody of the staff looked at a household's case."""

    name: str
    at: int


@dataclass(frozen=True, slots=True)
class OwnCase:
    """A case as its own household reads it."""

    id: str
    name: str
    whose: str  # the place, where it is another household for which the reader acts
    why: str  # marked words
    opened_at: int
    step: Event | None
    booked: Event | None
    confirmed: str
    doubted: bool
    owner: str
    owner_phone: str
    cares: tuple[CareLine, ...]
    isolated: tuple[ContactLine, ...]  # close contacts of the household
    clean: Event | None
    closed: str
    story: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class OwnContact:
    """What the household of a close contact reads of it: nothing of whom they met, or where."""

    name: str
    whose: str  # the place, where it is another household for which the reader acts
    over: bool  # they need not stay at home any more
    until: int | None  # until when, where that is known
    daily: bool  # somebody asks after them every day
    asked_by: tuple[str, ...]  # and who
    owner: str  # whom to ask; empty where nobody is named
    owner_phone: str


@dataclass(frozen=True, slots=True)
class OwnCases:
    """Everything a household is told of its cases and close contacts, and who has looked."""

    cases: tuple[OwnCase, ...]
    contacts: tuple[OwnContact, ...]
    looks: tuple[Look, ...]
    seq: int
