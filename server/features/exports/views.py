"""What pages about exports are given to draw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from server.features.exports.listing import Listing


@dataclass(frozen=True, slots=True)
class Taken:
    """One list that somebody took away."""

    at: int
    by: str
    label: str  # marked words
    title: str
    format: str
    rows: int
    health: bool
    until: int


@dataclass(frozen=True, slots=True)
class Index:
    """The lists that somebody may have, and those that they had last."""

    listings: tuple[Listing, ...]
    taken: tuple[Taken, ...]
    may_see_log: bool
    seq: int


@dataclass(frozen=True, slots=True)
class Choice:
    """A list before it is made: what may be chosen."""

    listing: Listing
    about: tuple[tuple[str, str], ...]  # rounds or announcements: id and title
    chosen: str
    buildings: tuple[tuple[str, str], ...]  # value and words
    may_health: bool
    today: date
    usual: date
    first: date
    last: date
    seq: int
