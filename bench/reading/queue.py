"""Queues of a thousand photos, put together from those that were read, and looked at in order."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

from bench.reading.figures import Photo
from server.features.photos.reading import order

LONG = 1_000
QUEUES = 200

SHARES = {"negative": 0.90, "positive": 0.05, "faint": 0.02, "invalid": 0.02, "nothing": 0.01}
"""What comes in: of a thousand photos so many show this."""

MISSAID = {"negative": 0.01, "positive": 0.2, "faint": 0.4, "invalid": 0.6, "nothing": 1.0}
"""How often something else is said of it: "positive" of a negative test, "negative" of the rest."""

KINDS = {
    "a line, and “negative” was said": ("positive",),
    "a faint line, and “negative” was said": ("faint",),
    "no line, and “positive” was said": ("negative",),
    "no control line, and a result was said": ("invalid",),
    "no strip or no cassette, and a result was said": ("nothing",),
}
"""Contradictions by what is on the photo."""

ALL = "all contradictions"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A photo in the queue."""

    photo: Photo
    said: str

    @property
    def contradicts(self) -> bool:
        """Whether something else was said than what is there."""
        return self.said != self.photo.truth


@dataclass(frozen=True, slots=True)
class Queue:
    """Photos in the order in which they are to be looked at."""

    waiting: tuple[Waiting, ...]

    def places(self, kind: str = ALL) -> list[int]:
        """Where contradictions of a kind are, from 0."""
        whats = KINDS.get(kind)
        return [
            nth
            for nth, one in enumerate(self.waiting)
            if one.contradicts and (whats is None or one.photo.what in whats)
        ]


def queues(photos: Sequence[Photo]) -> list[Queue]:
    """Many, each put together anew."""
    return [_queue(photos, random.Random(f"queue {nth}")) for nth in range(QUEUES)]


def _queue(photos: Sequence[Photo], chance: random.Random) -> Queue:
    by_what: dict[str, list[Photo]] = {what: [] for what in SHARES}
    for photo in photos:
        by_what[photo.what].append(photo)
    waiting = []
    for what in chance.choices(list(SHARES), list(SHARES.values()), k=LONG):
        photo = chance.choice(by_what[what])
        waiting.append(Waiting(photo, _said(photo, chance)))
    waiting.sort(key=lambda one: -order(one.said, one.photo.reading))
    return Queue(tuple(waiting))


def _said(photo: Photo, chance: random.Random) -> str:
    if chance.random() >= MISSAID[photo.what]:
        return photo.truth
    return "positive" if photo.truth == "negative" else "negative"


def within(run: Sequence[Queue], share: float, kind: str = ALL) -> list[float]:
    """The share of contradictions of a kind in the first part of each queue that has any."""
    found = []
    for queue in run:
        places = queue.places(kind)
        if places:
            found.append(mean(place < share * LONG for place in places))
    return found


def curves(run: Sequence[Queue]) -> dict[str, list[float]]:
    """For each hundredth of the queue, the share of contradictions in it and before, by kind."""
    found = {}
    for kind in (ALL, *KINDS):
        places = [place for queue in run for place in queue.places(kind)]
        found[kind] = [
            sum(place < LONG * step / 100 for place in places) / max(1, len(places))
            for step in range(101)
        ]
    return found
