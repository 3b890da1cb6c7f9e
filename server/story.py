"""The demo's first day, told in operations: a round behind it, a round under way, one planned.

Everything goes through the one write path, so that the demo is also what a real day looks like.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from server import clock
from server.features.estates.tables import compounds
from server.features.notices.tables import reach
from server.features.people.actors import actors
from server.features.people.rules import STEWARD
from server.features.people.tables import accounts, roles
from server.features.rounds.tables import assignments, round_doors, round_stairwells, rounds
from server.oplog.apply import Received, apply
from server.oplog.envelope import Envelope
from server.web.hub import of_server

CHANCE = 20260401
UNTOUCHED = 2
"""Volunteers of each team whose stairwells are left to whoever tries the demo."""


@dataclass(frozen=True, slots=True)
class Story:
    """Tells operations as their actors would have made them."""

    connection: Connection
    community_id: int
    now: int
    key: bytes

    def ask(self, actor: str, kind: str, data: dict[str, Any], ago: int = 0) -> str:
        """One operation, made some time ago; returns its id. Raises where it is not applied."""
        return self.ask_all(actor, [(kind, data)], ago)[0]

    def ask_all(self, actor: str, asked: list[tuple[str, dict[str, Any]]], ago: int) -> list[str]:
        """Several operations of one actor in one batch."""
        moment = self.now - ago
        made = []
        for kind, data in asked:
            [envelope] = of_server(self.community_id, actor, None, kind, data).items
            assert isinstance(envelope, Envelope)
            made.append(envelope)
        received = Received(self.community_id, actor, None, moment, moment, made)
        applied = apply(self.connection, received, actors, self.key)
        wrong = next((one for one in applied.answers if one.outcome != "applied"), None)
        if wrong is not None:
            raise RuntimeError(f"The demo's {asked[0][0]} was {wrong.outcome}: {wrong.message}")
        return [str(one.id) for one in applied.answers]


def tell(connection: Connection, community_id: int, now: int, key: bytes) -> None:
    """Tell the story once; a database that has a round already is left alone."""
    told = connection.execute(
        select(func.count()).select_from(rounds).where(rounds.c.community_id == community_id)
    ).scalar_one()
    if told:
        return
    story = Story(connection, community_id, now, key)
    steward = _steward(connection, community_id)
    everywhere = {"compounds": _compounds(connection, community_id)}
    sixth = story.ask(
        steward,
        "round.make",
        {
            "title": "蔬菜包 第6轮",
            "kind": "delivery",
            "item": "蔬菜包",
            "per": "household",
            "deadline": clock.rfc3339(now + 6 * clock.HOUR),
            "quiet_from": "22:00",
            "quiet_until": "07:00",
            **everywhere,
        },
        3 * clock.HOUR,
    )
    story.ask(steward, "round.assign_evenly", {"round": sixth}, 3 * clock.HOUR - clock.MINUTE)
    story.ask(steward, "round.open", {"round": sixth}, 2 * clock.HOUR)
    doors = connection.execute(
        select(func.sum(round_stairwells.c.due)).where(
            round_stairwells.c.community_id == community_id,
            round_stairwells.c.round_id == sixth,
        )
    ).scalar_one()
    story.ask(
        steward,
        "round.count",
        {"round": sixth, "direction": "in", "items": int(doors) + 4},
        2 * clock.HOUR,
    )
    _carry(story, sixth)
    _announce(story, steward)
    story.ask(
        steward,
        "round.make",
        {
            "title": "抗原试剂盒 晚间",
            "kind": "kits",
            "item": "试剂盒",
            "per": "person",
            "deadline": clock.rfc3339(now + 30 * clock.HOUR),
            **everywhere,
        },
        clock.HOUR,
    )


def _announce(story: Story, steward: str) -> None:
    """One compound will be without water; not everybody knows it yet."""
    chance = random.Random(CHANCE)  # noqa: S311
    notice = story.ask(
        steward,
        "notice.send",
        {
            "title": {
                "zh-Hans": "今晚停水检修",
                "zh-Hant": "今晚停水檢修",
                "en": "No water tonight",
            },
            "body": {
                "zh-Hans": "20:00 到 22:00 停水，请提前储水。",
                "zh-Hant": "20:00 到 22:00 停水，請提前儲水。",
                "en": "From 20:00 to 22:00. Please fill a bucket.",
            },
            "until": clock.rfc3339(story.now + 12 * clock.HOUR),
            "compounds": _compounds(story.connection, story.community_id)[:1],
        },
        clock.HOUR,
    )
    table = reach.c
    homes = story.connection.execute(
        select(table.account_id)
        .where(
            table.community_id == story.community_id,
            table.notice_id == notice,
            table.account_id.is_not(None),
        )
        .order_by(table.household_id)
    ).scalars()
    for account in homes:
        drawn = chance.random()
        if drawn < 0.6:
            said: list[tuple[str, dict[str, Any]]] = [("notice.seen", {"notice": notice})]
            said += [("notice.answer", {"notice": notice})] if drawn < 0.45 else []
            story.ask_all(account, said, chance.randrange(5, 55) * clock.MINUTE)


def _carry(story: Story, round_id: str) -> None:
    """About half of the volunteers have gone up, some to the top, some half way."""
    chance = random.Random(CHANCE)  # noqa: S311
    table = assignments.c
    theirs: dict[str, list[int]] = {}
    teams: dict[str, str] = {}
    for account, team, stairwell in story.connection.execute(
        select(table.account_id, accounts.c.team, table.stairwell_id)
        .join(
            accounts,
            (accounts.c.community_id == table.community_id) & (accounts.c.id == table.account_id),
        )
        .where(table.community_id == story.community_id, table.round_id == round_id)
        .order_by(accounts.c.team, table.account_id, table.stairwell_id)
    ):
        theirs.setdefault(account, []).append(stairwell)
        teams[account] = team
    left_alone: dict[str, int] = {}
    for account, stairwells in theirs.items():
        left_alone[teams[account]] = left_alone.get(teams[account], 0) + 1
        if left_alone[teams[account]] <= UNTOUCHED:
            continue
        for stairwell in stairwells:
            share = chance.choice((0, 0, 0.35, 0.7, 1, 1, 1))
            asked = [
                ("round.mark", {"round": round_id, "door": door, **_answer(chance)})
                for door in _doors(story, round_id, stairwell, share)
            ]
            if asked:
                story.ask_all(account, asked, chance.randrange(5, 110) * clock.MINUTE)


def _doors(story: Story, round_id: str, stairwell: int, share: float) -> list[int]:
    table = round_doors.c
    found = list(
        story.connection.execute(
            select(table.household_id)
            .where(
                table.community_id == story.community_id,
                table.round_id == round_id,
                table.stairwell_id == stairwell,
                table.due > 0,
            )
            .order_by(table.level.desc(), table.household_id)
        ).scalars()
    )
    return found[: round(len(found) * share)]


def _answer(chance: random.Random) -> dict[str, Any]:
    drawn = chance.random()
    if drawn < 0.86:
        return {"answer": "delivered"}
    if drawn < 0.93:
        return {"answer": "at_door"}
    if drawn < 0.97:
        return {"answer": "nobody"}
    return {"answer": "owed", "count": 1} if drawn < 0.99 else {"answer": "refused"}


def _steward(connection: Connection, community_id: int) -> str:
    return str(
        connection.execute(
            select(roles.c.account_id)
            .where(
                roles.c.community_id == community_id,
                roles.c.role == STEWARD,
                roles.c.scope == "community",
            )
            .order_by(roles.c.account_id)
            .limit(1)
        ).scalar_one()
    )


def _compounds(connection: Connection, community_id: int) -> list[int]:
    return list(
        connection.execute(
            select(compounds.c.id)
            .where(compounds.c.community_id == community_id)
            .order_by(compounds.c.position)
        ).scalars()
    )
