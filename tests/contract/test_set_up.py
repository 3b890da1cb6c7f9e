"""Set-up is one command, and the second time it has nothing to do."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def make(*words: str) -> subprocess.CompletedProcess[str]:
    # A make that runs these tests would otherwise lend this one its flags.
    env = {k: v for k, v in os.environ.items() if k not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}}
    command = ["make", "--no-print-directory", *words]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)


def test_a_second_set_up_does_nothing() -> None:
    due = make("--dry-run", "setup").stdout
    assert make("--question", "setup").returncode == 0, f"`make setup` is due:\n{due}"


def test_help_lists_every_target() -> None:
    phony = next(
        line for line in (ROOT / "Makefile").read_text().splitlines() if line.startswith(".PHONY")
    )
    said = make("help").stdout
    for target in phony.removeprefix(".PHONY:").split():
        assert f"make {target} " in said, target


def test_serving_fills_the_demo_and_prints_links_first() -> None:
    said = make("--dry-run", "serve", "PORT=8123").stdout
    demo, links = said.index("stairwell demo"), said.index("stairwell links")
    assert demo < links < said.index("stairwell serve --host 127.0.0.1 --port 8123")


def test_stairwell_is_a_command() -> None:
    assert (ROOT / ".venv" / "bin" / "stairwell").exists()
