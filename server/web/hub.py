"""The one way to change shared state: apply a batch and, once durable, tell whoever shows it."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import sys
from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Any

import asyncpg
import msgspec
import structlog
from sqlalchemy import Connection, text

from server import clock
from server.db.errors import Busy
from server.db.session import Database
from server.features.people.actors import actors
from server.ids import uuid7
from server.oplog import after
from server.oplog.apply import Applied, Prepared, Received, apply, apply_prepared, prepare
from server.oplog.envelope import Envelope
from server.web.live import Live
from server.web.versions import Versions

log = structlog.get_logger("hub")

CHANNEL = "stairwell"
LONGEST_NOTICE = 7_000
"""PostgreSQL refuses a NOTIFY of 8,000 bytes."""

MOST_NAMED = 140
"""Topics in one notice: none is longer than 50 bytes. An import may change every stairwell."""

PAUSE = 1.0
"""Seconds between looks for reactions that have become due."""

Also = Callable[[Connection], Any]


class Hub:
    """Applies operations and reactions, and keeps this process's pages and listeners current."""

    def __init__(self, database: Database, versions: Versions, live: Live, key: bytes) -> None:
        self.database = database
        self.versions = versions
        self.live = live
        self._key = key
        self.forget_sessions: Callable[[], None] = lambda: None
        self.reacted: Callable[[], None] = lambda: None
        self._tasks: list[asyncio.Task[None]] = []
        self._wake = asyncio.Event()

    async def apply(self, received: Received, also: Also | None = None) -> Applied:
        """Apply a batch durably; `also` runs in the same transaction. Raises `Busy`."""
        prepared = prepare(received, self._key)
        applied = await self.database.write(self._apply, received, prepared, also)
        self._changed(received.community_id, applied.last_seq, applied.topics)
        return applied

    def _apply(
        self, connection: Connection, received: Received, prepared: Prepared, also: Also | None
    ) -> Applied:
        applied = apply_prepared(connection, received, prepared, actors)
        if also is not None:
            also(connection)
        notify(connection, received.community_id, applied.last_seq, applied.topics)
        return applied

    async def changed(self, community_id: int, topics: Collection[str]) -> None:
        """Something that is no operation changed what pages show (a setting, a session)."""
        self._changed(community_id, 0, topics)

    def _changed(self, community_id: int, seq: int, topics: Collection[str]) -> None:
        if "sessions" in topics:
            self.forget_sessions()
        if topics:
            self.versions.move(community_id, topics)
            self.live.tell(community_id, seq, topics)
            self._wake.set()

    # Reactions

    async def react(self) -> int:
        """Run every reaction that is due now; returns how many ran."""
        ran = 0
        while (one := await self.database.write(self._react)) is not None:
            self._changed(one.community_id, 0, one.topics)
            ran += 1
        if ran:
            self.reacted()
        return ran

    def _react(self, connection: Connection) -> after.Ran | None:
        topics: set[str] = set()

        def submitter(connection: Connection, community_id: int) -> Any:
            def submit(actor: str, op_id: str, kind: str, data: dict[str, Any]) -> None:
                received = of_server(community_id, actor, op_id, kind, data)
                applied = apply(connection, received, actors, self._key)
                topics.update(applied.topics)

            return submit

        ran = after.run_next(connection, clock.now(), submitter)
        if ran is None:
            return None
        ran = after.Ran(ran.community_id, ran.topics | topics)
        notify(connection, ran.community_id, 0, ran.topics)
        return ran

    async def _keep_reacting(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PAUSE):
                    await self._wake.wait()
            self._wake.clear()
            try:
                await self.react()
            except Busy:
                await asyncio.sleep(PAUSE)
            except Exception:
                # The next reaction may go better, and nobody else would start this again.
                log.exception("reacting_failed")
                await asyncio.sleep(PAUSE)

    # Life

    async def start(self, database_url: str) -> None:
        """Begin reacting and, where other processes write too, listening to them."""
        _settle_down()
        self._tasks.append(asyncio.create_task(self._keep_reacting()))
        if not self.database.single_process:
            self._tasks.append(asyncio.create_task(self._keep_listening(database_url)))

    async def stop(self) -> None:
        """End what `start` began."""
        self.live.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _keep_listening(self, database_url: str) -> None:
        url = database_url.replace("postgresql+asyncpg://", "postgresql://", 1)
        while True:
            try:
                lost = asyncio.Event()
                connection = await asyncpg.connect(url)
                connection.add_termination_listener(partial(_lose, lost))
                await connection.add_listener(CHANNEL, self._heard)
                await lost.wait()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("listening_failed", error=str(error))
                await asyncio.sleep(PAUSE)

    def _heard(self, _connection: Any, _pid: int, _channel: str, payload: str) -> None:
        notice = msgspec.json.decode(payload)
        self.versions.move(notice["community"], notice["topics"])
        self.live.tell(notice["community"], notice["seq"], notice["topics"])


def _settle_down() -> None:
    """Have the interpreter suit a process that answers many small requests from several threads.

    What is loaded by now stays for ever: looking through it for garbage, as often as a storm makes
    objects, took an eighth of the storm. And whoever comes back from the database must not wait
    5 ms for a thread that decodes.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    sys.setswitchinterval(0.0005)


def _lose(lost: asyncio.Event, _connection: object) -> None:
    lost.set()


def notify(connection: Connection, community_id: int, seq: int, topics: Collection[str]) -> None:
    """Tell other processes, with the commit, which topics change; SQLite has no others."""
    if connection.dialect.name != "postgresql" or not topics:
        return
    named = sorted(topics)
    payload = _notice(community_id, seq, named)
    if len(payload) > LONGEST_NOTICE:
        named = [topic for topic in named if not topic.startswith("board:")]
    for start in range(0, len(named), MOST_NAMED):
        payload = _notice(community_id, seq, named[start : start + MOST_NAMED])
        connection.execute(
            text("SELECT pg_notify(:channel, :payload)"),
            {"channel": CHANNEL, "payload": payload.decode()},
        )


def _notice(community_id: int, seq: int, topics: Sequence[str]) -> bytes:
    return msgspec.json.encode({"community": community_id, "seq": seq, "topics": topics})


def of_server(
    community_id: int, actor: str, op_id: str | None, kind: str, data: dict[str, Any]
) -> Received:
    """An operation made here and now in somebody's name: a form, a reaction, the demo."""
    moment = clock.now()
    envelope = msgspec.convert(
        {
            "id": op_id or uuid7(moment),
            "kind": kind,
            "actor": actor,
            "made_at": clock.rfc3339(moment),
            "data": after.encode(data),
            "seen": 2**53,
        },
        Envelope,
        strict=False,
    )
    return Received(community_id, actor, None, moment, moment, [envelope])
