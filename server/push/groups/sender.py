"""Posting into chat groups and to webhooks: each in its own time, none waiting for another.

Every process that serves or works runs one. What is taken is leased, as calls to phones are, so
that a sender that dies loses nothing. Yet bots have no tag under which a repeat would replace the
first, as calls have: a message that was being posted when a process was killed may stand in its
group twice, and only that one. A webhook is told the same id again, and can know a repeat by it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import structlog
from sqlalchemy import Connection

from server import clock
from server.db.errors import Busy
from server.i18n import translate
from server.push.addresses import NotAllowed, Services
from server.push.groups import answers, channels, hooks, ledger
from server.push.groups.answers import Outcome
from server.push.groups.ledger import Came, Channel, Due, Turn
from server.push.groups.text import TRY, message
from server.push.leases import BOT, REFUSED, SENT
from server.push.post import Poster
from server.push.verdict import Verdict, jitter
from server.settings import Settings
from server.web.hub import Hub, notify

log = structlog.get_logger("groups")

PAUSE = 1.0
"""Seconds between looks for what has become due, where nobody said that something is."""

PATIENCE = 10.0
"""Seconds that one post may take."""

GRACE = 2.0
"""Seconds more until a thread that does not come back is left to itself."""

LEASE = clock.MINUTE
"""How long what was taken is ours."""

BATCH = 200
"""Deliveries taken at once."""

THREADS = 16
"""Bots posted to at once: each takes one at a time, and one that hangs is soon left alone."""

AT_ONCE = 12
"""Messages under way to one webhook."""

SHARE = 24
"""Messages that a webhook takes in one turn; the rest is taken in its next."""

TOO_OFTEN = 3
"""Messages of one turn that fail before the rest waits for the channel's pause to end."""

FAREWELL = 2.0
"""Seconds that posts under way have when the server stops."""


class Groups:
    """Posts what is due until it is stopped."""

    def __init__(self, hub: Hub, settings: Settings) -> None:
        self._hub, self._database = hub, hub.database
        self._services = Services.of(settings)
        self._base_url = settings.base_url
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    # Life

    async def start(self) -> None:
        """Begin posting."""
        await self.prepare()
        self._task = asyncio.create_task(self._keep_posting())

    async def prepare(self) -> None:
        """Have everything that posting needs; what may fail comes before what must be closed."""
        if self._database.single_process:
            await self._database.write(ledger.release_all, clock.now())
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="stairwell-bots")
        self._poster = Poster(self._services)

    async def stop(self) -> None:
        """End what `start` began; what is being posted has a moment to end."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.close()

    async def close(self) -> None:
        """Wait a moment for what is under way, and let go of connections and threads."""
        if self._busy:
            await asyncio.wait(self._busy.values(), timeout=FAREWELL)
        for task in list(self._busy.values()):
            task.cancel()
        await asyncio.gather(*self._busy.values(), return_exceptions=True)
        await self._poster.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def wake(self) -> None:
        """Something may have been queued."""
        self._wake.set()

    async def _keep_posting(self) -> None:
        while True:
            more = False
            try:
                more = await self.take()
            except Busy:
                await asyncio.sleep(PAUSE)
            except Exception:
                # The next look may go better, and nobody else would start this again.
                log.exception("posting_failed")
                await asyncio.sleep(PAUSE)
            if not more:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(PAUSE):
                        await self._wake.wait()
            self._wake.clear()

    async def send_due(self) -> None:
        """Post all that is due now, and return once it is written down."""
        while await self.take() or self._busy:
            await asyncio.gather(*self._busy.values())

    # Taking

    async def take(self) -> bool:
        """Give each channel that is free what it has to do; false where nothing is due."""
        now, busy = clock.now(), list(self._busy)
        due = await self._database.read(ledger.next_due, busy)
        if due is None or due > now:
            return False
        turns, moved = await self._database.write(
            ledger.claim, now, now + LEASE, BATCH, self._base_url, busy
        )
        await self._tell(moved)
        for turn in turns:
            task = asyncio.create_task(self._work(turn))
            self._busy[turn.channel.id] = task
            task.add_done_callback(partial(self._free, turn.channel.id))
        return bool(turns) or bool(moved)

    def _free(self, channel_id: str, _: asyncio.Task[None]) -> None:
        self._busy.pop(channel_id, None)
        self.wake()

    async def _work(self, turn: Turn) -> None:
        try:
            if turn.channel.kind == BOT:
                await self._post(turn)
            else:
                await self._hand_over(turn)
        except Exception:
            # What could not be written down is posted again once its lease has run out.
            log.exception("turn_failed", channel=turn.channel.id)

    # Bots

    async def _post(self, turn: Turn) -> None:
        """One message with as many of the announcements as it holds; the rest is due again."""
        channel, due = turn.channel, turn.due
        loop = asyncio.get_running_loop()
        try:
            most = await loop.run_in_executor(self._threads, _most_bytes, channel.address)
        except NotAllowed:
            await self._record([_later(due)], channel, answers.nothing(answers.UNREADABLE))
            return
        text, taken = message([one.piece for one in due], channel.language, most)
        outcome = await self._in_a_thread(channel, text)
        rest = [Came(due[taken:], again_at=clock.now(), tried=False)] if due[taken:] else []
        await self._record([_came(due[:taken], outcome), *rest], channel, outcome)

    async def _in_a_thread(self, channel: Channel, text: str) -> Outcome:
        """Post by apprise, which waits for its answers; a thread that hangs is left to itself."""
        loop = asyncio.get_running_loop()
        posting = loop.run_in_executor(
            self._threads, _post_by_bot, channel.address, text, self._services, PATIENCE
        )
        try:
            async with asyncio.timeout(PATIENCE + GRACE):
                return await posting
        except TimeoutError:
            return answers.nothing(answers.SILENT)

    # Webhooks

    async def _hand_over(self, turn: Turn) -> None:
        """A share of the messages, several at once; after some failures the rest waits."""
        share, rest = turn.due[:SHARE], turn.due[SHARE:]
        came: list[Came] = [Came(rest, again_at=clock.now(), tried=False)] if rest else []
        outcomes: list[Outcome] = []
        waiting = list(reversed(share))

        async def one_after_the_other() -> None:
            while waiting:
                due = waiting.pop()
                failed = sum(one.verdict in _LASTING for one in outcomes)
                if failed >= TOO_OFTEN or any(one.too_often for one in outcomes):
                    came.append(_later([due]))
                    continue
                outcomes.append(await hooks.post(self._poster, turn.channel, due))
                came.append(_came([due], outcomes[-1]))

        await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE)))
        await self._record(came, turn.channel, hooks.worst(outcomes))

    # Trying

    async def try_out(self, community_id: int, channel_id: str) -> Outcome | None:
        """Post one line that says that it is a test; None where there is no such channel.

        Raises `TooSoon` where the bot has posted as much as it may.
        """
        now = clock.now()
        channel = await self._database.read(channels.find, community_id, channel_id)
        if channel is None:
            return None
        if await self._database.write(ledger.reserve, community_id, channel_id, now):
            raise TooSoon
        line = translate(channel.language, TRY)
        if channel.kind == BOT:
            outcome = await self._in_a_thread(channel, line)
        else:
            outcome = await hooks.post_line(self._poster, channel, line)
        await self._record([], channel, outcome)
        return outcome

    # Writing down and telling

    async def _record(self, came: Sequence[Came], channel: Channel, outcome: Outcome) -> None:
        """Write down what came of it, however long the database is busy."""
        if not outcome.well:
            log.warning("not_posted", channel=channel.id, kind=channel.kind, why=outcome.why)
        while True:
            try:
                moved = await self._database.write(
                    ledger.record, came, (channel, outcome), clock.now(), jitter()
                )
                break
            except Busy:
                await asyncio.sleep(PAUSE)
        await self._tell(moved)

    async def _tell(self, moved: ledger.Moved) -> None:
        """Say which pages are out of date, here and in other processes."""
        if moved and not self._database.single_process:
            await self._database.write(_notify, moved)
        for community_id, topics in moved.items():
            await self._hub.changed(community_id, topics)


class TooSoon(Exception):
    """The bot has posted as much within a minute as it may."""


_LASTING = (Verdict.LATER, Verdict.BARRED)


def _came(due: Sequence[Due], outcome: Outcome) -> Came:
    """What a post came to; where it is tried again is for the channel's pause to say."""
    if outcome.well:
        return Came(due, SENT)
    if outcome.verdict is Verdict.REFUSED:
        return Came(due, REFUSED)
    return Came(due)


def _later(due: Sequence[Due]) -> Came:
    """Not tried: due again when the channel's pause is over."""
    return Came(due, tried=False)


def _notify(connection: Connection, moved: ledger.Moved) -> None:
    for community_id, topics in moved.items():
        notify(connection, community_id, 0, topics)


# Apprise takes a while to load: the first thread that needs it does, and no server without bots.


def _most_bytes(address: str) -> int:
    from server.push.groups import bots

    return bots.most_bytes(address)


def _post_by_bot(address: str, text: str, services: Services, patience: float) -> Outcome:
    from server.push.groups import bots

    return bots.post(address, text, services, patience)
