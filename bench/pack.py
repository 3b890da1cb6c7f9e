"""The first pack: everything that somebody needs without signal, on a phone that has nothing yet.

A volunteer has twelve stairwells and takes what /pack lists. A steward is taken to need the boards
of 4,200 households, the round and the first page. PouchDB's first replication is given one document
a door, with the same facts.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from bench import pouch, proxy, wire
from bench.figures import Figure, said
from bench.lab import Lab
from bench.neighbourhood import MARKS, Neighbourhood, Person, Stairwell, open_round, shift, tell
from bench.phone import Phone
from bench.wire import Connection

STAIRWELLS = 12
HOUSEHOLDS = 4_200


def measure(lab: Lab) -> list[Figure]:
    """Both first packs beside PouchDB's first replication."""
    with lab.stairwell("pack") as (server, [where]), pouch.serving(lab) as peer:
        return wire.run(_measure(lab, server.port, peer, where))


async def _measure(lab: Lab, port: int, peer: int, where: Neighbourhood) -> list[Figure]:
    found = []
    async with pouch.Phone.ready() as theirs:
        for who, stairwells in (("volunteer", STAIRWELLS), ("steward", HOUSEHOLDS // MARKS)):
            smaller, faster, took = [], [], []
            for nth in range(lab.pairs + 1):
                volunteer = where.volunteers[nth]  # who has no other round
                round_id, places = await _half_done(port, where, volunteer, stairwells)
                if who == "volunteer":
                    seconds, size = await _take(port, volunteer, [])
                else:
                    paths = [f"/rounds/{round_id}"]
                    paths += [f"/rounds/{round_id}/stairwells/{place.id}" for place in places]
                    seconds, size = await _take(port, where.steward, ["/", *paths])
                peer_seconds, peer_size = await _replicate(peer, theirs, places, round_id)
                lab.say(
                    f"pack of a {who} {nth}: {seconds:.3f} s, {size:,} bytes; "
                    f"PouchDB {peer_seconds:.3f} s, {peer_size:,} bytes"
                )
                if nth:
                    smaller.append(size / peer_size)
                    faster.append(peer_seconds / seconds)
                    took.append(said(seconds * 1e3))
            work = f"first pack of a {who}, {stairwells * MARKS:,} doors"
            found += [
                Figure(f"{work}: bytes ÷ PouchDB's", smaller, most=0.25, note=f"{size:,} bytes"),
                Figure(f"PouchDB ÷ {work}", faster, least=8, note=f"{' '.join(took)} ms"),
            ]
    return found


async def _half_done(
    port: int, where: Neighbourhood, person: Person, stairwells: int
) -> tuple[str, Sequence[Stairwell]]:
    """A fresh round that a volunteer carries up so many stairwells, half of every board marked."""
    connection = await Connection.open(port)
    places = where.slabs[:stairwells]
    round_id = await open_round(connection, where, [(person, places)])
    for place in places:
        await tell(connection, person, *shift(person, round_id, place.doors[::2]))
    connection.close()
    return round_id, places


async def _take(port: int, person: Person, paths: Sequence[str]) -> tuple[float, int]:
    """Seconds and bytes of a pack on an empty phone: what /pack lists, and these pages."""
    phone = Phone(person)
    async with proxy.through(port) as line, phone.online(line.port):
        began = time.perf_counter()
        await phone.learn()
        await phone.fetch(paths)
        return time.perf_counter() - began, line.sent + line.received


async def _replicate(
    peer: int, phone: pouch.Phone, places: Sequence[Stairwell], round_id: str
) -> tuple[float, int]:
    connection = await Connection.open(peer)
    database = await pouch.make_database(connection)
    documents = [_door(place, door, round_id) for place in places for door in place.doors]
    await pouch.fill(connection, database, documents)
    connection.close()
    async with proxy.through(peer) as line:
        done = await phone.do("pull", f"http://127.0.0.1:{line.port}/{database}")
        assert done.kept == len(documents), done
        return done.seconds, line.sent + line.received


def _door(place: Stairwell, door: int, round_id: str) -> dict[str, Any]:
    """What a board says of a door, as a document."""
    marked = door % 2
    return {
        "_id": f"{round_id}/{door}",
        "stairwell": place.id,
        "floor": str(door % MARKS // 3 + 1),
        "label": f"{door % MARKS // 3 + 1:02}0{door % 3 + 1}",
        "use": "home",
        "people": 1,
        "due": 1,
        "answer": "delivered" if marked else "",
        "mark": round_id if marked else "",
        "owed": 0,
        "disputed": False,
    }
