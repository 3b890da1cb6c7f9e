"""Six thousand calls: encrypted, posted to a local push service and entered in the ledger."""

from __future__ import annotations

import asyncio
import json
import sys
import time
import urllib.request
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import uvloop
from cryptography.hazmat.primitives.asymmetric import ec
from pywebpush import webpush
from sqlalchemy import Connection, Engine, func, insert, select

from bench import neighbourhood
from bench.figures import Figure, percentile, said
from bench.lab import Lab
from server import clock
from server.app import FEATURES
from server.db.session import Database, open_database, sqlite_engine
from server.features.notices.tables import notices, reach
from server.features.notices.wording import typed
from server.features.people.tables import accounts
from server.ids import uuid7
from server.p256 import SigningKey
from server.push import keys, ledger, spread
from server.push.encrypt import Letter, Sealed, Sealer, topic_of
from server.push.lanes import WIDEST
from server.push.payload import Call, message
from server.push.sender import Sender
from server.push.subscriptions import hash_of
from server.push.tables import deliveries, push_subscriptions
from server.settings import Settings
from server.web.hub import Hub
from server.web.live import Live
from server.web.versions import Versions
from tests.support.push_service import base64url
from tests.support.server import Server

CALLS = 6_000
SAMPLE = 300
THREADS = 50
TICK = 0.005
"""Seconds after which the event loop is to come back, to see how late it is."""

LOOK = 0.03
"""Seconds between two looks at the ledger, to see whether all is entered."""

BASE = "https://stairwell.example.org"
TITLE, BODY = "请下楼做核酸", "3 号楼 1 至 6 层，请现在下楼，带好手机和口罩，保持两米距离。" * 2

assert FEATURES, "importing the app registers every reaction"


def measure(lab: Lab) -> list[Figure]:
    """Against aiohttp alone, against pywebpush, and with the power going in the middle."""
    with lab.process(
        *(sys.executable, "-m", "bench.sink", "{port}"), answers="/counted", log="sink"
    ) as port:
        return [*uvloop.run(_measure(lab, port)), *_killed(lab, port)]


async def _measure(lab: Lab, port: int) -> list[Figure]:
    folder = lab.folder / "push"
    phones = settle(folder, f"http://127.0.0.1:{port}")
    settings = _settings(folder, port)
    database = open_database(settings)
    hub = Hub(database, Versions(), Live(), b"the key of this measurement......")
    await hub.start(settings.database_url)
    sender = Sender(hub, settings)
    await sender.start()
    shares, times, lags, rates = [], [], [], []
    for nth in range(lab.pairs + 1):
        plain = await _plainly(phones)
        await database.write(_announce, clock.now())
        ours, late = await _with_lag(partial(_send, sender, database))
        theirs = await asyncio.to_thread(_pywebpush, phones)
        await _must_be_entered(database)
        lab.say(
            f"push {nth}: {CALLS / ours:,.0f} calls/s, aiohttp alone {CALLS / plain:,.0f}, "
            f"pywebpush {SAMPLE / theirs:,.0f}; event loop late by p95 {late:.1f} ms"
        )
        if nth:
            shares.append(plain / ours * 100)
            times.append((theirs / SAMPLE) / (ours / CALLS))
            lags.append(late)
            rates.append(said(CALLS / ours))
    await sender.stop()
    await hub.stop()
    await database.close()
    work = f"push: {CALLS:,} calls encrypted, posted and entered in the ledger"
    return [
        Figure(
            f"{work}, of the rate at which aiohttp posts the same bytes",
            shares, least=35, unit="%", note=f"{' '.join(rates)} calls/s",
        ),
        Figure(f"{work} ÷ pywebpush's own call in {THREADS} threads", times, least=5),
        Figure("push: the event loop meanwhile is late by, p95", lags, most=10, unit="ms"),
    ]  # fmt: skip


def _settings(folder: Path, port: int) -> Settings:
    return replace(
        Settings(data_dir=folder), base_url=BASE, push_also=(f"http://127.0.0.1:{port}",)
    )


# What is there


class Phone:
    """A subscription, and what is posted to it where nothing but posting is measured."""

    def __init__(self, endpoint: str, point: bytes, key: SigningKey, sealed: Sealed) -> None:
        self.endpoint, self.point, self.key, self.sealed = endpoint, point, key, sealed


def settle(folder: Path, origin: str) -> list[Phone]:
    """A community of 6,000 households, each with an account and a phone."""
    neighbourhood.build(folder)
    engine = sqlite_engine(Settings(data_dir=folder).sqlite_path)
    with engine.begin() as connection:
        key = keys.current(connection)
        made = _accounts(connection)
        phones = _phones(connection, made, origin, key)
    engine.dispose()
    return phones


def _accounts(connection: Connection) -> list[str]:
    now = clock.now()
    rows = [
        {"community_id": 1, "id": uuid7(now), "name": f"户 {nth}", "made_at": now}
        for nth in range(CALLS)
    ]
    connection.execute(insert(accounts), rows)
    return [str(row["id"]) for row in rows]


def _phones(
    connection: Connection, owners: Sequence[str], origin: str, key: SigningKey
) -> list[Phone]:
    now, phones, rows = clock.now(), [], []
    sealer = Sealer(BASE)
    sealer.use(key)
    call = Call(uuid7(), 1, _content(), True, "coming")
    said = message(call, "", 1, BASE)
    for nth, owner in enumerate(owners):
        point = SigningKey(ec.generate_private_key(ec.SECP256R1())).raw
        endpoint = f"{origin}/send/{nth:06}-{'x' * 150}"
        letter = Letter(
            origin, point, b"a" * 16, key.id, said, 3600, True, topic_of(b"key", call.notice_id)
        )
        [sealed] = sealer.seal([letter])
        assert sealed is not None
        phones.append(Phone(endpoint, point, key, sealed))
        rows.append(
            {
                "community_id": 1, "id": uuid7(now), "account_id": owner, "endpoint": endpoint,
                "endpoint_hash": hash_of(endpoint), "p256dh": point, "auth": b"a" * 16,
                "key_id": key.id, "made_at": now, "renewed_at": now,
            }
        )  # fmt: skip
    connection.execute(insert(push_subscriptions), rows)
    return phones


def _content() -> dict[str, Any]:
    return typed({"zh-Hans": TITLE}, {"zh-Hans": BODY})


def _announce(connection: Connection, now: int) -> str:
    """A new notice for everybody, queued."""
    who = list(connection.execute(select(push_subscriptions.c.account_id)).scalars())
    notice = {
        "community_id": 1, "id": uuid7(now), "kind": "call", "content": _content(),
        "audience": {}, "urgency": "urgent", "asks": "coming", "opens": "", "stages": [],
        "until": now + clock.HOUR, "made_by": who[0], "made_at": now, "version": 1,
    }  # fmt: skip
    connection.execute(insert(notices), notice)
    connection.execute(
        insert(reach),
        [
            {
                "community_id": 1, "notice_id": notice["id"], "recipient": one,
                "account_id": one, "queued_at": now,
            }
            for one in who
        ],
    )  # fmt: skip
    assert spread.queue(connection, 1, str(notice["id"]), now) == CALLS
    return str(notice["id"])


# What is compared


async def _plainly(phones: Sequence[Phone]) -> float:
    """Seconds that aiohttp takes to post the same bytes, already encrypted, and nothing else."""
    waiting = list(phones)

    async def work(session: aiohttp.ClientSession) -> None:
        while waiting:
            phone = waiting.pop()
            async with session.post(
                phone.endpoint, data=phone.sealed.body, headers=phone.sealed.headers
            ) as answer:
                assert answer.status == 201

    async with aiohttp.ClientSession() as session:
        began = time.perf_counter()
        await asyncio.gather(*(work(session) for _ in range(WIDEST)))
        return time.perf_counter() - began


def _pywebpush(phones: Sequence[Phone]) -> float:
    """Seconds for a sample, as it is usually called."""
    pem = _pem(phones[0].key)

    def send(phone: Phone) -> None:
        keys_ = {"p256dh": base64url(phone.point), "auth": base64url(b"a" * 16)}
        webpush(
            {"endpoint": phone.endpoint, "keys": keys_},
            BODY,
            vapid_private_key=pem,
            vapid_claims={"sub": "mailto:steward@example.org"},
            ttl=3600,
        )

    with ThreadPoolExecutor(THREADS) as threads:
        began = time.perf_counter()
        for _ in threads.map(send, phones[:SAMPLE]):
            pass
        return time.perf_counter() - began


def _pem(key: SigningKey) -> str:
    """A raw private number as pywebpush takes it."""
    return base64url(key.value)


async def _with_lag(work: Callable[[], Awaitable[None]]) -> tuple[float, float]:
    """Seconds that the work takes, and the p95 of how many ms the event loop is late meanwhile."""
    late: list[float] = []

    async def tick() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(TICK)
            late.append((time.perf_counter() - began - TICK) * 1e3)

    ticking = asyncio.create_task(tick())
    began = time.perf_counter()
    await work()
    took = time.perf_counter() - began
    ticking.cancel()
    return took, percentile(late, 0.95)


async def _send(sender: Sender, database: Database) -> None:
    """Wake the sender, and wait until its ledger says that nothing waits."""
    sender.wake()
    while await database.read(ledger.next_due) is not None:  # noqa: ASYNC110 - as others look
        await asyncio.sleep(LOOK)


async def _must_be_entered(database: Database) -> None:
    def waiting(connection: Connection) -> int:
        return connection.execute(
            select(func.count()).where(deliveries.c.result.is_distinct_from("sent"))
        ).scalar_one()

    assert await database.read(waiting) == 0, "not everything was entered as sent"


# With the power going


def _killed(lab: Lab, port: int) -> list[Figure]:
    """A real server, killed when a third has been posted, and started again: what is missing."""
    missing, again, strange = 0, 0, 0
    for nth in range(3):
        data = lab.folder / f"killed-{nth}"
        settle(data, f"http://127.0.0.1:{port}")
        engine = sqlite_engine(Settings(data_dir=data).sqlite_path)
        with engine.begin() as connection:
            _announce(connection, clock.now())
        _counted(port, "forget")
        environment = {"STAIRWELL_PUSH_ALSO": f"http://127.0.0.1:{port}"}
        with Server(data, environment=environment) as server:
            _wait(lambda: _counted(port)["calls"] >= CALLS // 3)
            server.kill()
            server.start()
            _wait(partial(_all_sent, engine), 60)
        engine.dispose()
        found = _counted(port)
        missing += CALLS - found["phones"]
        again += found["calls"] - found["phones"]
        strange = max(strange, found["topics"] - 1)
    lab.say(f"push killed 3 times: {missing} missing, {again} twice, {strange} other topics")
    return [
        Figure(
            f"push: kill -9 in the middle, 3 × {CALLS:,} calls: calls lost", [missing], most=0,
            unit="", note=f"{again} were posted twice, all under the topic of the first",
        ),
        Figure("push: repeated calls that do not replace the first", [strange], most=0, unit=""),
    ]  # fmt: skip


def _all_sent(engine: Engine) -> bool:
    with engine.connect() as connection:
        counted = select(func.count()).where(deliveries.c.result == "sent")
        return bool(connection.execute(counted).scalar_one() == CALLS)


def _counted(port: int, path: str = "counted") -> dict[str, int]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"http://127.0.0.1:{port}/{path}", timeout=10) as answer:
        found: dict[str, int] = json.load(answer)
        return found


def _wait(there: Callable[[], bool], patience: float = 30) -> None:
    give_up = time.monotonic() + patience
    while not there():
        assert time.monotonic() < give_up, "it did not come to that"
        time.sleep(0.01)
