"""Random days on both databases: whatever breaks, nothing acknowledged is lost or done twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.checker import differences
from tests.faults.group import SIZE, Group, Report, run
from tests.faults.schedule import generate

ON_SQLITE = range(1000, 1140, SIZE)
ON_POSTGRES = range(2000, 2060, SIZE)
CALM = range(3000, 3020, SIZE)
"""Seeds of the first schedule of each group; a calm group runs on both databases."""


def sound(report: Report) -> None:
    """Fails with everything that does not hold, and with how to run the group again."""
    print(report)
    if report.flaws:
        more = [flaw[:2000] for flaw in report.flaws[:20]]
        pytest.fail(
            "\n".join([f"{len(report.flaws)} flaws. Again: {report.command}", *more]),
            pytrace=False,
        )


@pytest.mark.parametrize("seed", ON_SQLITE)
def test_a_day_of_faults_ends_well_on_sqlite(seed: int, tmp_path: Path) -> None:
    sound(run(Group(seed), tmp_path))


@pytest.mark.postgres
@pytest.mark.parametrize("seed", ON_POSTGRES)
def test_a_day_of_faults_ends_well_on_postgres(
    seed: int, tmp_path: Path, fresh_postgres: str
) -> None:
    sound(run(Group(seed), tmp_path, fresh_postgres))


@pytest.mark.postgres
@pytest.mark.parametrize("seed", CALM)
def test_both_databases_come_to_the_same(seed: int, tmp_path: Path, fresh_postgres: str) -> None:
    group = Group(seed, calm=True)
    one = run(group, tmp_path / "sqlite")
    other = run(group, tmp_path / "postgres", fresh_postgres)
    sound(one)
    sound(other)
    for community, board in one.boards.items():
        apart = differences(board, other.boards[community])
        assert not apart, f"{group.command(postgres=False)}, community {community}: {apart[:5]}"


def test_a_seed_always_asks_the_same() -> None:
    assert generate(7) == generate(7)
    assert str(generate(7)) == str(generate(7))
    assert generate(7) != generate(8)
