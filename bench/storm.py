"""Eighty phones come back into signal and push 75 marks each, all at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from bench import pouch, raw, wire
from bench.figures import Figure, percentile
from bench.lab import Lab, processor_seconds
from bench.neighbourhood import MARKS, PHONES, Neighbourhood, batch, must_apply, open_round, shift
from bench.wire import Connection
from tests.support.server import Server

Push = Callable[[Connection, int], Awaitable[None]]


def measure(lab: Lab) -> list[Figure]:
    """The storm against raw sqlite3 and against pouchdb-server."""
    with lab.stairwell("storm") as (server, [where]), pouch.serving(lab) as peer:
        return wire.run(_measure(lab, server, peer, where))


async def _measure(lab: Lab, server: Server, peer: int, where: Neighbourhood) -> list[Figure]:
    to_raw, to_peer, slowest, took = [], [], [], []
    for nth in range(lab.pairs + 1):
        marks, requests = await prepare(server.port, where)
        least = raw.seconds(lab.folder / "raw.db", marks)
        before = processor_seconds(server.pid)
        us, times = await storm(server.port, requests)
        used = processor_seconds(server.pid) - before
        theirs = await _pouch_storm(peer, marks)
        lab.say(
            f"storm {nth}: raw {least:.3f} s, Stairwell {us:.3f} s (its processor {used:.2f} s), "
            f"pouchdb-server {theirs:.3f} s"
        )
        if nth:  # the first warms every process up
            to_raw.append(us / least)
            to_peer.append(theirs / us)
            slowest.append(percentile(times, 0.99) * 1e3)
            took.append(f"{us * 1e3:.0f}")
    work = f"storm: {PHONES} phones × {MARKS} marks"
    return [
        Figure(
            f"{work} ÷ raw sqlite3, {PHONES} transactions",
            to_raw,
            most=3,
            note=f"{' '.join(took)} ms",
        ),
        Figure(f"pouchdb-server ÷ {work}", to_peer, least=8),
        Figure("storm: a phone's request, p99", slowest, most=500, unit="ms"),
    ]


async def prepare(
    port: int, where: Neighbourhood
) -> tuple[list[list[dict[str, Any]]], list[bytes]]:
    """A fresh open round, every phone's marks in it, and the requests that push them."""
    connection = await Connection.open(port)
    round_id = await open_round(connection, where)
    connection.close()
    people = list(zip(where.volunteers, where.slabs, strict=True))
    marks = [shift(person, round_id, place.doors[:MARKS]) for person, place in people]
    return marks, [batch(person, made) for (person, _), made in zip(people, marks, strict=True)]


async def storm(port: int, requests: Sequence[bytes]) -> tuple[float, list[float]]:
    """Every request at once on a connection of its own; seconds for all, and for each."""

    answers: list[wire.Answer] = []

    async def push(connection: Connection, nth: int) -> None:
        answers.append(await connection.ask(requests[nth]))

    measured = await _at_once(port, len(requests), push)
    for answer in answers:
        must_apply(answer)
    return measured


async def _pouch_storm(port: int, marks: Sequence[Sequence[dict[str, Any]]]) -> float:
    connection = await Connection.open(port)
    database = await pouch.make_database(connection)
    connection.close()
    prepared = [pouch.replication(database, made) for made in marks]

    async def push(connection: Connection, nth: int) -> None:
        for sent in prepared[nth]:
            answer = await connection.ask(sent)
            assert answer.status in {200, 201, 404}, answer.body

    took, _ = await _at_once(port, len(marks), push)
    connection = await Connection.open(port)  # it hangs up on those who are silent for long
    stored = await pouch.count(connection, database)
    assert stored == sum(map(len, marks)), f"pouchdb-server kept {stored}"
    connection.close()
    return took


async def _at_once(port: int, phones: int, push: Push) -> tuple[float, list[float]]:
    connections = [await Connection.open(port) for _ in range(phones)]
    times: list[float] = []

    async def one(nth: int) -> None:
        began = time.perf_counter()
        await push(connections[nth], nth)
        times.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(one(nth) for nth in range(phones)))
    took = time.perf_counter() - began
    for connection in connections:
        connection.close()
    return took, times
