"""One household in rounds of reports: as those who report for it see it, and as it does itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, case, select

from server import clock
from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.estates.records import Household
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.register import NotAllowed, NotThere
from server.features.people.rules import May
from server.features.photos import reads as photos
from server.features.photos.reads import Photo
from server.features.reports import reads, rules
from server.features.reports.pages import shared
from server.features.reports.tables import reports
from server.features.reports.views import (
    Asked,
    DoorPage,
    OwnPage,
    OwnRound,
    PersonRow,
    ReportLine,
)
from server.features.rounds import rules as rounds
from server.features.rounds.kinds import KINDS, REPORTED, RoundKind
from server.features.rounds.reads import parts
from server.features.rounds.tables import round_doors
from server.features.rounds.tables import rounds as rounds_table
from server.features.rounds.views import RoundHead
from server.i18n import say, translate


def door(
    connection: Connection, person: Person, language: str, round_id: str, household_id: int
) -> DoorPage:
    """One household in a round of reports. Raises `NotThere`, `NotAllowed`."""
    community_id, now = person.community_id, clock.now()
    found = shared.round_of(connection, community_id, round_id)
    place = estates.household(connection, community_id, household_id)
    row = parts.door(connection, community_id, round_id, household_id)
    if place is None or row is None:
        raise NotThere(household_id)
    may_see = person.may(May.SEE_RESULTS, now, place)
    may_mark = person.may(May.LEAD, now, place) or parts.carries(connection, person, round_id, row)
    may_report = may_mark or person.may(May.REPORT, now, place)
    if not (may_see or may_report):
        raise NotAllowed(household_id)
    return DoorPage(
        round=found,
        door=household_id,
        stairwell=place.stairwell,
        place=say(language, place.words),
        label=place.label,
        due=row.due,
        answer=row.answer or "",
        people=tuple(
            _people(connection, person, language, found, household_id, with_results=may_see)
        ),
        may_report=may_report,
        may_mark=may_mark,
        may_see=may_see,
        seq=parts.newest(connection, community_id),
    )


def _people(
    connection: Connection,
    person: Person,
    language: str,
    found: RoundHead,
    household_id: int,
    *,
    with_results: bool,
) -> Iterable[PersonRow]:
    """Who is present there, and all of whom something was reported."""
    table = reports.c
    said: dict[int, list[AnyRow]] = {}
    for row in connection.execute(
        select(reports)
        .where(
            table.community_id == person.community_id,
            table.round_id == found.id,
            table.household_id == household_id,
        )
        .order_by(table.at.desc(), table.seq.desc())
    ):
        said.setdefault(row.resident_id, []).append(row)
    taken = photos.shown(
        connection, person.community_id, [row.op_id for rows in said.values() for row in rows]
    )
    who = parts.names(
        connection, person.community_id, {row.actor for rows in said.values() for row in rows}
    )
    for one in people.residents_of(connection, person.community_id, household_id):
        rows = said.get(one.id, [])
        head, disputed = rules.fold(_report(row) for row in rows)
        if not (one.present or rows):
            continue
        yield PersonRow(
            one.id,
            one.name,
            head is not None,
            head.op_id if head is not None and head.actor == person.id else "",
            head.answer if head is not None and with_results else "",
            disputed and with_results,
            tuple(_line(row, found.kind, language, who, head, taken.get(row.op_id)) for row in rows)
            if with_results
            else (),
        )


def _report(row: AnyRow) -> rules.Report:
    return rules.Report(
        row.op_id, row.resident_id, row.seq, row.at, row.actor, row.source, row.finding, row.seen,
        row.undone_seq is not None,
    )  # fmt: skip


def _line(
    row: AnyRow,
    kind: RoundKind,
    language: str,
    who: Mapping[str, str],
    head: rounds.Mark | None,
    photo: Photo | None,
) -> ReportLine:
    labels = {one.key: translate(language, one.label) for one in kind.details}
    return ReportLine(
        row.op_id,
        row.finding,
        row.why,
        tuple((labels[key], answer) for key, answer in row.details.items() if key in labels),
        photo,
        who.get(row.actor, ""),
        row.source,
        row.at,
        row.undone_seq is not None,
        head is not None and head.op_id == row.op_id,
    )


def own(connection: Connection, person: Person, language: str) -> OwnPage:
    """The open rounds in which a household reports itself, and those for which one acts.

    Raises `NotThere` for who speaks for none.
    """
    homes = _homes(connection, person)
    if not homes:
        raise NotThere(person.id)

    def people(one: Asked) -> Iterable[PersonRow]:
        return _people(connection, person, language, one.round, one.door, with_results=False)

    return OwnPage(
        tuple(one.household for one in homes),
        tuple(OwnRound(one, tuple(people(one))) for one in asked(connection, person, language)),
        parts.newest(connection, person.community_id),
    )


def asked(connection: Connection, person: Person, language: str) -> tuple[Asked, ...]:
    """The open rounds in which one's households report: the own first, then what is not done."""
    return tuple(
        one
        for place in _homes(connection, person)
        for one in _asked(
            connection,
            person.community_id,
            place,
            "" if place.household == person.household_id else say(language, place.short_words),
        )
    )


def _homes(connection: Connection, person: Person) -> list[Household]:
    """The households one speaks for, the own first."""
    found = estates.households_by_id(
        connection, person.community_id, person.homes(clock.now())
    ).values()
    return sorted(found, key=lambda one: (one.household != person.household_id, one.household))


def _asked(
    connection: Connection, community_id: int, place: Household, whose: str
) -> Iterable[Asked]:
    table = round_doors.c
    rows = connection.execute(
        select(rounds_table, table.mark_id, table.answer)
        .join(
            round_doors,
            (table.community_id == rounds_table.c.community_id)
            & (table.round_id == rounds_table.c.id),
        )
        .where(
            table.community_id == community_id,
            table.household_id == place.household,
            table.due > 0,
            rounds_table.c.status == rounds.OPEN,
            rounds_table.c.kind.in_(_REPORTED_KINDS),
        )
        .order_by(case((reads.not_reported(), 0), else_=1), rounds_table.c.made_at.desc())
    ).all()
    for row in rows:
        found = parts.head(row)
        due_at = shared.deadlines(connection, community_id, found.id).get(
            place.building, found.deadline
        )
        done = row.answer == REPORTED.key
        yield Asked(found, place.household, whose, due_at, done, row.mark_id or "")


_REPORTED_KINDS = [kind.key for kind in KINDS.values() if kind.reported]
