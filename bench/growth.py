"""From one community to a hundred in one database: marks and boards while another one storms."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Sequence

from bench import wire
from bench.figures import Figure, percentile, said
from bench.lab import Lab
from bench.neighbourhood import Neighbourhood, batch, mark, open_round
from bench.storm import prepare, storm
from bench.wire import Connection
from tests.support.server import Server

COMMUNITIES = 100
STORMS = 5
PAUSE = 0.005
"""Seconds between two questions of the same phone."""


def measure(lab: Lab) -> list[Figure]:
    """The same on a small server and on a large one, one after the other."""
    lab.say(f"growth: settling {COMMUNITIES} communities takes some minutes")
    with (
        lab.stairwell("small", 2) as (small, few),
        lab.stairwell("large", COMMUNITIES) as (large, many),
    ):
        return wire.run(_measure(lab, (small, few), (large, many)))


Place = tuple[Server, Sequence[Neighbourhood]]


async def _measure(lab: Lab, small: Place, large: Place) -> list[Figure]:
    marks, boards, took = [], [], []
    for nth in range(lab.pairs + 1):
        little, much = await _during_storms(*small), await _during_storms(*large)
        lab.say(
            f"growth {nth}: mark {said(little[0])} → {said(much[0])} ms, "
            f"board {said(little[1])} → {said(much[1])} ms"
        )
        if nth:
            marks.append(much[0] / little[0])
            boards.append(much[1] / little[1])
            took.append(said(much[0]))
    work = f"1 → {COMMUNITIES} communities, {COMMUNITIES * 6_000:,} residents, one of them storming"
    return [
        Figure(f"{work}: p99 of a mark elsewhere", marks, most=1.5, note=f"{' '.join(took)} ms"),
        Figure(f"{work}: p99 of a board elsewhere", boards, most=1.5),
    ]


async def _during_storms(server: Server, where: Sequence[Neighbourhood]) -> tuple[float, float]:
    """p99 in ms of a mark, and of a changed board, in one community while the other storms."""
    storming, calm = where
    steward = await Connection.open(server.port)
    person, place = calm.volunteers[0], calm.slabs[0]
    round_id = await open_round(steward, calm, [(person, [place])])
    steward.close()
    rounds = [(await prepare(server.port, storming))[1] for _ in range(STORMS)]
    over = asyncio.Event()

    def marking() -> bytes:
        return batch(person, [mark(person, round_id, random.choice(place.doors))])

    def reading() -> bytes:
        return person.get(f"/rounds/{round_id}/stairwells/{place.id}")

    asking = [
        asyncio.create_task(_keep_asking(server.port, one, over)) for one in (marking, reading)
    ]
    for requests in rounds:
        await storm(server.port, requests)
    over.set()
    marks, boards = [percentile(await times, 0.99) * 1e3 for times in asking]
    return marks, boards


async def _keep_asking(
    port: int, what: Callable[[], bytes], over: asyncio.Event
) -> Sequence[float]:
    """Seconds that each answer took, asked for again and again."""
    connection = await Connection.open(port)
    times = []
    while not over.is_set():
        sent = what()
        began = time.perf_counter()
        answer = await connection.ask(sent)
        times.append(time.perf_counter() - began)
        assert answer.status == 200, answer.body
        await asyncio.sleep(PAUSE)
    connection.close()
    return times
