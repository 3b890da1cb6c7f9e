"""The reach ledger as it is written: one line a recipient, which only ever says more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from server import clock
from server.db.base import AnyRow
from server.features.notices import rules
from server.features.notices.audience import Recipient, key_of
from server.features.notices.tables import notices, reach
from server.i18n import mark
from server.oplog.kinds import Moment, Refused


def begin(
    connection: Connection, community_id: int, notice_id: str, meant: Sequence[Recipient], now: int
) -> None:
    """Write a line for everybody meant; those of the first stage are told at once."""
    first = min(one.stage for one in meant)
    connection.execute(
        insert(reach),
        [
            {
                "community_id": community_id,
                "notice_id": notice_id,
                "recipient": one.key,
                "account_id": one.account,
                "household_id": one.household,
                "stairwell_id": one.stairwell,
                "level": one.level,
                "stage": one.stage,
                "queued_at": now if one.stage == first else None,
            }
            for one in meant
        ],
    )


def find(at: Moment, notice_id: str) -> AnyRow:
    """The announcement's row. Raises `Refused`."""
    row = at.connection.execute(
        select(notices).where(notices.c.community_id == at.community_id, notices.c.id == notice_id)
    ).first()
    if row is None:
        raise Refused(NO_SUCH_NOTICE)
    return row


def line_of(at: Moment, notice_id: str, recipient: str) -> AnyRow:
    """One recipient's line. Raises `Refused`."""
    row = at.connection.execute(
        select(reach).where(
            reach.c.community_id == at.community_id,
            reach.c.notice_id == notice_id,
            reach.c.recipient == recipient,
        )
    ).first()
    if row is None:
        raise Refused(NOT_MEANT)
    return row


def own_line(at: Moment, notice_id: str, account_id: str, household_id: int | None) -> AnyRow:
    """The line of whoever asks: their own or their household's. Raises `Refused`."""
    keys = [account_id] + ([key_of(household_id)] if household_id is not None else [])
    row = at.connection.execute(
        select(reach).where(
            reach.c.community_id == at.community_id,
            reach.c.notice_id == notice_id,
            reach.c.recipient.in_(keys),
        )
    ).first()
    if row is None:
        raise Refused(NOT_MEANT)
    return row


def change(at: Moment, line: AnyRow, **values: Any) -> None:
    """Write one line, and have the pages that show it drawn anew."""
    at.connection.execute(
        update(reach)
        .where(
            reach.c.community_id == at.community_id,
            reach.c.notice_id == line.notice_id,
            reach.c.recipient == line.recipient,
        )
        .values(**values)
    )
    at.tell(f"notice:{line.notice_id}")


def stage_lines(at: Moment, notice_id: str, stage: int) -> Sequence[AnyRow]:
    """The lines of one stage."""
    return at.connection.execute(
        select(reach).where(
            reach.c.community_id == at.community_id,
            reach.c.notice_id == notice_id,
            reach.c.stage == stage,
        )
    ).all()


def go_on(at: Moment, notice: AnyRow, now: int) -> None:
    """Tell the next stage that has anybody in it; households are the last."""
    following = at.connection.execute(
        select(func.min(reach.c.stage)).where(
            reach.c.community_id == at.community_id,
            reach.c.notice_id == notice.id,
            reach.c.stage > notice.stage,
        )
    ).scalar()
    if following is None:
        return
    waits = following < len(notice.stages) and notice.stage_minutes
    due = now + notice.stage_minutes * clock.MINUTE if waits else None
    at.connection.execute(
        update(reach)
        .where(
            reach.c.community_id == at.community_id,
            reach.c.notice_id == notice.id,
            reach.c.stage == following,
            reach.c.queued_at.is_(None),
        )
        .values(queued_at=now)
    )
    at.connection.execute(
        update(notices)
        .where(notices.c.community_id == at.community_id, notices.c.id == notice.id)
        .values(stage=following, stage_until=due)
    )
    at.react("push.spread", notice.id)
    at.react("groups.spread", notice.id)
    if due is not None:
        at.react("notices.overdue", notice.id, due)
    at.tell("notices", f"notice:{notice.id}")


def knocked(
    connection: Connection,
    community_id: int,
    notice_id: str,
    told: Iterable[tuple[int, str, int]],
) -> None:
    """Write down who was told at the door: household, by whom, when; and nobody else.

    What was told otherwise stays. A mark that was taken back takes the telling back.
    """
    at_door = (
        (reach.c.community_id == community_id)
        & (reach.c.notice_id == notice_id)
        & (reach.c.outcome == rules.AT_THE_DOOR)
    )
    connection.execute(
        update(reach).where(at_door).values(told_at=None, told_by=None, outcome=None)
    )
    rows = [
        {"key": key_of(household), "by": by, "at": at, "outcome_": rules.AT_THE_DOOR}
        for household, by, at in told
    ]
    if rows:
        connection.execute(
            update(reach)
            .where(
                reach.c.community_id == community_id,
                reach.c.notice_id == notice_id,
                reach.c.recipient == bindparam("key"),
                reach.c.told_at.is_(None),
            )
            .values(
                told_at=bindparam("at"), told_by=bindparam("by"), outcome=bindparam("outcome_")
            ),
            rows,
        )


NO_SUCH_NOTICE = mark("There is no such announcement here.")
NOT_MEANT = mark("This announcement was not meant for them.")
