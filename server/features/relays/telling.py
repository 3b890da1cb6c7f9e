"""Whom it is told: whoever runs a relay, who is asked to go, and the household it is for.

No announcement says what is in the parcel, which may be somebody's medicine.
"""

from __future__ import annotations

from server import clock
from server.features.estates import reads as estates
from server.features.notices import announce
from server.features.notices import rules as notices
from server.features.notices.audience import Audience
from server.features.relays.file import Relay
from server.i18n import Words, mark
from server.oplog.kinds import Asked

LASTS = clock.DAY

OWNER, CARRIER, HOME = "owner", "carrier", "home"
"""Whom one operation may tell something."""


def owner(relay: Relay, asked: Asked, title: str, *, urgent: bool = False) -> list[str]:
    """Tell whoever runs it, unless that is who says it."""
    return _staff(relay, asked, OWNER, title, relay.row.owner, urgent)


def carrier(relay: Relay, asked: Asked, title: str, account_id: str) -> list[str]:
    """Tell somebody who is asked to go."""
    return _staff(relay, asked, CARRIER, title, account_id, True)


def home(relay: Relay, asked: Asked, title: str) -> list[str]:
    """Tell the household, unless that is who says it."""
    if relay.row.household_id in relay.person.homes(relay.now):
        return []
    meant = Audience(households=[relay.row.household_id])
    return _announce(relay, asked, HOME, Words(title), meant, False)


def _staff(
    relay: Relay, asked: Asked, whom: str, title: str, account_id: str, urgent: bool
) -> list[str]:
    if account_id in ("", relay.speaker):
        return []
    found = estates.places(relay.at.connection, relay.at.community_id, [relay.door.stairwell])
    words = Words(title, {"place": found[relay.door.stairwell].words})
    return _announce(relay, asked, whom, words, Audience(accounts=[account_id]), urgent)


def _announce(
    relay: Relay, asked: Asked, whom: str, title: Words, meant: Audience, urgent: bool
) -> list[str]:
    return announce.tell(
        relay.at,
        asked,
        whom,
        title,
        Words(OPEN_IT),
        meant,
        kind=notices.THING,
        urgency=notices.URGENT if urgent else notices.NORMAL,
        opens=f"/relays/{relay.id}",
        until=relay.at.received_at + LASTS,
    )


OPEN_IT = mark("Open it: it says where the parcel is and what comes next.")
GO = mark("You are asked to carry a parcel: %(place)s")
LATE = mark("A parcel is late: %(place)s")
HOW_IS_IT = mark("How does the parcel stand? %(place)s")
SET_OUT = mark("A parcel is on its way for you")
AT_THE_GATE = mark("Your parcel has passed the gate")
IS_THERE = mark("Your parcel has arrived")
CALLED_OFF = mark("The parcel does not come: it was called off")
