"""The demo's rounds: one behind it, one under way, one planned; and what was announced."""

from __future__ import annotations

import random
from typing import Any

from sqlalchemy import func, select

from server import clock
from server.features.notices.tables import reach
from server.features.people.tables import accounts
from server.features.rounds.tables import assignments, round_doors, round_stairwells
from server.story.telling import Story

CHANCE = 20260401
UNTOUCHED = 2
"""Volunteers of each team whose stairwells are left to whoever tries the demo."""


def today(story: Story) -> None:
    """Vegetables are on their way, kits come in the evening; some have read about the water."""
    steward, now = story.steward, story.now
    everywhere = {"compounds": story.compounds}
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
    doors = story.connection.execute(
        select(func.sum(round_stairwells.c.due)).where(
            round_stairwells.c.community_id == story.community_id,
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
            "compounds": story.compounds[:1],
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
