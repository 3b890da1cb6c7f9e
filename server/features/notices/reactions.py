"""What follows from announcements: a level that does not acknowledge, doors that were told."""

from __future__ import annotations

from sqlalchemy import select

from server.features.notices import ledger, rules, wording
from server.features.notices.tables import notices, reach
from server.features.people import reads as people
from server.features.rounds.reads import knocking
from server.i18n import LANGUAGES, mark, translate
from server.ids import derived
from server.oplog.after import Reacting, reaction

NAMED = 8
"""Names that a message has room for."""


@reaction("notices.overdue")
def overdue(at: Reacting) -> None:
    """A level did not acknowledge in time: tell the sender who is missing.

    Its id follows from the announcement and its level, so that the sender is told once.
    """
    notice = at.connection.execute(
        select(notices).where(notices.c.community_id == at.community_id, notices.c.id == at.subject)
    ).one()
    if notice.stage_until is None or notice.stage_until > at.now or notice.withdrawn_at is not None:
        return
    lines = at.connection.execute(
        select(reach).where(
            reach.c.community_id == at.community_id,
            reach.c.notice_id == notice.id,
            reach.c.stage == notice.stage,
        )
    ).all()
    late = [line.account_id for line in lines if not rules.answered(line)]
    if not late:
        return
    known = people.accounts_by_id(at.connection, at.community_id, late)
    names = [known[one].name for one in late if one in known]
    said = {
        "names": "、".join(names[:NAMED]) + ("…" if len(names) > NAMED else ""),
        "count": len(late),
    }
    title = {
        one: translate(one, OVERDUE_TITLE, title=wording.said(notice.content, one).title)[:60]
        for one in LANGUAGES
    }
    body = {one: translate(one, OVERDUE_BODY, **said) for one in LANGUAGES}
    made = derived(f"{notice.id}/{notice.stage}/overdue")
    at.submit(
        notice.made_by,
        made,
        "notice.send",
        {
            "title": title,
            "body": body,
            "urgency": rules.URGENT,
            "accounts": [notice.made_by],
            "opens": f"/notices/{notice.id}",
        },
    )


@reaction("notices.knocked")
def knocked(at: Reacting) -> None:
    """Doors of a knocking round were marked: whoever was spoken to has been told."""
    about = knocking.about(at.connection, at.community_id, at.subject)
    told = knocking.told(at.connection, at.community_id, at.subject)
    ledger.knocked(at.connection, at.community_id, about, told)
    at.topics.add(f"notice:{about}")


OVERDUE_TITLE = mark("Not acknowledged: %(title)s")
OVERDUE_BODY = mark("%(count)s have not acknowledged: %(names)s. The next level has not been told.")
