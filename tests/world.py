"""The named cast on a small estate, drafted as the demo is: enough for nearly every test.

- 梅园 8-1, `walk_up`: six floors; S1 is a shop, 602 is vacant, Grandma Sun lives alone in 302;
  in 401 one of three is away, in 402 one of two is not registered.
- 梅园 8-2, `neighbour`: six floors.
- 荷园 B, `tower`: eighteen floors and no fourth.
- 杏园 5, `outside`: six floors in another community.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle

from sqlalchemy import Connection, create_engine

import server.features.rounds.tables
import server.oplog.tables  # noqa: F401, so that every table is there
from server.db.base import metadata
from server.draft import Draft, Record, Shape
from server.features.people.rules import GATE, OFFICER, STEWARD, VOLUNTEER
from server.features.people.tables import residents

NOON = 1_650_513_600_000
"""Noon of 21 April 2022 in Shanghai: when every test begins."""


@dataclass(frozen=True, slots=True)
class World:
    """Everything there is, by name."""

    community: int
    elsewhere: int  # the other community

    walk_up: int
    neighbour: int
    tower: int
    outside: int  # a stairwell of the other community

    doors: dict[str, dict[str, int]]  # by stairwell and label: doors["walk_up"]["302"]
    shop: int
    vacant: int
    sun_door: int
    sun_resident: int
    one_away: int
    one_unregistered: int

    mei: str  # Chen Mei 陈梅, steward
    hao: str  # Lin Hao 林浩, volunteer of team A: walk_up, neighbour and tower
    yun: str  # Zhao Yun 赵芸, volunteer of team B: walk_up and tower
    min: str  # Wang Min 王敏, information officer of walk_up
    qian: str  # Old Qian 老钱, gate guard
    sun: str  # the household of Grandma Sun 孙奶奶
    anna: str  # Anna 安娜, steward of the other community
    bo: str  # Bo 柏, volunteer of the other community

    names: dict[str, str]  # of the accounts above, by id


def build_world(connection: Connection, now_ms: int = NOON) -> World:
    """Draft both communities, write them, and answer who and what is where."""
    here, there = Draft(1, "百花社区", now_ms), Draft(2, "远山社区", now_ms)
    stairs = _places(here, there)
    walk_up = here.doors(stairs["walk_up"])
    people = _staff(here, there, stairs) | {"sun": _households(here, there, walk_up)}
    for draft in (here, there):
        draft.insert(connection)
    return World(
        community=here.id,
        elsewhere=there.id,
        **{name: stairwell["id"] for name, stairwell in stairs.items()},
        doors={
            name: _ids(there.doors(stairwell) if name == "outside" else here.doors(stairwell))
            for name, stairwell in stairs.items()
        },
        shop=walk_up["S1"]["id"],
        vacant=walk_up["602"]["id"],
        sun_door=walk_up["302"]["id"],
        sun_resident=min(
            row["id"] for row in here.rows[residents] if row["household_id"] == walk_up["302"]["id"]
        ),
        one_away=walk_up["401"]["id"],
        one_unregistered=walk_up["402"]["id"],
        **_ids(people),
        names={account["id"]: account["name"] for account in people.values()},
    )


@contextmanager
def memory_world() -> Iterator[tuple[Connection, World]]:
    """The small world in a database that is gone afterwards."""
    with memory_database() as connection:
        yield connection, build_world(connection)


@contextmanager
def memory_database() -> Iterator[Connection]:
    """An empty database with every table, gone afterwards."""
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def _places(here: Draft, there: Draft) -> dict[str, Record]:
    """The stairwells."""
    eight = here.building(here.compound("梅园", "unit"), "8")
    lotus = here.building(here.compound("荷园", "tower"), "B")
    five = there.building(there.compound("杏园", "lane", "77"), "5")
    return {
        "walk_up": here.stairwell(eight, "1", Shape(6, 2, shops=1)),
        "neighbour": here.stairwell(eight, "2", Shape(6, 2)),
        "tower": here.stairwell(lotus, "", Shape(18, 4, without=frozenset({4}))),
        "outside": there.stairwell(five, "", Shape(6, 2)),
    }


def _staff(here: Draft, there: Draft, stairs: dict[str, Record]) -> dict[str, Record]:
    """Everybody with a duty."""
    duties = (
        ("mei", here, "陈梅", "", STEWARD, ()),
        ("hao", here, "林浩", "A", VOLUNTEER, ("walk_up", "neighbour", "tower")),
        ("yun", here, "赵芸", "B", VOLUNTEER, ("walk_up", "tower")),
        ("min", here, "王敏", "", OFFICER, ("walk_up",)),
        ("qian", here, "老钱", "", GATE, ()),
        ("anna", there, "安娜", "", STEWARD, ()),
        ("bo", there, "柏", "A", VOLUNTEER, ("outside",)),
    )
    people = {}
    for key, draft, name, team, role, where in duties:
        people[key] = draft.account(name, team)
        for stairwell in where:
            draft.grant(people[key], role, "stairwell", stairs[stairwell]["id"])
        if not where:
            draft.grant(people[key], role)
    return people


def _households(here: Draft, there: Draft, walk_up: dict[str, Record]) -> Record:
    """Let households move in; answers Grandma Sun's account."""
    sun = here.move_in(walk_up["302"], first="孙奶奶", born=1936)
    here.move_in(walk_up["401"], people=3)
    here.rows[residents][-1]["present"] = False
    here.move_in(walk_up["402"], people=2)
    here.rows[residents][-1]["registered"] = False
    homes = [home for home in here.vacant() if home is not walk_up["602"]]
    for draft, empty in ((here, homes), (there, there.vacant())):
        for home, size in zip(empty, cycle((1, 2, 3, 1)), strict=False):
            draft.move_in(home, size)
    return sun


def _ids(rows: dict[str, Record]) -> dict:
    """The ids of rows, by the same keys."""
    return {key: row["id"] for key, row in rows.items()}
