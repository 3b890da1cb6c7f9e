"""Named queries for pages about announcements."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, func, select

from server import clock
from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.notices import rules, wording
from server.features.notices.audience import DUTIES, key_of
from server.features.notices.tables import channels, notices, reach
from server.features.notices.views import (
    Call,
    CallList,
    Compose,
    Door,
    Inbox,
    Line,
    Missing,
    NoticePage,
    NotReached,
    Reach,
    Sent,
    SentList,
    Stage,
    Text,
)
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.register import NotAllowed, NotThere
from server.features.people.rules import HOUSEHOLD, May, scope_of
from server.features.people.scopes import scopes
from server.features.people.tables import residents
from server.features.rounds.reads import parts
from server.i18n import LANGUAGES, mark, say, translate

SHOWN = 50
"""Announcements an inbox goes back."""

_LEDGER = (
    "recipient", "account_id", "household_id", "stairwell_id", "level", "stage", "queued_at",
    "sent_at", "shown_at", "opened_at", "answered_at", "answer", "told_at", "told_by", "outcome",
    "tried",
)  # fmt: skip


def inbox(connection: Connection, person: Person, language: str) -> Inbox:
    """What was announced to this person, or to their household."""
    rows = connection.execute(
        select(
            notices,
            *(reach.c[name] for name in ("opened_at", "answer", "told_at", "household_id")),
        )
        .join(
            reach, (reach.c.community_id == notices.c.community_id)
            & (reach.c.notice_id == notices.c.id),
        )
        .where(
            reach.c.community_id == person.community_id,
            reach.c.recipient.in_(_keys(person, clock.now())),
            reach.c.queued_at.is_not(None),
        )
        .order_by(notices.c.made_at.desc())
        .limit(SHOWN)
    )  # fmt: skip
    now = clock.now()
    return Inbox(
        tuple(_inbox_lines(connection, person, language, rows.all(), now)),
        parts.newest(connection, person.community_id),
    )


def _inbox_lines(
    connection: Connection, person: Person, language: str, rows: Sequence[AnyRow], now: int
) -> Iterable[Line]:
    """Lines of an inbox; those of a household for which one acts say whose they are."""
    others = {row.household_id for row in rows} - {None, person.household_id}
    places = estates.households_by_id(connection, person.community_id, others) if others else {}
    for row in rows:
        line = _line(row, language, now)
        place = places.get(row.household_id)
        if place is None:
            yield line
        else:
            yield replace(line, household=row.household_id, whose=say(language, place.short_words))


def _keys(person: Person, now: int) -> list[str]:
    """What stands for a person in ledgers: themselves, their household, those they act for."""
    homes = scope_of(person.roles, HOUSEHOLD, now).get("household", frozenset())
    own = [] if person.household_id is None else [person.household_id]
    return [person.id, *(key_of(one) for one in dict.fromkeys([*own, *sorted(homes)]))]


def _line(row: AnyRow, language: str, now: int) -> Line:
    said = wording.said(row.content, language)
    return Line(
        id=row.id,
        kind=row.kind,
        title=said.title,
        body=said.body,
        urgent=row.urgency == rules.URGENT,
        asks=row.asks,
        opens=row.opens,
        at=row.made_at,
        until=row.until,
        over=not rules.matters(row.until, row.withdrawn_at, now),
        withdrawn=row.withdrawn_at is not None,
        opened=getattr(row, "opened_at", None) is not None,
        answer=getattr(row, "answer", None) or "",
        by_hand=getattr(row, "told_at", None) is not None,
    )


def sent(connection: Connection, person: Person, language: str) -> SentList:
    """Announcements made lately that this person may look into. Raises `NotAllowed`."""
    now = clock.now()
    if not _sends(person, now):
        raise NotAllowed("notices")
    query = select(notices).where(notices.c.community_id == person.community_id)
    if not person.may(May.SEE_REACH, now):
        query = query.where(notices.c.made_by == person.id)
    rows = connection.execute(query.order_by(notices.c.made_at.desc()).limit(SHOWN)).all()
    counted = _counts(connection, person.community_id, [row.id for row in rows])
    names = people.accounts_by_id(connection, person.community_id, {row.made_by for row in rows})
    lines = []
    for row in rows:
        line = _line(row, language, now)
        lines.append(
            Sent(
                row.id, line.title, row.kind, line.urgent, row.made_at, names[row.made_by].name,
                line.over, counted.get(row.id, rules.Counts()),
            )
        )  # fmt: skip
    return SentList(tuple(lines), parts.newest(connection, person.community_id))


def _sends(person: Person, now: int) -> bool:
    """True for whoever may make announcements somewhere."""
    return person.leads(now) or person.is_a("officer", now)


def _counts(
    connection: Connection, community_id: int, ids: Collection[str]
) -> dict[str, rules.Counts]:
    """The figures of several announcements, added up by the database."""
    table = reach.c
    known = table.opened_at.is_not(None) | table.answered_at.is_not(None)
    found = connection.execute(
        select(
            table.notice_id,
            func.count().label("all"),
            func.count(table.sent_at).label("sent"),
            func.count(table.shown_at).label("shown"),
            func.count(table.opened_at).label("opened"),
            func.count(table.answered_at).label("answered"),
            func.count(table.told_at).label("told"),
            func.count().filter(table.answer == rules.COMING).label("coming"),
            func.count().filter(table.answer == rules.CANNOT).label("cannot"),
            func.count().filter(known | table.told_at.is_not(None)).label("reached"),
        )
        .where(table.community_id == community_id, table.notice_id.in_(list(ids)))
        .group_by(table.notice_id)
    )
    return {row[0]: rules.Counts(*row[1:]) for row in found}


def notice(connection: Connection, person: Person, language: str, notice_id: str) -> NoticePage:
    """One announcement. Raises `NotThere`; `NotAllowed` for whom it neither meant nor concerns."""
    now = clock.now()
    row = _row(connection, person.community_id, notice_id)
    own = _own_line(connection, person, notice_id, now)
    may_lead = _may_lead(person, row, now)
    if own is None and not may_lead:
        raise NotAllowed(notice_id)
    by = people.accounts_by_id(connection, person.community_id, [row.made_by])[row.made_by].name
    line = _line(row, language, now)
    if own is not None:
        joined: Any = _Joined(row, own)
        [line] = _inbox_lines(connection, person, language, [joined], now)
    return NoticePage(
        line,
        by,
        own is not None,
        _reach(connection, person.community_id, language, row, now) if may_lead else None,
        may_lead,
        parts.newest(connection, person.community_id),
    )


def _own_line(connection: Connection, person: Person, notice_id: str, now: int) -> AnyRow | None:
    """The line of whoever asks, before that of a household for which they act."""
    keys = _keys(person, now)
    rows = connection.execute(
        select(reach).where(
            reach.c.community_id == person.community_id,
            reach.c.notice_id == notice_id,
            reach.c.recipient.in_(keys),
            reach.c.queued_at.is_not(None),
        )
    ).all()
    return min(rows, key=lambda line: keys.index(line.recipient), default=None)


class _Joined:
    """A row of notices with one of reach, as a join gives them."""

    def __init__(self, notice_row: AnyRow, line: AnyRow) -> None:
        self._rows = (notice_row, line)

    def __getattr__(self, name: str) -> object:
        notice_row, line = self._rows
        return getattr(notice_row if hasattr(notice_row, name) else line, name)


def _may_lead(person: Person, row: AnyRow, now: int) -> bool:
    return row.made_by == person.id or person.may(May.SEE_REACH, now)


def _row(connection: Connection, community_id: int, notice_id: str) -> AnyRow:
    row = connection.execute(
        select(notices).where(notices.c.community_id == community_id, notices.c.id == notice_id)
    ).first()
    if row is None:
        raise NotThere(notice_id)
    return row


def _lines(connection: Connection, community_id: int, notice_id: str) -> Sequence[AnyRow]:
    return connection.execute(
        select(*(reach.c[name] for name in _LEDGER)).where(
            reach.c.community_id == community_id, reach.c.notice_id == notice_id
        )
    ).all()


def _reach(
    connection: Connection, community_id: int, language: str, row: AnyRow, now: int
) -> Reach:
    lines = _lines(connection, community_id, row.id)
    missing = [line for line in lines if not rules.reached(line)]
    names = people.accounts_by_id(
        connection, community_id, [line.account_id for line in lines if line.household_id is None]
    )
    staff = [line for line in missing if line.household_id is None]
    return Reach(
        counts=rules.count(lines),
        stages=tuple(_stages(row, lines, {one: found.name for one, found in names.items()})),
        overdue=row.stage_until is not None and row.stage_until <= now and not row.withdrawn_at,
        missing=tuple(_by_stairwell(connection, community_id, language, missing)),
        names=tuple(sorted(names[line.account_id].name for line in staff)),
        rounds=(),
        stage=row.stage,
        matters=rules.matters(row.until, row.withdrawn_at, now),
    )


def _stages(row: AnyRow, lines: Sequence[AnyRow], names: dict[str, str]) -> Iterable[Stage]:
    """The levels of a cascade, and everybody else as the last."""
    if not row.stages:
        return
    for number, role in enumerate([*row.stages, ""]):
        held = [line for line in lines if line.stage == number]
        if not held:
            continue
        late = [line for line in held if not rules.answered(line)]
        state = "now" if number == row.stage else "done" if number < row.stage else "later"
        if state == "now" and not late:
            state = "done"
        yield Stage(
            number,
            DUTIES.get(role, ""),
            state,
            len(held),
            len(held) - len(late),
            tuple(names[line.account_id] for line in late if line.account_id in names),
        )


def _by_stairwell(
    connection: Connection, community_id: int, language: str, missing: Sequence[AnyRow]
) -> Iterable[Missing]:
    homes = [line for line in missing if line.household_id is not None]
    if not homes:
        return
    places = estates.places(connection, community_id, {line.stairwell_id for line in homes})
    doors = estates.households_by_id(connection, community_id, [one.household_id for one in homes])
    found: dict[int, list[AnyRow]] = {}
    for line in homes:
        found.setdefault(line.stairwell_id, []).append(line)
    for stairwell, place in places.items():
        labels = [
            doors[one.household_id].label for one in sorted(found[stairwell], key=lambda o: o.level)
        ]
        yield Missing(stairwell, say(language, place.words), tuple(labels))


def doors_not_reached(
    connection: Connection, community_id: int, notice_id: str, language: str
) -> NotReached:
    """The doors behind which nobody knows yet; none for an announcement there is not."""
    try:
        row = _row(connection, community_id, notice_id)
    except NotThere:
        return NotReached("", ())
    lines = _lines(connection, community_id, notice_id)
    return NotReached(
        wording.said(row.content, language).title,
        tuple(
            Door(line.household_id, line.stairwell_id, line.level)
            for line in lines
            if line.household_id is not None and line.queued_at and not rules.reached(line)
        ),
    )


def calls(connection: Connection, person: Person, language: str, notice_id: str) -> CallList:
    """The telephone list: who is still to be told, those never tried first.

    A volunteer sees the doors of their stairwells. Raises `NotThere`, `NotAllowed`.
    """
    now = clock.now()
    community_id = person.community_id
    row = _row(connection, community_id, notice_id)
    if not (_may_lead(person, row, now) or person.is_a("volunteer", now) or _sends(person, now)):
        raise NotAllowed(notice_id)
    lines = _lines(connection, community_id, notice_id)
    left = [line for line in lines if line.queued_at and not rules.reached(line)]
    doors = estates.households_by_id(
        connection, community_id, [line.household_id for line in left if line.household_id]
    )
    mine = {one: door for one, door in doors.items() if person.may(May.TELL, now, door)}
    numbers = _phones(connection, community_id, list(mine))
    names = people.accounts_by_id(
        connection, community_id, [line.account_id for line in left if line.household_id is None]
    )
    found = [
        Call(
            line.recipient, line.household_id,
            say(language, mine[line.household_id].words), mine[line.household_id].name,
            line.household_id in numbers, line.outcome or "", line.tried,
        )
        for line in left
        if line.household_id in mine
    ] + [
        Call(line.recipient, None, names[line.account_id].name, "", False,
             line.outcome or "", line.tried)
        for line in left
        if line.household_id is None and person.leads(now)
    ]  # fmt: skip
    order = {rules.CALL_BACK: 1, rules.NO_ANSWER: 2}
    return CallList(
        _line(row, language, now),
        tuple(sorted(found, key=lambda call: (order.get(call.outcome, 0), call.tried))),
        sum(line.told_at is not None for line in lines),
        parts.newest(connection, community_id),
    )


def _phones(
    connection: Connection, community_id: int, household_ids: Collection[int]
) -> dict[int, str]:
    """A telephone number of each household that gave one."""
    rows = connection.execute(
        select(residents.c.household_id, residents.c.phone)
        .where(
            residents.c.community_id == community_id,
            residents.c.household_id.in_(list(household_ids)),
            residents.c.phone != "",
        )
        .order_by(residents.c.id.desc())
    )
    return {row.household_id: row.phone for row in rows}


def texts(
    connection: Connection, person: Person, language: str, notice_id: str, base_url: str
) -> tuple[Line, tuple[Text, ...]]:
    """An announcement as text, in each language there is, the reader's first.

    Raises `NotThere`, `NotAllowed`.
    """
    now = clock.now()
    row = _row(connection, person.community_id, notice_id)
    if not _may_lead(person, row, now):
        raise NotAllowed(notice_id)
    title = row.content["title"]
    known = set(title["typed"]) if "typed" in title else set(LANGUAGES)
    wanted = [one for one in (language, *LANGUAGES) if one in known] or list(known)
    made = []
    for one in dict.fromkeys(wanted):
        said = wording.said(row.content, one)
        loud = translate(one, LOUD, title=said.title, body=said.body)
        made.append(Text(one, said.title, said.body, loud, row.until, base_url))
    return _line(row, language, now), tuple(made)


def composing(connection: Connection, person: Person, language: str) -> Compose:
    """What a new announcement can be about. Raises `NotAllowed`."""
    now = clock.now()
    if not _sends(person, now):
        raise NotAllowed("notices")
    places = estates.places(connection, person.community_id)
    mine = [one for one, place in places.items() if person.may(May.ANNOUNCE, now, place)]
    tree = scopes(connection, person.community_id, language, mine)
    count = connection.execute(
        select(func.count())
        .select_from(channels)
        .where(channels.c.community_id == person.community_id, channels.c.revoked_at.is_(None))
    ).scalar_one()
    first = [language, *(one for one in LANGUAGES if one != language)]
    return Compose(tree, tuple(DUTIES.items()), tuple(first), person.leads(now), count)


def overdue(connection: Connection, person: Person, language: str) -> tuple[Sent, ...]:
    """Cascades of this person's that wait for somebody, and urgent calls hardly heard."""
    now = clock.now()
    rows = connection.execute(
        select(notices)
        .where(
            notices.c.community_id == person.community_id,
            notices.c.made_by == person.id,
            notices.c.withdrawn_at.is_(None),
            notices.c.stage_until <= now,
        )
        .order_by(notices.c.made_at.desc())
        .limit(5)
    ).all()
    counted = _counts(connection, person.community_id, [row.id for row in rows])
    return tuple(
        Sent(row.id, wording.said(row.content, language).title, row.kind, True, row.made_at, "",
             False, counted.get(row.id, rules.Counts()))
        for row in rows
    )  # fmt: skip


LOUD = mark("Attention please: %(title)s. %(body)s Once more: %(title)s.")
"""How an announcement is read out, slowly, over the loudspeaker."""
