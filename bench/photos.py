"""Photos through the whole path: pieces over HTTP, looked at, written anew, kept.

Beside it the disk alone: the same bytes, each photo written and synced as a file of its own. Most
of the difference is what opening and writing a JPEG takes.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import io
import os
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image

from bench import wire
from bench.figures import Figure, said
from bench.lab import Lab
from bench.neighbourhood import Neighbourhood, Person, mark, open_round, tell
from bench.wire import Connection
from server.features.rounds.scope import landing

PHOTOS = 40
"""In each of the pairs; five times as many while memory is watched."""

PHONES = 8
"""That send at once."""

PIECE = 64 << 10
MIB = 1 << 20
MOST_MEMORY = 64
"""MiB that the server may grow by, however many photos arrive: one is in memory at a time."""

Photo = tuple[str, bytes]


def measure(lab: Lab) -> list[Figure]:
    """Bytes a second as a share of the disk's, and what the server grows by."""
    with lab.stairwell("photos") as (server, [where]):
        return wire.run(_measure(lab, server.port, server.pid, where))


async def _measure(lab: Lab, port: int, pid: int, where: Neighbourhood) -> list[Figure]:
    shares, rates = [], []
    for nth in range(lab.pairs + 1):
        photos = take(PHOTOS, nth)
        size = sum(len(body) for _, body in photos)
        plain = plainly(lab.folder / "plain", photos)
        ours = await _of_one_round(port, where, photos)
        lab.say(
            f"photos {nth}: {size / ours / MIB:.2f} MiB/s, {PHOTOS / ours:.1f} photos/s; "
            f"the disk alone {size / plain / MIB:.1f} MiB/s"
        )
        if nth:
            shares.append(plain / ours * 100)
            rates.append(said(PHOTOS / ours))
    grown = await _watched(port, pid, where)
    work = f"photos: {PHOTOS} of 150 KB sent in pieces, looked at, kept"
    return [
        Figure(
            f"{work}, of the rate at which the disk takes the same bytes",
            shares, unit="%", note=f"{' '.join(rates)} photos/s",
        ),
        Figure(
            f"photos: the server grows by, while {5 * PHOTOS} arrive",
            [grown / MIB], most=MOST_MEMORY, unit="MiB",
        ),
    ]  # fmt: skip


def take(count: int, seed: int) -> list[Photo]:
    """Photos as phones have shrunk them, each another."""
    dice = random.Random(seed)
    taken = []
    for _ in range(count):
        small = Image.frombytes("RGB", (100, 75), dice.randbytes(100 * 75 * 3))
        out = io.BytesIO()
        small.resize((1280, 960), Image.Resampling.BICUBIC).save(out, "JPEG", quality=80)
        body = out.getvalue()
        taken.append((hashlib.sha256(body).hexdigest(), body))
    return taken


def plainly(folder: Path, photos: Sequence[Photo]) -> float:
    """Seconds that it takes to write and sync each as a file."""
    folder.mkdir(exist_ok=True)
    began = time.perf_counter()
    for sha, body in photos:
        with (folder / sha).open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
    return time.perf_counter() - began


async def _of_one_round(port: int, where: Neighbourhood, photos: Sequence[Photo]) -> float:
    """Seconds from the first piece until the last photo is kept; the facts went before."""
    connection = await Connection.open(port)
    person, place = where.volunteers[0], where.slabs[0]
    round_id = await open_round(connection, where, [(person, [place])], kind="disinfect")
    await tell(
        connection,
        person,
        *(
            mark(person, round_id, landing(place.id, 1), answer="disinfected", photo=sha)
            for sha, _ in photos
        ),
    )
    connection.close()
    return await send(port, [(person, photo) for photo in photos])


async def send(port: int, photos: Sequence[tuple[Person, Photo]]) -> float:
    """Seconds until the last of them is kept, a few phones sending at once."""
    waiting = list(photos)
    began = time.perf_counter()
    await asyncio.gather(*(_phone(port, waiting) for _ in range(PHONES)))
    return time.perf_counter() - began


async def _phone(port: int, waiting: list[tuple[Person, Photo]]) -> None:
    connection = await Connection.open(port)
    while waiting:
        person, (sha, body) = waiting.pop()
        state = ""
        for offset in range(0, len(body), PIECE):
            headers = {
                **person.cookie,
                "Upload-Offset": str(offset),
                "Upload-Length": str(len(body)),
            }
            sent = wire.request("PATCH", f"/photos/{sha}", body[offset : offset + PIECE], headers)
            answer = await connection.ask(sent)
            assert answer.status == 204, answer.body
            state = answer.headers["photo-state"]
        while state == "arriving":  # more than the server looks at while a phone waits
            await asyncio.sleep(0.2)
            headers = {
                **person.cookie, "Upload-Offset": str(len(body)), "Upload-Length": str(len(body)),
            }  # fmt: skip
            answer = await connection.ask(wire.request("PATCH", f"/photos/{sha}", b"", headers))
            state = answer.headers["photo-state"]
        assert state == "kept", state
    connection.close()


async def _watched(port: int, pid: int, where: Neighbourhood) -> float:
    """Bytes that the server's memory went up by at most, while photos arrive."""
    photos = take(5 * PHOTOS, 1000)
    with growth(pid) as grown:
        await _of_one_round(port, where, photos)
    return grown[0]


@contextlib.contextmanager
def growth(pid: int) -> Iterator[list[int]]:
    """Afterwards the list holds the bytes that a process's memory went up by at most meanwhile."""
    _forget_most(pid)
    before = _memory(pid, "VmRSS")
    grown: list[int] = []
    yield grown
    grown.append(max(0, _memory(pid, "VmHWM") - before))


def _forget_most(pid: int) -> None:
    """The most that a process has taken counts from now on."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def _memory(pid: int, which: str) -> int:
    [line] = [
        line for line in Path(f"/proc/{pid}/status").read_text().splitlines()
        if line.startswith(which)
    ]  # fmt: skip
    return int(line.split()[1]) * 1024
