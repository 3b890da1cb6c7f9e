"""Reading a file as a job: what it takes, and what comes of it piece by piece.

A job runs in a process of its own (`child.py`): what strangers have put into a file can neither
take the server's memory nor its time, and phones are answered meanwhile.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from server.features.register.addresses import Estate
from server.features.register.columns import Layout, missing, recognise
from server.features.register.persons import read
from server.features.register.plan import Home, compare
from server.features.register.sheets import Unreadable, open_book

CHUNK = 1_000
"""Rows in one piece."""


class Job(msgspec.Struct):
    """Everything that reading a file takes."""

    path: str
    estate: Estate
    homes: list[Home]
    remembered: dict[str, dict[int, str]]
    layout: Layout | None  # as somebody has chosen it; None: find out
    answers: dict[str, str]
    this_year: int
    lays: bool | None = None  # make what is not there yet; None: as the layout says


class Piece(msgspec.Struct, omit_defaults=True):
    """What is said from time to time: how the columns are understood, rows, that it cannot be."""

    layout: bytes | None = None  # columns.Layout as JSON
    total: int = 0
    rows: list[tuple[int, int, str, bytes]] = []  # sheet, row, what, plan.Outcome as JSON
    failed: dict[str, Any] | None = None  # words
    ended: bool = False


def run(job: Job) -> Iterator[Piece]:
    """Read, compare, and say what comes of each row. Never raises for what is in the file."""
    try:
        yield from _run(job)
    except Unreadable as unreadable:
        yield Piece(failed=unreadable.words.as_json())


def _run(job: Job) -> Iterator[Piece]:
    book = open_book(Path(job.path))
    layout = job.layout or recognise(book, job.estate, job.remembered)
    if job.lays is not None:
        layout.lays = job.lays
    yield Piece(layout=msgspec.json.encode(layout), total=book.about)
    if missing(layout) is not None:
        yield Piece(ended=True)
        return
    homes = {home.household: home for home in job.homes}
    lines = read(book, layout, job.estate, job.this_year)
    rows: list[tuple[int, int, str, bytes]] = []
    for outcome in compare(lines, homes, job.answers):
        rows.append((outcome.sheet, outcome.row, outcome.what, msgspec.json.encode(outcome)))
        if len(rows) == CHUNK:
            yield Piece(rows=rows)
            rows = []
    yield Piece(rows=rows, ended=True)


def count(pieces: Iterator[Piece]) -> Counter[str]:
    """Rows by what becomes of them."""
    return Counter(what for piece in pieces for _, _, what, _ in piece.rows)
