"""Telling the gate whom to let in: every guard on duty there, at once."""

from __future__ import annotations

from server.features.notices import announce, rules
from server.features.notices.audience import Audience
from server.features.people import reads as people
from server.features.people.rules import GATE, Somewhere, covers
from server.i18n import Words
from server.oplog.kinds import Asked, Moment

WHOM = "gate"
"""Whom an operation tells this, see `announce.id_of`."""


def guards(at: Moment, asked: Asked, place: Somewhere) -> list[str]:
    """The accounts of those who guard a gate through which one comes to a place."""
    held = people.staff_roles(at.connection, at.community_id, asked.corrected_at)
    return [
        account
        for account, roles in held.items()
        if any(role.role == GATE and covers(role, place) for role in roles)
    ]


def let_in(
    at: Moment,
    asked: Asked,
    place: Somewhere,
    title: Words,
    body: Words,
    until: int,
    *,
    kind: str,
    opens: str = "",
    concerns: int | None = None,
) -> list[str]:
    """Tell the guards of a place what to let in; see `announce.tell`."""
    return announce.tell(
        at,
        asked,
        WHOM,
        title,
        body,
        Audience(accounts=guards(at, asked, place)),
        kind=kind,
        urgency=rules.URGENT,
        opens=opens,
        until=until,
        concerns=concerns,
    )
