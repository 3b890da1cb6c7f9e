"""Generated photos, read: a pool as a neighbourhood might send them, and some of each condition."""

from __future__ import annotations

import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from bench.cassettes import CONDITIONS, Scene, ordinary, paint, scene
from server.features.photos.cassette.look import read
from server.features.photos.reading import THRESHOLD, Reading

FIRST_SEED = 40_001
"""Seeds go up from here. Their photos were first read when the rules had been chosen, which was
done on seeds from 100,000 on."""

POOL = {"negative": 400, "positive": 150, "faint": 80, "invalid": 50, "nothing": 40}
"""How many photos of what. Of those with nothing on them half show an empty window, half none."""

EACH = 30
"""Photos for each condition, half of them negative and half positive."""

PLAIN = "nothing special"


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo that was read."""

    what: str  # as in `POOL`
    truth: str  # as somebody careful would say
    contrast: float  # of the test line
    reading: Reading
    took: float  # milliseconds of processor time

    @property
    def seen(self) -> str:
        """What the lines say by themselves; "nothing" where no window was found."""
        if not self.reading.found:
            return "nothing"
        if self.reading.control < THRESHOLD:
            return "invalid"
        return "positive" if self.reading.test >= THRESHOLD else "negative"


def pool() -> list[Photo]:
    """Photos as people send them: most have something wrong with them, some several things."""
    wanted: list[tuple[str, Scene]] = []
    for what, count in POOL.items():
        for nth in range(count):
            wanted.append((what, _of(what, FIRST_SEED + len(wanted), nth)))
    return _read_all(wanted)


def _of(what: str, seed: int, nth: int) -> Scene:
    if what == "faint":
        return ordinary(seed, "positive", "faint test line")
    if what == "nothing" and nth % 2:
        return ordinary(seed, "negative", "no cassette")
    return ordinary(seed, what)


def by_condition() -> dict[str, list[Photo]]:
    """Good photos but for one thing, by what that is."""
    found: dict[str, list[Photo]] = {}
    for condition in (PLAIN, *CONDITIONS):
        conditions = () if condition == PLAIN else (condition,)
        wanted = []
        for nth in range(EACH):
            truth = "positive" if nth % 2 or condition == "faint test line" else "negative"
            wanted.append((truth, scene(FIRST_SEED + 10_000 + nth, truth, *conditions)))
        found[condition] = _read_all(wanted)
    return found


def _read_all(wanted: Iterable[tuple[str, Scene]]) -> list[Photo]:
    with ProcessPoolExecutor() as workers:
        return list(workers.map(_read, wanted, chunksize=8))


def _read(wanted: tuple[str, Scene]) -> Photo:
    what, one = wanted
    picture = paint(one)
    began = time.process_time()
    reading = read(picture)
    took = (time.process_time() - began) * 1000
    contrast = one.cassettes[0].test if one.cassettes else 0.0
    return Photo(what, one.truth, contrast, reading, took)
