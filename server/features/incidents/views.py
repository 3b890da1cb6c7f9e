"""What pages about closing an incident are given to draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.features.incidents.rules import State


@dataclass(frozen=True, slots=True)
class Closing:
    """One closing: proposed, announced, happening or done."""

    id: str
    state: State
    proposed_by: str
    agreed_by: str
    mine_to_agree: bool  # whoever looks may agree
    open_rounds: tuple[tuple[str, str], ...]  # id and title: they hold it up
    emergencies: int  # under way; so do they


@dataclass(frozen=True, slots=True)
class Incidents:
    """What is under way, and what was closed."""

    now: Closing | None
    before: tuple[Closing, ...]  # the last first
    open_rounds: tuple[tuple[str, str], ...]
    seq: int


@dataclass(frozen=True, slots=True)
class Sum:
    """One total of a report."""

    words: str  # marked, or as an older version called it
    months: tuple[tuple[str, int], ...]
    whole: int


@dataclass(frozen=True, slots=True)
class Report:
    """A closed incident's report."""

    closing: Closing
    said: Mapping[str, Any]
    sums: tuple[tuple[str, int, tuple[Sum, ...]], ...]  # a kind of record, how many went, totals
    fingerprint: str
    document: bytes  # to take away
    seq: int
