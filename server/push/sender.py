"""Sending calls: takes what is due, encrypts it in a thread, posts it, writes down what came of it.

Every process that serves or works runs one. A sender that dies leaves its leases to run out; what
was posted and not yet written down is posted again, under the same topic and tag, which replace.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import structlog
from sqlalchemy import Connection

from server import clock
from server.db.errors import Busy
from server.p256 import SigningKey
from server.push import alarms, keys, ledger
from server.push.addresses import NotAllowed, Services, stem_of
from server.push.encrypt import Letter, Sealed, Sealer, contact_of, topic_of, ttl_of
from server.push.lanes import WIDEST, Heard, Lane, Ready
from server.push.ledger import Done, Due
from server.push.payload import message
from server.push.post import PATIENCE, Answer, Poster
from server.push.verdict import Verdict, jitter, judge, wait
from server.settings import Settings
from server.web.hub import Hub, notify
from server.web.keys import find_or_make

log = structlog.get_logger("push")

PAUSE = 1.0
"""Seconds between looks for what has become due, where nobody said that something is."""

LEASE = 30 * clock.SECOND
"""How long what was taken is ours."""

BATCH = 400
"""Calls taken at once."""

MOST_HELD = 1_200
"""Calls taken and not written down yet."""

CHUNK = 16
"""Calls encrypted and handed over in one go: few, so that the event loop is never late for long."""

MOST_WRITTEN = 200
"""Messages kept, by notice, language and badge."""

CROWDED = 0.5
"""Seconds without room after which the longest queue is cut short."""

GATHER = 0.05
"""Seconds for which results are collected before they are written."""

MOST_TOGETHER = 500
"""Results written at once."""

TELL = 1.0
"""Seconds between two times that pages hear of the same progress."""

PUT_BACK = 2 * clock.SECOND
"""How soon what waits for a service that hangs is looked at again."""

FAREWELL = 2.0
"""Seconds that calls under way have when the server stops."""

LOGGED = 60.0
"""Seconds between two log lines about the same service."""


class _Shared(NamedTuple):
    """What every call is made with."""

    topics: bytes
    base_url: str


class Sender:
    """Sends what is due until it is stopped."""

    def __init__(self, hub: Hub, settings: Settings) -> None:
        self._database = hub.database
        self._hub = hub
        self._services = Services.of(settings)
        self._settings = settings
        self._lanes: dict[str, Lane] = {}
        self._written: dict[tuple[str, int, str, int], tuple[bytes, str]] = {}
        self._origins: dict[str, str] = {}
        self._keys: set[str] = set()
        self._results: list[Done] = []
        self._alarms: dict[str, alarms.Heard] = {}
        self._alarmed: set[str] = set()
        self._well: set[str] = set()
        self._logged: dict[str, float] = {}
        self._had_room_at = time.monotonic()
        self._untold: ledger.Moved = {}
        self._wake = asyncio.Event()
        self._came = asyncio.Event()
        self._news = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._claiming: asyncio.Task[list[Due]] | None = None
        self._stopping = False

    # Life

    async def start(self) -> None:
        """Begin sending."""
        await self.prepare()
        for work in (self._keep_sending, self._keep_recording, self._keep_telling):
            self._tasks.append(asyncio.create_task(work()))

    async def prepare(self) -> None:
        """Have everything that sending needs; what may fail comes before what must be closed."""
        file_key = keys.of_file(self._settings)
        topics = await self._database.write(find_or_make, "push-topics")
        self._alarmed = set(await self._database.read(alarms.standing))
        if self._database.single_process:
            await self._database.write(ledger.release_all, clock.now())
        contact = contact_of(self._settings.push_contact, self._settings.base_url)
        self._shared = _Shared(topics, self._settings.base_url)
        self._sealer = Sealer(contact)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="stairwell-push")
        self._poster = Poster(self._services)
        if file_key is not None:
            self._use(file_key)

    async def stop(self) -> None:
        """End what `start` began; what was taken and not sent is given back."""
        self._stopping = True
        self._wake.set()
        if self._tasks:
            # What it has in hand is given back then, and waits for no lease to run out.
            await asyncio.wait(self._tasks[:1], timeout=FAREWELL)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.close()

    async def close(self) -> None:
        """Give back what waits, write down what is known, and let go of connections."""
        if self._claiming is not None:
            with contextlib.suppress(Busy):
                for due in await self._claiming:
                    self._note(self._later(due, 0))
        for lane in self._lanes.values():
            self._give_back(lane.take_back(), 0)
        await asyncio.gather(*(lane.settle(FAREWELL) for lane in self._lanes.values()))
        with contextlib.suppress(Busy):
            await self._record()
        await self._poster.close()
        self._thread.shutdown()

    def wake(self) -> None:
        """Something may have been queued."""
        self._wake.set()

    # Working

    async def _keep_sending(self) -> None:
        while not self._stopping:
            try:
                more = await self.take()
            except Busy:
                more = False
                await asyncio.sleep(PAUSE)
            except Exception:
                # The next look may go better, and nobody else would start this again.
                log.exception("sending_failed")
                more = False
                await asyncio.sleep(PAUSE)
            if not more and not self._stopping:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(PAUSE):
                        await self._wake.wait()
            self._wake.clear()

    async def _keep_recording(self) -> None:
        while True:
            await self._came.wait()
            await asyncio.sleep(GATHER)
            try:
                await self._record()
            except Busy:
                await asyncio.sleep(PAUSE)
            except Exception:
                # What could not be written will be sent again once its lease has run out.
                log.exception("recording_failed")
                await asyncio.sleep(PAUSE)

    async def _keep_telling(self) -> None:
        while True:
            await self._news.wait()
            try:
                await self._tell()
            except Busy:
                log.warning("telling_failed")
            await asyncio.sleep(TELL)

    async def send_due(self) -> None:
        """Send all that is due now, and return once it is written down."""
        while await self.take() or self._held or self._results:
            await self._record()
            await asyncio.sleep(0.002)
        await self._tell()

    # Taking

    @property
    def _held(self) -> int:
        return sum(lane.held for lane in self._lanes.values())

    async def take(self) -> bool:
        """Take what is due and have it sent; false where nothing was."""
        self._sweep()
        if self._is_full():
            await asyncio.sleep(GATHER)
            return True
        claiming, self._claiming = self._claiming or self._claim(), None
        due = await claiming
        if len(due) == BATCH:
            # There is more: it is taken while this is encrypted.
            self._claiming = asyncio.create_task(self._claim())
        ready = [(one, origin) for one in due if (origin := self._goes_to(one))]
        await self._seal(ready)
        return bool(due)

    async def _claim(self) -> list[Due]:
        """What is due, now ours for a while; what is over was settled and is left out."""
        due: list[Due] = []
        while not due:
            now = clock.now()
            next_due = await self._database.read(ledger.next_due)
            if next_due is None or next_due > now:
                break
            due, moved = await self._database.write(ledger.claim, now, now + LEASE, BATCH)
            self._moved(moved)
        await self._find_keys(due)
        return due

    def _is_full(self) -> bool:
        """True where no more can be held; the slowest service does not keep it so for long."""
        if self._held + len(self._results) <= MOST_HELD - BATCH:
            self._had_room_at = time.monotonic()
            return False
        if time.monotonic() - self._had_room_at > CROWDED and self._lanes:
            longest = max(self._lanes.values(), key=lambda lane: lane.held)
            self._give_back(longest.take_back(leave=2 * WIDEST), 0)
            longest.crowd(PUT_BACK / 1000)
        return True

    def _sweep(self) -> None:
        """Give back what waits for services that do not move, and forget quiet ones."""
        for origin, lane in list(self._lanes.items()):
            if lane.stuck:
                self._give_back(lane.take_back(), lane.pause)
            else:
                lane.go_on()
            if lane.forgettable and len(self._lanes) > 100:
                del self._lanes[origin]

    def _give_back(self, taken: Sequence[Ready], pause: float) -> None:
        for ready in taken:
            self._note(self._later(ready.due, pause))

    def _later(self, due: Due, pause: float) -> Done:
        """Given back, for a while and a little more, so that not all come at once."""
        wanted = max(int(pause * 1000), PUT_BACK) + int(jitter() * PUT_BACK)
        return Done(due, again_at=_within(due, clock.now() + wanted), tried=False)

    async def _find_keys(self, due: Sequence[Due]) -> None:
        for key_id in {one.key_id for one in due} - self._keys:
            found = await self._database.read(keys.by_id, key_id)
            if found is not None:
                self._use(found)

    def _use(self, key: SigningKey) -> None:
        self._sealer.use(key)
        self._keys.add(key.id)

    def _goes_to(self, due: Due) -> str:
        """The origin that this can be sent to now, or nothing; then what comes of it is noted."""
        stem = stem_of(due.endpoint)
        origin = self._origins.get(stem)
        if origin is None:
            try:
                origin = self._origins[stem] = self._services.check(stem)
            except NotAllowed as error:
                answer = Answer(0, said=error.text)
                self._refuse(due, stem[:100], answer, Verdict.BARRED)
                return ""
        if due.key_id not in self._keys:
            said = f"the key {due.key_id} that it was made with is missing"
            self._refuse(due, origin, Answer(0, said=said), Verdict.BARRED)
            return ""
        lane = self._lanes.get(origin)
        if lane is not None and lane.full:
            self._note(self._later(due, lane.pause))
            return ""
        return origin

    # Encrypting

    async def _seal(self, ready: Sequence[tuple[Due, str]]) -> None:
        """Encrypt in a thread, which has its next chunk while the last is being posted."""
        loop = asyncio.get_running_loop()
        before = None
        for start in range(0, len(ready), CHUNK):
            chunk = ready[start : start + CHUNK]
            sealing = loop.run_in_executor(self._thread, self._sealed, chunk, clock.now())
            if before is not None:
                self._hand_over(before[0], await before[1])
            before = chunk, sealing
        if before is not None:
            self._hand_over(before[0], await before[1])

    def _hand_over(self, chunk: Sequence[tuple[Due, str]], sealed: Sequence[Sealed | None]) -> None:
        """Give each to the lane of its service."""
        for (due, origin), made in zip(chunk, sealed, strict=True):
            if made is None:
                said = Answer(0, said="it could not be encrypted")
                self._refuse(due, origin, said, Verdict.REFUSED)
                continue
            lane = self._lanes.get(origin)
            if lane is None:
                lane = self._lanes[origin] = Lane(self._post)
            lane.put(Ready(due, origin, made))

    def _sealed(self, chunk: Sequence[tuple[Due, str]], now: int) -> list[Sealed | None]:
        """In a thread: the chunk as it is posted."""
        letters = []
        for due, origin in chunk:
            call = due.call
            known = (call.notice_id, call.rang, due.language, due.badge)
            if known not in self._written:
                self._written[known] = self._write(due)
            said, topic = self._written[known]
            ttl = ttl_of(due.until, now)
            letters.append(
                Letter(origin, due.p256dh, due.auth, due.key_id, said, ttl, call.urgent, topic)
            )
        if len(self._written) > MOST_WRITTEN:
            self._written.clear()
        return self._sealer.seal(letters)

    def _write(self, due: Due) -> tuple[bytes, str]:
        """What everybody reads who is told the same, and the topic it goes under."""
        return (
            message(due.call, due.language, due.badge, self._shared.base_url),
            topic_of(self._shared.topics, due.call.notice_id),
        )

    # Posting

    async def _post(self, ready: Ready) -> Heard:
        due, now = ready.due, clock.now()
        if due.until is not None and due.until <= now:
            self._note(Done(due, ledger.LATE))
            return Heard(Verdict.SENT)
        if due.lease - now < PATIENCE * clock.SECOND:
            return Heard(Verdict.SENT)  # another sender may take it at any moment
        answer = await self._poster.post(ready.origin, due.endpoint, ready.sealed)
        if answer.status == 0:
            verdict = Verdict.BARRED if answer.private else Verdict.LATER
        else:
            verdict = judge(answer.status)
        if verdict is Verdict.SENT or verdict is Verdict.GONE:
            self._note(Done(due, verdict.value))
            if ready.origin in self._alarmed:
                self._well.add(ready.origin)
        else:
            self._refuse(due, ready.origin, answer, verdict)
        return Heard(verdict, answer.retry_after)

    def _refuse(self, due: Due, origin: str, answer: Answer, verdict: Verdict) -> None:
        """Note what was not taken, and sound the alarm where trying again is not the cure."""
        if verdict is Verdict.REFUSED:
            self._note(Done(due, ledger.REFUSED))
        else:
            pause = wait(verdict, due.attempts, jitter(), answer.retry_after)
            self._note(Done(due, again_at=_within(due, clock.now() + pause)))
        if verdict is not Verdict.LATER:
            before = self._alarms.get(origin)
            times = before.times + 1 if before else 1
            self._alarms[origin] = alarms.Heard(answer.status, answer.said, times)

    def _note(self, done: Done) -> None:
        self._results.append(done)
        self._came.set()

    # Writing down

    async def _record(self) -> None:
        """Write down what has come in. Raises `Busy`, and then nothing is forgotten."""
        while self._results or self._alarms:
            results = self._results[:MOST_TOGETHER]
            heard, self._alarms = self._alarms, {}
            well = self._well - heard.keys()
            try:
                moved = await self._database.write(_write_down, results, heard, well, clock.now())
            except Busy:
                self._alarms = heard | self._alarms
                raise
            del self._results[: len(results)]
            self._alarmed = (self._alarmed - well) | heard.keys()
            self._well.clear()
            self._say(heard)
            self._moved(moved)
        self._came.clear()

    def _say(self, heard: dict[str, alarms.Heard]) -> None:
        for origin, said in heard.items():
            if time.monotonic() - self._logged.get(origin, -LOGGED) >= LOGGED:
                self._logged[origin] = time.monotonic()
                log.error(
                    "push_refused", origin=origin, status=said.status, said=said.said,
                    times=said.times,
                )  # fmt: skip

    # Telling

    def _moved(self, moved: ledger.Moved) -> None:
        for community_id, topics in moved.items():
            self._untold.setdefault(community_id, set()).update(topics)
            self._news.set()

    async def _tell(self) -> None:
        """Say which pages are out of date, here and in other processes."""
        self._news.clear()
        untold, self._untold = self._untold, {}
        if untold and not self._database.single_process:
            await self._database.write(_notify, untold)
        for community_id, topics in untold.items():
            await self._hub.changed(community_id, topics)


def _within(due: Due, moment: int) -> int:
    """A moment, or the end of a notice's time, when it is settled as too late."""
    return moment if due.until is None else min(moment, due.until)


def _write_down(
    connection: Connection,
    results: Sequence[Done],
    heard: dict[str, alarms.Heard],
    well: set[str],
    now: int,
) -> ledger.Moved:
    if heard or well:
        alarms.note(connection, heard, well, now)
    return ledger.record(connection, results, now)


def _notify(connection: Connection, moved: ledger.Moved) -> None:
    for community_id, topics in moved.items():
        notify(connection, community_id, 0, topics)
