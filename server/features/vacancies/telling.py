"""Who is told that a flat is vacant no more, or is to be looked at again."""

from __future__ import annotations

from collections.abc import Iterable

from server import clock
from server.features.notices import announce
from server.features.notices import rules as notices
from server.features.notices.audience import Audience
from server.features.people import reads as people
from server.features.people.rules import PROPERTY, May
from server.features.vacancies.file import PATH, File
from server.i18n import Words, mark
from server.oplog.kinds import Asked

LASTS = clock.DAY


def committee(file: File, asked: Asked, title: str) -> list[str]:
    """Tell the stewards and officers there, who keep the register."""
    return _tell(file, asked, "committee", title, _who_may(file, May.KEEP_REGISTER), urgent=True)


def leads(file: File, asked: Asked, title: str, round_id: str) -> list[str]:
    """Tell those who lead a screening that its door is not what it is marked as."""
    opens = f"/rounds/{round_id}/stairwells/{file.door.stairwell}"
    return _tell(file, asked, round_id, title, _who_may(file, May.LEAD), opens=opens)


def keepers(file: File, asked: Asked) -> list[str]:
    """Tell the property company that somebody is to look; where there is none, all who may."""
    able = _who_may(file, May.KEEP_VACANCIES)
    working = people.staff_roles(file.at.connection, file.at.community_id, file.now)
    theirs = [one for one in able if any(held.role == PROPERTY for held in working[one])]
    return _tell(file, asked, "keepers", LOOK_AGAIN, theirs or able)


def _tell(
    file: File, asked: Asked, whom: str, title: str, accounts: Iterable[str], *,
    opens: str = PATH, urgent: bool = False,
) -> list[str]:  # fmt: skip
    meant = Audience(accounts=sorted({*accounts}))
    if not meant.accounts:
        return []
    return announce.tell(
        file.at,
        asked,
        whom,
        Words(title, {"place": file.door.short_words}),
        Words(OPEN_IT),
        meant,
        kind=notices.VACANCY,
        urgency=notices.URGENT if urgent else notices.NORMAL,
        opens=opens,
        until=file.at.received_at + LASTS,
    )


def _who_may(file: File, what: May) -> list[str]:
    return list(
        people.who_may(file.at.connection, file.at.community_id, what, [file.door], file.now)
    )


OPEN_IT = mark("Open it: it says what is known.")
LOOK_AGAIN = mark("Look at the vacant flat again: %(place)s")
SEAL_BROKEN = mark("The seal of a vacant flat is broken: %(place)s")
SOMEBODY_THERE = mark("Somebody lives in a flat that was vacant: %(place)s")
MARKED_VACANT = mark("It is marked vacant and is not; ask there again: %(place)s")
MARKED_LIVED_IN = mark("Somebody spoke for this door, and it was found vacant: %(place)s")
