"""Days on which photos are sent through every weather: none lost, none doubled, none left over.

And no fact waits for one: facts go first on each phone, and arrive while no photo can be stored.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from server import clock
from server.features.photos.tables import photo_pieces, photos
from tests.faults.arena import Arena, arena
from tests.faults.camera import Camera
from tests.faults.estate import Estate, build
from tests.faults.phone import PATIENT, Times
from tests.faults.proxy import WEATHERS
from tests.support import pictures, replay

STEPS = 50
CARRIERS = 3
TROUBLES = ("kill", "kill", "freeze", "disk", "locked", "disconnect")


@dataclass
class Day:
    """What people do, from a seed."""

    seed: int
    where: Arena
    estate: Estate
    times: Times
    phones: list[Camera] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=dict)  # operations and the photos they name
    good: set[str] = field(default_factory=set)
    round: str = ""

    def __post_init__(self) -> None:
        self.dice = random.Random(f"photos {self.seed}")

    async def begin(self) -> None:
        """A steward opens a disinfection and gives each carrier a stairwell."""
        people = [self.estate.stewards[0], *self.estate.volunteers[:CARRIERS]]
        for nth, account in enumerate(people):
            phone = Camera(
                f"phone {nth}", self.where.server.url, self.where.proxied, self.where.http,
                self.times, random.Random(f"phone {nth} of {self.seed}"), patience=PATIENT,
            )  # fmt: skip
            await phone.sign_in(self.estate.secrets[account])
            assert phone.account == account
            self.phones.append(phone)
        lead = self.phones[0]
        made = {"title": "消杀", "kind": "disinfect", "stairwells": list(self.estate.stairwells)}
        (self.round,) = lead.save("round.make", [made])
        lead.save("round.open", [{"round": self.round}])
        for account, stairwell in zip(people[1:], self.estate.stairwells, strict=False):
            given = {"round": self.round, "stairwells": [stairwell], "accounts": [account]}
            lead.save("round.assign", [given])
        assert await lead.flush() == 0
        for phone in self.phones:
            phone.patience = 1.0

    def tell(self, nth: int) -> None:
        """A landing, now and then with a photo: its own, one told of before, or none at all."""
        phone = self.phones[1 + nth]
        landing = self.dice.choice(self.estate.landings(self.estate.stairwells[nth]))
        data = {"round": self.round, "door": landing, "answer": "disinfected"}
        roll = self.dice.random()
        if roll < 0.35:
            phone.save("round.mark", [data])
            return
        mine = [photo for (owner, _), photo in phone.album.items() if owner == phone.account]
        if roll < 0.45 and mine:
            photo = self.dice.choice(mine)
        elif roll < 0.55:
            photo = pictures.PDF + self.dice.randbytes(20_000)
        else:
            photo = pictures.jpeg(700, 500, seed=self.dice.randrange(2**32))
            photo += self.dice.randbytes(30_000)
            self.good.add(pictures.sha(photo))
        self.told[phone.shoot(data, photo)] = pictures.sha(photo)

    async def go_by(self) -> None:
        """Everything at once, in whatever weather there is."""
        for nth in range(STEPS):
            self.times.pass_by(clock.MINUTE)
            self.tell(self.dice.randrange(CARRIERS))
            phone = self.dice.choice(self.phones[1:])
            for _ in range(self.dice.randrange(4)):
                phone.weather.append((self.dice.choice(WEATHERS), self.dice.randrange(1000)))
            await phone.flush()
            if self.dice.random() < 0.7:
                await phone.upload()
            if self.dice.random() < 0.1:
                phone.restart()
            if nth % 12 == 6:
                self.where.befall(self.dice.choice(TROUBLES), self.dice.randrange(100, 400))
        await self.where.well()

    async def heal(self) -> list[str]:
        """All is well again: everything is sent. Returns what is not."""
        await self.where.well()
        for phone in self.phones:
            phone.weather.clear()
            phone.patience = PATIENT
        left = await asyncio.gather(*(phone.send_everything() for phone in self.phones))
        return [
            f"{phone.name} has {count} left: {[one.status for one in phone.replies[-5:]]}"
            for phone, count in zip(self.phones, left, strict=True)
            if count
        ]

    def flaws(self, connection: Connection, store: Path) -> list[str]:
        """Photos lost, doubled and left over, and everything the history does not bear out."""
        rows = list(connection.execute(select(photos)))
        found = replay.problems(connection)
        if pieces := connection.execute(select(photo_pieces.c.sha).distinct()).scalars().all():
            found.append(f"pieces of {pieces} are left")
        expected = {row.op_id: row.sha for row in rows}
        if expected != self.told:
            found.append(f"{len(expected)} photos are expected, {len(self.told)} were told of")
        for row in rows:
            state = "kept" if row.sha in self.good else "refused"
            if row.state != state:
                found.append(f"photo {row.sha} is {row.state} and should be {state}")
        here = {path.name for path in store.glob("*/*")}
        due = {f"{sha}{end}" for sha in self.good for end in (".jpg", ".small.jpg")}
        if here != due:
            found.append(f"the store lacks {due - here} and has {here - due} of nobody")
        early = sum(phone.early for phone in self.phones)
        if early:
            found.append(f"{early} times a photo went before a fact")
        return found


async def spend(seed: int, folder: Path, database_url: str = "", workers: int = 1) -> list[str]:
    """One day on a server of its own; returns what does not hold in the end."""
    async with arena(folder, database_url, workers) as where:
        now = clock.now()
        estate = await where.write(build, 1, now - 30 * clock.HOUR)
        day = Day(seed, where, estate, Times(now - 6 * clock.HOUR))
        await day.begin()
        await day.go_by()
        still = await day.heal()
        assert day.good, "nobody took a photo"
        store = where.settings.data_dir / "photos"
        return still + await where.read(day.flaws, store)


@pytest.mark.parametrize("seed", range(3))
def test_a_day_of_photos_ends_well_on_sqlite(seed: int, tmp_path: Path) -> None:
    assert asyncio.run(spend(seed, tmp_path)) == []


@pytest.mark.postgres
@pytest.mark.parametrize(("seed", "workers"), [(10, 1), (11, 2)])
def test_a_day_of_photos_ends_well_on_postgres(
    seed: int, workers: int, tmp_path: Path, fresh_postgres: str
) -> None:
    """With two processes a piece may come to one and the next to the other."""
    assert asyncio.run(spend(seed, tmp_path, fresh_postgres, workers)) == []


def test_facts_arrive_while_no_photo_can_be_stored(tmp_path: Path) -> None:
    """Where the store should be there is a file; put right, all of it is kept."""

    async def run() -> None:
        async with arena(tmp_path) as where:
            now = clock.now()
            estate = await where.write(build, 1, now - 30 * clock.HOUR)
            day = Day(99, where, estate, Times(now - 6 * clock.HOUR))
            await day.begin()
            for phone in day.phones:
                phone.patience = PATIENT
            store = where.settings.data_dir / "photos"
            store.write_bytes(b"")
            for nth in range(30):
                day.times.pass_by(clock.MINUTE)
                day.tell(nth % CARRIERS)
                phone = day.phones[1 + nth % CARRIERS]
                assert await phone.flush() == 0, "a fact waited"
                if nth % 5 == 0:
                    await phone.upload()
            assert any(phone.album for phone in day.phones)
            store.unlink()
            assert await day.heal() == []
            assert await where.read(day.flaws, store) == []

    asyncio.run(run())
