"""One person in care, what is noted of one's own household, and suggesting somebody."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from server import clock
from server.db.base import AnyRow
from server.features.care import access, rules
from server.features.care.file import door_of, row_of
from server.features.care.reads import parts
from server.features.care.tables import CARED_EVENTS, cared
from server.features.care.views import Look, Ours, PersonPage, Word, Writing
from server.features.estates import reads as estates
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.phones import look_up
from server.features.people.register import NotThere
from server.features.people.rules import May
from server.features.people.tables import views
from server.features.rounds import reads as rounds
from server.features.rounds.kinds import KINDS
from server.features.rounds.reads import parts as round_parts
from server.i18n import mark, say
from server.oplog.events import Event

MOST_LOOKS = 30


def person_page(connection: Connection, person: Person, person_id: str) -> PersonPage:
    """One person in care, for those who may know. Raises `NotThere`."""
    now, community_id = clock.now(), person.community_id
    row = _seen(connection, person, person_id, now)
    door = door_of(connection, row)
    [line] = parts.lines(connection, community_id, [row], now, needs=True)
    may_run = access.runs(person, door, now)
    able = people.staff_roles(connection, community_id, now) if may_run else {}
    staff = people.accounts_by_id(connection, community_id, able).values()
    home = people.residents_of(connection, community_id, row.household_id) if may_run else ()
    return PersonPage(
        line,
        tuple(_history(connection, row)),
        row.resident_id,
        row.keeper or "",
        row.deputy or "",
        tuple((one.id, one.name) for one in home),
        tuple(sorted(((one.id, one.name) for one in staff), key=lambda one: one[1])),
        bool(people.with_phone(connection, community_id, [row.household_id])),
        may_run,
        round_parts.newest(connection, community_id),
    )


def telephone(connection: Connection, person: Person, person_id: str, now: int) -> str:
    """The number of somebody's household, once it is written down who looked. Raises `NotThere`."""
    row = _seen(connection, person, person_id, now)
    return look_up(connection, person, row.household_id, now)


def ours(connection: Connection, person: Person) -> Ours:
    """What is noted of the households that somebody speaks for, and who looked at it."""
    now, community_id = clock.now(), person.community_id
    homes = person.homes(now)
    rows = connection.execute(
        select(cared)
        .where(
            cared.c.community_id == community_id,
            cared.c.household_id.in_(homes),
            cared.c.state.in_((rules.SUGGESTED, rules.CONFIRMED)),
        )
        .order_by(cared.c.id)
    ).all()
    return Ours(
        tuple(parts.lines(connection, community_id, rows, now, needs=True)),
        tuple(_looks(connection, community_id, {row.household_id for row in rows})),
        round_parts.newest(connection, community_id),
    )


def writing(
    connection: Connection, person: Person, language: str, household_id: int | None
) -> Writing:
    """Whom one may suggest. Who lives behind a door is told to those only who may know."""
    now, community_id = clock.now(), person.community_id
    homes = person.homes(now)
    doors = estates.households_by_id(connection, community_id, homes)
    works = person.may_somewhere(May.SEE_ESTATE, now)
    door = None
    if household_id is not None:
        door = estates.household(connection, community_id, household_id)
        if door is not None and not person.may(May.SEE_ESTATE, now, door):
            door = doors.get(household_id)
    knows = door is not None and person.may(May.SEE_CARE, now, door)
    living = people.residents_of(connection, community_id, door.household) if door and knows else ()
    return Writing(
        () if works else tuple((one.household, say(language, one.words)) for one in doors.values()),
        door.household if door else None,
        door.words if door else None,
        tuple((one.id, one.name) for one in living),
        "/care" if person.may_somewhere(May.SEE_CARE, now) else "/",
        round_parts.newest(connection, community_id),
    )


def _seen(connection: Connection, person: Person, person_id: str, now: int) -> AnyRow:
    row = row_of(connection, person.community_id, person_id)
    if row is None or not access.sees(person, row, door_of(connection, row), now):
        raise NotThere(person_id)
    return row


def _history(connection: Connection, row: AnyRow) -> Iterable[Word]:
    """Everything said of somebody and every visit, the newest first."""
    said = rules.fold(CARED_EVENTS.of(connection, row.community_id, row.id)).said
    visits = rounds.visits_at(connection, row.community_id, row.household_id, 0)
    who = people.accounts_by_id(
        connection, row.community_id, {one.actor for one in said} | {one[3] for one in visits}
    )
    found = [
        Word(one.at, who[one.actor].name, _what(one), str(one.said.get("words", "")))
        for one in said
    ]
    answers = {one.key: one.label for one in KINDS[rules.VISIT].answers}
    found += [Word(at, who[by].name, answers[answer], "") for _, answer, at, by in visits]
    return sorted(found, key=lambda one: -one.at)


def _what(event: Event) -> str:
    if event.what == "contact":
        return rules.HOWS[event.key]
    if event.what == "suggest":
        return rules.SOURCES[event.key]
    if event.what == "alert":
        return rules.ALERTS[event.key]
    if event.what == "end":
        return rules.ENDS[event.key]
    return SAID[event.what]


def _looks(connection: Connection, community_id: int, homes: set[int]) -> Iterable[Look]:
    """Everybody of the staff who looked at what is noted there, each once, the newest first."""
    rows = connection.execute(
        select(views.c.account_id, views.c.at)
        .where(
            views.c.community_id == community_id,
            views.c.what == "care",
            views.c.household_id.in_(homes),
        )
        .order_by(views.c.at.desc())
        .limit(MOST_LOOKS)
    ).all()
    names = people.accounts_by_id(connection, community_id, {row.account_id for row in rows})
    seen: set[str] = set()
    for row in rows:
        if row.account_id in names and row.account_id not in seen:
            seen.add(row.account_id)
            yield Look(names[row.account_id].name, row.at)


SAID = {
    "confirm": mark("Taken into care"),
    "change": mark("Planned anew"),
    "decline": mark("Not needed"),
    "reopen": mark("Taken up again"),
    "object": mark("The household says"),
    "escalate": mark("Those who lead were told"),
}
"""What was said, in words."""
