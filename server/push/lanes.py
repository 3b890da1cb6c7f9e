"""A lane for each push service, so that one that hangs or refuses holds up nobody else's calls."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from server.push.encrypt import Sealed
from server.push.ledger import Due
from server.push.verdict import Verdict, jitter, wait

WIDEST = 40
"""Calls under way at once to one service."""

NARROWEST = 4
"""To one that has not answered well yet; each good answer lets another one go."""

SILENCE = 1.5
"""Seconds without an answer after which a service counts as hanging."""

TOO_OFTEN = 5
"""Failures in a row after which a service is left alone for a while."""

LONGEST_PAUSE = 300.0


class Ready(NamedTuple):
    """A call that only has to be posted."""

    due: Due
    origin: str
    sealed: Sealed


class Heard(NamedTuple):
    """What came of posting one; `retry_after` in milliseconds."""

    verdict: Verdict
    retry_after: int = 0


Post = Callable[[Ready], Awaitable[Heard]]


class Lane:
    """What waits for one service and what is under way to it."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._waiting: deque[Ready] = deque()
        self._under_way: set[asyncio.Task[None]] = set()
        self._well = 0
        self._failures = 0
        self._pauses = 0
        self._paused_until = 0.0
        self._heard_at = 0.0
        self._crowded_until = 0.0

    @property
    def held(self) -> int:
        """Calls that wait or are under way."""
        return len(self._waiting) + len(self._under_way)

    @property
    def pause(self) -> float:
        """Seconds for which nothing is sent."""
        return max(0.0, self._paused_until - time.monotonic()) if self._paused_until else 0.0

    @property
    def stuck(self) -> bool:
        """True where nothing moves: it is left alone, or it hangs."""
        silent = time.monotonic() - self._heard_at > SILENCE
        return self.pause > 0 or (bool(self._under_way) and silent)

    @property
    def full(self) -> bool:
        """True where nothing further is wanted now."""
        return self.stuck or self._crowded_until > time.monotonic()

    @property
    def forgettable(self) -> bool:
        """True where a new lane would behave like this one."""
        return not self.held and not self._failures and not self.pause

    def put(self, ready: Ready) -> None:
        """Send this as soon as there is room."""
        self._waiting.append(ready)
        self._fill()

    def go_on(self) -> None:
        """Send what waits, where a pause is over."""
        self._fill()

    def take_back(self, leave: int = 0) -> list[Ready]:
        """What waits and is not under way, but for so many that are next."""
        return [self._waiting.pop() for _ in range(len(self._waiting) - leave)]

    def crowd(self, seconds: float) -> None:
        """More comes than goes: nothing further is wanted for some time."""
        self._crowded_until = time.monotonic() + seconds

    async def settle(self, patience: float) -> None:
        """Wait for what is under way, and break off what takes longer."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=patience)
        for task in self._under_way:
            task.cancel()

    def _width(self) -> int:
        """One at a time to a service that failed, to see whether it is back."""
        return 1 if self._pauses else min(WIDEST, NARROWEST + self._well)

    def _fill(self) -> None:
        if not self._waiting or self.pause:
            return
        width = self._width()
        while self._waiting and len(self._under_way) < width:
            if not self._under_way:
                self._heard_at = time.monotonic()
            task = asyncio.create_task(self._work())
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _work(self) -> None:
        """Post one after the other, while there are any."""
        while self._waiting and not self.pause and len(self._under_way) <= self._width():
            self._note(await self._post(self._waiting.popleft()))
            self._fill()

    def _note(self, heard: Heard) -> None:
        self._heard_at = time.monotonic()
        verdict = heard.verdict
        if verdict is not Verdict.LATER and verdict is not Verdict.BARRED:
            self._well += 1
            self._failures = self._pauses = 0
            self._paused_until = 0.0
            return
        self._failures += 1
        if self.pause or (self._failures < TOO_OFTEN and not heard.retry_after):
            return
        length = wait(heard.verdict, self._pauses, jitter(), heard.retry_after) / 1000
        self._pauses += 1
        self._paused_until = time.monotonic() + min(length, LONGEST_PAUSE)
