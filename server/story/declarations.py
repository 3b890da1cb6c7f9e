"""The demo's screening: one compound, in which households have begun to declare."""

from __future__ import annotations

import random
from typing import Any

from sqlalchemy import select

from server import clock
from server.features.people.tables import accounts, residents
from server.features.rounds.tables import round_doors
from server.story.telling import Story

CHANCE = 20220420
OPENED = 4 * clock.HOUR
"""How long ago."""
SHARES = ((3, 0.12), (2, 0.16), (1, 0.12))
"""How many hours ago what share of the homes declared."""


def today(story: Story) -> None:
    """A screening of the last compound: a third has declared, some were asked or stand empty."""
    steward = story.steward
    made = {"title": "排查 第1轮", "kind": "screening", "compounds": [story.compounds[-1]]}
    round_id = story.ask(steward, "round.make", made, OPENED + clock.HOUR)
    story.ask(steward, "round.assign_evenly", {"round": round_id}, OPENED + clock.MINUTE)
    story.ask(steward, "round.open", {"round": round_id}, OPENED)
    _declare(story, steward, round_id)


def _declare(story: Story, steward: str, round_id: str) -> None:
    chance = random.Random(CHANCE)  # noqa: S311
    doors = _doors(story, round_id)
    chance.shuffle(doors)
    living, signed = _living(story, doors), _accounts(story, doors)
    first = 0
    for hours, share in SHARES:
        many = round(len(doors) * share)
        for door in doors[first : first + many]:
            if door in living:
                said = _said(chance, round_id, door, living[door])
                minutes = chance.randrange(60) * clock.MINUTE
                actor = signed.get(door, steward)
                story.ask(actor, "screening.declare", said, hours * clock.HOUR + minutes)
        first += many
    answers = [("vacant", 4), ("asked", 8), ("nobody", 6)]
    for answer, many in answers:
        asked = [
            ("round.mark", {"round": round_id, "door": door, "answer": answer})
            for door in doors[first : first + many]
        ]
        story.ask_all(steward, asked, 30 * clock.MINUTE)
        first += many


def _said(chance: random.Random, round_id: str, door: int, people: list[int]) -> dict[str, Any]:
    """What a household declares: now and then somebody is away, or lives there besides."""
    drawn = chance.random()
    said: dict[str, Any] = {
        "round": round_id,
        "door": door,
        "people": {str(one): "here" for one in people},
        "tenure": chance.choice(("owner", "owner", "tenant")),
        "since": str(chance.randrange(1998, 2022)),
    }
    if drawn < 0.1:
        said["people"][str(people[0])] = "away"
        said["away"] = chance.choice(("杭州", "苏州", "浦东"))
    elif drawn < 0.18:
        said["others"] = [chance.choice(("周小龙", "陈阿姨", "吴磊", "钱小妹"))]
    return said


def _doors(story: Story, round_id: str) -> list[int]:
    table = round_doors.c
    query = select(table.household_id).where(
        table.community_id == story.community_id, table.round_id == round_id, table.due > 0
    )
    return list(story.connection.execute(query.order_by(table.household_id)).scalars())


def _living(story: Story, doors: list[int]) -> dict[int, list[int]]:
    table = residents.c
    query = select(table.household_id, table.id).where(
        table.community_id == story.community_id, table.household_id.in_(doors)
    )
    found: dict[int, list[int]] = {}
    for household, resident in story.connection.execute(query.order_by(table.id)):
        found.setdefault(household, []).append(resident)
    return found


def _accounts(story: Story, doors: list[int]) -> dict[int, str]:
    """The households that sign in themselves; for the others the steward declares."""
    table = accounts.c
    query = select(table.household_id, table.id).where(
        table.community_id == story.community_id, table.household_id.in_(doors)
    )
    return {row.household_id: row.id for row in story.connection.execute(query)}
