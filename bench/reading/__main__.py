"""Measure, and write docs/reading.md, reading.svg and reading.jpg: `python -m bench.reading`."""

from __future__ import annotations

from pathlib import Path

from bench.reading.figures import by_condition, pool
from bench.reading.page import page
from bench.reading.picture import contact_sheet, draw
from bench.reading.queue import curves, queues

DOCS = Path(__file__).resolve().parents[2] / "docs"


def main() -> None:
    """Generate and read every photo, and write down what came of it."""
    photos = pool()
    conditions = by_condition()
    run = queues(photos)
    (DOCS / "reading.svg").write_text(draw(curves(run)), "utf-8")
    (DOCS / "reading.jpg").write_bytes(contact_sheet())
    (DOCS / "reading.md").write_text(page(photos, conditions, run), "utf-8")
    count = len(photos) + sum(len(some) for some in conditions.values())
    print(f"{count:,} photos read: docs/reading.md, docs/reading.svg, docs/reading.jpg")


if __name__ == "__main__":
    main()
