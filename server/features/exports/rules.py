"""What may stand in a file, what it is called, and when it is to be destroyed. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple
from urllib.parse import quote

from server.i18n import mark
from server.oplog.kinds import Refused

XLSX, CSV, PRINT = "xlsx", "csv", "print"
FILES = {
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    CSV: "text/csv; charset=utf-8",
}

USUAL_DAYS, MOST_DAYS = 14, 60

MOST_DAYS_OF_A_LIST = 93
"""A quarter, as street offices report."""

LONGEST_CELL = 32_767
"""Characters that a cell of Excel takes."""

MOST_ON_PAPER = 5_000
"""Lines of one print."""

LEADS = frozenset("=+-@\uff1d\uff0b\uff0d\uff20")  # the wide ones too
STARTS = LEADS | {"\t", "\r", "\n"}
"""With which a spreadsheet takes a text for a formula (OWASP, CSV injection)."""


def is_formula(text: str) -> bool:
    """True where a spreadsheet might run a text, also one that it trims first."""
    return bool(text) and (text[0] in STARTS or text.lstrip()[:1] in LEADS)


def escaped(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe is put before one."""
    return f"'{text}" if is_formula(text) else text


def short(text: str) -> str:
    """A text that a cell takes."""
    return text if len(text) <= LONGEST_CELL - 1 else f"{text[: LONGEST_CELL - 2]}…"


class Spell(NamedTuple):
    """What one person entered on one day, by the clock where people live."""

    day: str  # 2022-04-21
    who: str
    first: int
    last: int
    entries: int


def spells(entered: Iterable[tuple[str, int]], zone: tzinfo) -> list[Spell]:
    """Who entered something on which day, from when to when; by day, then as they came."""
    found: dict[tuple[str, str], Spell] = {}
    for who, at in entered:
        day = datetime.fromtimestamp(at / 1000, zone).date().isoformat()
        known = found.get((day, who), Spell(day, who, at, at, 0))
        found[day, who] = known._replace(
            first=min(known.first, at), last=max(known.last, at), entries=known.entries + 1
        )
    return sorted(found.values(), key=lambda spell: spell.day)


def destroy_by(typed: str, today: date) -> date:
    """The day by which a list is to be destroyed; the usual one if none is said.

    Raises `Refused` where it is no day, past, or too far away.
    """
    if not typed:
        return today + timedelta(days=USUAL_DAYS)
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        raise Refused(NO_DAY) from None
    if not 1 <= (day - today).days <= MOST_DAYS:
        raise Refused(TOO_FAR, days=MOST_DAYS)
    return day


def file_name(community: str, label: str, today: date, until: date, form: str) -> str:
    """百花社区 居民登记表 2022-04-21 until 2022-05-05.xlsx, free of what no path holds."""
    said = f"{community} {label} {today} until {until}"
    return re.sub(r'[\\/:*?"<>|\x00-\x1f]+', " ", said)[:150] + f".{form}"


def disposition(key: str, today: date, until: date, form: str, name: str) -> str:
    """Content-Disposition with the name in ASCII and, by RFC 5987, in full."""
    return (
        f'attachment; filename="{key}-{today}-until-{until}.{form}"; '
        f"filename*=UTF-8''{quote(name, safe='')}"
    )


NO_DAY = mark("Choose a day by which the list is to be destroyed.")
TOO_FAR = mark("Choose a day from tomorrow on and within %(days)s days.")
