"""Measure everything, or what is named: `python -m bench storm board`.

Everything is measured in pairs, one after the other, at least seven times, so that what it is
compared to has the same neighbours on the machine. Everything at once also goes to docs/figures.md.
"""

from __future__ import annotations

import datetime
import json
import os
import platform
import sqlite3
import subprocess
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from bench.figures import Figure, table
from bench.lab import HERE, Lab
from bench.pouch import NODE

EVERYTHING = (
    *("storm", "shift", "pack", "mark", "tap"),
    *("weight", "reopen", "board", "push", "photos", "morning", "requests", "register", "growth"),
)
PAIRS = int(os.environ.get("PAIRS", "7"))
WRITTEN = HERE.parent / "docs" / "figures.md"


def main(names: list[str]) -> None:
    """Measure, print, and write down."""
    unknown = set(names) - set(EVERYTHING)
    if unknown:
        sys.exit(f"There is no {', '.join(sorted(unknown))}; there are {', '.join(EVERYTHING)}.")
    found: list[Figure] = []
    with Lab.open(PAIRS) as lab:
        for name in names or EVERYTHING:
            lab.say(f"— {name}")
            found += import_module(f"bench.{name}").measure(lab)
    text = table(found)
    print(text)
    if not names:
        WRITTEN.parent.mkdir(exist_ok=True)
        findings = (HERE / "findings.md").read_text("utf-8")
        page = f"{INTRODUCTION}\n{text}\n{_measured_with()}\n\n{findings}"
        WRITTEN.write_text(page, "utf-8")


INTRODUCTION = """# Figures

`make bench` writes this page. Each figure is the median of at least seven pairs, measured one right
after the other; beside it the least and the most. Ratios travel between machines, milliseconds do
not.
"""


def _measured_with() -> str:
    packages = ("litestar", "uvicorn", "sqlalchemy", "msgspec", "jinja2")
    npm = ("pouchdb", "pouchdb-server")
    words = [
        f"Python {platform.python_version()}",
        f"SQLite {sqlite3.sqlite_version}",
        *(f"{name} {version(name)}" for name in packages),
        f"Node {_said(NODE, '--version').lstrip('v')}",
        *(f"{name} {_npm_version(name)}" for name in npm),
    ]
    today = datetime.datetime.now(datetime.UTC).strftime("%-d %B %Y")
    return f"Measured on {today}: {_machine()}; {', '.join(words)}."


def _machine() -> str:
    model = "an unknown processor"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return f"{os.cpu_count()} × {model}, {platform.system()}, load {load} at the end"


def _said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _npm_version(name: str) -> str:
    return str(json.loads((HERE / "node_modules" / name / "package.json").read_text())["version"])


if __name__ == "__main__":
    main(sys.argv[1:])
