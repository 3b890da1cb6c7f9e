"""Schedules for as long as asked: make soak SECONDS=3600."""

from __future__ import annotations

import itertools
import os
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.faults.group import SIZE, Group, run
from tests.faults.test_schedules import sound
from tests.support.postgres import Postgres

SECONDS = float(os.environ.get("SOAK_SECONDS", "60"))
FIRST = int(os.environ.get("SOAK_SEED", time.time_ns() // 1_000_000_000))
"""A soak goes where none has been, unless it is told where."""


@pytest.mark.soak
@pytest.mark.timeout(0)
@pytest.mark.postgres
def test_days_of_faults_end_well_for_as_long_as_asked(
    tmp_path: Path, postgres: Postgres, postgres_template: str, capsys: pytest.CaptureFixture[str]
) -> None:
    until = time.monotonic() + SECONDS
    count: Counter[str] = Counter()
    for turn in itertools.count():
        if time.monotonic() > until:
            break
        group = Group(FIRST + turn * SIZE)
        url = ""
        if on_postgres := turn % 3 == 2:
            url = postgres.url(postgres.create(postgres_template))
        report = run(group, tmp_path / str(turn), url)
        if on_postgres:
            postgres.drop(url.partition("?")[0].rpartition("/")[2])
        sound(report)
        count.update(schedules=report.schedules, operations=report.operations)
        count.update(report.outcomes + report.weather + report.troubles)
        with capsys.disabled():
            print(f"\n{count['schedules']} schedules, {count['operations']} operations", end="")
    with capsys.disabled():
        print("\n" + ", ".join(f"{number} {what}" for what, number in count.most_common()))
    assert count["operations"] > 0
