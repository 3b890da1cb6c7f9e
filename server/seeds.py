"""The demo neighbourhood: block A of seven compounds, 169 stairwells and 4,206 lived-in homes.

Everything in it is made up, and the same every time: ids, names and who lives where follow from a
fixed seed. Only sign-in secrets never do. A second, small community is there to be kept out.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Table, func, insert, select, true

from server.draft import Draft, Record, Shape, uuid7
from server.features.estates import reads as estates
from server.features.estates.records import Doors
from server.features.estates.tables import buildings, compounds, stairwells
from server.features.people import codes
from server.features.people.rules import (
    GATE,
    HOUSEHOLD,
    MEDICAL,
    OFFICER,
    POLICE,
    STEWARD,
    VOLUNTEER,
)
from server.features.people.tables import accounts, residents, roles, sign_in_codes

BLOCK, OUTSIDE = 1, 2
"""The two communities of the demo."""

# What stands there.

WALK_UP = Shape(6, 2)
OVER_SHOPS = Shape(6, 2, shops=2)
MIDRISE = Shape(11, 4)
TOWER = Shape(18, 4)
NO_FOURTH_FLOOR = Shape(18, 4, without=frozenset({4}))
SPLIT_LOBBY = Shape(18, 4, lobbies=((1, "低区"), (10, "高区")))


@dataclass(frozen=True, slots=True)
class Run:
    """Buildings of one kind: their numbers, and how many stairwells each has."""

    numbers: Sequence[str]
    shape: Shape
    units: int = 1


@dataclass(frozen=True, slots=True)
class Layout:
    """A compound as it is laid out."""

    name: str
    scheme: str
    runs: tuple[Run, ...]
    number: str = ""


def _numbers(start: int, stop: int, step: int = 1, without: Iterable[int] = ()) -> list[str]:
    """Building numbers, with the gaps that real estates have."""
    return [str(number) for number in range(start, stop + 1, step) if number not in without]


BLOCK_A = (
    Layout(
        "梅园",
        "unit",
        (
            Run(_numbers(1, 7, without=[4]), WALK_UP, units=3),
            Run(["8", "9"], MIDRISE, units=2),
            Run(["10"], MIDRISE),
            Run(["11"], MIDRISE, units=2),
            Run(["12"], TOWER, units=3),
        ),
    ),
    Layout("兰园", "lane", (Run(_numbers(1, 26, without=[4, 14]), WALK_UP),), "828"),
    Layout("竹园", "lane", (Run(_numbers(1, 32, without=[4, 24]), WALK_UP),), "1066"),
    Layout(
        "菊园",
        "unit",
        (
            Run(["1"], OVER_SHOPS, units=3),
            Run(["2", "3", "5"], WALK_UP, units=3),
            Run(_numbers(6, 10), MIDRISE, units=2),
        ),
    ),
    Layout(
        "桂园",
        "lane",
        (Run(_numbers(2, 6, 2), OVER_SHOPS), Run(_numbers(8, 52, 2), WALK_UP)),
        "912",
    ),
    Layout(
        "松园",
        "tower",
        (Run("ABC", TOWER, units=2), Run("DEF", TOWER), Run("GHJKLM", MIDRISE, units=2)),
    ),
    Layout(
        "荷园",
        "tower",
        (
            Run("A", SPLIT_LOBBY),
            Run("B", NO_FOURTH_FLOOR),
            Run("CDE", TOWER),
            Run("F", MIDRISE),
            Run("GHJKLM", MIDRISE, units=2),
        ),
    ),
)

ELSEWHERE = (Layout("杏园", "unit", (Run(["1"], WALK_UP, units=2),)),)

LIVED_IN = 4206
SIZES = {5: 16, 4: 80, 3: 320, 2: 950}
"""How many homes have how many people; all others have one."""

AWAY = 300
"""Registered here, but elsewhere: never the only one of a home."""

UNREGISTERED = 260
"""Here, but registered elsewhere."""

CAST_STAIRWELL = ("梅园", "12-3")
"""Where those known by name meet: their usual stairwell, their officer's, and their household's."""


def build_demo(connection: Connection, now_ms: int) -> DemoSummary:
    """Fill an empty database with the demo; one that has it already is left as it is."""
    if estates.community(connection, BLOCK) is None:
        for draft in (block_a(now_ms), outsiders(now_ms)):
            draft.insert(connection)
    return summarise(connection, BLOCK)


def block_a(now_ms: int) -> Draft:
    """Block A: its places, its people, and who does what."""
    draft = Draft(BLOCK, "百花社区", now_ms)
    placed = _lay_out(draft, BLOCK_A)
    _give_duties(draft, placed)
    draft.move_in(draft.doors(_cast_stairwell(draft))["1102"], first="孙奶奶", born=1936)
    _settle(draft, LIVED_IN - 1, SIZES)
    _mix_presence(draft, AWAY, UNREGISTERED)
    return draft


def outsiders(now_ms: int) -> Draft:
    """Another community, with a few households, a steward and a volunteer."""
    draft = Draft(OUTSIDE, "远山社区", now_ms)
    placed = _lay_out(draft, ELSEWHERE)
    [steward] = draft.staff(["安娜"])
    draft.grant(steward, STEWARD)
    [volunteer] = draft.staff(["柏"], team="A")
    for stairwell in placed:
        draft.grant(volunteer, VOLUNTEER, "stairwell", stairwell["id"])
    _settle(draft, 22, {3: 4, 2: 8})
    return draft


def _lay_out(draft: Draft, layouts: Iterable[Layout]) -> list[Record]:
    """Build compounds; answers all their stairwells, in order."""
    placed = []
    for layout in layouts:
        compound = draft.compound(layout.name, layout.scheme, layout.number)
        for run in layout.runs:
            units = [str(unit + 1) for unit in range(run.units)] if run.units > 1 else [""]
            for number in run.numbers:
                building = draft.building(compound, number)
                placed += [draft.stairwell(building, unit, run.shape) for unit in units]
    return placed


def _cast_stairwell(draft: Draft) -> Record:
    """The stairwell where those known by name meet."""
    name, short = CAST_STAIRWELL
    [compound] = (row["id"] for row in draft.rows[compounds] if row["name"] == name)
    return next(
        row
        for row in draft.rows[stairwells]
        if (row["compound_id"], row["short"]) == (compound, short)
    )


def _give_duties(draft: Draft, placed: list[Record]) -> None:
    """Seven stewards, two teams, an officer a stairwell, guards, police and medical volunteers."""
    stewards = draft.staff(["陈梅"], 7)
    # The first leads the whole block; so may the second, should she be away.
    for steward in stewards[:2]:
        draft.grant(steward, STEWARD)
    for steward, compound in zip(stewards, draft.rows[compounds], strict=True):
        draft.grant(steward, STEWARD, "compound", compound["id"])
    usual_sets = _usual_sets(draft, placed, 40)
    for team, known in (("A", "林浩"), ("B", "赵芸")):
        volunteers = draft.staff([known], len(usual_sets), team)
        for volunteer, usual in zip(volunteers, usual_sets, strict=True):
            for stairwell in usual:
                draft.grant(volunteer, VOLUNTEER, "stairwell", stairwell["id"])
    served = _beginning_with(placed, placed.index(_cast_stairwell(draft)))
    for officer, stairwell in zip(draft.staff(["王敏"], len(served)), served, strict=True):
        draft.grant(officer, OFFICER, "stairwell", stairwell["id"])
    # Three posts, front, middle and back, by day and by night.
    for role, names, number in ((GATE, ["老钱"], 6), (POLICE, [], 1), (MEDICAL, [], 2)):
        for account in draft.staff(names, number):
            draft.grant(account, role)


def _usual_sets(draft: Draft, placed: list[Record], number: int) -> list[list[Record]]:
    """Stairwells that lie together, in sets of about as many doors; the cast's set first."""
    doors = draft.doors_by_stairwell()
    sets: list[list[Record]] = [[] for _ in range(number)]
    before = 0
    for stairwell in placed:
        middle = before + doors[stairwell["id"]] // 2
        sets[middle * number // doors.total()].append(stairwell)
        before += doors[stairwell["id"]]
    home = _cast_stairwell(draft)
    return _beginning_with(sets, next(nth for nth, usual in enumerate(sets) if home in usual))


def _beginning_with(things: list, nth: int) -> list:
    """The same things in the same round, begun elsewhere."""
    return things[nth:] + things[:nth]


def _settle(draft: Draft, households: int, sizes: dict[int, int]) -> None:
    """Let so many households move in, of these sizes or single; the other homes stay vacant."""
    larger = [size for size, number in sizes.items() for _ in range(number)]
    people = larger + [1] * (households - len(larger))
    draft.dice.shuffle(people)
    vacant = draft.vacant()
    chosen = sorted(draft.dice.sample(range(len(vacant)), households))
    for nth, size in zip(chosen, people, strict=True):
        draft.move_in(vacant[nth], size)


def _mix_presence(draft: Draft, away: int, unregistered: int) -> None:
    """Registration is not presence: some are away, and some are here without it."""
    known: set[int] = set()
    others = []
    for resident in draft.rows[residents]:
        if resident["household_id"] in known:
            others.append(resident)
        known.add(resident["household_id"])
    chosen = draft.dice.sample(others, away + unregistered)
    for resident in chosen[:away]:
        resident["present"] = False
    for resident in chosen[away:]:
        resident["registered"] = False


# What there is now.


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """What the demo's first community holds, counted in the database."""

    compounds: int
    buildings: int
    stairwells: int
    homes: int  # lived in
    vacant: int
    shops: int
    residents: int
    present: int
    registered: int
    accounts: int
    roles: dict[str, int]  # accounts by role


def summarise(connection: Connection, community_id: int) -> DemoSummary:
    """Count what a community holds."""
    doors = sum(estates.count_doors(connection, community_id).values(), Doors())

    def count(table: Table, *conditions: ColumnElement[bool]) -> int:
        query = select(func.count()).select_from(table)
        return connection.execute(
            query.where(table.c.community_id == community_id, *conditions)
        ).scalar_one()

    by_role = connection.execute(
        select(roles.c.role, func.count(roles.c.account_id.distinct()).label("holders"))
        .where(roles.c.community_id == community_id)
        .group_by(roles.c.role)
        .order_by(roles.c.role)
    )
    return DemoSummary(
        compounds=count(compounds),
        buildings=count(buildings),
        stairwells=count(stairwells),
        homes=doors.homes,
        vacant=doors.vacant,
        shops=doors.shops,
        residents=count(residents),
        present=count(residents, residents.c.present),
        registered=count(residents, residents.c.registered),
        accounts=count(accounts),
        roles={row.role: row.holders for row in by_role},
    )


# Links to sign in with.

LINKED = (
    ("steward", BLOCK, STEWARD, ""),
    ("volunteer A", BLOCK, VOLUNTEER, "A"),
    ("volunteer B", BLOCK, VOLUNTEER, "B"),
    ("information officer", BLOCK, OFFICER, ""),
    ("gate guard", BLOCK, GATE, ""),
    ("police officer", BLOCK, POLICE, ""),
    ("medical volunteer", BLOCK, MEDICAL, ""),
    ("household", BLOCK, HOUSEHOLD, ""),
    ("outsider steward", OUTSIDE, STEWARD, ""),
    ("outsider volunteer", OUTSIDE, VOLUNTEER, "A"),
)
"""Whom links are made for: the first account of each duty, which is the one known by name."""


def demo_links(connection: Connection, now_ms: int, base_url: str) -> list[dict[str, str]]:
    """Fresh personal links for the cast, each good for one sign-in. Only their hashes are kept."""
    links = []
    for label, community_id, role, team in LINKED:
        account_id, name = _first_with(connection, community_id, role, team)
        secret = codes.new_secret()
        connection.execute(
            insert(sign_in_codes).values(
                community_id=community_id,
                id=uuid7(now_ms, secrets.randbits(80)),
                account_id=account_id,
                secret_hash=codes.hash_of(secret),
                purpose="link",
                once=True,
                made_at=now_ms,
            )
        )
        links.append({"role": label, "name": name, "url": f"{base_url.rstrip('/')}/in/{secret}"})
    return links


def _first_with(connection: Connection, community_id: int, role: str, team: str) -> tuple[str, str]:
    """The id and name of the first account with a role, in a team where one is named."""
    held = (roles.c.community_id == accounts.c.community_id) & (roles.c.account_id == accounts.c.id)
    query = select(accounts.c.id, accounts.c.name).join_from(accounts, roles, held)
    found = connection.execute(
        query.where(
            accounts.c.community_id == community_id,
            roles.c.role == role,
            accounts.c.team == team if team else true(),
            accounts.c.revoked_at.is_(None),
        )
        .order_by(accounts.c.id)
        .limit(1)
    ).one()
    return found.id, found.name
