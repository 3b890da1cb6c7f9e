"""A phone of ours without its screen: pushes its outbox, learns what changed, takes its pack."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec

from bench.neighbourhood import Person, batch, must_apply
from bench.wire import Connection

AT_ONCE = 4
"""Pages asked for at the same time, as static/js/pack.js does."""


class Phone:
    """Somebody's phone; its connections stay open as a browser's do."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.versions: dict[str, str] = {}
        self._connections: list[Connection] = []

    @contextlib.asynccontextmanager
    async def online(self, port: int) -> AsyncIterator[None]:
        """Connected as long as the block."""
        self._connections = [await Connection.open(port) for _ in range(AT_ONCE)]
        try:
            yield
        finally:
            for one in self._connections:
                one.close()

    async def push(self, operations: Sequence[dict[str, Any]]) -> None:
        """Send everything that waits in one request; every operation must be applied."""
        must_apply(await self._connections[0].ask(batch(self.person, operations)))

    async def learn(self) -> int:
        """Ask which pages of the pack changed, and for those; gives their number."""
        answer = await self._connections[0].ask(self.person.get("/pack"))
        assert answer.status == 200, answer.body
        listed = msgspec.json.decode(answer.body)["pages"]
        now = {page["url"]: page["version"] for page in listed}
        due = [url for url, version in now.items() if self.versions.get(url) != version]
        self.versions = now
        await self.fetch(due)
        return len(due)

    async def fetch(self, paths: Sequence[str]) -> None:
        """Ask for pages, several at a time."""
        waiting = list(reversed(paths))

        async def some(connection: Connection) -> None:
            while waiting:
                answer = await connection.ask(self.person.get(waiting.pop()))
                assert answer.status == 200, answer.body

        await asyncio.gather(*map(some, self._connections))
