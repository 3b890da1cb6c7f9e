"""The desk of those who answer: what needs a person now, the oldest danger first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Connection, case, func, select

from server import clock
from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.estates.records import Place
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.register import NotAllowed
from server.features.people.rules import ALLOWED, COMMUNITY, May
from server.features.requests.reads import emergency, parts
from server.features.requests.rules import ASKED
from server.features.requests.tables import requests, shift_notes
from server.features.requests.views import Desk, ShiftNote
from server.features.rounds.reads import parts as round_parts
from server.i18n import mark, say, translate

SHOWN = 50
"""Lines of one list; what is most pressing is among them, and how many there are is said."""

NOTES_LOOKED_AT = 100


def desk(connection: Connection, person: Person, language: str) -> Desk:
    """Everything that is open and theirs to know. Raises `NotAllowed`."""
    now, community_id = clock.now(), person.community_id
    if not parts.answers_somewhere(person, now):
        raise NotAllowed("requests")
    mine = (
        (requests.c.community_id == community_id)
        & requests.c.closed_at.is_(None)
        & parts.visible(connection, person, now)
    )
    pressing = (requests.c.state == ASKED) | (requests.c.due_at <= now)
    urgent, running = _first(connection, mine & pressing), _first(connection, mine & ~pressing)
    entered = connection.execute(
        select(requests)
        .where(
            requests.c.community_id == community_id,
            requests.c.asked_by == person.id,
            requests.c.closed_at.is_(None),
            requests.c.id.not_in([row.id for row in (*urgent, *running)]),
        )
        .order_by(requests.c.opened_at.desc())
        .limit(SHOWN)
    ).all()
    rows = [*urgent, *running, *entered]
    far = emergency.on_the_desk(connection, person, rows)
    found = parts.lines(connection, person, language, rows, far)
    all_urgent, all_running = _count(connection, mine, pressing, urgent, running)
    places = estates.places(connection, community_id)
    return Desk(
        pressing=found[: len(urgent)],
        pressing_count=all_urgent,
        running=found[len(urgent) : len(urgent) + len(running)],
        running_count=all_running,
        entered=found[len(urgent) + len(running) :],
        notes=tuple(_notes(connection, person, language, places, now)),
        places=tuple(_leaving(person, language, places, now)),
        may_find=parts.finds(person, now),
        at_home=bool(person.homes(now)),
        seq=round_parts.newest(connection, community_id),
    )


def waiting(connection: Connection, person: Person) -> int:
    """How many requests wait for this person: that nobody has, or that they have and are late with.

    For a household, how many of its own are open.
    """
    now = clock.now()
    wanted = parts.own(connection, person, now)
    if parts.answers_somewhere(person, now):
        late = (requests.c.owner == person.id) & (requests.c.due_at <= now)
        wanted = parts.visible(connection, person, now) & ((requests.c.state == ASKED) | late)
    found: int = connection.execute(
        select(func.count())
        .select_from(requests)
        .where(
            requests.c.community_id == person.community_id, requests.c.closed_at.is_(None), wanted
        )
    ).scalar_one()
    return found


def _first(connection: Connection, condition: ColumnElement[bool]) -> Sequence[AnyRow]:
    return connection.execute(
        select(requests).where(condition).order_by(requests.c.due_at).limit(SHOWN)
    ).all()


def _count(
    connection: Connection,
    mine: ColumnElement[bool],
    pressing: ColumnElement[bool],
    urgent: Sequence[AnyRow],
    running: Sequence[AnyRow],
) -> tuple[int, int]:
    """How many press and how many are under way, where more may than are shown."""
    if max(len(urgent), len(running)) < SHOWN:
        return len(urgent), len(running)
    query = select(func.count(), func.count(case((pressing, 1)))).select_from(requests).where(mine)
    every, press = connection.execute(query).one()
    return press, every - press


def _notes(
    connection: Connection,
    person: Person,
    language: str,
    places: dict[int, Place],
    now: int,
) -> Iterable[ShiftNote]:
    """The newest note of each place that has to do with those where this person answers."""
    mine = [place for place in places.values() if person.may(May.ANSWER, now, place)]
    rows = connection.execute(
        select(shift_notes)
        .where(shift_notes.c.community_id == person.community_id)
        .order_by(shift_notes.c.at.desc(), shift_notes.c.seq.desc())
        .limit(NOTES_LOOKED_AT)
    ).all()
    names = people.accounts_by_id(connection, person.community_id, {row.actor for row in rows})
    seen: set[tuple[str, int]] = set()
    for row in rows:
        there = [
            place for place in mine
            if row.scope == COMMUNITY or getattr(place, row.scope) == row.scope_id
        ]  # fmt: skip
        if there and (row.scope, row.scope_id) not in seen:
            seen.add((row.scope, row.scope_id))
            called = _called(language, row.scope, there[0])
            yield ShiftNote(called, row.words, names[row.actor].name, row.at)


def _leaving(
    person: Person, language: str, places: dict[int, Place], now: int
) -> Iterable[tuple[str, str]]:
    """The places for which this person may leave a note: those of their roles, the widest first."""
    seen: set[str] = set()
    allowed = ALLOWED[May.ANSWER]
    for scope in (COMMUNITY, "compound", "building", "stairwell"):
        for role in person.roles:
            if role.scope != scope or role.role not in allowed or not role.holds(now):
                continue
            key = COMMUNITY if scope == COMMUNITY else f"{scope}:{role.scope_id}"
            place = next(
                (
                    one for one in places.values()
                    if scope == COMMUNITY or getattr(one, scope) == role.scope_id
                ),
                None,
            )  # fmt: skip
            if place is not None and key not in seen:
                seen.add(key)
                yield key, _called(language, scope, place)


def _called(language: str, scope: str, place: Place) -> str:
    """A part of the community as pages name it."""
    if scope == COMMUNITY:
        return translate(language, EVERYWHERE)
    if scope == "compound":
        return place.address.compound
    return say(language, place.building_words if scope == "building" else place.words)


EVERYWHERE = mark("The whole community")
