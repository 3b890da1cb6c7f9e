"""Drawn pages, kept while nothing on them has changed.

A page depends on topics ("board:<round>:<stairwell>"). Each topic's version moves when an operation
that touches it commits. Where this process is the only one that writes (SQLite), the versions in
memory are the truth and a page that has not changed costs no read at all.
"""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Collection, Hashable
from dataclasses import dataclass

MOST_PAGES = 2_000

EVERYTHING = "everything"
"""The topic that every page depends on, for what may have been on any of them."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One page as bytes, and what it was drawn from."""

    body: bytes
    zipped: bytes
    etag: str
    seq: int
    version: int


class Versions:
    """Versions of topics and the pages drawn from them."""

    def __init__(self) -> None:
        self._topics: dict[tuple[int, str], int] = {}
        self._pages: OrderedDict[Hashable, Drawn] = OrderedDict()
        self._count = 0

    def move(self, community_id: int, topics: Collection[str]) -> None:
        """These topics changed."""
        self._count += 1
        for topic in topics:
            self._topics[community_id, topic] = self._count

    def of(self, community_id: int, topics: Collection[str]) -> int:
        """The newest version among topics; 0 where none changed since the process began."""
        every = (EVERYTHING, *topics)
        return max(self._topics.get((community_id, topic), 0) for topic in every)

    def find(self, key: Hashable, version: int) -> Drawn | None:
        """The page drawn under a key, if it was drawn from this version."""
        drawn = self._pages.get(key)
        if drawn is None or drawn.version != version:
            return None
        self._pages.move_to_end(key)
        return drawn

    def keep(self, key: Hashable, version: int, body: str, seq: int) -> Drawn:
        """Remember a page; the longest unused is forgotten when there are too many."""
        raw = body.encode()
        tag = hashlib.blake2b(raw, digest_size=9).hexdigest()
        drawn = Drawn(raw, gzip.compress(raw, 9, mtime=0), f'"{tag}"', seq, version)
        self._pages[key] = drawn
        if len(self._pages) > MOST_PAGES:
            self._pages.popitem(last=False)
        return drawn
