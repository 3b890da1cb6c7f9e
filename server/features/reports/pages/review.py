"""A contact sheet of a round's photos, for those who may see results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, select

from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.people.actors import Person
from server.features.people.rules import May
from server.features.photos import reads as photos
from server.features.photos.reading import order
from server.features.photos.rules import KEPT
from server.features.reports import rules
from server.features.reports.pages import shared
from server.features.reports.pages.results import names_of
from server.features.reports.tables import report_reviews, report_states, reports
from server.features.reports.views import ReviewPage, Shot
from server.features.rounds.kinds import RoundKind
from server.features.rounds.reads import parts
from server.i18n import say

AT_ONCE = 60
"""Photos on one sheet: what was looked at leaves it, and the next move up."""


def review(connection: Connection, person: Person, language: str, round_id: str) -> ReviewPage:
    """The photos of what stands in a round: what this person is still to look at, doubtful first.

    Raises `NotThere`, `NotAllowed`.
    """
    found = shared.round_of(connection, person.community_id, round_id)
    places = shared.places_of(connection, person, round_id, May.SEE_RESULTS)
    rows = _with_photos(connection, person.community_id, round_id, list(places))
    said = _verdicts(connection, person.community_id, round_id)
    come_to = {
        (row.op_id, row.resident_id): _reviewed(found.kind, row, said.get(_key(row), {}))
        for row in rows
    }
    left = [
        row
        for row in rows
        if come_to[_key(row)] == rules.OPEN
        and row.actor != person.id
        and person.id not in said.get(_key(row), {})
    ]
    states = photos.shown(connection, person.community_id, [row.op_id for row in left])
    here = [row for row in left if row.op_id in states]
    here.sort(key=lambda row: (-_doubtful(row, states[row.op_id]), row.at))
    return ReviewPage(
        round=found,
        shots=tuple(_shots(connection, person.community_id, language, here[:AT_ONCE], states)),
        left=len(here),
        all=len(rows),
        differing=tuple(
            _shots(
                connection, person.community_id, language,
                [row for row in rows if come_to[_key(row)] in (rules.DIFFERS, rules.UNREADABLE)],
                {},
                come_to,
            )
        ),
        seq=parts.newest(connection, person.community_id),
    )  # fmt: skip


def _doubtful(row: AnyRow, photo: photos.Photo) -> float:
    """How early a photo is to be looked at; those that have not arrived come last."""
    if photo.state != KEPT:
        return -1.0
    return order(row.finding, photo.reading) if photo.reading else 0.0


Key = tuple[str, int]


def _key(row: AnyRow) -> Key:
    return row.op_id, row.resident_id


def _with_photos(
    connection: Connection, community_id: int, round_id: str, stairwells: list[int]
) -> Sequence[AnyRow]:
    """What stands of each person, where it has a photo."""
    table, states = reports.c, report_states.c
    return connection.execute(
        select(reports)
        .join(
            report_states,
            (states.community_id == table.community_id)
            & (states.op_id == table.op_id)
            & (states.resident_id == table.resident_id),
        )
        .where(
            table.community_id == community_id,
            table.round_id == round_id,
            states.stairwell_id.in_(stairwells),
            table.photo != "",
        )
        .order_by(table.at)
    ).all()


def _verdicts(
    connection: Connection, community_id: int, round_id: str
) -> dict[Key, dict[str, str]]:
    """What was said of each photo, by who looked."""
    found: dict[Key, dict[str, str]] = {}
    table = report_reviews.c
    for row in connection.execute(
        select(report_reviews).where(table.community_id == community_id, table.round_id == round_id)
    ):
        found.setdefault(_key(row), {})[row.account_id] = row.verdict
    return found


def _reviewed(kind: RoundKind, row: AnyRow, said: dict[str, str]) -> str:
    finding = kind.finding(row.finding)
    return rules.reviewed(finding, said.values()) if finding else rules.AGREE


def _shots(
    connection: Connection,
    community_id: int,
    language: str,
    rows: Sequence[AnyRow],
    states: Mapping[str, photos.Photo],
    come_to: dict[Key, str] | None = None,
) -> Iterable[Shot]:
    doors = estates.households_by_id(connection, community_id, {row.household_id for row in rows})
    names = names_of(connection, community_id, [row.resident_id for row in rows])
    for row in rows:
        door = doors.get(row.household_id)
        yield Shot(
            row.op_id,
            row.resident_id,
            row.household_id,
            say(language, door.short_words) if door else "",
            names.get(row.resident_id, ""),
            row.finding,
            states.get(row.op_id),
            (come_to or {}).get(_key(row), ""),
        )
