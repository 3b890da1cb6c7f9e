"""A register of 50,000 rows: read, compared, taken over, against openpyxl that only reads it.

Both run as processes of their own, so that starting counts for both, and what each has needed of
memory is its own. The import makes the buildings and flats it names, in a fresh database.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import xlsxwriter

from bench.figures import Figure, said
from bench.lab import Lab

ROWS = 50_000
SLOWER = 3
MOST_MEMORY = 300
"""MB."""

HEAD = ("序号", "小区", "楼栋", "单元", "室号", "姓名", "出生日期", "联系电话", "户籍", "是否在家",
        "自住或租住", "备注")  # fmt: skip

JUST_READ = """
import sys, openpyxl
book = openpyxl.load_workbook(sys.argv[1], read_only=True)
print(sum(1 for _ in book.active.iter_rows(values_only=True)))
"""


class Ran(NamedTuple):
    """What a process has taken."""

    seconds: float
    megabytes: float


def measure(lab: Lab) -> list[Figure]:
    """How much slower an import is than just reading, and what it needs of memory."""
    path = write(lab.folder / "register.xlsx")
    data = lab.folder / "register"
    reads, imports = [], []
    for nth in range(lab.pairs):
        lab.say(f"  import {nth + 1} of {lab.pairs}")
        reads.append(_run([sys.executable, "-c", JUST_READ, str(path)]))
        stairwell = str(Path(sys.executable).with_name("stairwell"))
        command = [
            stairwell,
            "import",
            str(path),
            "--new",
            "百花社区",
            "--compound",
            "梅园",
            "--yes",
        ]
        imports.append(_run(command, STAIRWELL_DATA_DIR=str(data)))
        shutil.rmtree(data)
    ratios = [one.seconds / other.seconds for one, other in zip(imports, reads, strict=True)]
    return [
        Figure(
            f"import of {ROWS:,} rows, read to durable, ÷ openpyxl just reading it",
            ratios,
            most=SLOWER,
            note=f"{_middle(imports):.1f} s against {_middle(reads):.1f} s",
        ),
        Figure(
            f"memory at most, import of {ROWS:,} rows",
            [one.megabytes for one in imports],
            most=MOST_MEMORY,
            unit="MB",
            note=f"openpyxl just reading it: {said(reads[0].megabytes, 'MB')}",
        ),
    ]


def write(path: Path) -> Path:
    """A register of made-up people, four flats a floor and two people a flat."""
    dice = random.Random(50_000)
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("居民")
        sheet.write_row(0, 0, HEAD)
        for nth in range(ROWS):
            home = nth // 2
            name = (
                dice.choice("赵钱孙李周吴郑王")
                + dice.choice("听望知青云竹")
                + dice.choice("雨舒秋禾")
            )
            born = f"{dice.randint(1930, 2020)}-{dice.randint(1, 12):02d}-01"
            sheet.write_row(
                nth + 1, 0,
                (nth + 1, "梅园", f"{home // 400 + 1}号楼", f"{home // 100 % 4 + 1}单元",
                 f"{home // 4 % 25 + 1}{home % 4 + 1:02d}", name, born, 13_800_000_000 + nth,
                 "户籍", "是", "自住", ""),
            )  # fmt: skip
    return path


def _run(command: Sequence[str], **environment: str) -> Ran:
    begun = time.monotonic()
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"{command[0]} ended with {status}.")
    return Ran(time.monotonic() - begun, used.ru_maxrss / 1024)


def _middle(ran: Sequence[Ran]) -> float:
    return sorted(one.seconds for one in ran)[len(ran) // 2]
