"""The neighbourhood that is measured in: 80 stairwells of 75 doors, and a tower of 72.

Places and people are drafted straight into the database before the server starts; rounds are made,
opened and given out over HTTP, as a steward does.
"""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection

from bench import wire
from server import clock
from server.db.base import metadata
from server.db.migrate import upgrade
from server.db.session import sqlite_engine
from server.draft import Draft, Record, Shape
from server.features.estates.tables import communities as communities_table
from server.features.estates.tables import households, stairwells
from server.features.people.rules import STEWARD, VOLUNTEER
from server.features.people.tables import residents, sessions
from server.ids import uuid7
from server.settings import Settings
from server.web import asking

PHONES = 80
MARKS = 75
SLAB = Shape(25, 3)
TOWER = Shape(18, 4)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody signed in on a phone of their own."""

    account: str
    token: str

    @property
    def cookie(self) -> dict[str, str]:
        """The header that says who asks."""
        return {"Cookie": f"{asking.COOKIE}={self.token}", "Accept": "text/html"}

    def get(self, path: str, **headers: str) -> bytes:
        """Asking for a page."""
        return wire.request("GET", path, headers={**self.cookie, **headers})


@dataclass(frozen=True, slots=True)
class Stairwell:
    """A stairwell, its doors, and who lives behind each."""

    id: int
    doors: tuple[int, ...]
    people: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """One community: who is in it and where."""

    id: int
    steward: Person
    volunteers: tuple[Person, ...]
    slabs: tuple[Stairwell, ...]
    tower: Stairwell

    @property
    def stairwells(self) -> tuple[Stairwell, ...]:
        """All of them."""
        return (*self.slabs, self.tower)


def build(folder: Path, communities: int = 1) -> list[Neighbourhood]:
    """A database in the folder, with so many communities of 6,000 households; gives the first."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = Settings(data_dir=folder)
    upgrade(settings)
    engine = sqlite_engine(settings.sqlite_path)
    made = []
    for number in range(1, min(communities, 2) + 1):
        with engine.begin() as connection:
            made.append(_settle(connection, number))
    for number in range(3, communities + 1):
        with engine.begin() as connection:
            _copy(connection, number)
    engine.dispose()
    return made


def _copy(connection: Connection, number: int) -> None:
    """Another community just like the first; nobody in it is signed in."""
    for table in metadata.sorted_tables:
        first = "id" if table is communities_table else "community_id"
        if table is sessions or first not in table.c:
            continue
        others = ", ".join(column.name for column in table.c if column.name != first)
        connection.exec_driver_sql(
            f"INSERT INTO {table.name} ({first}, {others}) "
            f"SELECT ?, {others} FROM {table.name} WHERE {first} = 1",
            (number,),
        )


def _settle(connection: Connection, number: int) -> Neighbourhood:
    now = clock.now()
    draft = Draft(number, f"社区 {number}", now)
    compound = draft.compound("梅园", "unit")
    for nth in range(1, PHONES + 2):
        building = draft.building(compound, str(nth))
        draft.stairwell(building, "", TOWER if nth > PHONES else SLAB)
    for home in draft.vacant():
        draft.move_in(home)
    [steward] = draft.staff(["陈梅"])
    draft.grant(steward, STEWARD)
    volunteers = draft.staff([], PHONES)
    for volunteer, place in zip(volunteers, draft.rows[stairwells], strict=False):
        draft.grant(volunteer, VOLUNTEER, "stairwell", place["id"])
    draft.insert(connection)
    *slabs, tower = _places(draft)

    def signed_in(account: Record) -> Person:
        return Person(account["id"], asking.begin(connection, number, account["id"], now))

    return Neighbourhood(
        number, signed_in(steward), tuple(map(signed_in, volunteers)), tuple(slabs), tower
    )


def _places(draft: Draft) -> Iterable[Stairwell]:
    lives = {one["household_id"]: one["id"] for one in draft.rows[residents]}
    doors: dict[int, list[int]] = {}
    for door in draft.rows[households]:
        doors.setdefault(door["stairwell_id"], []).append(door["id"])
    for place in draft.rows[stairwells]:
        found = doors[place["id"]]
        yield Stairwell(place["id"], tuple(found), tuple(lives[door] for door in found))


# What is sent.


def operation(person: Person, kind: str, data: dict[str, Any], ago: int = 0) -> dict[str, Any]:
    """An operation as a device writes it down, made some time ago."""
    made_at = clock.now() - ago
    return {
        "id": uuid7(made_at),
        "kind": kind,
        "v": 1,
        "actor": person.account,
        "made_at": clock.rfc3339(made_at),
        "server_seen_at": clock.rfc3339(made_at),
        "seen": 1,
        "group": None,
        "data": data,
    }


def batch(person: Person, operations: Sequence[dict[str, Any]], *, zipped: bool = True) -> bytes:
    """A whole request that pushes operations, gzipped as phones do it."""
    body = msgspec.json.encode(
        {
            "device": uuid7(),
            "sent_at": clock.rfc3339(clock.now()),
            "ops": operations,
            "waiting": 0,
            "oldest": None,
        }
    )
    headers = {**person.cookie, "Accept": "application/json", "Content-Type": "application/json"}
    if zipped:
        body, headers["Content-Encoding"] = gzip.compress(body, 6), "gzip"
    return wire.request("POST", "/ops", body, headers)


ANSWERS = ("delivered",) * 7 + ("nobody", "at_door", "refused")


def mark(person: Person, round_id: str, door: int, ago: int = 0, **more: Any) -> dict[str, Any]:
    """One door marked: mostly delivered."""
    answer = random.choice(ANSWERS)
    return operation(
        person, "round.mark", {"round": round_id, "door": door, "answer": answer, **more}, ago
    )


def shift(person: Person, round_id: str, doors: Sequence[int]) -> list[dict[str, Any]]:
    """Doors marked one after the other, the last of them just now."""
    return [
        mark(person, round_id, door, ago=15 * clock.SECOND * (len(doors) - nth))
        for nth, door in enumerate(doors)
    ]


async def tell(connection: wire.Connection, person: Person, *operations: dict[str, Any]) -> None:
    """Push operations; every one must be applied."""
    must_apply(await connection.ask(batch(person, operations)))


def must_apply(answer: wire.Answer) -> int:
    """The newest number of a batch. Raises where anything in it was not applied."""
    said = msgspec.json.decode(answer.body)
    if answer.status != 200:
        raise RuntimeError(f"{answer.status}: {said}")
    wrong = [one for one in said["answers"] if one["outcome"] != "applied" or one["repeat"]]
    if wrong:
        raise RuntimeError(f"Not applied: {wrong[0]}")
    return max(one["seq"] for one in said["answers"])


async def open_round(
    connection: wire.Connection,
    where: Neighbourhood,
    given: Sequence[tuple[Person, Sequence[Stairwell]]] | None = None,
    kind: str = "delivery",
) -> str:
    """A round over the whole community, open since an hour ago, every stairwell somebody's."""
    steward, ago = where.steward, clock.HOUR
    made = operation(
        steward,
        "round.make",
        {
            "title": "蔬菜包 第6轮",
            "kind": kind,
            "item": "蔬菜包",
            "stairwells": [place.id for place in where.stairwells],
        },
        ago,
    )
    if given is None:
        given = [(one, [place]) for one, place in zip(where.volunteers, where.slabs, strict=True)]
    assigned = [
        operation(
            steward,
            "round.assign",
            {
                "round": made["id"],
                "stairwells": [place.id for place in places],
                "accounts": [person.account],
            },
            ago,
        )
        for person, places in given
    ]
    opened = operation(steward, "round.open", {"round": made["id"]}, ago)
    await tell(connection, steward, made, *assigned, opened)
    return str(made["id"])
