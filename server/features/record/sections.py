"""What each feature keeps of a household, as far as its own pages show it to the household.

Nothing here says a note for the team, who named somebody a contact, or anything of others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select

from server import clock
from server.features.access import reads as access
from server.features.access.rules import KEPT_DAYS
from server.features.care import reads as care
from server.features.care import rules as care_rules
from server.features.cases.views import OwnCases
from server.features.custody import kinds as custody_kinds
from server.features.custody.tables import things
from server.features.estates import reads as estates
from server.features.notices import wording
from server.features.notices.audience import key_of
from server.features.notices.tables import notices, reach
from server.features.passes import rules as passes_rules
from server.features.passes.tables import passes
from server.features.people.actors import Person
from server.features.people.tables import residents
from server.features.record.views import Line, Section
from server.features.reports.tables import reports
from server.features.requests import kinds as requests_kinds
from server.features.requests import rules as requests_rules
from server.features.requests.reads import parts as requests_parts
from server.features.requests.tables import requests
from server.features.rounds import kinds as rounds_kinds
from server.features.rounds import rules as rounds_rules
from server.features.rounds.tables import marks, rounds
from server.features.testing.tables import test_records
from server.i18n import Words, mark


@dataclass(frozen=True, slots=True)
class Asking:
    """Whose record is asked for."""

    connection: Connection
    person: Person
    language: str
    homes: tuple[int, ...]
    cases: OwnCases
    now: int


def every(asking: Asking) -> tuple[Section, ...]:
    """All sections, also those in which nothing stands."""
    return tuple(
        Section(key, label, path, tuple(sorted(lines(asking), key=_newest_first)))
        for key, label, path, lines in SECTIONS
    )


def _newest_first(line: Line) -> int:
    return -(line.at or 0)


def _when(moment: int | None) -> str | None:
    return clock.rfc3339(moment) if moment is not None else None


def _marks(asking: Asking) -> Iterator[Line]:
    """What was marked at the door, without notes."""
    table = marks.c
    rows = asking.connection.execute(
        select(
            rounds.c.title, rounds.c.kind,
            *(table[name] for name in ("answer", "given", "owed", "source", "at")),
        )
        .join(
            rounds,
            (rounds.c.community_id == table.community_id) & (rounds.c.id == table.round_id),
        )
        .where(
            table.community_id == asking.person.community_id,
            table.household_id.in_(asking.homes),
            table.undone_seq.is_(None),
            rounds.c.status != rounds_rules.PLANNED,
        )
    )  # fmt: skip
    for row in rows:
        kind = rounds_kinds.KINDS.get(row.kind)
        answer = kind.answer(row.answer) if kind else None
        yield Line(
            row.at,
            (row.title, Words(answer.label) if answer else row.answer),
            {
                "round": row.title,
                "kind": row.kind,
                "answer": row.answer,
                "given": row.given,
                "owed": row.owed,
                "said_by": row.source,
                "at": _when(row.at),
            },
        )


def _reports(asking: Asking) -> Iterator[Line]:
    """What was reported of each person's test."""
    table = reports.c
    rows = asking.connection.execute(
        select(
            residents.c.name, rounds.c.title, rounds.c.kind,
            *(table[name] for name in ("finding", "why", "details", "at")),
        )
        .join(
            residents,
            (residents.c.community_id == table.community_id)
            & (residents.c.id == table.resident_id),
        )
        .join(
            rounds,
            (rounds.c.community_id == table.community_id) & (rounds.c.id == table.round_id),
        )
        .where(
            table.community_id == asking.person.community_id,
            table.household_id.in_(asking.homes),
            residents.c.household_id.in_(asking.homes),
            table.undone_seq.is_(None),
        )
    )  # fmt: skip
    for row in rows:
        kind = rounds_kinds.KINDS.get(row.kind)
        finding = kind.finding(row.finding) if kind else None
        yield Line(
            row.at,
            (row.name, row.title, Words(finding.label) if finding else row.finding),
            {
                "name": row.name,
                "round": row.title,
                "finding": row.finding,
                "why": row.why,
                "details": row.details,
                "at": _when(row.at),
            },
        )


def _tests(asking: Asking) -> Iterator[Line]:
    """Results from a test site: of one's own household alone, as `/testing/mine` has it."""
    table = test_records.c
    rows = asking.connection.execute(
        select(residents.c.name, table.tested_at, table.result)
        .join(
            residents,
            (residents.c.community_id == table.community_id)
            & (residents.c.id == table.resident_id),
        )
        .where(
            table.community_id == asking.person.community_id,
            residents.c.household_id == asking.person.household_id,
        )
    )
    for row in rows:
        data = {"name": row.name, "result": row.result, "tested_at": _when(row.tested_at)}
        yield Line(row.tested_at, (row.name, Words(RESULTS.get(row.result, row.result))), data)


def _requests(asking: Asking) -> Iterator[Line]:
    """What the household asked for, or others for it where that is nobody's secret."""
    table = requests.c
    rows = asking.connection.execute(
        select(table.kind, table.opened_at, table.state, table.closed_at).where(
            table.community_id == asking.person.community_id,
            requests_parts.own(asking.connection, asking.person, asking.now),
        )
    )
    for row in rows:
        kind = requests_kinds.KINDS.get(row.kind)
        yield Line(
            row.opened_at,
            (
                Words(kind.label) if kind else row.kind,
                Words(requests_rules.STATES.get(row.state, row.state)),
            ),
            {
                "kind": row.kind,
                "state": row.state,
                "asked_at": _when(row.opened_at),
                "closed_at": _when(row.closed_at),
            },
        )


def _passes(asking: Asking) -> Iterator[Line]:
    names = ("number", "kind", "name", "reason", "words", "way", "since", "until", "uses", "state")
    rows = asking.connection.execute(
        select(*(passes.c[name] for name in (*names, "last_at"))).where(
            passes.c.community_id == asking.person.community_id,
            passes.c.household_id.in_(asking.homes),
        )
    )
    for row in rows:
        data = {name: getattr(row, name) for name in names}
        moments = {name: _when(getattr(row, name)) for name in ("since", "until", "last_at")}
        state = Words(passes_rules.STATES.get(row.state, row.state))
        yield Line(row.since, (row.name, row.number, state), data | moments)


def _things(asking: Asking) -> Iterator[Line]:
    rows = asking.connection.execute(
        select(*(things.c[name] for name in ("kind", "label", "amount", "since", "closed_at")))
        .where(
            things.c.community_id == asking.person.community_id,
            things.c.household_id.in_(asking.homes),
        )
    )  # fmt: skip
    for row in rows:
        kind = custody_kinds.KINDS.get(row.kind)
        state = Words(BACK if row.closed_at is not None else ON_THE_WAY)
        yield Line(
            row.since,
            (Words(kind.label) if kind else row.kind, row.label, state),
            {
                "kind": row.kind,
                "label": row.label,
                "amount_fen": row.amount,
                "since": _when(row.since),
                "back_at": _when(row.closed_at),
            },
        )


def _notices(asking: Asking) -> Iterator[Line]:
    """Announcements to the household, as its inbox has them."""
    columns = (reach.c[name] for name in ("opened_at", "answer", "told_at"))
    rows = asking.connection.execute(
        select(notices.c.content, notices.c.kind, notices.c.made_at, *columns)
        .join(
            reach,
            (reach.c.community_id == notices.c.community_id) & (reach.c.notice_id == notices.c.id),
        )
        .where(
            reach.c.community_id == asking.person.community_id,
            reach.c.recipient.in_([key_of(one) for one in asking.homes]),
            reach.c.queued_at.is_not(None),
        )
    )
    for row in rows:
        said = wording.said(row.content, asking.language)
        yield Line(
            row.made_at,
            (said.title,),
            {
                "title": said.title,
                "body": said.body,
                "kind": row.kind,
                "made_at": _when(row.made_at),
                "opened_at": _when(row.opened_at),
                "told_by_hand_at": _when(row.told_at),
                "answer": row.answer or "",
            },
        )


def _care(asking: Asking) -> Iterator[Line]:
    for one in care.ours(asking.connection, asking.person).lines:
        needs = tuple(Words(care_rules.NEEDS[key]) for key in one.needs)
        yield Line(
            None,
            (one.name, Words(care_rules.STATES[one.state]), *needs),
            {
                "name": one.name,
                "state": one.state,
                "needs": list(one.needs),
                "words": one.words,
                "keeper": one.keeper,
                "deputy": one.deputy,
            },
        )


def _cases(asking: Asking) -> Iterator[Line]:
    """What `/cases/mine` says; of a contact nothing of whom they met."""
    for one in asking.cases.cases:
        yield Line(
            one.opened_at,
            (one.name, Words(one.why)),
            {"name": one.name, "since": _when(one.opened_at), "closed": one.closed}
            | {"said": [{"what": line.label, "at": _when(line.event.at)} for line in one.story]},
        )
    for contact in asking.cases.contacts:
        yield Line(
            None,
            (contact.name, Words(OVER if contact.over else CONTACT)),
            {"name": contact.name, "close_contact": not contact.over}
            | {"until": _when(contact.until)},
        )


def _passages(asking: Asking) -> Iterator[Line]:
    """That counts are received, and their sums: by day they would show one of a home to another."""
    community_id = asking.person.community_id
    doors = estates.households_by_id(asking.connection, community_id, asking.homes)
    within = {door.compound for door in doors.values()}
    for one in access.connected(asking.connection, community_id):
        if one.compound in within:
            data = {"door_system": one.name, "kept_days": KEPT_DAYS}
            yield Line(None, (one.name, Words(RECEIVED, {"days": KEPT_DAYS})), data)
    for kept in access.kept(asking.connection, community_id, asking.homes):
        counts = {"ins": kept.ins, "outs": kept.outs, "days": kept.days}
        said = (doors[kept.household].short_words, Words(COUNTED, counts))
        yield Line(None, said, counts | {"first_day": kept.first, "last_day": kept.last})


RESULTS = {
    "negative": mark("negative"),
    "positive": mark("positive"),
    "invalid": mark("cannot be read"),
    "retest": mark("to be tested again"),
}
RECEIVED = mark("sends how often people go in and out; kept %(days)s days")
COUNTED = mark("in %(ins)s and out %(outs)s times, on %(days)s days")
ON_THE_WAY, BACK = mark("not back yet"), mark("back")
CONTACT, OVER = mark("close contact"), mark("close contact, over")

SECTIONS: tuple[tuple[str, str, str, Callable[[Asking], Iterator[Line]]], ...] = (
    ("doors", mark("What was marked at our door"), "/", _marks),
    ("reports", mark("What we reported"), "/reports/mine", _reports),
    ("tests", mark("Our test results"), "/testing/mine", _tests),
    ("requests", mark("What we asked for"), "/requests", _requests),
    ("passes", mark("Our passes"), "/passes/mine", _passes),
    ("things", mark("Our things"), "/things/ours", _things),
    ("passages", mark("How often our door was gone through"), "/retention", _passages),
    ("notices", mark("What we were told"), "/notices", _notices),
    ("care", mark("Special care for us"), "/care/ours", _care),
    ("cases", mark("Our household's health"), "/cases/mine", _cases),
)
"""Key, words, page and lines of each section, in the order in which pages show them."""
