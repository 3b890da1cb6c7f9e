"""A stairwell's board of 72 doors, half of them marked, as a volunteer asks for it."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import msgspec

from bench import wire
from bench.figures import Figure
from bench.lab import Lab
from bench.neighbourhood import (
    Neighbourhood,
    Person,
    Stairwell,
    mark,
    open_round,
    shift,
    tell,
)
from bench.wire import Connection

CONNECTIONS = 16
SECONDS = 1.5
CHANGES = 60
MOST_BYTES = 5_000


@contextlib.contextmanager
def bare(lab: Lab, data: Path, person: Person, round_id: str, place: Stairwell) -> Iterator[int]:
    """Bare handlers in a process of their own, served as Stairwell is; gives the port."""
    about = {
        "folder": str(lab.folder),
        "database": str(data / "stairwell.db"),
        "account": person.account,
        "round": round_id,
        "stairwell": place.id,
    }
    with lab.process(
        *(sys.executable, "-m", "uvicorn", "bench.bare:app"),
        *("--host", "127.0.0.1", "--port", "{port}"),
        *("--log-level", "warning", "--no-access-log", "--no-server-header"),
        answers="/bytes",
        log="bare",
        environment={"BARE": msgspec.json.encode(about).decode()},
    ) as port:
        yield port
    (lab.folder / "bare.db").unlink()


def measure(lab: Lab) -> list[Figure]:
    """The board against bare handlers that answer with the same bytes, or render the same page."""
    with lab.stairwell("board") as (server, [where]):
        return wire.run(_measure(lab, server.port, where))


async def _measure(lab: Lab, port: int, where: Neighbourhood) -> list[Figure]:
    ours = await Connection.open(port)
    person, place = where.volunteers[0], where.tower
    round_id = await open_round(ours, where, [(person, [place])])
    await tell(ours, person, *shift(person, round_id, place.doors[::2]))
    sent = person.get(f"/rounds/{round_id}/stairwells/{place.id}")
    page = await ours.ask(sent)
    await _must_be_304_when_unchanged(ours, person, round_id, place, page)

    async def change() -> None:
        await tell(ours, person, mark(person, round_id, place.doors[0]))

    unchanged, changed, rates = [], [], []
    with bare(lab, lab.folder / "board", person, round_id, place) as bare_port:
        theirs = await Connection.open(bare_port)
        same_bytes, rendered = (wire.request("GET", f"/{name}") for name in ("bytes", "rendered"))
        for nth in range(lab.pairs + 1):
            us = await wire.hammer(port, sent, CONNECTIONS, SECONDS)
            bar = await wire.hammer(bare_port, same_bytes, CONNECTIONS, SECONDS)
            after, drawn = await _after_changes(ours, sent, theirs, rendered, change)
            lab.say(
                f"board {nth}: {us:.0f} of {bar:.0f} a second; changed {after:.0f} of {drawn:.0f}"
            )
            if nth:  # the first warms every process up
                unchanged.append(100 * us / bar)
                changed.append(100 * after / drawn)
                rates.append(f"{us:.0f}")
    return [
        Figure(
            "board of 72 doors, requests a second, of a bare handler with the same bytes",
            unchanged,
            least=50,
            unit="%",
            note=f"{' '.join(rates)} a second",
        ),
        Figure(
            "board after a change, of the same page rendered from memory",
            changed,
            least=40,
            unit="%",
        ),
        Figure(
            "board of 72 doors, gzipped",
            [len(page.raw)],
            most=MOST_BYTES,
            unit="bytes",
            note=f"{len(page.body):,} unpacked; 304 when unchanged",
        ),
    ]


async def _must_be_304_when_unchanged(
    ours: Connection, person: Person, round_id: str, place: Stairwell, page: wire.Answer
) -> None:
    known = {"If-None-Match": page.headers["etag"]}
    again = await ours.ask(person.get(f"/rounds/{round_id}/stairwells/{place.id}", **known))
    assert (page.status, again.status) == (200, 304), (page.status, again.status)


async def _after_changes(
    ours: Connection,
    sent: bytes,
    theirs: Connection,
    rendered: bytes,
    change: Callable[[], Awaitable[None]],
) -> tuple[float, float]:
    """Pages a second, one at a time, each after a change; and the same from memory."""
    us = least = 0.0
    for _ in range(CHANGES):
        await change()
        us += await _seconds(ours, sent)
        least += await _seconds(theirs, rendered)
    return CHANGES / us, CHANGES / least


async def _seconds(connection: Connection, sent: bytes) -> float:
    began = time.perf_counter()
    answer = await connection.ask(sent)
    took = time.perf_counter() - began
    assert answer.status == 200, answer.body
    return took
