"""Servers that stand in for somebody else's, on a loop in a thread of their own.

Playwright keeps a loop running on the thread of the test, so what serves beside it needs another.
"""

from __future__ import annotations

import asyncio
import threading
from abc import ABC, abstractmethod
from collections.abc import Coroutine
from typing import Any, Self


class Aside(ABC):
    """Serves from the beginning of a `with` to its end."""

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.do(self.open())
        return self

    def __exit__(self, *_: object) -> None:
        self.do(self.close())
        self.do(self._let_go())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Do something on the loop and wait for what comes of it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    @abstractmethod
    async def open(self) -> None:
        """Begin to serve."""

    @abstractmethod
    async def close(self) -> None:
        """End it."""

    async def _let_go(self) -> None:
        """End what still runs, such as a connection that a browser left open."""
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
