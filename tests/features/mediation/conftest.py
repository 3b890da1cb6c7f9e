"""Mediations in the small world, and short ways to speak in one."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert

from server.features.people.tables import accounts, roles
from server.oplog.apply import Answer
from tests.support.told import Told
from tests.world import NOON

NEIGHBOUR = "00000000-0000-7000-8000-0000000000d1"
"""The account of 401, with whom Grandma Sun has a quarrel."""

CONSTABLE = "00000000-0000-7000-8000-0000000000d2"


class Mediating:
    """Min mediates between Grandma Sun in 302 and her neighbours in 401."""

    def __init__(self, told: Told) -> None:
        self.told = told

    def open(self, actor: str = "min", **data: Any) -> Answer:
        """Open one."""
        said = {"about": "漏水", "doors": ["8-1-302", "8-1-401"]} | data
        return self.told.ask(actor, "mediation.open", said)

    def opened(self, actor: str = "min", **data: Any) -> str:
        """The id of one that is open."""
        answer = self.open(actor, **data)
        assert answer.outcome == "applied", answer
        assert answer.id
        return answer.id

    def say(self, mediation: str, what: str, actor: str = "min", /, **data: Any) -> Answer:
        """Say something in one."""
        ways = {name: data.pop(name) for name in ("made", "received") if name in data}
        said = {"mediation": mediation, **data}
        return self.told.ask(actor, f"mediation.{what}", said, **ways)

    def done(self, mediation: str, what: str, actor: str = "min", /, **data: Any) -> Answer:
        """Say something that is applied."""
        answer = self.say(mediation, what, actor, **data)
        assert answer.outcome == "applied", answer
        return answer


def settle(told: Told) -> None:
    """The neighbours can sign in, and there is a police officer."""
    community = told.world.community
    for account, name, home in (
        (NEIGHBOUR, "401", told.door("walk_up", "401")),
        (CONSTABLE, "高警官", None),
    ):
        made = {"community_id": community, "id": account, "name": name, "made_at": NOON}
        told.execute(insert(accounts).values(**made, household_id=home))
    held = (
        (NEIGHBOUR, "household", "household", told.door("walk_up", "401")),
        (CONSTABLE, "police", "community", community),
    )
    for account, role, scope, scope_id in held:
        told.execute(
            insert(roles).values(
                community_id=community, account_id=account, role=role, scope=scope,
                scope_id=scope_id, since=NOON,
            )
        )  # fmt: skip


@pytest.fixture
def mediating(told: Told) -> Mediating:
    """Mediations, on both databases."""
    settle(told)
    return Mediating(told)
