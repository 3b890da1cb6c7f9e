"""A morning of antigen tests: 6,000 results from 80 phones, photos after them, and who looks.

Facts go first and wait for no photo, so both are measured apart: results against raw sqlite3 as
the storm is, photos against the disk alone. Then the contact sheet of a steward before whom a
thousand photos lie: what it weighs without its pictures, and that they are loaded as one scrolls.
"""

from __future__ import annotations

import hashlib
import io
import random
import re
import time
from collections.abc import Sequence
from typing import Any

from PIL import Image

from bench import raw, wire
from bench.cassettes import paint, scene
from bench.figures import Figure, said
from bench.lab import Lab
from bench.neighbourhood import (
    MARKS,
    PHONES,
    Neighbourhood,
    Person,
    Stairwell,
    batch,
    open_round,
    operation,
)
from bench.photos import MIB, MOST_MEMORY, Photo, growth, plainly, send
from bench.storm import storm
from bench.wire import Connection
from server import clock
from server.features.reports.pages.review import AT_ONCE

RESULTS = PHONES * MARKS
LOOKED_AT = 1000
"""Photos of the last morning that are sent as well."""

PAINTED = 50
"""Cassettes; each is photographed often, by other phones."""

FINDINGS = ("negative",) * 97 + ("positive",) * 2 + ("invalid",)
FIRST_VISIT = 40_000

LOADED = re.compile(r'(?:src|href)="(/static/[^"]+\.(?:js|css))"')
PICTURE = re.compile(r'<img src="/photos/[^"]+"[^>]*>')


def measure(lab: Lab) -> list[Figure]:
    """Results a second, bytes of photos a second, memory, and the contact sheet."""
    with lab.stairwell("morning") as (server, [where]):
        return wire.run(_measure(lab, server.port, server.pid, where))


async def _measure(lab: Lab, port: int, pid: int, where: Neighbourhood) -> list[Figure]:
    to_raw, rates = [], []
    photos = _photographed()
    for nth in range(lab.pairs + 1):
        round_id, made = await _prepare(port, where, photos if nth == lab.pairs else [])
        least = raw.seconds(lab.folder / "raw.db", made)
        people = where.volunteers[: len(made)]
        requests = [batch(one, facts) for one, facts in zip(people, made, strict=True)]
        took, _ = await storm(port, requests)
        lab.say(f"morning {nth}: raw {least:.3f} s, results {took:.3f} s")
        if nth:
            to_raw.append(took / least)
            rates.append(RESULTS / took)
    return [
        Figure(
            f"morning: {PHONES} phones × {MARKS} results ÷ raw sqlite3, {PHONES} transactions",
            to_raw,
            note=f"{' '.join(map(said, rates))} results a second",
        ),
        *await _photos(lab, port, pid, _of_phones(where, photos)),
        *await _sheet(lab, port, where.steward, round_id),
    ]


def _photographed() -> list[Photo]:
    """So many photos of tests, each with bytes of its own, as a phone's noise would give it."""
    dice = random.Random(6)
    painted = []
    for seed in range(PAINTED):
        picture = paint(scene(seed, dice.choice(["negative", "negative", "positive", "invalid"])))
        out = io.BytesIO()
        picture.convert("RGB").resize(picture.size, Image.Resampling.NEAREST).save(
            out, "JPEG", quality=85
        )
        painted.append(out.getvalue())
    taken = []
    for nth in range(LOOKED_AT):
        # A JPEG may say something after its first two bytes; the server lets none of it through.
        words = f"photo {nth}".encode()
        body = painted[nth % PAINTED]
        remark = b"\xff\xfe" + (len(words) + 2).to_bytes(2, "big") + words
        whole = body[:2] + remark + body[2:]
        taken.append((hashlib.sha256(whole).hexdigest(), whole))
    return taken


async def _prepare(
    port: int, where: Neighbourhood, photos: Sequence[Photo]
) -> tuple[str, list[list[dict[str, Any]]]]:
    """An open round and the results of every phone, the first of them with these photos."""
    connection = await Connection.open(port)
    round_id = await open_round(connection, where, kind="antigen")
    connection.close()
    dice = random.Random(round_id)
    names = [sha for sha, _ in photos]  # each result takes the next
    people = list(zip(where.volunteers, where.slabs, strict=True))
    made = [_landing(person, place, round_id, dice, names) for person, place in people]
    return round_id, made


def _landing(
    person: Person, place: Stairwell, round_id: str, dice: random.Random, names: list[str]
) -> list[dict[str, Any]]:
    """The results of a stairwell, one after the other; takes their photos from the names left."""
    found = []
    for nth, (door, resident) in enumerate(zip(place.doors, place.people, strict=True)):
        finding = dice.choice(FINDINGS)
        data = {
            "round": round_id,
            "door": door,
            "resident": resident,
            "finding": finding,
            "photo": names.pop(0) if names else "",
        }
        ago = 15 * clock.SECOND * (len(place.doors) - nth)
        found.append(operation(person, "report.make", data, ago))
    return found


def _of_phones(where: Neighbourhood, photos: Sequence[Photo]) -> list[tuple[Person, Photo]]:
    """Each photo with the volunteer whose result named it."""
    return [(where.volunteers[nth // MARKS], photo) for nth, photo in enumerate(photos)]


async def _photos(
    lab: Lab, port: int, pid: int, photos: Sequence[tuple[Person, Photo]]
) -> list[Figure]:
    """A thousand of them through the whole path, once: it takes minutes."""
    bodies = [photo for _, photo in photos]
    size = sum(len(body) for _, body in bodies)
    plain = plainly(lab.folder / "plain", bodies)
    with growth(pid) as grown:
        ours = await send(port, photos)
    lab.say(f"morning: {len(photos)} photos in {ours:.0f} s")
    work = f"{len(photos):,} photos of tests sent, looked at, read, kept"
    rate = f"{len(photos) / ours:.1f} photos/s, {size / ours / MIB:.2f} MiB/s"
    return [
        Figure(f"{work}, of the disk's own rate", [plain / ours * 100], unit="%", note=rate),
        Figure(f"{work}: the server grows by", [grown[0] / MIB], most=MOST_MEMORY, unit="MiB"),
    ]


async def _sheet(lab: Lab, port: int, steward: Person, round_id: str) -> list[Figure]:
    """The contact sheet before anybody has looked at a photo."""
    connection = await Connection.open(port)
    path = f"/reports/{round_id}/photos"
    times = []
    for _ in range(lab.pairs + 1):
        began = time.perf_counter()
        page = await connection.ask(steward.get(path))
        times.append((time.perf_counter() - began) * 1e3)
    assert page.status == 200, page.body
    html = page.body.decode()
    pictures = PICTURE.findall(html)
    assert len(pictures) == AT_ONCE, len(pictures)
    assert all('loading="lazy"' in one for one in pictures)
    weight = len(page.raw)
    for loaded in sorted(set(LOADED.findall(html))):
        weight += len((await connection.ask(steward.get(loaded))).raw)
    connection.close()
    work = f"contact sheet with {LOOKED_AT:,} photos waiting"
    return [
        Figure(
            f"{work}: page, styles and scripts, compressed, without its pictures",
            [weight],
            most=FIRST_VISIT,
            unit="bytes",
            note=f"page {len(page.raw):,}; {AT_ONCE} pictures, loaded as they come in sight",
        ),
        Figure(f"{work}: drawn by the server in", times[1:], unit="ms"),
    ]
