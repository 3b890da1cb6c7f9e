"""What a testing day says of floors, people and tubes."""

from __future__ import annotations

from collections.abc import Collection, Sequence

SINGLE, BY_HOUSEHOLD, TEN = "single", "household", "ten"
TUBES = {SINGLE: 1, BY_HOUSEHOLD: 20, TEN: 10}
"""Kinds of tube, and how many people one may hold."""

HAND, AUTO, PAUSED = "hand", "auto", "paused"
PACES = (HAND, AUTO, PAUSED)
"""Who calls: a person, the pacing by itself, or nobody for now."""

CALLED, SKIPPED = "called", "skipped"

CAME, HERE, PART = "came", "here", "part"
"""Answers of a testing round: swabbed, in the queue, some of the household swabbed."""

TRANSFER, ELSEWHERE, AWAY, HOME = "transfer", "elsewhere", "away", "home"
REASONS = (TRANSFER, ELSEWHERE, AWAY, HOME)
"""Why somebody is not expected at a site; who cannot come down is swabbed at home."""

YET_TO_COME = (None, HERE, "nobody")
"""What may have been said at the site of a household of which fewer can still be expected."""

NEGATIVE, POSITIVE, INVALID, RETEST = "negative", "positive", "invalid", "retest"
RESULTS = (NEGATIVE, POSITIVE, INVALID)

PUPILS = (6, 18)
OLD = 70
"""Ages, in years, of those who may come first."""


def result_of(tube: str, people: int, result: str) -> str:
    """What a tube's result means for each of its people.

    A positive tube of several says that one of them may be: all wait for a test of their own.
    """
    if result == POSITIVE and (tube != SINGLE or people > 1):
        return RETEST
    return result


def deal(loads: Sequence[tuple[int, int]], sites: int) -> list[list[int]]:
    """Stairwells dealt out to sites in the order of the estate, about as many people to each.

    `loads` are (stairwell, people). Neighbours stay together, so that nobody walks past a site.
    """
    total = sum(people for _, people in loads) or 1
    dealt: list[list[int]] = [[] for _ in range(sites)]
    before = 0
    for stairwell, people in loads:
        middle = before + people / 2
        dealt[min(sites - 1, int(middle * sites / total))].append(stairwell)
        before += people
    return dealt


def said(levels: Collection[int], labels: dict[int, str]) -> str:
    """Floors as people say them: 7, or 7–9, or 3A, 5."""
    ordered = sorted(levels)
    names = [labels.get(level, str(level)) for level in ordered]
    if len(ordered) > 2 and ordered[-1] - ordered[0] == len(ordered) - 1:
        return f"{names[0]}–{names[-1]}"
    return ", ".join(names)


def in_group(group: str, born: int | None, year: int) -> bool:
    """True where somebody born in a year belongs to those who come first."""
    if born is None:
        return False
    age = year - born
    return age >= OLD if group == "old" else PUPILS[0] <= age < PUPILS[1]
