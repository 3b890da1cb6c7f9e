"""What pages about people are given to draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from server.features.people.history import Entry
from server.features.people.reads import Resident


@dataclass(frozen=True, slots=True)
class Card:
    """One household's card."""

    household: int
    place: str  # 梅园 12号楼 3单元
    label: str  # 1102
    number: str  # for sites and gates; signs nobody in
    secret: str = ""  # as it is typed; known only while new cards are being printed
    qr: str = ""  # an <svg> string that leads to the sign-in page
    number_qr: str = ""  # one that leads those who work at a site to the household


@dataclass(frozen=True, slots=True)
class CardSheet:
    """The cards of one stairwell."""

    stairwell: int
    place: str
    cards: tuple[Card, ...]

    @property
    def fresh(self) -> bool:
        """True for new cards, whose secrets are on the sheet."""
        return any(card.secret for card in self.cards)


@dataclass(frozen=True, slots=True)
class Become:
    """Who a code belongs to, before it is used."""

    secret: str
    name: str
    duty: str = ""  # 信息员 · 梅园, in the reader's language
    instead_of: str = ""  # who is signed in on this phone now


@dataclass(frozen=True, slots=True)
class StaffLine:
    """Somebody of the staff in a list."""

    account: str
    name: str
    team: str
    roles: tuple[str, ...]  # marked words
    revoked: bool


@dataclass(frozen=True, slots=True)
class StaffPage:
    """Everybody who works here."""

    people: tuple[StaffLine, ...]
    roles: tuple[tuple[str, str], ...]  # key and marked words, for the form
    compounds: tuple[tuple[int, str], ...]
    may_manage: bool


@dataclass(frozen=True, slots=True)
class StaffMember:
    """One of the staff, and a fresh link where one was just made."""

    person: StaffLine
    links: int  # in force
    phones: int  # signed in
    may_manage: bool
    link: str = ""
    qr: str = ""


@dataclass(frozen=True, slots=True)
class HouseholdPage:
    """Who lives behind a door."""

    household: int
    stairwell: int
    place: str  # 梅园 12号楼 3单元 1102
    name: str
    residents: tuple[Resident, ...]
    may_set_presence: bool
    may_manage_cards: bool
    acting: tuple[str, ...] = ()  # names of who acts for them
    may_keep: bool = False  # add, correct, say who moved away
    tails: Mapping[int, str] = field(default_factory=dict)  # the last four of telephone numbers
    gone: tuple[tuple[int, str], ...] = ()  # id and name of those who moved away
    history: tuple[Entry, ...] = ()
