"""Whom it is told: those who may take a request, whoever has it, and those who asked.

No announcement says what is asked for where that is health or somebody's secret, and none says of
whom: the place is the stairwell. Whoever is told reads the rest on the request's own page.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import select

from server import clock
from server.features.estates import reads as estates
from server.features.notices import announce, gate
from server.features.notices import rules as notices
from server.features.notices.audience import Audience
from server.features.people import reads as people
from server.features.requests import access, routing, rules
from server.features.requests.file import File, load
from server.features.requests.kinds import NOW, OPEN, SOON
from server.features.requests.tables import requests
from server.i18n import Words, mark
from server.oplog.kinds import Asked

NEWS_LASTS = clock.DAY

ASKING, GIVEN_TO, OWNER, LEADS, ASKERS = "asking", "given", "owner", "leads", "askers"
"""Whom one operation may tell something: those who may take it, whoever was given it or has it,
whoever leads there, those who asked."""

STAFF = (ASKING, GIVEN_TO, OWNER, LEADS)

CALLED = ("steps", gate.WHOM)
"""Whom an emergency is told besides, see `calling`; until it is over."""


def carry(file: File, asked: Asked, level: int, *, anew: bool = False) -> dict[str, Any]:
    """Ask whoever comes next to take it; returns what the event keeps of that.

    `anew` asks also those who were asked before; whoever asked, or passes it by, is left out.
    """
    choice = routing.carry(
        file.kind,
        file.place,
        file.held(),
        load(file.at.connection, file.at.community_id),
        () if anew else file.state.asked,
        {file.row.asked_by, file.speaker},
        level,
        file.now,
    )
    told = _ask_for(file, asked, choice)
    return {"level": choice.level, "asked": choice.accounts, "notices": told}


def _ask_for(file: File, asked: Asked, choice: routing.Choice) -> list[str]:
    urgent = file.kind.urgency == NOW or (file.kind.urgency == SOON and choice.level >= rules.LEAD)
    title = Words(URGENTLY if urgent else NEEDED, {"what": what(file), "place": place(file)})
    body = Words(TAKE_IT if choice.level < rules.LEAD else NOBODY_CAME)
    return staff(file, asked, ASKING, title, body, choice.accounts, urgent=urgent)


def what(file: File) -> Words:
    """What it is about, as an announcement may say it."""
    return Words(file.kind.label if file.kind.sees == OPEN else SOMEBODY)


def place(file: File) -> Words:
    """The stairwell, and never the door."""
    connection, community_id = file.at.connection, file.at.community_id
    found = estates.places(connection, community_id, [file.row.stairwell_id])
    return found[file.row.stairwell_id].words


def owner(file: File, asked: Asked, title: str, *, urgent: bool = False, **said: Any) -> list[str]:
    """Tell whoever has it, unless that is who says it."""
    if file.state.owner in ("", file.speaker):
        return []
    words = Words(title, said | {"what": what(file), "place": place(file)})
    return staff(file, asked, OWNER, words, Words(OPEN_IT), [file.state.owner], urgent=urgent)


def leads(file: File, asked: Asked, title: str) -> list[str]:
    """Tell whoever leads there."""
    found = routing.leads(file.place, file.held(), file.now)
    words = Words(title, {"what": what(file), "place": place(file)})
    return staff(file, asked, LEADS, words, Words(OPEN_IT), set(found) - {file.speaker})


def given(file: File, asked: Asked, to: str) -> list[str]:
    """Tell somebody that it is theirs now."""
    words = Words(GIVEN, {"what": what(file), "place": place(file)})
    return staff(file, asked, GIVEN_TO, words, Words(OPEN_IT), [to], urgent=True)


def staff(
    file: File,
    asked: Asked,
    whom: str,
    title: Words,
    body: Words,
    accounts: Collection[str],
    *,
    urgent: bool = False,
) -> list[str]:
    """Tell some of those who work here."""
    return _announce(file, asked, whom, title, body, Audience(accounts=sorted(accounts)), urgent)


def askers(file: File, asked: Asked, title: str, *, urgent: bool = False, **said: Any) -> list[str]:
    """Tell everybody who asked, also those who asked for the same; not who says it."""
    meant = _askers(file, asked)
    if not (meant.households or meant.accounts):
        return []
    end(file, asked, ASKERS)  # what they were told before is no longer how it stands
    words = Words(title, said)
    lasts = file.at.received_at + NEWS_LASTS
    return _announce(file, asked, ASKERS, words, Words(OPEN_IT), meant, urgent, until=lasts)


def _askers(file: File, asked: Asked) -> Audience:
    connection, community_id = file.at.connection, file.at.community_id
    alike = connection.execute(
        select(requests).where(
            requests.c.community_id == community_id, requests.c.joined_to == file.id
        )
    ).all()
    rows = [file.row, *alike]
    homes = set().union(*(access.asking_homes(connection, row) for row in rows))
    homes -= file.person.homes(file.now)
    known = people.accounts_by_id(connection, community_id, {row.asked_by for row in rows})
    accounts = {
        one.id for one in known.values() if one.household_id is None and one.id != asked.actor
    }
    return Audience(households=sorted(homes), accounts=sorted(accounts))


def end(file: File, asked: Asked, *whom: str) -> None:
    """What was announced to these before is settled, and inboxes say so."""
    told = [
        made
        for event in file.events
        for made in (announce.id_of(event.op_id, one) for one in whom)
        if made in event.said.get("notices", ())
    ]
    if told:
        announce.withdraw(file.at, told, asked.corrected_at, asked.seq)


def _announce(
    file: File,
    asked: Asked,
    whom: str,
    title: Words,
    body: Words,
    meant: Audience,
    urgent: bool,
    until: int | None = None,
) -> list[str]:
    """The announcement's id in a list, which is empty where nobody is meant."""
    return announce.tell(
        file.at,
        asked,
        whom,
        title,
        body,
        meant,
        kind=notices.REQUEST,
        urgency=notices.URGENT if urgent else notices.NORMAL,
        opens=f"/requests/{file.id}",
        until=until,
    )


NEEDED = mark("%(what)s: %(place)s")
URGENTLY = mark("Urgent: %(what)s, %(place)s")
SOMEBODY = mark("Somebody needs help")
TAKE_IT = mark("Open it: take it, or say that you cannot.")
NOBODY_CAME = mark("Nobody has taken it yet. Please see to it that somebody does.")
OPEN_IT = mark("Open it: it says how it stands and what comes next.")

HAS_IT = mark("%(name)s has taken what you asked for")
LOOKING = mark("Somebody else is being asked to help you")
ON_THE_WAY = mark("%(name)s is on it now")
HANDED_OVER = mark("What you asked for was handed over")
IS_DONE = mark("What you asked for is done")
COULD_NOT = mark("What you asked for could not be done")
ANSWERED = mark("There is a word for you about your request")
GIVEN = mark("You have been given a request: %(what)s, %(place)s")
GIVEN_ON = mark("%(name)s has taken over: %(what)s, %(place)s")
HOW_IS_IT = mark("How does it stand? %(what)s, %(place)s")
STANDS_STILL = mark("It has stood still for long: %(what)s, %(place)s")
SAID_MORE = mark("There is more about a request you have: %(what)s, %(place)s")
COMES_TOO = mark("%(name)s comes too: %(what)s, %(place)s")
IS_JOINED = mark("It is one with another request now: %(what)s, %(place)s")
NOT_NEEDED = mark("No longer needed: %(what)s, %(place)s")
THANKS = mark("Thank you! %(what)s, %(place)s")
FAILED = mark("It could not be done: %(what)s, %(place)s")
