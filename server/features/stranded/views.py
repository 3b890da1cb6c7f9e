"""What pages about people who are shut in are given to draw."""

from __future__ import annotations

from dataclasses import dataclass

from server.features.requests.views import RequestLine
from server.i18n import Words


@dataclass(frozen=True, slots=True)
class StayLine:
    """Somebody who is shut in where they do not live."""

    id: str
    name: str
    relation: str
    household: int
    place: Words  # where they are
    since: int
    home: int | None
    home_place: Words | None  # where they live, in this community
    home_words: str  # or elsewhere
    fed_at: int | None  # what was brought to that door today
    tested_at: int | None  # they reported a test today
    asked: tuple[RequestLine, ...]  # what was asked for their own home and is open


@dataclass(frozen=True, slots=True)
class Desk:
    """Everybody who is shut in where somebody answers for them."""

    lines: tuple[StayLine, ...]  # who was brought nothing today first
    unfed: int
    untested: int
    seq: int


@dataclass(frozen=True, slots=True)
class Guests:
    """Who is shut in with one's own household."""

    lines: tuple[StayLine, ...]
    homes: tuple[tuple[int, str], ...]  # household and place, one's own first
    seq: int
