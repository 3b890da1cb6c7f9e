"""Whom a pass is told: the household, who approves, and the gates where it was wrong.

No announcement says where somebody goes or why.
"""

from __future__ import annotations

from collections.abc import Collection

from server import clock
from server.features.notices import announce
from server.features.notices import rules as notices
from server.features.notices.audience import Audience
from server.features.passes.file import Pass
from server.features.people import reads as people
from server.features.people.rules import EVERYWHERE, May
from server.i18n import Words, mark
from server.oplog.kinds import Asked, Moment

LASTS = clock.DAY


def home(found: Pass, asked: Asked, title: str) -> list[str]:
    """Tell whose pass it is, unless that is who says it."""
    if found.row.household_id in found.person.homes(found.now) and found.speaker:
        return []
    if found.row.household_id is None:
        return []
    meant = Audience(households=[found.row.household_id])
    return _announce(found, asked, "home", Words(title), Words(OPEN_IT), meant)


def new_pictures(at: Moment, asked: Asked, homes: Collection[int]) -> None:
    """Tell households that what they printed or saved of their passes is worth nothing now.

    The announcement has the operation's own id: there is no word on any one pass to keep it in.
    """
    announce.tell(
        at,
        asked,
        "",
        Words(NEW_TEXT),
        Words(OPEN_IT),
        Audience(households=sorted(homes)),
        kind=notices.LEAVE,
        opens="/passes/mine",
        until=at.received_at + LASTS,
    )


def nearest(found: Pass, asked: Asked) -> list[str]:
    """Tell those who approve passes there: the officers of the building, else who leads."""
    at, place = found.at, found.door or EVERYWHERE
    near = people.nearest(at.connection, at.community_id, _able(found), place, found.now)
    return _staff(found, asked, "nearest", Words(ASKED, _place(found)), near)


def leads(found: Pass, asked: Asked, title: str, *, urgent: bool = True) -> list[str]:
    """Tell those who lead the community."""
    return _staff(found, asked, "leads", Words(title, _place(found)), _stewards(found), urgent)


def wrong(found: Pass, asked: Asked, guards: Collection[str]) -> list[str]:
    """Tell both gates and those who lead that a pass was used twice, or held no longer."""
    said = {"number": found.row.number, "name": found.row.name}
    told = _staff(found, asked, "leads", Words(WRONG, said), _stewards(found))
    body, meant = Words(WRONG_BODY), Audience(accounts=sorted(guards))
    return told + _announce(found, asked, "guards", Words(WRONG, said), body, meant, True, "/gates")


def _able(found: Pass) -> list[str]:
    place = found.door or EVERYWHERE
    return people.who_may(
        found.at.connection, found.at.community_id, May.APPROVE_PASSES, [place], found.now
    )


def _stewards(found: Pass) -> list[str]:
    return people.who_may(
        found.at.connection, found.at.community_id, May.SET_GATES, [EVERYWHERE], found.now
    )


def _place(found: Pass) -> dict[str, object]:
    return {"place": found.door.short_words if found.door else found.row.name}


def _staff(
    found: Pass, asked: Asked, whom: str, title: Words, accounts: Collection[str],
    urgent: bool = True,
) -> list[str]:  # fmt: skip
    meant = Audience(accounts=sorted(set(accounts) - {found.speaker}))
    return _announce(found, asked, whom, title, Words(OPEN_IT), meant, urgent)


def _announce(
    found: Pass, asked: Asked, whom: str, title: Words, body: Words, meant: Audience,
    urgent: bool = False, opens: str = "",
) -> list[str]:  # fmt: skip
    return announce.tell(
        found.at,
        asked,
        whom,
        title,
        body,
        meant,
        kind=notices.LEAVE,
        urgency=notices.URGENT if urgent else notices.NORMAL,
        opens=opens or f"/passes/{found.id}",
        until=found.at.received_at + LASTS,
    )


OPEN_IT = mark("Open it: it says what comes next and what to do.")
ASKED = mark("A pass is asked for: %(place)s")
NOBODY_DECIDED = mark("A pass still waits for approval: %(place)s")
READY = mark("Your pass is ready")
NEW_TEXT = mark("Your pass has a new picture: the old one holds no longer")
NOT_APPROVED = mark("Your pass was not approved")
REVOKED = mark("Your pass holds no longer")
NOT_BACK = mark("Your pass has run out, and nobody wrote down that you are back")
SOMEBODY_OUT = mark("Not back yet: %(place)s")
WRONG = mark("A pass was used wrongly: %(number)s, %(name)s")
WRONG_BODY = mark("It was let through twice, or held no longer. Look at it, and stop it next time.")
