"""What those who announce read: what was sent, what waits, what can be sent, and as text."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, false, func, select, true

from server import clock
from server.features.estates import reads as estates
from server.features.estates.tables import households
from server.features.notices import rules, wording
from server.features.notices.audience import DUTIES
from server.features.notices.reads import parts
from server.features.notices.tables import channels, notices
from server.features.notices.views import Compose, Line, Sent, SentList, Text
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.register import NotAllowed
from server.features.people.rules import May
from server.features.people.scopes import scopes
from server.features.rounds.reads import parts as round_parts
from server.i18n import LANGUAGES, mark, translate


def sent(connection: Connection, person: Person, language: str) -> SentList:
    """Announcements made lately that this person may look into. Raises `NotAllowed`."""
    now = clock.now()
    if not parts.sends(person, now):
        raise NotAllowed("notices")
    private = notices.c.kind.in_(rules.PRIVATE)
    others = true() if person.may(May.SEE_REACH, now) else notices.c.made_by == person.id
    rows = connection.execute(
        select(notices)
        .where(
            notices.c.community_id == person.community_id,
            notices.c.kind.not_in(rules.OF_A_DESK),
            (private & _concerning(connection, person, now)) | (~private & others),
        )
        .order_by(notices.c.made_at.desc())
        .limit(parts.SHOWN)
    ).all()
    counted = parts.counts(connection, person.community_id, [row.id for row in rows])
    names = people.accounts_by_id(connection, person.community_id, {row.made_by for row in rows})
    lines = []
    for row in rows:
        line = parts.line_of(row, language, now)
        lines.append(
            Sent(
                row.id, line.title, row.kind, line.urgent, row.made_at, names[row.made_by].name,
                line.over, counted.get(row.id, rules.Counts()),
            )
        )  # fmt: skip
    return SentList(tuple(lines), round_parts.newest(connection, person.community_id))


def _concerning(connection: Connection, person: Person, now: int) -> ColumnElement[bool]:
    """Private announcements that are about cases which this person may see."""
    if person.may(May.SEE_CASES, now):
        return true()
    if not person.may_somewhere(May.SEE_CASES, now):
        return false()
    places = estates.places(connection, person.community_id)
    mine = [one for one, place in places.items() if person.may(May.SEE_CASES, now, place)]
    return notices.c.concerns.in_(
        select(households.c.id).where(
            households.c.community_id == person.community_id, households.c.stairwell_id.in_(mine)
        )
    )


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
    counted = parts.counts(connection, person.community_id, [row.id for row in rows])
    return tuple(
        Sent(row.id, wording.said(row.content, language).title, row.kind, True, row.made_at, "",
             False, counted.get(row.id, rules.Counts()))
        for row in rows
    )  # fmt: skip


def composing(connection: Connection, person: Person, language: str) -> Compose:
    """What a new announcement can be about. Raises `NotAllowed`."""
    now = clock.now()
    if not parts.sends(person, now):
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


def texts(
    connection: Connection, person: Person, language: str, notice_id: str, base_url: str
) -> tuple[Line, tuple[Text, ...]]:
    """An announcement as text, in each language there is, the reader's first.

    Raises `NotThere`, `NotAllowed`.
    """
    now = clock.now()
    row = parts.row_of(connection, person.community_id, notice_id)
    if not parts.may_lead(connection, person, row, now):
        raise NotAllowed(notice_id)
    link = base_url + rules.path_outside(row.id, row.opens)
    title = row.content["title"]
    known = set(title["typed"]) if "typed" in title else set(LANGUAGES)
    wanted = [one for one in (language, *LANGUAGES) if one in known] or list(known)
    made = []
    for one in dict.fromkeys(wanted):
        said = wording.said(row.content, one)
        loud = translate(one, LOUD, title=said.title, body=said.body)
        made.append(Text(one, said.title, said.body, loud, row.until, link))
    return parts.line_of(row, language, now), tuple(made)


LOUD = mark("Attention please: %(title)s. %(body)s Once more: %(title)s.")
"""How an announcement is read out, slowly, over the loudspeaker."""
