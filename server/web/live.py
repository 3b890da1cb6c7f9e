"""Live pages: who listens for which changes, and telling them after a commit."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection

import msgspec

HEARTBEAT = 25.0
"""Seconds between comments that keep proxies from closing a quiet connection."""


class Live:
    """Listeners of one process, by community."""

    def __init__(self) -> None:
        self._listeners: dict[int, set[asyncio.Queue[bytes | None]]] = {}

    def tell(self, community_id: int, seq: int, topics: Collection[str]) -> None:
        """Tell a community's listeners which topics changed; one that is too slow misses it."""
        listeners = self._listeners.get(community_id)
        if not listeners or not topics:
            return
        data = msgspec.json.encode({"seq": seq, "topics": sorted(topics)})
        event = b"event: change\ndata: " + data + b"\n\n"
        for listener in listeners:
            with contextlib.suppress(asyncio.QueueFull):
                listener.put_nowait(event)

    async def listen(self, community_id: int) -> AsyncIterator[bytes]:
        """Server-sent events (WHATWG HTML, 9.2) of one community, until the client goes away."""
        queue: asyncio.Queue[bytes | None] = asyncio.Queue(256)
        listeners = self._listeners.setdefault(community_id, set())
        listeners.add(queue)
        try:
            yield b"retry: 3000\n\n"
            while True:
                try:
                    event = await asyncio.wait_for(queue.get(), HEARTBEAT)
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
