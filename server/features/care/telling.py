"""Whom it is told that somebody in care needs looking after. No announcement says a need."""

from __future__ import annotations

from collections.abc import Iterable

from server import clock
from server.features.care.file import File, path_of
from server.features.care.rules import NEEDS_SOMETHING, UNANSWERED
from server.features.notices import announce
from server.features.notices import rules as notices
from server.features.notices.audience import Audience
from server.features.people import reads as people
from server.features.people.rules import May
from server.i18n import Words, mark
from server.oplog.kinds import Asked

LASTS = clock.DAY


def kept(file: File, asked: Asked, accounts: Iterable[str | None]) -> list[str]:
    """Tell who keeps somebody from now on."""
    return staff(file, asked, "keepers", KEEPS, accounts, urgent=False)


def alert(file: File, asked: Asked, what: str) -> list[str]:
    """Tell the keeper and the deputy; those who decide there where nobody keeps."""
    both = keepers(file)
    if not both:
        return deciders(file, asked, TITLES[what], urgent=True)
    return staff(file, asked, "keepers", TITLES[what], both)


def keepers(file: File) -> set[str]:
    """The keeper and the deputy, as far as they work here still."""
    able = people.staff_roles(file.at.connection, file.at.community_id, file.now)
    return {*filter(None, (file.state.keeper, file.state.deputy))} & able.keys()


def leads(file: File, asked: Asked, title: str) -> list[str]:
    """Tell those who lead there."""
    able = _who_may(file, May.LEAD)
    return staff(file, asked, "leads", title, able)


def deciders(file: File, asked: Asked, title: str, *, urgent: bool = False) -> list[str]:
    """Tell the officers of that building, else all who decide there."""
    able = _who_may(file, May.RUN_CARE)
    near = people.nearest(file.at.connection, file.at.community_id, able, file.door, file.now)
    return staff(file, asked, "deciders", title, near, urgent=urgent)


def staff(
    file: File, asked: Asked, whom: str, title: str, accounts: Iterable[str | None], *,
    urgent: bool = True,
) -> list[str]:  # fmt: skip
    """Tell some of the staff; whoever goes by itself in somebody's name tells them, too."""
    meant = Audience(accounts=sorted({*filter(None, accounts)}))
    if not meant.accounts:
        return []
    return announce.tell(
        file.at,
        asked,
        whom,
        Words(title, {"place": file.door.short_words}),
        Words(OPEN_IT),
        meant,
        kind=notices.CARE,
        urgency=notices.URGENT if urgent else notices.NORMAL,
        opens=path_of(str(file.row.id)),
        until=file.at.received_at + LASTS,
    )


def _who_may(file: File, what: May) -> list[str]:
    return people.who_may(file.at.connection, file.at.community_id, what, [file.door], file.now)


OPEN_IT = mark("Open it: it says what to do, and closes once you say what you found.")
KEEPS = mark("You look after somebody from now on: %(place)s")
OVER = mark("You need not look after them any more: %(place)s")
OBJECTS = mark("A household says what is wrong with its care: %(place)s")
STILL = mark("Nobody answered twice, and nobody has said what they found: %(place)s")
TITLES = {
    UNANSWERED: mark("Nobody answered twice: %(place)s"),
    NEEDS_SOMETHING: mark("Something is needed: %(place)s"),
}
"""Titles by what happened at the door."""
