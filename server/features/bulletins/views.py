"""What pages about bulletins are given to draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from server.features.bulletins.check import Finding
from server.features.bulletins.figures import Figures
from server.features.bulletins.wording import Unknown
from server.features.estates.records import ServicePhone
from server.features.notices.rules import Counts


@dataclass(frozen=True, slots=True)
class Entry:
    """A bulletin in a list."""

    id: str
    day: str
    title: str
    status: str
    published_at: int | None
    corrected: bool


@dataclass(frozen=True, slots=True)
class BulletinList:
    """Bulletins, the newest first."""

    community: int
    name: str
    entries: tuple[Entry, ...]
    drafts: tuple[Entry, ...]  # for those who write them
    today: str
    may_publish: bool
    missing: bool  # nobody has begun that of today
    seq: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands that must not, and what it is."""

    section: str  # marked heading
    language: str
    line: int
    finding: Finding


@dataclass(frozen=True, slots=True)
class Field:
    """One section of the form: what stands in it, and what the records would say now."""

    key: str
    heading: str  # marked
    texts: Mapping[str, str]
    proposed: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LateEdit:
    """What somebody typed without having seen the text as it is; kept until the next change."""

    op: str
    by: str
    at: int
    sections: tuple[Field, ...]  # where it differs; `proposed` is what stands now
    unknown: tuple[Unknown, ...]
    unknown_differs: bool


@dataclass(frozen=True, slots=True)
class Correction:
    """What stands on top of a published bulletin."""

    text: str
    at: int
    by: str  # empty for those who need not know


@dataclass(frozen=True, slots=True)
class Reads:
    """How many have read a bulletin: recipients by the ledger, opens of the public page."""

    inbox: Counts
    today: int
    opens: int


@dataclass(frozen=True, slots=True)
class Desk:
    """A bulletin for those who write it."""

    id: str
    day: str
    title: str
    status: str
    by: str  # who changed it last
    at: int
    fields: tuple[Field, ...]
    unknown: tuple[Unknown, ...]
    findings: tuple[Place, ...]
    late: tuple[LateEdit, ...]
    figures: Figures  # frozen, or as they are now
    corrections: tuple[Correction, ...]
    notice: str | None
    reads: Reads | None
    path: str  # of the public page
    languages: tuple[str, ...]  # the writer's own first
    seq: int


@dataclass(frozen=True, slots=True)
class Public:
    """A bulletin as everybody reads it."""

    community: int
    name: str
    id: str
    day: str
    title: str
    withdrawn: bool
    published_at: int
    sections: tuple[tuple[str, str], ...]  # marked heading and text
    unknown: tuple[Unknown, ...]
    corrections: tuple[Correction, ...]
    figures: Figures
    phones: tuple[ServicePhone, ...]  # whom everybody may call
    notice: str | None


@dataclass(frozen=True, slots=True)
class Text:
    """A bulletin in one language, to paste into a group and to read out."""

    language: str
    chat: str
    loud: str
