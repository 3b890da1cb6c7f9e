"""Named queries for pages about bulletins."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, select, update
from sqlalchemy.dialects import postgresql

from server import clock
from server.db.base import AnyRow
from server.features.bulletins import figures, proposal, rules, wording
from server.features.bulletins.check import Known, find
from server.features.bulletins.tables import bulletin_corrections, bulletin_opens, bulletins
from server.features.bulletins.views import (
    BulletinList,
    Correction,
    Desk,
    Entry,
    Field,
    LateEdit,
    Place,
    Public,
    Reads,
    Text,
)
from server.features.estates import reads as estates
from server.features.estates.rules import digits
from server.features.notices import reads as notices
from server.features.notices.rules import Counts
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.register import NotAllowed, NotThere
from server.features.people.rules import May
from server.features.rounds.reads import parts
from server.i18n import LANGUAGES, translate
from server.oplog.kinds import NOTES, WORK, Refused, registry
from server.oplog.tables import operations, payloads

SHOWN = 60
"""Bulletins that a list goes back."""


# What others ask about.


def known(connection: Connection, community_id: int) -> Known:
    """Who lives here and how buildings are numbered, for the check."""
    return Known(
        people.resident_names(connection, community_id),
        frozenset(
            place.address.building for place in estates.places(connection, community_id).values()
        ),
        frozenset(digits(phone.number) for phone in estates.phones(connection, community_id).said),
    )


def compounds(connection: Connection, community_id: int) -> list[int]:
    """Every compound: whom a bulletin is meant for."""
    return [compound.id for compound in estates.tree(connection, community_id)]


def public_path(community_id: int, day: str) -> str:
    """The page of a bulletin that opens without signing in."""
    return f"/open/{community_id}/bulletins/{day}"


def draft(connection: Connection, person: Person, day: str) -> dict[str, proposal.Texts]:
    """What the records propose to say of a day, by section and language. Raises `NotAllowed`."""
    _must_publish(person)
    zone = estates.zone(connection, person.community_id)
    counted = figures.collect(connection, person.community_id, day, clock.now())
    return proposal.propose(counted, zone)


def newest(connection: Connection, community_id: int) -> tuple[str, int] | None:
    """The day and version of the newest bulletin that is out."""
    row = connection.execute(
        select(bulletins.c.day, bulletins.c.version)
        .where(bulletins.c.community_id == community_id, bulletins.c.status == rules.PUBLISHED)
        .order_by(bulletins.c.day.desc())
        .limit(1)
    ).first()
    return (row.day, row.version) if row else None


# Lists.


def index(connection: Connection, person: Person, language: str) -> BulletinList:
    """Bulletins that are out, and for those who write them what is not."""
    now = clock.now()
    rows = _rows(connection, person.community_id)
    may_publish = person.may(May.PUBLISH, now)
    return _list(connection, person.community_id, language, rows, may_publish, now)


def public_index(connection: Connection, language: str, community_id: int) -> BulletinList:
    """Bulletins that are out, for everybody. Raises `NotThere`."""
    rows = _rows(connection, community_id)
    return _list(connection, community_id, language, rows, False, clock.now())


def _list(
    connection: Connection,
    community_id: int,
    language: str,
    rows: Sequence[AnyRow],
    may_publish: bool,
    now: int,
) -> BulletinList:
    here = estates.community(connection, community_id)
    if here is None:
        raise NotThere(community_id)
    corrected = set(
        connection.execute(
            select(bulletin_corrections.c.bulletin_id).where(
                bulletin_corrections.c.community_id == community_id
            )
        ).scalars()
    )
    entries = [
        Entry(row.id, row.day, wording.title(row.day, language), row.status, row.published_at,
              row.id in corrected)
        for row in rows
    ]  # fmt: skip
    today = figures.day_of(now, estates.zone(connection, community_id))
    return BulletinList(
        community_id,
        here.name,
        tuple(one for one in entries if one.status == rules.PUBLISHED),
        tuple(one for one in entries if one.status == rules.DRAFT) if may_publish else (),
        today,
        may_publish,
        not any(one.day == today for one in entries if one.status != rules.WITHDRAWN),
        parts.newest(connection, community_id),
    )


def _rows(connection: Connection, community_id: int) -> Sequence[AnyRow]:
    return connection.execute(
        select(*(bulletins.c[name] for name in ("id", "day", "status", "published_at", "version")))
        .where(bulletins.c.community_id == community_id)
        .order_by(bulletins.c.day.desc(), bulletins.c.version.desc())
        .limit(SHOWN)
    ).all()


# One of them, for those who write it.


def desk(connection: Connection, person: Person, language: str, bulletin_id: str) -> Desk:
    """A bulletin with everything its writers need. Raises `NotThere`, `NotAllowed`."""
    _must_publish(person)
    community_id = person.community_id
    row = connection.execute(
        select(bulletins).where(
            bulletins.c.community_id == community_id, bulletins.c.id == bulletin_id
        )
    ).first()
    if row is None:
        raise NotThere(bulletin_id)
    is_draft = row.status == rules.DRAFT
    zone = estates.zone(connection, community_id)
    counted = (
        figures.read(row.figures)
        if row.figures is not None
        else figures.collect(connection, community_id, row.day, clock.now())
    )
    proposed = proposal.propose(counted, zone) if is_draft else {}
    by = people.account(connection, community_id, row.changed_by)
    return Desk(
        id=row.id,
        day=row.day,
        title=wording.title(row.day, language),
        status=row.status,
        by=by.name if by else "",
        at=row.changed_at,
        fields=_fields(row.content, proposed),
        unknown=wording.unknown(row.content),
        findings=tuple(_findings(row.content, known(connection, community_id))),
        late=tuple(_late(connection, community_id, row)) if is_draft else (),
        figures=counted,
        corrections=_corrections(connection, community_id, row.id, language, named=True),
        notice=row.notice_id,
        reads=_reads(connection, community_id, row) if row.published_at else None,
        path=public_path(community_id, row.day),
        languages=(language, *(one for one in LANGUAGES if one != language)),
        seq=parts.newest(connection, community_id),
    )


def _fields(
    content: wording.Content, proposed: wording.Content, only: Iterable[str] = wording.SECTIONS
) -> tuple[Field, ...]:
    return tuple(
        Field(key, wording.SECTIONS[key], content.get(key) or {}, proposed.get(key) or {})
        for key in only
    )


def _findings(content: wording.Content, who: Known) -> Iterable[Place]:
    for piece in wording.pieces(content):
        for found in find(piece.text, who):
            line = piece.text.count("\n", 0, found.start) + 1
            yield Place(wording.heading(piece.section), piece.language, line, found)


def _late(connection: Connection, community_id: int, row: AnyRow) -> Iterable[LateEdit]:
    """Edits that came after the text had been changed by somebody else, and nobody edited since."""
    table = operations.c
    kept = connection.execute(
        select(table.id, table.seq, table.actor, table.v, table.corrected_at)
        .where(
            table.community_id == community_id,
            table.kind == "bulletin.edit",
            table.outcome == "stale",
            table.subject == f"/bulletins/{row.id}",
            table.seq > row.version,
            table.settled_by.is_(None),
        )
        .order_by(table.seq)
    ).all()
    names = people.accounts_by_id(connection, community_id, {one.actor for one in kept})
    for one in kept:
        typed = _typed(connection, community_id, one)
        if typed is None:
            continue
        differs = [
            key
            for key in wording.SECTIONS
            if (typed.get(key) or {}) != (row.content.get(key) or {})
        ]
        unknown = wording.unknown(typed)
        yield LateEdit(
            one.id,
            names[one.actor].name if one.actor in names else "",
            one.corrected_at,
            _fields(typed, row.content, differs),
            unknown,
            unknown != wording.unknown(row.content),
        )


def _typed(connection: Connection, community_id: int, one: AnyRow) -> dict[str, Any] | None:
    """What an edit said; None where it cannot be read any more."""
    data: dict[str, Any] = {}
    for body in connection.execute(
        select(payloads.c.body).where(
            payloads.c.community_id == community_id,
            payloads.c.seq == one.seq,
            payloads.c.retention.in_((WORK, NOTES)),
        )
    ).scalars():
        data |= msgspec.json.decode(body) if body else {}
    try:
        edit: Any = msgspec.convert(data, registry["bulletin.edit", one.v])
        content: dict[str, Any] = edit.content()
    except (msgspec.ValidationError, Refused):
        return None
    return content


def _reads(connection: Connection, community_id: int, row: AnyRow) -> Reads:
    sent = [row.notice_id] if row.notice_id else []  # None once it is kept no more
    inbox = notices.counts(connection, community_id, sent)
    opened = dict(
        connection.execute(
            select(bulletin_opens.c.day, bulletin_opens.c.opens).where(
                bulletin_opens.c.community_id == community_id,
                bulletin_opens.c.bulletin_id == row.id,
            )
        ).all()
    )
    today = figures.day_of(clock.now(), estates.zone(connection, community_id))
    return Reads(inbox.get(row.notice_id, Counts()), opened.get(today, 0), sum(opened.values()))


def texts(
    connection: Connection, person: Person, language: str, bulletin_id: str, base_url: str
) -> tuple[Desk, tuple[Text, ...]]:
    """A published bulletin as text, in each language. Raises `NotThere`, `NotAllowed`."""
    found = desk(connection, person, language, bulletin_id)
    if found.status != rules.PUBLISHED:
        raise NotThere(bulletin_id)
    content: dict[str, Any] = {field.key: field.texts for field in found.fields}
    content[wording.UNKNOWN] = [one._asdict() for one in found.unknown]
    phones = estates.phones(connection, person.community_id).said
    made = []
    for one in found.languages:
        title = wording.title(found.day, one)
        body = wording.plain(content, found.day, one, phones)
        chat = f"【{title}】\n{body}\n\n{base_url}{found.path}?lang={one}"
        made.append(Text(one, chat, translate(one, notices.LOUD, title=title, body=body)))
    return found, tuple(made)


# One of them, for everybody.


def public(connection: Connection, language: str, community_id: int, day: str) -> Public:
    """The bulletin of a day, as everybody may read it. Raises `NotThere`."""
    here = estates.community(connection, community_id)
    row = connection.execute(
        select(bulletins)
        .where(
            bulletins.c.community_id == community_id,
            bulletins.c.day == day,
            bulletins.c.published_at.is_not(None),
        )
        .order_by(bulletins.c.published_at.desc(), bulletins.c.version.desc())
        .limit(1)
    ).first()
    if row is None or here is None:
        raise NotThere(day)
    gone = row.status == rules.WITHDRAWN
    content: wording.Content = {} if gone else row.content
    return Public(
        community=community_id,
        name=here.name,
        id=row.id,
        day=row.day,
        title=wording.title(row.day, language),
        withdrawn=gone,
        published_at=row.published_at,
        sections=tuple(
            (words, text)
            for key, words in wording.SECTIONS.items()
            if (text := wording.said(content, key, language))
        ),
        unknown=wording.unknown(content),
        corrections=()
        if gone
        else _corrections(connection, community_id, row.id, language, named=False),
        figures=figures.Figures(row.day, row.published_at) if gone else figures.read(row.figures),
        phones=estates.phones(connection, community_id).said,
        notice=row.notice_id,
    )


def _corrections(
    connection: Connection, community_id: int, bulletin_id: str, language: str, *, named: bool
) -> tuple[Correction, ...]:
    """Corrections, the newest on top; who made them where that may be said."""
    table = bulletin_corrections.c
    rows = connection.execute(
        select(bulletin_corrections)
        .where(table.community_id == community_id, table.bulletin_id == bulletin_id)
        .order_by(table.seq.desc())
    ).all()
    names = (
        people.accounts_by_id(connection, community_id, {row.actor for row in rows})
        if named and rows
        else {}
    )
    return tuple(
        Correction(
            wording.said({"text": row.text}, "text", language),
            row.at,
            names[row.actor].name if row.actor in names else "",
        )
        for row in rows
    )


def count_open(connection: Connection, community_id: int, bulletin_id: str, now: int) -> None:
    """One more open of a public page today; nothing is kept of who that was."""
    day = figures.day_of(now, estates.zone(connection, community_id))
    table = bulletin_opens.c
    here = (
        (table.community_id == community_id)
        & (table.bulletin_id == bulletin_id)
        & (table.day == day)
    )
    connection.execute(
        postgresql.insert(bulletin_opens)
        .values(community_id=community_id, bulletin_id=bulletin_id, day=day, opens=0)
        .on_conflict_do_nothing()
    )
    connection.execute(update(bulletin_opens).where(here).values(opens=table.opens + 1))


def _must_publish(person: Person) -> None:
    if not person.may(May.PUBLISH, clock.now()):
        raise NotAllowed("bulletins")
