"""A community while it is being made up: places built, households moved in, duties given.

The demo and the tests are drafted with this. What chance there is comes from a fixed seed.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Connection, Table, insert

from server.features.estates.rules import door_label, floor_labels, short_label
from server.features.estates.tables import (
    buildings,
    communities,
    compounds,
    floors,
    households,
    stairwells,
)
from server.features.people import codes
from server.features.people.rules import COMMUNITY, HOUSEHOLD
from server.features.people.tables import accounts, residents, roles

SETTLED = 30 * 86_400_000
"""How long ago everybody had their place, in milliseconds."""

FIRST_ID = 1_646_092_800_000
"""Where the time in the ids of accounts begins: ids must not change with the clock."""

# Surnames are common; given names come from poems, so that nobody is meant.
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
# fmt: off
GIVEN = (
    "听雨", "望舒", "知秋", "青禾", "云帆", "竹影", "晚晴", "松风",
    "星野", "疏桐", "半夏", "南枝", "归雁", "采薇", "扶摇", "清溪",
    "如霜", "鹤鸣", "远山", "子衿", "初雪", "长歌", "木槿", "秋白",
    "江月", "小满", "谷雨", "白露", "新月", "流萤", "芳洲", "寒江",
)
# fmt: on

Record = dict
"""A row to be: its columns by name. Later steps may still change it."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How a stairwell is built: its floors, its landings and what is odd about it."""

    storeys: int
    flats: int  # on each landing
    shops: int = 0  # doors on the ground floor that are shops instead
    without: frozenset[int] = frozenset()  # floor numbers that are not painted on the wall
    lobbies: tuple[tuple[int, str], ...] = ()  # (from level, which lobby), where it is split

    def lobby(self, level: int) -> str:
        """Which lobby serves a level; empty where there is only one."""
        return next((name for start, name in reversed(self.lobbies) if level >= start), "")


@dataclass(slots=True)
class Draft:
    """The rows of one community; their ids count from 1."""

    id: int
    name: str
    now: int
    dice: random.Random = field(init=False)
    rows: dict[Table, list[Record]] = field(init=False)

    def __post_init__(self) -> None:
        self.dice = random.Random(f"stairwell {self.id}")  # noqa: S311, no secret comes of it
        places = (communities, compounds, buildings, stairwells, floors, households)
        self.rows = {table: [] for table in (*places, residents, accounts, roles)}
        self.rows[communities].append({"id": self.id, "name": self.name, "made_at": self.settled})

    @property
    def settled(self) -> int:
        """When everybody had their place."""
        return self.now - SETTLED

    def insert(self, connection: Connection) -> None:
        """Write everything, one statement a table."""
        for table, rows in self.rows.items():
            if rows:
                connection.execute(insert(table), rows)

    def _add(self, table: Table, **columns: object) -> Record:
        """Add a row."""
        row = {"community_id": self.id, **columns}
        self.rows[table].append(row)
        return row

    def _number(self, table: Table, **columns: object) -> Record:
        """Add a row under the next number of its table."""
        return self._add(table, id=len(self.rows[table]) + 1, **columns)

    # Places.

    def compound(self, name: str, scheme: str, number: str = "") -> Record:
        """Wall a compound in."""
        position = len(self.rows[compounds]) + 1
        return self._number(compounds, name=name, scheme=scheme, number=number, position=position)

    def building(self, compound: Record, number: str) -> Record:
        """Put a building up, without stairwells so far."""
        position = len(self.rows[buildings]) + 1
        return self._number(buildings, compound_id=compound["id"], number=number, position=position)

    def stairwell(self, building: Record, number: str, shape: Shape) -> Record:
        """Put a stairwell up, with its floors and doors; nobody lives there so far."""
        stairwell = self._number(
            stairwells,
            compound_id=building["compound_id"],
            building_id=building["id"],
            number=number,
            short=short_label(building["number"], number),
            position=len(self.rows[stairwells]) + 1,
        )
        for level, label in enumerate(floor_labels(shape.storeys, shape.without), start=1):
            self._add(
                floors,
                stairwell_id=stairwell["id"],
                level=level,
                label=label,
                lobby=shape.lobby(level),
            )
            self._landing(stairwell, level, label, shape)
        return stairwell

    def _landing(self, stairwell: Record, level: int, floor: str, shape: Shape) -> None:
        """Put the doors of one floor in."""
        for nth in range(1, shape.flats + 1):
            shop = level == 1 and nth <= shape.shops
            self._number(
                households,
                stairwell_id=stairwell["id"],
                level=level,
                position=nth,
                label=f"S{nth}" if shop else door_label(floor, nth),
                use="shop" if shop else "home",
                vacant=not shop,
                name="",
                card_number=codes.card_number(len(self.rows[households]) + 1),
                changed_at=self.settled,
            )

    def doors(self, stairwell: Record) -> dict[str, Record]:
        """The doors of a stairwell by label."""
        return {
            door["label"]: door
            for door in self.rows[households]
            if door["stairwell_id"] == stairwell["id"]
        }

    def doors_by_stairwell(self) -> Counter[int]:
        """How many doors each stairwell has."""
        return Counter(door["stairwell_id"] for door in self.rows[households])

    def vacant(self) -> list[Record]:
        """Every home that nobody lives in so far."""
        return [door for door in self.rows[households] if door["vacant"]]

    # People.

    def move_in(self, home: Record, people: int = 1, first: str = "", born: int = 0) -> Record:
        """Let a household move in, with its account; answers the account."""
        surname = first[:1] or self.dice.choice(SURNAMES)
        home.update(vacant=False, name=f"{surname}家")
        self._resident(home, first or self.name_of(surname), born or self.dice.randint(1930, 1998))
        for nth in range(1, people):
            # Those who live with the first may well be called otherwise.
            name = self.name_of(surname if self.dice.random() < 0.6 else "")
            years = (1930, 1998) if nth == 1 else (1999, 2021)
            self._resident(home, name, self.dice.randint(*years))
        account = self.account(home["name"], household=home["id"])
        self.grant(account, HOUSEHOLD, "household", home["id"])
        return account

    def _resident(self, home: Record, name: str, born: int) -> None:
        """Add somebody who is registered in a home, and is there."""
        self._number(
            residents,
            household_id=home["id"],
            name=name,
            born=born,
            registered=True,
            present=True,
            phone=self._phone(born),
        )

    def _phone(self, born: int) -> str:
        """A number that nobody has in earnest; the oldest and the youngest have none at all."""
        nth = len(self.rows[residents])
        return f"000 {nth // 10_000:04} {nth % 10_000:04}" if 1935 < born < 2005 else ""

    def name_of(self, surname: str = "") -> str:
        """A name that nobody has in earnest."""
        return (surname or self.dice.choice(SURNAMES)) + self.dice.choice(GIVEN)

    def account(self, name: str = "", team: str = "", household: int | None = None) -> Record:
        """Somebody who can sign in, once a code is made for them."""
        return self._add(
            accounts,
            id=uuid7(FIRST_ID + len(self.rows[accounts]), self.dice.getrandbits(80)),
            name=name or self.name_of(),
            team=team,
            household_id=household,
            made_at=self.settled,
        )

    def staff(self, names: Sequence[str], number: int = 0, team: str = "") -> list[Record]:
        """Accounts for these people, and for as many more as make up the number."""
        more = [""] * (number - len(names))
        return [self.account(name, team) for name in (*names, *more)]

    def grant(self, account: Record, role: str, scope: str = COMMUNITY, scope_id: int = 0) -> None:
        """Give an account a role, over the whole community unless something less is named."""
        self._add(
            roles,
            account_id=account["id"],
            role=role,
            scope=scope,
            scope_id=scope_id or self.id,
            since=self.settled,
        )


def uuid7(at: int, chance: int) -> str:
    """A UUID version 7 (RFC 9562) of a time in milliseconds and 80 bits of chance."""
    bits = at << 80 | chance
    bits = bits & ~(0xF << 76) | 0x7 << 76
    bits = bits & ~(0b11 << 62) | 0b10 << 62
    return str(UUID(int=bits))
