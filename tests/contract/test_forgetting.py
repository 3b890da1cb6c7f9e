"""Of every kind: what was sent of somebody's health at doors is let go once its time is over."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from server.features.retention import running
from server.features.rounds.rules import CLOSED
from server.features.rounds.tables import rounds
from server.oplog.envelope import decode_batch
from server.oplog.kinds import HEALTH, registry
from server.oplog.tables import payloads
from tests.contract.test_kinds import FILES
from tests.support.told import PHONE, Told

OF_ROUNDS = ("report.", "screening.", "test.", "tube.")
"""Everything else that is said of health is said of a thing, and goes with the thing's events."""


def envelope(sample: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(sample.read_text("utf-8"))["envelope"]
    return found


def says_health(sample: Path) -> bool:
    op = envelope(sample)
    return HEALTH in registry[op["kind"], op["v"]].retention.values()


SAYING = [one for one in FILES if one.name.startswith(OF_ROUNDS) and says_health(one)]


def close_all(connection: Connection) -> None:
    connection.execute(update(rounds).values(status=CLOSED))


@pytest.mark.parametrize("sample", SAYING, ids=lambda path: path.stem)
def test_what_was_sent_of_results_goes_with_them(sampled: Told, sample: Path) -> None:
    op = envelope(sample)
    body = {"device": PHONE, "sent_at": "2022-04-21T04:31:00Z", "ops": [op]}
    [answer] = sampled.apply(op["actor"], decode_batch(json.dumps(body).encode()).ops)
    assert answer.outcome == "applied"
    sampled.write(close_all)
    sampled.write(running.wind, sampled.now)
    for days in (1, 100, 2):
        sampled.later(days=days)
        sampled.react()
    mine = payloads.c.seq == sampled.operation(answer.id).seq
    rows = sampled.rows(select(payloads.c.body).where(mine, payloads.c.retention == HEALTH))
    assert [row.body for row in rows] == [None]
    sampled.asked = False  # rounds that nobody closed by name are no part of the history
