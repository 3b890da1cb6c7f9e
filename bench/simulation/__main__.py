"""Simulate, and write docs/calling.md and docs/calling.svg: `python -m bench.simulation`."""

from __future__ import annotations

from pathlib import Path

from bench.simulation.figures import LATE, SETTINGS, Case, everything, slowest
from bench.simulation.page import TITLES, page
from bench.simulation.picture import Panel, draw
from bench.simulation.ways import WAYS

DOCS = Path(__file__).resolve().parents[2] / "docs"


def main() -> None:
    """Run every morning and write them down."""
    found = everything()
    seed = slowest(found)
    panels = [
        Panel(
            TITLES[name, late],
            setting.sites[0].limit,
            {way: found[Case(name, late, way, seed)].line for way in WAYS},
        )
        for name, setting in SETTINGS.items()
        for late in LATE
    ]
    (DOCS / "calling.svg").write_text(draw(panels), "utf-8")
    (DOCS / "calling.md").write_text(page(found), "utf-8")
    print(f"{len(found)} mornings simulated: docs/calling.md, docs/calling.svg")


if __name__ == "__main__":
    main()
