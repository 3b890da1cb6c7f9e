"""One tap where there is signal: one operation, sent, made durable, acknowledged."""

from __future__ import annotations

import time

from bench import wire
from bench.board import bare
from bench.figures import Figure, percentile, said
from bench.lab import Lab
from bench.neighbourhood import Neighbourhood, batch, mark, must_apply, open_round
from bench.wire import Connection

TAPS = 200


def measure(lab: Lab) -> list[Figure]:
    """A mark against a bare handler with one durable commit."""
    with lab.stairwell("mark") as (server, [where]):
        return wire.run(_measure(lab, server.port, where))


async def _measure(lab: Lab, port: int, where: Neighbourhood) -> list[Figure]:
    ours = await Connection.open(port)
    round_id = await open_round(ours, where)
    person, place = where.volunteers[0], where.slabs[0]
    ratios, absolute = [], []
    with bare(lab, lab.folder / "mark", where.steward, round_id, place) as bare_port:
        theirs = await Connection.open(bare_port)
        for nth in range(lab.pairs + 1):
            us, least = [], []
            for tap in range(TAPS):
                door = place.doors[tap % len(place.doors)]
                sent = batch(person, [mark(person, round_id, door)], zipped=False)
                began = time.perf_counter()
                answer = await ours.ask(sent)
                us.append(time.perf_counter() - began)
                must_apply(answer)
                sent = wire.request("POST", "/commit", b"{}")
                began = time.perf_counter()
                await theirs.ask(sent)
                least.append(time.perf_counter() - began)
            slow, bar = percentile(us, 0.99) * 1e3, percentile(least, 0.99) * 1e3
            half = said(percentile(us, 0.5) * 1e3), said(percentile(least, 0.5) * 1e3)
            lab.say(
                f"mark {nth}: p99 {slow:.1f} ms, bare {bar:.1f} ms; p50 {half[0]}, bare {half[1]}"
            )
            if nth:
                ratios.append(slow / bar)
                absolute.append(said(slow))
    work = "one mark, acknowledged durable: p99 ÷ p99 of a bare handler with one commit"
    return [Figure(work, ratios, most=3, note=f"{' '.join(absolute)} ms")]
