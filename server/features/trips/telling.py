"""Whom a standing trip is told: the household, its drivers, who runs it, and who leads.

No announcement says where somebody is driven or why. A household where nobody reads on a phone is
rung up or visited by who looks after its building: no test and no trip is missed for want of one.
"""

from __future__ import annotations

from collections.abc import Collection

from server import clock
from server.features.estates.records import Household
from server.features.notices import announce
from server.features.notices import rules as notices
from server.features.notices.audience import Audience
from server.features.people import reads as people
from server.features.people.rules import May
from server.features.trips import rules
from server.features.trips.file import TripFile
from server.i18n import Words, mark
from server.oplog.kinds import Asked, Moment

LASTS = clock.DAY


def named(at: Moment, asked: Asked, door: Household, accounts: Collection[str]) -> list[str]:
    """Tell who drives from now on."""
    title = Words(NAMED, {"place": door.short_words})
    return _staff(at, asked, "named", title, {*accounts} - {asked.actor}, "/trips")


def ended(at: Moment, asked: Asked, door: Household, accounts: Collection[str]) -> list[str]:
    """Tell who drives no more."""
    title = Words(ENDED, {"place": door.short_words})
    return _staff(at, asked, "named", title, {*accounts} - {asked.actor}, "/trips")


def planned(at: Moment, asked: Asked, door: Household) -> list[str]:
    """Tell a household that something is said anew of its trips."""
    return _home(at, asked, door, PLANNED, PLANNED_AT_DOOR, "/trips")


def driver(file: TripFile, asked: Asked, title: str) -> list[str]:
    """Tell who drives this time."""
    return _drivers(file, asked, "driver", title, {file.trip.driver})


def drivers(file: TripFile, asked: Asked, accounts: Collection[str]) -> list[str]:
    """Tell who drives now, and who does no more."""
    return _drivers(file, asked, "drivers", OTHER_DRIVER, accounts)


def everybody(file: TripFile, asked: Asked, title: str) -> list[str]:
    """Tell the household, the driver and who runs it, but for whoever says it."""
    told = [] if file.whose else _home_of(file, asked, title, title)
    told += _drivers(file, asked, "drivers", title, {file.trip.driver, file.plan.deputy})
    return told + _runs(file, asked, title)


def leads(file: TripFile, asked: Asked, title: str) -> list[str]:
    """Tell those who lead at once."""
    at = file.at
    able = people.who_may(at.connection, at.community_id, May.LEAD, [file.door], file.now)
    return _staff(
        at, asked, "leads", Words(title, _said(file)), {*able} - {file.speaker},
        _page(file), urgent=True,
    )  # fmt: skip


def reminded(file: TripFile, asked: Asked, what: str) -> list[str]:
    """Tell those whom something concerns that goes by itself."""
    if what == rules.TOMORROW:
        return driver(file, asked, YOU_DRIVE)
    if what == rules.NOT_CLEAN:
        return driver(file, asked, NOT_CLEAN)
    if what == rules.NOT_READY:
        both = {file.trip.driver, file.plan.driver, file.plan.deputy}
        return _drivers(file, asked, "drivers", NOT_READY, both) + leads(file, asked, NOT_READY)
    if what == rules.LATE:
        told = _home_of(file, asked, NOT_BACK_HOME, NOT_BACK)
        told += _drivers(file, asked, "drivers", NOT_BACK, {file.trip.driver})
        return told + leads(file, asked, NOT_BACK)
    told = _home_of(file, asked, TEST_HOME, TEST_AT_DOOR, urgent=what != rules.TEST_EARLY)
    if what == rules.TEST_EARLY:
        return told
    if what == rules.TEST_EVE:
        return told + _runs(file, asked, NO_TEST)
    told += driver(file, asked, NO_TEST)
    return told + leads(file, asked, NO_TEST)


def _home_of(
    file: TripFile, asked: Asked, title: str, at_door: str, *, urgent: bool = False
) -> list[str]:
    return _home(file.at, asked, file.door, title, at_door, _page(file), urgent=urgent)


def _home(
    at: Moment, asked: Asked, door: Household, title: str, at_door: str, opens: str, *,
    urgent: bool = False,
) -> list[str]:  # fmt: skip
    """Tell a household, or whoever looks after its building where nobody of it reads."""
    if people.on_the_phone(at.connection, at.community_id, [door.household], asked.corrected_at):
        meant = Audience(households=[door.household])
        return _announce(at, asked, "home", Words(title), meant, "/trips/mine", urgent=urgent)
    able = people.who_may(
        at.connection, at.community_id, May.SEE_HEALTH_REQUESTS, [door], asked.corrected_at
    )
    near = people.nearest(at.connection, at.community_id, able, door, asked.corrected_at)
    words = Words(at_door, {"place": door.short_words})
    return _staff(at, asked, "door", words, near, opens, urgent=urgent)


def _runs(file: TripFile, asked: Asked, title: str) -> list[str]:
    """Tell those who look after that building: its officers, else all who approve passes there."""
    at = file.at
    able = people.who_may(at.connection, at.community_id, May.APPROVE_PASSES, [file.door], file.now)
    near = people.nearest(at.connection, at.community_id, able, file.door, file.now)
    words, meant = Words(title, _said(file)), {*near} - {file.speaker}
    return _staff(at, asked, "runs", words, meant, _page(file))


def _drivers(
    file: TripFile, asked: Asked, whom: str, title: str, accounts: Collection[str]
) -> list[str]:
    words = Words(title, _said(file))
    return _staff(
        file.at, asked, whom, words, {*accounts} - {file.speaker}, _page(file), urgent=True
    )


def _said(file: TripFile) -> dict[str, object]:
    return {"place": file.door.short_words}


def _page(file: TripFile) -> str:
    return f"/trips/{file.row.id}"


def _staff(
    at: Moment, asked: Asked, whom: str, title: Words, accounts: Collection[str], opens: str, *,
    urgent: bool = False,
) -> list[str]:  # fmt: skip
    meant = Audience(accounts=sorted(accounts))
    return _announce(at, asked, whom, title, meant, opens, urgent=urgent)


def _announce(
    at: Moment, asked: Asked, whom: str, title: Words, meant: Audience, opens: str, *,
    urgent: bool = False,
) -> list[str]:  # fmt: skip
    return announce.tell(
        at,
        asked,
        whom,
        title,
        Words(OPEN_IT),
        meant,
        kind=notices.LEAVE,
        urgency=notices.URGENT if urgent else notices.NORMAL,
        opens=opens,
        until=at.received_at + LASTS,
    )


OPEN_IT = mark("Open it: it says what comes next and what to do.")
NAMED = mark("You drive from now on: %(place)s")
ENDED = mark("You need not drive any more: %(place)s")
PLANNED = mark("Your standing trips are planned: look at the days")
PLANNED_AT_DOOR = mark("Tell them by telephone or at the door when they are driven: %(place)s")
OTHER_DRIVER = mark("Somebody else drives this time: %(place)s")
YOU_DRIVE = mark("You drive soon: %(place)s")
ALLOWED = mark("They may go without a test: %(place)s")
SKIPPED = mark("A trip does not take place")
KEPT = mark("A trip takes place after all")
TEST_HOME = mark("A test is needed before your next trip")
TEST_AT_DOOR = mark("A test is needed before a trip: %(place)s")
NO_TEST = mark("No test counts for a trip: %(place)s")
LEFT_UNCLEARED = mark("They left, and no test counts: %(place)s")
NOT_READY = mark("Nobody has said that the vehicle is ready: %(place)s")
NOT_BACK_HOME = mark("Are you back? Nobody has said so")
NOT_BACK = mark("Nobody has said that they are back: %(place)s")
IS_BACK = mark("They are back: %(place)s")
NOT_CLEAN = mark("Say that the vehicle is disinfected: %(place)s")
