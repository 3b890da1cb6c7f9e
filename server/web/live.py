"""Live pages: who listens for which changes, and telling them after a commit."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Collection

import msgspec

HEARTBEAT = 25.0
"""Seconds between comments that keep proxies from closing a quiet connection."""


RECENT = 30.0
"""Seconds for which changes are told to those who begin to listen: theirs is a page drawn a moment
before, and what changed in between would be missed until something else does."""

FEWEST = 1_000
"""Changed topics of one community that are kept before it is worth looking for old ones."""


class Live:
    """Listeners of one process, by community."""

    def __init__(self) -> None:
        self._listeners: dict[int, set[asyncio.Queue[bytes | None]]] = {}
        self._recent: dict[int, Recent] = {}

    def tell(self, community_id: int, seq: int, topics: Collection[str]) -> None:
        """Tell a community's listeners which topics changed; one that is too slow misses it."""
        if not topics:
            return
        self._recent.setdefault(community_id, Recent()).note(seq, topics)
        listeners = self._listeners.get(community_id)
        if not listeners:
            return
        event = change(seq, topics)
        for listener in listeners:
            with contextlib.suppress(asyncio.QueueFull):
                listener.put_nowait(event)

    async def listen(self, community_id: int) -> AsyncIterator[bytes]:
        """Server-sent events (WHATWG HTML, 9.2) of one community, until the client goes away."""
        queue: asyncio.Queue[bytes | None] = asyncio.Queue(256)
        listeners = self._listeners.setdefault(community_id, set())
        listeners.add(queue)
        recent = self._recent.get(community_id)
        try:
            yield b"retry: 3000\n\n"
            for missed in recent.events() if recent else ():
                yield missed
            while True:
                try:
                    async with asyncio.timeout(HEARTBEAT):
                        event = await queue.get()
                except TimeoutError:
                    event = b": still here\n\n"
                if event is None:
                    return
                yield event
        finally:
            listeners.discard(queue)

    def close(self) -> None:
        """End every connection, so that the server can stop."""
        for listeners in self._listeners.values():
            for listener in listeners:
                with contextlib.suppress(asyncio.QueueFull):
                    listener.put_nowait(None)


class Recent:
    """What changed lately: each topic's last change with a number, and its last without."""

    def __init__(self) -> None:
        self._when: dict[tuple[str, bool], tuple[float, int]] = {}
        self._look_at = FEWEST

    def note(self, seq: int, topics: Collection[str]) -> None:
        """These topics changed now."""
        now = time.monotonic()
        for topic in topics:
            self._when[topic, seq > 0] = now, seq
        if len(self._when) > self._look_at:
            self._drop()

    def events(self) -> list[bytes]:
        """The changes as they are told: those with numbers under the last of these, then others."""
        self._drop()
        told = []
        for numbered in (True, False):
            topics = {topic for topic, has_seq in self._when if has_seq is numbered}
            if topics:
                last = max(self._when[topic, numbered][1] for topic in topics)
                told.append(change(last, topics))
        return told

    def _drop(self) -> None:
        since = time.monotonic() - RECENT
        self._when = {key: said for key, said in self._when.items() if said[0] >= since}
        self._look_at = max(FEWEST, 2 * len(self._when))


def change(seq: int, topics: Collection[str]) -> bytes:
    """One event: topics that changed, and the number of the change in the history, or 0."""
    data = msgspec.json.encode({"seq": seq, "topics": sorted(topics)})
    return b"event: change\ndata: " + data + b"\n\n"
