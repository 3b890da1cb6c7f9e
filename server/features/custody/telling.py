"""Whom it is told: whoever is given a thing or had it, those who lead there, whose it is.

No announcement says what the thing is, which may be somebody's medicine: its own page does.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from server import clock
from server.features.custody.file import Thing
from server.features.custody.rules import ACCOUNT, Holder
from server.features.estates import reads as estates
from server.features.notices import announce
from server.features.notices import rules as notices
from server.features.notices.audience import Audience
from server.i18n import Words, mark
from server.oplog.kinds import Asked

LASTS = clock.DAY

GIVEN_TO, HOLDER, GIVER, LEADS, HOME = "given", "holder", "giver", "leads", "home"
"""Whom one operation may tell something: who is given it, who has it, who had it, who leads there,
whose it is."""


def account(
    thing: Thing,
    asked: Asked,
    whom: str,
    title: str,
    account_id: str,
    *,
    urgent: bool = False,
    **said: Any,
) -> list[str]:
    """Tell somebody of the staff, unless that is who says it."""
    return _staff(thing, asked, whom, Words(title, said), {account_id}, urgent)


def holder(
    thing: Thing, asked: Asked, title: str, *, urgent: bool = False, **said: Any
) -> list[str]:
    """Tell whoever has it, where that is somebody of the staff and not who says it."""
    found = thing.state.holder
    who = {found.who} if found.kind == ACCOUNT else set()
    return _staff(thing, asked, HOLDER, Words(title, said), who, urgent)


def leads(thing: Thing, asked: Asked, title: str) -> list[str]:
    """Tell those who lead where it belongs."""
    words = Words(title, {"place": place(thing)})
    return _staff(thing, asked, LEADS, words, set(thing.leads()), True)


def home(thing: Thing, asked: Asked, title: str, **said: Any) -> list[str]:
    """Tell the household to which it belongs, unless that is who says it."""
    household = thing.row.household_id
    if household is None or household in thing.person.homes(thing.now):
        return []
    meant = Audience(households=[household])
    return _announce(thing, asked, HOME, Words(title, said), meant, False)


def place(thing: Thing) -> Words:
    """The stairwell where it belongs, and never the door."""
    if thing.row.household_id is None:
        return Words(SOMEWHERE)
    found = estates.places(
        thing.at.connection,
        thing.at.community_id,
        [thing.place.stairwell],  # type: ignore[list-item]
    )
    return next(iter(found.values())).words


def end(thing: Thing, asked: Asked, *whom: str) -> None:
    """What was announced to these before is settled, and inboxes say so."""
    told = [
        made
        for event in thing.events
        for made in (announce.id_of(event.op_id, one) for one in whom)
        if made in event.said.get("notices", ())
    ]
    if told:
        announce.withdraw(thing.at, told, asked.corrected_at, asked.seq)


def name(thing: Thing, who: Holder) -> str | Words:
    """What a holder is called in an announcement; a door is only called by its stairwell."""
    return thing.name(who) if who.kind == ACCOUNT else place(thing)


def _staff(
    thing: Thing, asked: Asked, whom: str, title: Words, accounts: Collection[str], urgent: bool
) -> list[str]:
    meant = Audience(accounts=sorted({*accounts} - {thing.speaker}))
    return _announce(thing, asked, whom, title, meant, urgent) if meant.accounts else []


def _announce(
    thing: Thing, asked: Asked, whom: str, title: Words, meant: Audience, urgent: bool
) -> list[str]:
    """The announcement's id in a list, which is empty where nobody is meant."""
    return announce.tell(
        thing.at,
        asked,
        whom,
        title,
        Words(OPEN_IT),
        meant,
        kind=notices.THING,
        urgency=notices.URGENT if urgent else notices.NORMAL,
        opens=f"/things/{thing.id}",
        until=thing.at.received_at + LASTS,
    )


OPEN_IT = mark("Open it: it says who has it and what to do.")
SOMEWHERE = mark("the community")

OFFERED = mark("%(name)s hands something to you: say that you have it")
SIGNED_FOR = mark("%(name)s says that you signed for something")
CLAIMED = mark("%(name)s has what was with you")
NOT_RECEIVED = mark("%(name)s says that they did not get it from you")
NOT_GIVEN = mark("%(name)s says that they did not give it to you")
DISPUTED = mark("Two people say different things of where something is: %(place)s")
IS_IT_THERE = mark("%(name)s asks whether you have something: say it")
CLASHED = mark("Something was handed on by two people at once: %(name)s has it")
MISSING = mark("Something is missing: %(place)s")
OURS_MISSING = mark("Something of yours is missing: it is being looked for")
FOUND = mark("It has been found: %(place)s")
OURS_FOUND = mark("What was missing of yours has been found")
OVERDUE = mark("Something you have should be back by now")
LATE = mark("Something is not back in time: %(place)s")
TAKEN = mark("%(name)s has something of yours now")
RETURNED = mark("%(name)s says that they brought it back to you")
