"""Whom a step is told: the household, the gate, the building, and whoever follows the case up.

No announcement says who or what: the household reads it on its own page, which no phone keeps, and
so does the household of a close contact, whose page does not say whose contact they are. The gate
learns a plate and a building, the building that a vehicle comes.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from server import clock
from server.features.cases import rules
from server.features.cases.file import File
from server.features.estates import reads as estates
from server.features.notices import announce, gate
from server.features.notices import rules as notices
from server.features.notices.audience import Audience
from server.i18n import Words, mark
from server.oplog.kinds import Asked

CASE, OPEN = "case", "notice"
"""Kinds of announcements: one that only those meant may know of, and one like any other."""

BEFORE, AFTER = 15 * clock.MINUTE, 2 * clock.HOUR
"""How long before and after the time that was said a vehicle's pass holds."""


class Told(NamedTuple):
    """Who was told of something, as the file keeps it."""

    notices: list[str]
    building: str = ""  # told, small or nobody; empty where buildings are not told of such a thing


NOBODY = Told([])
"""Nobody was told."""


def household(file: File, asked: Asked, *, urgent: bool = False) -> Told:
    """Have the household open its page."""
    return Told(
        _announce(
            file,
            asked,
            "household",
            Words(NEWS),
            Words(NEWS_BODY),
            Audience(households=[file.door.household]),
            urgency=notices.URGENT if urgent else notices.NORMAL,
            opens="/cases/mine",
            until=file.at.received_at + clock.DAY,
        )
    )


def contacts(file: File, asked: Asked, homes: Collection[int], *, quiet: bool = False) -> list[str]:
    """Have households of close contacts open their page, in the words that any household gets."""
    meant = Audience(households=sorted(set(homes) - {file.door.household}))
    if not meant.households:
        return []
    until = file.at.received_at + clock.DAY
    said = Words(NEWS), Words(NEWS_BODY)
    return _announce(
        file, asked, "contacts", *said, meant, opens="/cases/mine", until=until, quiet=quiet
    )


def vehicle(file: File, asked: Asked, expected: int, plate: str) -> Told:
    """Tell the household to be ready, the gate what to let in, the building to make way."""
    told = household(file, asked, urgent=True).notices
    told += _gate(file, asked, expected, plate)
    if occupied(file) < rules.SMALLEST:
        return Told(told, "small")
    building = _building(file, asked, expected)
    return Told(told + building, "told" if building else "nobody")


def owner(file: File, asked: Asked, title: str, body: str, accounts: Collection[str]) -> Told:
    """Tell whoever follows the case up, or should."""
    meant = Audience(accounts=sorted(accounts))
    said = Words(title), Words(body)
    link = f"/cases/{file.id}"
    return Told(_announce(file, asked, "owner", *said, meant, notices.URGENT, link))


def take_back(file: File, asked: Asked, ids: Collection[str], *, quiet: bool = False) -> None:
    """End what was announced of something that is not so."""
    if ids:
        announce.withdraw(file.at, ids, asked.corrected_at, asked.seq, quiet=quiet)


def occupied(file: File) -> int:
    """How many homes of the building are lived in."""
    connection, community_id = file.at.connection, file.at.community_id
    doors = estates.count_doors(connection, community_id)
    within = estates.stairwells_within(connection, community_id, (), [file.door.building])
    return sum(doors[one].homes for one in within if one in doors)


def _gate(file: File, asked: Asked, expected: int, plate: str) -> list[str]:
    said = {
        "plate": plate or Words(NO_PLATE),
        "building": file.place.building_words,
        "since": _clock(file, expected - BEFORE),
        "until": _clock(file, expected + AFTER),
    }
    return gate.let_in(
        file.at,
        asked,
        file.door,
        Words(PASS, said),
        Words(PASS_BODY, said),
        expected + AFTER,
        kind=CASE,
        concerns=file.door.household,
    )


def _building(file: File, asked: Asked, expected: int) -> list[str]:
    said = {"building": file.place.building_words, "at": _clock(file, expected)}
    return _announce(
        file,
        asked,
        "building",
        Words(COMES, said),
        Words(COMES_BODY),
        Audience(buildings=[file.door.building]),
        kind=OPEN,
        until=expected + AFTER,
    )


def _announce(
    file: File,
    asked: Asked,
    whom: str,
    title: Words,
    body: Words,
    meant: Audience,
    urgency: str = notices.NORMAL,
    opens: str = "",
    kind: str = CASE,
    until: int | None = None,
    quiet: bool = False,
) -> list[str]:
    """The announcement's id in a list, which is empty where nobody is meant."""
    return announce.tell(
        file.at,
        asked,
        whom,
        title,
        body,
        meant,
        kind=kind,
        urgency=urgency,
        opens=opens,
        until=until,
        concerns=file.door.household if kind == CASE else None,
        quiet=quiet,
    )


def _clock(file: File, moment: int) -> str:
    zone = estates.zone(file.at.connection, file.at.community_id)
    return f"{datetime.fromtimestamp(moment / 1000, zone):%H:%M}"


NEWS = mark("News for your household")
NEWS_BODY = mark("Please open it: it says what comes next and what to do.")
PASS = mark("Let a medical vehicle in: %(plate)s")
PASS_BODY = mark("Medical vehicle %(plate)s, to %(building)s, from %(since)s to %(until)s.")
NO_PLATE = mark("plate not known")
COMES = mark("A vehicle for a transfer comes to %(building)s at about %(at)s")
COMES_BODY = mark("Please keep the lobby and the lift free at that time.")
