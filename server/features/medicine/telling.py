"""Whom it is told: the household, the buyer and those who check, and whoever asks at the door.

No announcement says which medicine, for whom, or from which door: pages say it that no phone keeps.
"""

from __future__ import annotations

from collections.abc import Collection

from server import clock
from server.features.estates import reads as estates
from server.features.estates.records import Household
from server.features.medicine import access
from server.features.notices import announce
from server.features.notices import rules as notices
from server.features.notices.audience import Audience
from server.features.people import reads as people
from server.features.people.actors import actors
from server.features.people.rules import MEDICAL, OFFICER
from server.i18n import Words, mark
from server.oplog.kinds import Asked, Moment

LASTS = 3 * clock.DAY


def household_or_door(
    at: Moment, asked: Asked, door: Household, controlled: bool, title: str
) -> list[str]:
    """Have a household open its page of medicine, or have somebody ask where nobody reads it."""
    now = asked.corrected_at
    if not people.on_the_phone(at.connection, at.community_id, [door.household], now):
        return at_door(at, asked, door, controlled)
    meant = Audience(households=[door.household])
    return _announce(at, asked, "home", Words(title), meant, "/medicine/mine")


def brought(at: Moment, asked: Asked, home: int) -> list[str]:
    """Have a household know that somebody comes to its door."""
    meant = Audience(households=[home])
    return _announce(at, asked, f"home {home}", Words(BROUGHT), meant, "/medicine/mine")


def at_door(at: Moment, asked: Asked, door: Household, controlled: bool) -> list[str]:
    """Have whoever looks after a door ask there: its officers, else all who answer for it.

    What is controlled is asked by those who are medical there.
    """
    held = people.staff_roles(at.connection, at.community_id, asked.corrected_at)
    known = actors(at.connection, at.community_id, list(held))
    able = {
        one
        for one, person in known.items()
        if access.minds(person, door, controlled, asked.corrected_at)
    }
    near = people.nearest(
        at.connection, at.community_id, able, door, asked.corrected_at,
        MEDICAL if controlled else OFFICER,
    )  # fmt: skip
    where = next(
        iter(estates.places(at.connection, at.community_id, [door.stairwell]).values())
    ).words
    meant = Audience(accounts=near)
    if not meant.accounts:
        return []
    return _announce(at, asked, "door", Words(ASK_AT_DOOR, {"place": where}), meant, "/medicine")


def staff(
    at: Moment,
    asked: Asked,
    whom: str,
    title: str,
    accounts: Collection[str],
    opens: str,
    *,
    urgent: bool = False,
) -> list[str]:
    """Tell people who work on a batch, unless that is who says it."""
    meant = Audience(accounts=sorted({*accounts} - {asked.actor}))
    if not meant.accounts:
        return []
    return _announce(at, asked, whom, Words(title), meant, opens, urgent=urgent)


def _announce(
    at: Moment,
    asked: Asked,
    whom: str,
    title: Words,
    meant: Audience,
    opens: str,
    *,
    urgent: bool = False,
) -> list[str]:
    return announce.tell(
        at,
        asked,
        whom,
        title,
        Words(OPEN_IT),
        meant,
        kind=notices.MEDICINE,
        urgency=notices.URGENT if urgent else notices.NORMAL,
        opens=opens,
        until=at.received_at + LASTS,
    )


OPEN_IT = mark("Open it: it says what to do.")
MORE = mark("Do you need more of something?")
NEWS = mark("There is a question for your household")
BROUGHT = mark("Something is being brought to your door")
ASK_AT_DOOR = mark("Ask at a door what they need: %(place)s")
NAMED = mark("You have been named for a batch")
ANSWERED = mark("A household has answered about a substitute")
WRONG = mark("Somebody who checked says that something is wrong")
TO_CHECK = mark("A batch is bought: please check it")
LATE = mark("A batch should be back by now and is not")
