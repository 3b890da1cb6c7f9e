"""One announcement, and for those who may know, whom it reached."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, select

from server import clock
from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.notices import rules
from server.features.notices.audience import DUTIES
from server.features.notices.reads import parts
from server.features.notices.reads.inbox import keys_of, lines_for
from server.features.notices.tables import reach
from server.features.notices.views import Missing, NoticePage, Reach, Stage
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.register import NotAllowed
from server.features.rounds.reads import parts as round_parts
from server.i18n import say


def notice(connection: Connection, person: Person, language: str, notice_id: str) -> NoticePage:
    """One announcement. Raises `NotThere`; `NotAllowed` for whom it neither meant nor concerns."""
    now = clock.now()
    row = parts.row_of(connection, person.community_id, notice_id)
    own = _own_line(connection, person, notice_id, now)
    may_lead = parts.may_lead(connection, person, row, now)
    if own is None and not may_lead:
        raise NotAllowed(notice_id)
    by = people.accounts_by_id(connection, person.community_id, [row.made_by])[row.made_by].name
    line = parts.line_of(row, language, now)
    if own is not None:
        joined: Any = _Joined(row, own)
        [line] = lines_for(connection, person, language, [joined], now)
    return NoticePage(
        line,
        by,
        own is not None,
        _reach(connection, person.community_id, language, row, now) if may_lead else None,
        may_lead,
        round_parts.newest(connection, person.community_id),
    )


def _own_line(connection: Connection, person: Person, notice_id: str, now: int) -> AnyRow | None:
    """The line of whoever asks, before that of a household for which they act."""
    keys = keys_of(person, now)
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


def _reach(
    connection: Connection, community_id: int, language: str, row: AnyRow, now: int
) -> Reach:
    lines = parts.ledger(connection, community_id, row.id)
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
