"""Run the group of schedules that begins with a seed, and say what does not hold."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from tests.faults.group import SIZE, Group, run
from tests.faults.schedule import generate
from tests.support import postgres


def main() -> int:
    """The command; exit code 1 where something does not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("seed", type=int)
    parser.add_argument("--size", type=int, default=SIZE, help="schedules at a time on one server")
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--calm", action="store_true", help="nothing that time decides")
    parser.add_argument("--print", action="store_true", help="only say what would be asked")
    asked = parser.parse_args()
    if asked.print:
        for seed in range(asked.seed, asked.seed + asked.size):
            print(generate(seed, calm=asked.calm), end="\n\n")
        return 0
    group = Group(asked.seed, asked.size, calm=asked.calm)
    with tempfile.TemporaryDirectory(prefix="stairwell-faults-") as folder:
        url, place = "", Path(folder)
        if asked.postgres:
            (place / "postgres").mkdir()
            url = postgres.start(place / "postgres", run=os.getpid())
        try:
            report = run(group, place, url)
        finally:
            if asked.postgres:
                postgres.stop(place / "postgres")
    print(report)
    return 1 if report.flaws else 0


if __name__ == "__main__":
    sys.exit(main())
