"""One phone after a shift: 200 marks of its own to push, 200 of others' to learn.

To learn is to hold pages that show them: the phone asks /pack which of its pages changed and
fetches those, as static/js/pack.js does. PouchDB learns documents.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Self

from bench import pouch, proxy, wire
from bench.figures import Figure, said
from bench.lab import Lab
from bench.neighbourhood import MARKS, Neighbourhood, Person, open_round, shift, tell
from bench.phone import Phone
from bench.wire import Connection

EACH = 200
STAIRWELLS = 12


def measure(lab: Lab) -> list[Figure]:
    """A shift's end beside PouchDB's, on this machine and over a phone's link."""
    with lab.stairwell("shift") as (server, [where]), pouch.serving(lab) as peer:
        return wire.run(_measure(lab, server.port, peer, where))


async def _measure(lab: Lab, port: int, peer: int, where: Neighbourhood) -> list[Figure]:
    faster, smaller, pushed, whole, took = [], [], [], [], []
    carriers = iter(where.volunteers)  # who carry no other round: it would be in their packs
    async with pouch.Phone.ready() as theirs:
        for nth in range(lab.pairs + 1):
            day = await Day.begin(port, where, next(carriers), next(carriers))
            here = await day.end(port, proxy.Link())
            seconds, size = await _theirs(peer, theirs, day)
            again = await Day.begin(port, where, next(carriers), next(carriers))
            link = await again.end(port, proxy.MOBILE)
            lab.say(
                f"shift {nth}: Stairwell {here.seconds:.3f} s, PouchDB {seconds:.3f} s; on a link "
                f"push {link.push:.2f} of {link.push_least:.2f} s, all {link.seconds:.2f} s"
            )
            if nth:
                faster.append(seconds / here.seconds)
                smaller.append(size / here.size)
                pushed.append(link.push / link.push_least)
                whole.append(link.seconds / link.least)
                took.append(said(here.seconds * 1e3))
    work = f"shift: push {EACH} marks, learn {EACH}"
    return [
        Figure(f"PouchDB ↔ pouchdb-server ÷ {work}", faster, least=8, note=f"{' '.join(took)} ms"),
        Figure(f"PouchDB's bytes ÷ ours, {work}", smaller),
        Figure(
            "shift: the push on a link of 150 ms ÷ (round trip + bytes ÷ bandwidth)",
            pushed,
            most=1.2,
            note="one gzipped request",
        ),
        Figure(
            "shift: push and learn on that link ÷ (three round trips + bytes ÷ bandwidth)",
            whole,
            most=1.2,
            note="one after the other: push, /pack, pages that changed",
        ),
    ]


@dataclass(frozen=True, slots=True)
class Ended:
    """What the end of a shift took."""

    push: float
    push_least: float
    """What the push must take on the link: a round trip and its bytes."""
    seconds: float
    least: float
    """What all of it must take on the link: three round trips and its bytes."""
    size: int


@dataclass(frozen=True, slots=True)
class Day:
    """A round in which two people carry the same twelve stairwells, and one was without signal."""

    phone: Phone
    own: list[dict[str, Any]]
    others: list[dict[str, Any]]

    @classmethod
    async def begin(cls, port: int, where: Neighbourhood, one: Person, other: Person) -> Self:
        """The other's marks are there; one's own wait on the phone, with the pack of before."""
        connection = await Connection.open(port)
        places = where.slabs[:STAIRWELLS]
        round_id = await open_round(connection, where, [(one, places), (other, places)])
        doors = [door for place in places for door in place.doors]
        phone = Phone(one)
        async with phone.online(port):
            await phone.learn()
        others = shift(other, round_id, doors[:EACH])
        await tell(connection, other, *others)
        connection.close()
        return cls(phone, shift(one, round_id, doors[-EACH:]), others)

    async def end(self, port: int, link: proxy.Link) -> Ended:
        """Push one's own marks and learn the other's, over a link."""
        async with proxy.through(port, link) as line, self.phone.online(line.port):
            began = time.perf_counter()
            await self.phone.push(self.own)
            push = time.perf_counter() - began
            push_least = link.seconds(line.sent, line.received)
            changed = await self.phone.learn()
            seconds = time.perf_counter() - began
            assert changed >= 2 * EACH // MARKS, f"only {changed} pages changed"
            least = link.seconds(line.sent, line.received) + 2 * link.round_trip
            return Ended(push, push_least, seconds, least, line.sent + line.received)


async def _theirs(peer: int, phone: pouch.Phone, day: Day) -> tuple[float, int]:
    connection = await Connection.open(peer)
    database = await pouch.make_database(connection)
    await pouch.fill(connection, database, [pouch.document(one) for one in day.others])
    connection.close()
    own = [pouch.document(one) for one in day.own]
    async with proxy.through(peer) as line:
        done = await phone.do("sync", f"http://127.0.0.1:{line.port}/{database}", own)
        assert done.kept == 2 * EACH, done
        return done.seconds, line.sent + line.received
