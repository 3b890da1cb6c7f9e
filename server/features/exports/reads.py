"""Who may have which list of what, what was taken, and writing down that something is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, insert, select

from server import clock
from server.features.estates import reads as estates
from server.features.estates.records import Place
from server.features.exports import rules
from server.features.exports.listing import DAYS, NOTICE, ROUND, Asked, Listing, Row
from server.features.exports.lists import LISTINGS
from server.features.exports.sheets import Head
from server.features.exports.tables import exports
from server.features.exports.views import Choice, Index, Taken
from server.features.notices import rules as notice_rules
from server.features.notices import wording
from server.features.notices.reads import parts as notice_parts
from server.features.notices.tables import notices
from server.features.people.actors import Person
from server.features.people.register import NotAllowed, NotThere
from server.features.people.rules import May
from server.features.rounds.reads import parts
from server.features.rounds.tables import round_stairwells, rounds
from server.i18n import mark, say, time_of, translate
from server.ids import is_uuid, uuid7
from server.oplog.kinds import Refused

SHOWN = 20
LOGGED = 500
ABOUT = 60
"""Rounds and announcements that are offered."""

STAIRWELLS = 24
"""About as many are read at once; a building is never parted."""


@dataclass(frozen=True, slots=True)
class Form:
    """A list as somebody asks for it, nothing of it believed yet."""

    key: str
    about: str = ""
    last: str = ""  # the last of some days; empty: the first alone
    place: str = ""
    format: str = rules.XLSX
    until: str = ""
    health: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """A list that somebody may have, ready to be made."""

    id: str
    listing: Listing
    asked: Asked
    format: str
    head: Head
    until: int
    name: str
    disposition: str
    parts: tuple[tuple[int, ...], ...]  # stairwells, as they are read
    about: str
    title: str


def index(connection: Connection, person: Person) -> Index:
    """The lists that somebody may have. Raises `NotAllowed`."""
    now = clock.now()
    _must_export(person, now)
    every = estates.places(connection, person.community_id)
    may = tuple(one for one in LISTINGS.values() if _reached(one, person, now, every, False))
    mine = _taken(connection, person.community_id, SHOWN, exports.c.account_id == person.id)
    newest = parts.newest(connection, person.community_id)
    return Index(may, mine, person.may(May.LEAD, now), newest)


def log(connection: Connection, person: Person) -> tuple[Taken, ...]:
    """Everything that was taken, the last first, for stewards. Raises `NotAllowed`."""
    if not person.may(May.LEAD, clock.now()):
        raise NotAllowed("exports")
    return _taken(connection, person.community_id, LOGGED)


def choice(connection: Connection, person: Person, language: str, key: str, chosen: str) -> Choice:
    """What may be chosen for a list. Raises `NotThere`, `NotAllowed`."""
    now = clock.now()
    listing, places = _listing(connection, person, now, key, health=False)
    every = estates.places(connection, person.community_id)
    today = _today(connection, person, now)
    tall = groupby(places.values(), lambda place: (place.compound, place.building))
    buildings = tuple(
        (f"b{building}", f"{first.address.compound} {say(language, first.building_words)}".strip())
        for (_, building), those in tall
        for first in [next(those)]
    )
    about: tuple[tuple[str, str], ...] = ()
    if listing.about == ROUND:
        about = _rounds(connection, person, listing, places)
    if listing.about == NOTICE:
        about = _notices(connection, person, language, now)
    day = timedelta(days=1)
    return Choice(
        listing,
        about,
        chosen if chosen in dict(about) else "",
        () if listing.whole else buildings,
        listing.health is not None and bool(_reached(listing, person, now, every, True)),
        today,
        today + rules.USUAL_DAYS * day,
        today + day,
        today + rules.MOST_DAYS * day,
        parts.newest(connection, person.community_id),
    )


def order(connection: Connection, person: Person, language: str, form: Form) -> Order:
    """A list, once it is known that somebody may have it as they ask for it.

    Raises `NotThere`, `NotAllowed`, and `Refused` for what can be chosen otherwise.
    """
    now, community_id = clock.now(), person.community_id
    listing, places = _listing(connection, person, now, form.key, health=form.health)
    if form.format not in {*rules.FILES, rules.PRINT}:
        raise Refused(NO_FORMAT)
    today = _today(connection, person, now)
    until = rules.destroy_by(form.until, today)
    places = _within(places, form.place)
    zone = estates.zone(connection, community_id)
    about, title, covered = _about(connection, person, language, listing, form, zone)
    if covered is not None:
        places = {one: place for one, place in places.items() if one in covered}
    if not places and not listing.whole:
        raise NotThere(form.place)
    asked = Asked(person, language, now, places, form.health, about)
    community = estates.community(connection, community_id)
    called = community.name if community else ""
    label = translate(language, listing.label)
    end = clock.from_datetime(datetime.combine(until, time(23, 59), zone))
    head = Head(
        " · ".join(one for one in (called, label, title) if one),
        (
            translate(language, AS_OF, at=time_of(now, language, zone, 0), who=person.name),
            translate(language, DESTROY, day=until.isoformat()),
        ),
        language,
        zone,
    )
    name = rules.file_name(called, label, today, until, form.format)
    return Order(
        uuid7(now), listing, asked, form.format, head, end, name,
        rules.disposition(listing.key, today, until, form.format, name),
        ((),) if listing.whole else tuple(_in_parts(places)), form.about, title[:120],
    )  # fmt: skip


def rows(connection: Connection, made: Order, stairwells: Sequence[int]) -> list[Row]:
    """Some of a list's rows."""
    return list(made.listing.rows(connection, made.asked, stairwells))


def write_down(connection: Connection, made: Order, count: int) -> None:
    """Write down who takes which list away, before it leaves."""
    connection.execute(
        insert(exports).values(
            community_id=made.asked.community_id,
            id=made.id,
            at=made.asked.now,
            account_id=made.asked.person.id,
            list=made.listing.key,
            about=made.about if is_uuid(made.about) else "",
            title=made.title,
            stairwells=sorted(made.asked.places) if not made.listing.whole else [],
            health=made.asked.health or made.listing.right == May.SEE_CASES,
            format=made.format,
            rows=count,
            until=made.until,
        )
    )


def _must_export(person: Person, now: int) -> None:
    if not person.may_somewhere(May.EXPORT, now):
        raise NotAllowed("exports")


def _listing(
    connection: Connection, person: Person, now: int, key: str, *, health: bool
) -> tuple[Listing, dict[int, Place]]:
    """A list and where somebody may have it. One that they may not have is not there."""
    _must_export(person, now)
    listing = LISTINGS.get(key)
    every = estates.places(connection, person.community_id)
    if listing is None or not _reached(listing, person, now, every, False):
        raise NotThere(key)
    places = _reached(listing, person, now, every, health)
    if not places:
        raise NotAllowed(key)
    return listing, places


def _reached(
    listing: Listing, person: Person, now: int, every: Mapping[int, Place], health: bool
) -> dict[int, Place]:
    """The stairwells for which somebody may have a list, with what it says of health or without."""
    if health and listing.health is None:
        return {}
    needed = [May.EXPORT, listing.right]
    if health and listing.health is not None:
        needed.append(listing.health)
    if listing.whole and not all(person.may(one, now) for one in needed):
        return {}
    return {
        one: place
        for one, place in every.items()
        if all(person.may(right, now, place) for right in needed)
    }


def _within(places: dict[int, Place], chosen: str) -> dict[int, Place]:
    """Those in the building that was chosen; all where none was. Raises `NotThere`."""
    if not chosen:
        return places
    found = {one: place for one, place in places.items() if f"b{place.building}" == chosen}
    if not found:
        raise NotThere(chosen)
    return found


def _in_parts(places: Mapping[int, Place]) -> Iterator[tuple[int, ...]]:
    """Stairwells in the order of the estate, whole buildings together."""
    part: list[int] = []
    for _, those in groupby(places.values(), lambda place: place.building):
        part += [place.stairwell for place in those]
        if len(part) >= STAIRWELLS:
            yield tuple(part)
            part = []
    if part:
        yield tuple(part)


def _about(
    connection: Connection, person: Person, language: str, listing: Listing, form: Form, zone: Any
) -> tuple[Any, str, set[int] | None]:
    """What a list is about, how that is called, and the stairwells of it. Raises `NotThere`."""
    typed = form.about
    if listing.about == DAYS:
        first = _day(typed, _today(connection, person, clock.now()))
        last = _day(form.last, first)
        if not 0 <= (last - first).days < rules.MOST_DAYS_OF_A_LIST:
            raise Refused(NO_PERIOD, days=rules.MOST_DAYS_OF_A_LIST)
        ends = (datetime.combine(day, time(), zone) for day in (first, last + timedelta(days=1)))
        title = " – ".join(dict.fromkeys((first.isoformat(), last.isoformat())))
        return tuple(clock.from_datetime(one) for one in ends), title, None
    if not listing.about:
        return None, "", None
    if not typed:
        raise Refused(NOTHING_CHOSEN)
    if not is_uuid(typed):
        raise NotThere(typed)
    if listing.about == ROUND:
        head = parts.find(connection, person.community_id, typed)
        if listing.kinds is not None and head.kind.key not in listing.kinds:
            raise NotThere(typed)
        return head, head.title, set(parts.tallies(connection, person.community_id, typed))
    row = notice_parts.row_of(connection, person.community_id, typed)
    private = row.kind in notice_rules.PRIVATE
    if private or not notice_parts.may_lead(connection, person, row, clock.now()):
        raise NotThere(typed)
    return row, wording.said(row.content, language).title, None


def _day(typed: str, usual: date) -> date:
    """A day as it was chosen; the usual one where none was. Raises `Refused`."""
    try:
        day = date.fromisoformat(typed) if typed else usual
    except ValueError:
        raise Refused(NOTHING_CHOSEN) from None
    if not date(2000, 1, 1) <= day <= date(2999, 1, 1):
        raise Refused(NOTHING_CHOSEN)
    return day


def _today(connection: Connection, person: Person, now: int) -> date:
    zone = estates.zone(connection, person.community_id)
    return datetime.fromtimestamp(now / 1000, zone).date()


def _rounds(
    connection: Connection, person: Person, listing: Listing, places: Mapping[int, Place]
) -> tuple[tuple[str, str], ...]:
    """The newest rounds in any of these stairwells."""
    table, there = rounds.c, round_stairwells.c
    where = [table.community_id == person.community_id]
    if listing.kinds is not None:
        where.append(table.kind.in_(listing.kinds))
    within = select(there.round_id).where(
        there.community_id == person.community_id, there.stairwell_id.in_(list(places))
    )
    query = select(table.id, table.title).where(*where, table.id.in_(within))
    found = connection.execute(query.order_by(table.made_at.desc(), table.id).limit(ABOUT))
    return tuple((row.id, row.title) for row in found)


def _notices(
    connection: Connection, person: Person, language: str, now: int
) -> tuple[tuple[str, str], ...]:
    """The newest announcements whose ledger somebody may see."""
    found = connection.execute(
        select(notices)
        .where(
            notices.c.community_id == person.community_id,
            notices.c.kind.not_in(notice_rules.PRIVATE),
        )
        .order_by(notices.c.made_at.desc(), notices.c.id)
        .limit(ABOUT)
    )
    return tuple(
        (row.id, wording.said(row.content, language).title)
        for row in found
        if notice_parts.may_lead(connection, person, row, now)
    )


def _taken(connection: Connection, community_id: int, limit: int, *where: Any) -> tuple[Taken, ...]:
    table = exports.c
    found = connection.execute(
        select(exports)
        .where(table.community_id == community_id, *where)
        .order_by(table.at.desc(), table.id.desc())
        .limit(limit)
    ).all()
    names = parts.names(connection, community_id, {row.account_id for row in found})
    return tuple(
        Taken(row.at, names.get(row.account_id, ""),
              LISTINGS[row.list].label if row.list in LISTINGS else row.list, row.title,
              row.format, row.rows, row.health, row.until)
        for row in found
    )  # fmt: skip


AS_OF = mark("As of %(at)s, by %(who)s")
DESTROY = mark("Destroy by %(day)s")
NO_FORMAT = mark("Choose Excel or CSV.")
NO_PERIOD = mark("Choose a last day on or after the first, %(days)s days together at most.")
NOTHING_CHOSEN = mark("Choose first what the list is to be about.")
