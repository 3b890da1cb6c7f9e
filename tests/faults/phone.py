"""A phone as the server meets it: what static/js does with operations, without a browser.

Its outbox is JSON on a disk of its own and survives a restart; everything else is forgotten then.
`outbox.js`, `flush.js`, `session.js` and `uuid7.js` are followed line by line, so that a fault
found here is one that phones have.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import random
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

import aiohttp
from multidict import CIMultiDict

from server import clock, ids
from tests.faults.proxy import HEADER
from tests.support import handover

MOST = 500
BYTES = 900_000
SKIPS = 3
OUTCOMES = {"applied": "acked", "refused": "needs", "stale": "needs", "failed": "needs"}
ENVELOPE = (
    "id", "kind", "v", "actor", "made_at", "server_seen_at", "seen", "group", "data",
)  # fmt: skip

LANGUAGE = "zh-Hans"

PATIENT = 30.0
"""Seconds to wait for an answer once everything is well again."""

Entry = dict[str, Any]


class NoAnswer(Exception):
    """No network, or a connection that broke."""


class GaveUp(NoAnswer):
    """Nothing came back in time."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ours(self) -> bool:
        """True for the server itself, false for whatever stands between."""
        return self.headers.get("X-Stairwell") == "1"

    def json(self) -> Any:
        """The body as JSON. Raises `NoAnswer` where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            raise NoAnswer from None


@dataclass(frozen=True, slots=True)
class Told:
    """An answer that a phone kept: about what, when it was asked and heard, by which turn."""

    id: str
    answer: Mapping[str, Any]
    asked: float
    heard: float

    @property
    def seq(self) -> int:
        """The number it was given; 0 where it has none."""
        return self.answer["seq"] or 0

    def drawn_on(self, path: str) -> bool:
        """True where the page of that path shows what came of it."""
        return self.answer["outcome"] == "applied" and self.answer["subject"] == path


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it was looked at."""

    path: str
    status: int
    seq: int
    etag: str
    body: str


@dataclass
class Times:
    """The day as the schedule tells it: minutes between steps, though they take milliseconds."""

    moment: int

    def pass_by(self, milliseconds: int) -> None:
        """Let some of the day go by."""
        self.moment += milliseconds


@dataclass
class Phone:
    """One browser on one phone."""

    name: str
    site: str
    proxy: str
    http: aiohttp.ClientSession
    times: Times
    dice: random.Random
    zips: bool = True
    patience: float = 1.0

    # Kept on disk
    disk: dict[str, str] = field(default_factory=dict)
    account: str = ""
    device: str = ""
    server_seen: int | None = None
    cookie: str = ""

    # Its surroundings
    ahead: int = 0  # milliseconds that its clock is wrong by
    weather: deque[tuple[str, int]] = field(default_factory=deque)
    pages: dict[str, Page] = field(default_factory=dict)

    # Evidence, which no phone has
    made: dict[str, Entry] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    discarded: set[str] = field(default_factory=set)
    replies: list[Reply] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    jumped: bool = False

    def __post_init__(self) -> None:
        self._last = 0
        self._lock = asyncio.Lock()
        self._flushes: set[asyncio.Task[int]] = set()
        self.device = self._uuid7()
        self._key = handover.new_key()

    # The clock and ids (uuid7.js)

    @property
    def wall(self) -> int:
        """What its clock shows."""
        return self.times.moment + self.ahead

    def jump(self, milliseconds: int) -> None:
        """Its clock is set wrong, or right again."""
        self.ahead += milliseconds
        self.jumped = True

    def _uuid7(self) -> str:
        self._last = max(self.wall, self._last + 1)
        bits = self.dice.getrandbits(80)
        value = (self._last & (1 << 48) - 1) << 80 | bits
        return ids.format_uuid(value & ~(0xF << 76) & ~(0x3 << 62) | 0x7 << 76 | 0x2 << 62)

    # The outbox (outbox.js)

    def save(
        self, kind: str, each: Sequence[Any], *, seen: int = 0, odd: Mapping[str, Any] | None = None
    ) -> list[str]:
        """Operations made here and now; `odd` are fields of the envelope that are wrong."""
        group = self._uuid7() if len(each) > 1 else None
        made = []
        for data in each:
            entry = {
                "id": self._uuid7(),
                "kind": kind,
                "v": 1,
                "actor": self.account,
                "made_at": clock.rfc3339(self.wall),
                "server_seen_at": clock.rfc3339(self.server_seen) if self.server_seen else None,
                "seen": seen,
                "group": group,
                "data": data,
                "state": "waiting",
                **(odd or {}),
            }
            self._put(entry)
            self.made[entry["id"]] = entry
            made.append(entry["id"])
        return made

    def _put(self, entry: Entry) -> None:
        self.disk[entry["id"]] = json.dumps(entry, ensure_ascii=False)

    def entries(self, *states: str) -> list[Entry]:
        """What the outbox holds, in the order of the database's keys."""
        every = (json.loads(self.disk[key]) for key in sorted(self.disk))
        return [entry for entry in every if not states or entry["state"] in states]

    def waiting(self, actor: str) -> list[Entry]:
        """What this person has still to send, oldest first."""
        return [entry for entry in self.entries("waiting") if entry["actor"] == actor]

    def record(self, answers: Iterable[Any], asked: float) -> set[str]:
        """Keep what the server said of each operation; what it did not mention goes on waiting."""
        answered = set()
        heard = asyncio.get_running_loop().time()
        for answer in answers:
            stored = self.disk.get(answer.get("id") or "")
            if answer.get("outcome") not in OUTCOMES or stored is None:
                continue
            state = OUTCOMES[answer["outcome"]]
            self._put({**json.loads(stored), "state": state, "answer": answer})
            answered.add(answer["id"])
            self.told.append(Told(answer["id"], answer, asked, heard))
        return answered

    def again(self) -> str | None:
        """Send the oldest refused operation anew: the same words under a new id."""
        for entry in self.entries("needs"):
            if entry["actor"] != self.account:
                continue
            del self.disk[entry["id"]]
            self.discarded.add(entry["id"])
            seen = max(entry["seen"], entry["answer"].get("seq") or 0)
            return self.save(entry["kind"], [entry["data"]], seen=seen)[0]
        return None

    # Flushing (flush.js)

    def start_flush(self) -> asyncio.Task[int]:
        """Flush as a tab does, without waiting for it; several tabs take turns."""
        task = asyncio.get_running_loop().create_task(self.flush())
        self._flushes.add(task)
        task.add_done_callback(self._flushes.discard)
        return task

    async def flush(self) -> int:
        """Send what waits, one flush at a time; returns how many still wait."""
        async with self._lock:
            return await self.send_all()

    async def send_all(self) -> int:
        """A flush without the lock: where Web Locks are missing, a lease that ran out."""
        actor, device = self.account, self.device
        skipped: set[str] = set()
        most, failures = MOST, 0
        while True:
            waiting = self.waiting(actor)
            batch = _fitting([one for one in waiting if one["id"] not in skipped], most)
            if not batch:
                return len(waiting)
            asked = asyncio.get_running_loop().time()
            said = await self._post(device, batch, waiting)
            if "answers" in said:
                answered = self.record(said["answers"], asked)
                self.server_seen = self.times.moment
                skipped |= {one["id"] for one in batch} - answered
                most = min(MOST, most * 2)
                failures = 0
            elif not said.get("halve"):
                return len(waiting)
            elif len(batch) > 1:
                most = -(-len(batch) // 2)
            else:
                skipped.add(batch[0]["id"])
                if needs := said.get("needs"):
                    self._give_up(batch[0], needs)
                else:
                    failures += 1
                    if failures == SKIPS:
                        return len(waiting)

    def _give_up(self, entry: Entry, needs: str) -> None:
        """Alone and never taken: a person must see to it. The server knows nothing of it."""
        answer = {"id": entry["id"], "outcome": "failed", "message": needs}
        self._put({**entry, "state": "needs", "answer": answer})

    async def _post(
        self, device: str, batch: Sequence[Entry], waiting: Sequence[Entry]
    ) -> dict[str, Any]:
        left = [entry for entry in waiting if entry not in batch]
        body = {
            "device": device,
            # Made in the day that the schedule tells, sent in the real one.
            "sent_at": clock.rfc3339(clock.now() + self.ahead),
            "waiting": len(left),
            "oldest": left[0]["made_at"] if left else None,
            "ops": [_envelope(entry) for entry in batch],
        }
        try:
            reply = await self.request("POST", "/ops", body)
            if reply.status == 200 and reply.ours:
                said = reply.json()
                return said if isinstance(said.get("answers"), list) else {}
        except GaveUp:
            return {"halve": True}
        except NoAnswer:
            return {}
        return await self._refusal(reply)

    async def _refusal(self, reply: Reply) -> dict[str, Any]:
        if reply.status == 413 or (reply.status == 400 and reply.ours):
            return {"halve": True, "needs": reply.body.decode(errors="replace") or "413"}
        if reply.ours and reply.status == 403:
            await self.me()
        return {"halve": reply.status == 500}

    # Handing over (handover.js)

    def hand_over(self, server: dict[str, str]) -> bytes | None:
        """What this person has still to send, as a file; the outbox keeps it all the same."""
        waiting = self.waiting(self.account)[:MOST]
        if not waiting:
            return None
        ops = [_envelope(entry) for entry in waiting]
        made_at = clock.rfc3339(self.wall)
        return handover.sealed(ops, self.device, self._key, server, made_at)

    async def carry(self, file: bytes) -> None:
        """Bring another phone's file."""
        with contextlib.suppress(NoAnswer):
            await self.request("POST", "/ops/carried", form=file)

    # Who is signed in (session.js)

    async def me(self) -> None:
        """Ask who is signed in; another person's operations stay."""
        try:
            reply = await self.request("GET", "/me")
            if reply.status == 200 and reply.ours:
                self.account = reply.json()["account"]
        except NoAnswer:
            return

    async def sign_in(self, secret: str) -> bool:
        """Open a personal link and press its button."""
        try:
            reply = await self.request("POST", f"/in/{secret}", form={})
        except NoAnswer:
            return False
        if reply.status == 303 and reply.headers.get("Location", "").startswith("/"):
            # The page that comes next says whose it is.
            await self.me()
        return reply.status == 303

    @property
    def signed_out(self) -> bool:
        """True where the server's last word was that nobody is signed in."""
        ours = [reply for reply in self.replies if reply.ours]
        return bool(ours) and ours[-1].status == 401

    # Pages

    async def look(self, path: str) -> Page | None:
        """Open a page, or show it is unchanged; None where there is no answer."""
        before = self.pages.get(path)
        least = max((told.seq for told in self.told if told.drawn_on(path)), default=0)
        headers = {"If-None-Match": before.etag} if before and before.etag else {}
        try:
            reply = await self.request("GET", path, headers=headers)
        except NoAnswer:
            return None
        if not reply.ours:
            return None
        if reply.status == 304 and before is not None:
            self._compare(before, least)
            return before
        page = Page(
            path,
            reply.status,
            int(reply.headers.get("X-Stairwell-Seq", 0)),
            reply.headers.get("ETag", ""),
            reply.body.decode(errors="replace"),
        )
        if page.status == 200:
            self.pages[path] = page
            self._compare(page, least)
        return page

    def _compare(self, page: Page, least: int) -> None:
        """Who was told that a mark counts sees it on every page drawn afterwards."""
        if page.seq < least:
            self.stale.append(f"{page.path} was shown as of {page.seq}, after {least} was told")

    async def press(self, kind: str, fields: Mapping[str, str]) -> Reply | None:
        """Post a plain form, as pages without scripts do."""
        try:
            return await self.request("POST", f"/ops/{kind}", form=fields)
        except NoAnswer:
            return None

    # Life

    def restart(self) -> None:
        """The browser is killed and opened again: what was not on disk is gone."""
        for task in self._flushes:
            task.cancel()
        self._flushes.clear()
        self._lock = asyncio.Lock()
        self._last = 0
        self.pages.clear()

    async def settle(self) -> None:
        """Until no flush is running."""
        await asyncio.gather(*self._flushes, return_exceptions=True)

    # The network

    async def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        form: Mapping[str, str] | bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """One request in whatever weather there is. Raises `NoAnswer`."""
        sent = {
            "Accept": "application/json",
            "Accept-Language": LANGUAGE,
            "Cookie": self.cookie,
            **(headers or {}),
        }
        data: Any = None
        if body is not None or form is not None:
            sent["Origin"] = self.site
            data = form
        if body is not None:
            sent["X-Stairwell-Key"] = handover.point(self._key)
            data = self._packed(body, sent)
        base = self.site
        if self.weather:
            kind, strength = self.weather.popleft()
            base, sent[HEADER] = self.proxy, f"{kind} {strength}"
        timeout = aiohttp.ClientTimeout(total=self.patience)
        try:
            async with self.http.request(
                method, base + path, data=data, headers=sent, timeout=timeout,
                allow_redirects=False,
            ) as answer:  # fmt: skip
                reply = Reply(answer.status, CIMultiDict(answer.headers), await answer.read())
                given = answer.headers.getall("Set-Cookie", [])
        except TimeoutError:
            raise GaveUp from None
        except (aiohttp.ClientError, OSError):
            raise NoAnswer from None
        self._keep_cookie(given)
        self.replies.append(reply)
        return reply

    def _packed(self, body: Any, headers: dict[str, str]) -> bytes:
        """The body, gzipped where that is worth it."""
        text = _written(body)
        headers["Content-Type"] = "application/json"
        if len(text) < 2048 or not self.zips:
            return text
        headers["Content-Encoding"] = "gzip"
        return gzip.compress(text, 1)

    def _keep_cookie(self, given: Iterable[str]) -> None:
        for line in given:
            morsel = SimpleCookie(line).get("stairwell")
            if morsel is not None:
                self.cookie = f"stairwell={morsel.value}"


def _written(body: Any) -> bytes:
    """As JSON.stringify writes it: no spaces, and a lone surrogate as its escape."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace")


def _envelope(entry: Entry) -> Entry:
    """An entry as the server sees it: always the same bytes for the same operation."""
    return {name: entry[name] for name in ENVELOPE}


def _fitting(entries: Sequence[Entry], most: int) -> list[Entry]:
    """As many entries, oldest first, as one request may carry."""
    room = BYTES
    for place, entry in enumerate(entries):
        room -= len(_written(_envelope(entry))) + 1
        if room < 0 and place > 0:
            return list(entries[: min(most, place)])
    return list(entries[:most])
