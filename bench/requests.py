"""Help at night: until the right people have heard of a request, and the desk, with many open."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, func, insert, select

from bench import wire
from bench.figures import Figure, percentile, said
from bench.lab import Lab
from bench.neighbourhood import Neighbourhood, Person, batch, must_apply, operation
from bench.wire import Connection as Wire
from server import clock
from server.db.session import sqlite_engine
from server.features.notices.tables import notices, reach
from server.features.people.rules import HOUSEHOLD
from server.features.people.tables import accounts, roles
from server.features.requests import rules
from server.features.requests.kinds import KINDS
from server.features.requests.tables import request_events, requests
from server.ids import uuid7
from server.settings import Settings
from server.web.asking import begin
from tests.support.server import Server

HARDLY_ANY, FEW, MANY = 100, 1_000, 10_000
ASKED = 40
"""Requests of one measurement."""
DESKS = 20
NEVER_PUT_OFF = "doctor"


def measure(lab: Lab) -> list[Figure]:
    """Beside the same community with a hundred open, which fill the desk."""
    with (
        lab.stairwell("calm") as (calm, [quiet]),
        lab.stairwell("pressing") as (pressing, [busy]),
        lab.stairwell("flooded") as (flooded, [full]),
    ):
        homes = [household(server, place) for server, place in ((calm, quiet), (pressing, busy))]
        open_requests(calm, quiet, HARDLY_ANY)
        open_requests(pressing, busy, FEW)
        open_requests(flooded, full, MANY)
        return wire.run(
            _measure(lab, ((calm, homes[0]), (pressing, homes[1])), (calm, quiet), (flooded, full))
        )


Asks = tuple[Server, Person]
Reads = tuple[Server, Neighbourhood]


async def _measure(
    lab: Lab, asking: tuple[Asks, Asks], calm: Reads, flooded: Reads
) -> list[Figure]:
    ratios, took, desks, drawn = [], [], [], []
    for nth in range(lab.pairs + 1):
        alone, among = [await _ask(*one) for one in asking]
        empty, full = [await _desk(*one) for one in (calm, flooded)]
        lab.say(
            f"requests {nth}: told in {said(alone)} → {said(among)} ms, "
            f"desk {said(empty)} → {said(full)} ms"
        )
        if nth:
            ratios.append(among / alone)
            took.append(said(among))
            desks.append(full / empty)
            drawn.append(said(full))
    return [
        Figure(
            f"asked → the right people have it, {FEW:,} requests open, p95 ÷ with {HARDLY_ANY}",
            ratios, most=2, note=f"{' '.join(took)} ms",
        ),
        Figure(
            f"the desk with {MANY:,} open requests, p95 ÷ with {HARDLY_ANY}",
            desks, most=2, note=f"{' '.join(drawn)} ms",
        ),
    ]  # fmt: skip


async def _ask(server: Server, person: Person) -> float:
    """Milliseconds until a request is acknowledged and announced to those who may take it, p95."""
    connection = await Wire.open(server.port)
    times = []
    for _ in range(ASKED):
        asked = operation(person, "request.ask", {"kind": NEVER_PUT_OFF, "words": "…"})
        began = time.perf_counter()
        must_apply(await connection.ask(batch(person, [asked])))
        times.append(time.perf_counter() - began)
        assert _told(server, str(asked["id"])), "it is announced with its own commit"
        done = operation(person, "request.withdraw", {"request": asked["id"]})
        must_apply(await connection.ask(batch(person, [done])))
    connection.close()
    return percentile(times, 0.95) * 1e3


def _told(server: Server, request: str) -> bool:
    """True once somebody has it in their inbox, and push has it to send."""
    with _database(server.data) as connection:
        found = connection.execute(
            select(func.count())
            .select_from(reach)
            .join(notices, notices.c.id == reach.c.notice_id)
            .where(notices.c.opens == f"/requests/{request}", reach.c.queued_at.is_not(None))
        ).scalar_one()
    return bool(found)


async def _desk(server: Server, where: Neighbourhood) -> float:
    """Milliseconds that the steward's desk takes, p95."""
    connection = await Wire.open(server.port)
    times = []
    for _ in range(DESKS):
        began = time.perf_counter()
        answer = await connection.ask(where.steward.get("/requests"))
        times.append(time.perf_counter() - began)
        assert answer.status == 200, answer.body
    connection.close()
    return percentile(times, 0.95) * 1e3


# What is there


def household(server: Server, where: Neighbourhood) -> Person:
    """A household with an account, signed in on its phone."""
    now = clock.now()
    door = where.slabs[0].doors[0]
    with _database(server.data) as connection:
        account = connection.execute(
            select(accounts.c.id).where(
                accounts.c.community_id == where.id, accounts.c.household_id == door
            )
        ).scalar_one()
        known = connection.execute(
            select(roles.c.account_id).where(roles.c.account_id == account)
        ).first()
        if known is None:
            connection.execute(
                insert(roles).values(
                    community_id=where.id, account_id=account, role=HOUSEHOLD, scope="household",
                    scope_id=door, since=0,
                )
            )  # fmt: skip
        return Person(account, begin(connection, where.id, account, now))


def open_requests(server: Server, where: Neighbourhood, count: int) -> None:
    """So many requests that somebody asked over the last day, some in somebody's hands."""
    now = clock.now()
    doors = [(door, place) for place in where.slabs for door in place.doors]
    kinds = list(KINDS)
    made, said_ = [], []
    for nth in range(count):
        door, place = doors[nth % len(doors)]
        at = now - nth * clock.DAY // count
        owner = where.volunteers[nth % len(where.volunteers)].account if nth % 3 else None
        request = uuid7(at)
        made.append(
            {
                "community_id": where.id, "id": request, "kind": kinds[nth % len(kinds)],
                "household_id": door, "stairwell_id": place.id, "building_id": place.id,
                "breadth": rules.HOME, "asked_by": where.steward.account, "opened_at": at,
                "state": rules.TAKEN if owner else rules.ASKED, "since": at, "owner": owner,
                "level": rules.FIRST, "due_at": at + clock.DAY, "version": 1,
            }
        )  # fmt: skip
        said_.append(_event(where, request, at, "ask", kinds[nth % len(kinds)]))
    with _database(server.data) as connection:
        connection.execute(insert(requests), made)
        connection.execute(insert(request_events), said_)


def _event(where: Neighbourhood, request: str, at: int, what: str, key: str) -> dict[str, object]:
    return {
        "community_id": where.id, "op_id": request, "request_id": request, "seq": 1, "what": what,
        "key": key, "said": {"level": rules.FIRST}, "actor": where.steward.account, "at": at,
        "for_team": False,
    }  # fmt: skip


@contextmanager
def _database(folder: Path) -> Iterator[Connection]:
    """A transaction in the database of a server that runs."""
    engine = sqlite_engine(Settings(data_dir=folder).sqlite_path)
    with engine.begin() as connection:
        yield connection
    engine.dispose()
