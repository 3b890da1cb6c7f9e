"""Closings and their reports, for those who keep the whole community's clocks."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select

from server import clock
from server.db.base import AnyRow
from server.features.incidents import file, report, rules
from server.features.incidents.tables import INCIDENT_EVENTS, incidents
from server.features.incidents.views import Closing, Incidents, Report, Sum
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.register import NotAllowed, NotThere
from server.features.people.rules import EVERYWHERE, May
from server.features.people.tables import accounts
from server.features.retention.ageing import words_of
from server.features.retention.rules import CLOCKS
from server.features.rounds.reads import parts
from server.ids import is_uuid

SHOWN = 50


def last_closed(connection: Connection, community_id: int) -> int:
    """The number of the last closing, at which phones let go of pages they kept; 0 before any."""
    found = connection.execute(
        select(func.max(incidents.c.version)).where(
            incidents.c.community_id == community_id, incidents.c.state == rules.CLOSED
        )
    ).scalar_one()
    return found or 0


def index(connection: Connection, person: Person) -> Incidents:
    """What is under way, and what was closed or called off. Raises `NotAllowed`."""
    _must(person)
    rows = connection.execute(
        select(incidents)
        .where(incidents.c.community_id == person.community_id)
        .order_by(incidents.c.id.desc())
        .limit(SHOWN)
    ).all()
    every = [_closing(connection, person, row) for row in rows]
    return Incidents(
        next((one for one in every if one.state.state in rules.UNDER_WAY), None),
        tuple(one for one in every if one.state.state not in rules.UNDER_WAY),
        _open_rounds(connection, person),
        parts.newest(connection, person.community_id),
    )


def one(connection: Connection, person: Person, incident: str) -> Closing | Report:
    """One closing, or the report once it is closed. Raises `NotAllowed`, `NotThere`."""
    _must(person)
    row = file.row_of(connection, person.community_id, incident) if is_uuid(incident) else None
    if row is None:
        raise NotThere(incident)
    closing = _closing(connection, person, row)
    if row.report is None:
        return closing
    said = msgspec.json.decode(row.report)
    public, signature = bytes(row.public), bytes(row.signature)
    return Report(
        closing,
        said,
        _sums(said),
        report.fingerprint(public),
        report.document(row.report, signature, public),
        parts.newest(connection, person.community_id),
    )


def _must(person: Person) -> None:
    if not person.may(May.KEEP_CLOCKS, clock.now()):
        raise NotAllowed("incidents")


def _closing(connection: Connection, person: Person, row: AnyRow) -> Closing:
    community_id, now = person.community_id, clock.now()
    state = rules.fold(INCIDENT_EVENTS.of(connection, community_id, row.id))
    wanted = [one for one in (state.proposed_by, state.agreed_by) if one]
    names = {
        one.id: one.name
        for one in connection.execute(
            select(accounts.c.id, accounts.c.name).where(
                accounts.c.community_id == community_id, accounts.c.id.in_(wanted)
            )
        )
    }
    able = people.who_may(connection, community_id, May.KEEP_CLOCKS, [EVERYWHERE], now)
    others = {*able} - {state.proposed_by}
    mine = person.id in others or not others
    waits = state.state in {rules.PROPOSED, rules.AGREED}
    return Closing(
        row.id,
        state,
        names.get(state.proposed_by, ""),
        names.get(state.agreed_by or "", ""),
        state.state == rules.PROPOSED and mine,
        _open_rounds(connection, person) if waits else (),
        file.emergencies(connection, community_id) if waits else 0,
    )


def _open_rounds(connection: Connection, person: Person) -> tuple[tuple[str, str], ...]:
    rows = file.open_rounds(connection, person.community_id)
    return tuple((row.id, row.title) for row in rows)


def _sums(said: Mapping[str, Any]) -> tuple[tuple[str, int, tuple[Sum, ...]], ...]:
    """Totals by kind of record, each month by month."""
    found = []
    for key, label in [(key, one.label) for key, one in CLOCKS.items()]:
        lines = sorted(
            (one for one in said["totals"] if one["clock"] == key),
            key=lambda one: (one["what"], one["month"]),
        )
        sums = []
        for what, some in groupby(lines, lambda one: one["what"]):
            months = tuple((line["month"], line["n"]) for line in some)
            sums.append(Sum(words_of(key, what), months, sum(n for _, n in months)))
        gone = said["deleted"].get(key, 0)
        if sums or gone:
            found.append((label, gone, tuple(sums)))
    return tuple(found)
