"""The one path from a thing that happened to people told."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import insert, select, update

from server import clock
from server.db.base import AnyRow
from server.features.notices import audience, ledger, rules, wording
from server.features.notices.audience import Audience, Recipient
from server.features.notices.tables import notices, reach
from server.i18n import Words
from server.ids import derived
from server.oplog.kinds import Asked, Moment, Refused


@dataclass(frozen=True, slots=True)
class Draft:
    """An announcement before it is made."""

    id: str
    kind: str
    content: dict[str, Any]
    audience: Audience
    made_by: str
    made_at: int
    version: int
    urgency: str = rules.NORMAL
    asks: str = rules.READ
    opens: str = ""
    until: int | None = None
    stages: Sequence[str] = ()
    stage_minutes: int = 0
    concerns: int | None = None  # the household whose case it is about, where it is private
    quiet: bool = False  # other people's pages learn of it only when they are next asked for


def announce(at: Moment, draft: Draft, meant: Sequence[Recipient]) -> None:
    """Write an announcement down with everybody it is meant for, and begin to tell them."""
    first = min(one.stage for one in meant)
    waits = first < len(draft.stages) and draft.stage_minutes
    due = at.received_at + draft.stage_minutes * clock.MINUTE if waits else None
    at.connection.execute(
        insert(notices),
        {
            "community_id": at.community_id,
            "id": draft.id,
            "kind": draft.kind,
            "content": draft.content,
            "audience": msgspec.to_builtins(draft.audience),
            "urgency": draft.urgency,
            "asks": draft.asks,
            "opens": draft.opens or f"/notices/{draft.id}",
            "until": draft.until,
            "stages": list(draft.stages),
            "stage": first,
            "stage_minutes": draft.stage_minutes,
            "stage_until": due,
            "concerns": draft.concerns,
            "made_by": draft.made_by,
            "made_at": draft.made_at,
            "version": draft.version,
        },
    )
    ledger.begin(at.connection, at.community_id, draft.id, meant, at.received_at)
    at.react("push.spread", draft.id)
    at.react("groups.spread", draft.id)
    if due is not None:
        at.react("notices.overdue", draft.id, due)
    if not draft.quiet:
        at.tell("notices", f"notice:{draft.id}")


def id_of(op_id: str, whom: str) -> str:
    """An announcement's id, which follows from the operation that made it and whom it tells.

    One that tells all of them the same, and is kept in no word on a thing, has the operation's own.
    """
    return derived(f"{op_id}/{whom}") if whom else op_id


def tell(
    at: Moment,
    asked: Asked,
    whom: str,
    title: Words,
    body: Words,
    meant: Audience,
    *,
    kind: str,
    urgency: str = rules.NORMAL,
    opens: str = "",
    until: int | None = None,
    concerns: int | None = None,
    quiet: bool = False,
) -> list[str]:
    """Announce what an operation says to some people; `whom` tells apart whom it tells what.

    Returns the announcement's id in a list, which is empty where nobody is meant. See `Draft`.
    """
    try:
        recipients = audience.resolve(
            at.connection, at.community_id, meant, (), asked.actor, asked.corrected_at
        )
    except Refused:
        return []
    draft = Draft(
        id_of(asked.id, whom),
        kind,
        wording.worded(title, body),
        meant,
        asked.actor,
        asked.corrected_at,
        asked.seq,
        urgency=urgency,
        opens=opens,
        until=until,
        concerns=concerns,
        quiet=quiet,
    )
    announce(at, draft, recipients)
    return [draft.id]


def ring_again(at: Moment, notice: AnyRow, version: int) -> bool:
    """Tell those again who have not acknowledged; False where there is nobody of that kind."""
    table = reach.c
    waiting = at.connection.execute(
        select(table.recipient)
        .where(
            table.community_id == at.community_id,
            table.notice_id == notice.id,
            table.queued_at.is_not(None),
            table.answered_at.is_(None),
            table.told_at.is_(None),
        )
        .limit(1)
    ).first()
    if waiting is None:
        return False
    at.connection.execute(
        update(notices)
        .where(notices.c.community_id == at.community_id, notices.c.id == notice.id)
        .values(rang=notice.rang + 1, version=version)
    )
    at.react("push.spread", notice.id)
    at.react("groups.spread", notice.id)
    at.tell("notices", f"notice:{notice.id}")
    return True


def withdraw(
    at: Moment, ids: Collection[str], when: int, version: int, *, quiet: bool = False
) -> None:
    """End announcements: nobody else is told, and inboxes say that they no longer hold.

    `quiet` has other people's pages learn of it only when they are next asked for.
    """
    table = notices.c
    at.connection.execute(
        update(notices)
        .where(
            table.community_id == at.community_id,
            table.id.in_(list(ids)),
            table.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=when, version=version)
    )
    if not quiet:
        at.tell("notices", *(f"notice:{one}" for one in ids))
