"""Schedules run together on one server, so that what befalls it catches many at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from server import clock
from tests.faults import checker
from tests.faults.arena import Arena, arena
from tests.faults.drill import Drill, begin
from tests.faults.schedule import generate

SIZE = 10


@dataclass(frozen=True, slots=True)
class Group:
    """Which schedules: so many from a seed on."""

    seed: int
    size: int = SIZE
    calm: bool = False
    now: int = field(default_factory=clock.now)
    """When its days end; they are told in the past."""

    def command(self, *, postgres: bool) -> str:
        """How to run it again."""
        words = ["python -m tests.faults", str(self.seed)]
        words += [f"--size {self.size}"] if self.size != SIZE else []
        words += ["--calm"] * self.calm + ["--postgres"] * postgres
        return " ".join(words)


@dataclass
class Report:
    """What came of a group."""

    command: str
    schedules: int = 0
    operations: int = 0
    weather: Counter[str] = field(default_factory=Counter)
    troubles: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    flaws: list[str] = field(default_factory=list)
    boards: dict[int, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        lines = [
            f"{self.schedules} schedules, {self.operations} operations",
            f"answers:  {_listed(self.outcomes)}",
            f"weather:  {_listed(self.weather)}",
            f"troubles: {_listed(self.troubles)}",
        ]
        if self.flaws:
            lines += [f"{len(self.flaws)} flaws; {self.command}", *self.flaws]
        return "\n".join(lines)


def _listed(counter: Counter[str]) -> str:
    return ", ".join(f"{count} {what}" for what, count in counter.most_common()) or "none"


def run(group: Group, folder: Path, database_url: str = "") -> Report:
    """Run a group on a server of its own."""
    return asyncio.run(_run(group, folder, database_url))


async def _run(group: Group, folder: Path, database_url: str) -> Report:
    # Several processes of a server share a PostgreSQL database; which of them answers is chance.
    workers = 2 if database_url and not group.calm and group.seed // group.size % 3 == 0 else 1
    async with arena(folder, database_url, workers) as field_:
        days = []
        for place in range(group.size):
            schedule = generate(group.seed + place, calm=group.calm)
            days.append(await begin(schedule, field_, place + 1, group.now))
        if group.calm:
            for day in days:
                await day.run()
        else:
            await asyncio.gather(*(day.run() for day in days))
        return await _report(group, field_, days)


async def _report(group: Group, where: Arena, done: list[Drill]) -> Report:
    report = Report(group.command(postgres=not where.settings.uses_sqlite))
    report.schedules = len(done)
    report.operations = sum(one.operations for one in done)
    report.weather.update(where.proxy.counts)
    report.troubles.update(where.happened)
    for one in done:
        for phone in one.phones:
            report.outcomes.update(told.answer["outcome"] for told in phone.told)
    report.flaws = await checker.check(where, done)
    for one in done:
        community = one.estate.community
        report.boards[community] = await where.read(checker.board, community)
    return report
