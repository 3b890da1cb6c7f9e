"""What is kept of a file while it is read: who reads it, how far they are, and its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, insert, select, true, update

from server.features.people import changes
from server.features.people.actors import Person, actors
from server.features.register import rules
from server.features.register.addresses import Estate
from server.features.register.columns import Layout
from server.features.register.known import estate_of, homes_of
from server.features.register.plan import Home
from server.features.register.tables import import_rows, imports
from server.features.register.uploads import forget, remembered
from server.features.register.work import Job, Piece


@dataclass(frozen=True, slots=True)
class Claim:
    """A file that this process reads, and everything it takes."""

    community_id: int
    id: str
    reading: int
    estate: Estate
    homes: list[Home]
    remembered: dict[str, dict[int, str]]
    layout: Layout | None
    answers: dict[str, str]
    this_year: int

    def job(self, path: str) -> bytes:
        """What the process is told that reads it."""
        return msgspec.msgpack.encode(
            Job(
                path,
                self.estate,
                self.homes,
                self.remembered,
                self.layout,
                self.answers,
                self.this_year,
            )
        )


def claim(connection: Connection, now: int, import_id: str | None = None) -> Claim | None:
    """Take the file that has waited longest, or that nobody reads any more; None where none is.

    Where a file is named, it is that one or none.
    """
    table = imports.c
    hangs = (table.state == rules.READING) & (table.claimed_at < now - rules.HANGS)
    this = table.id == import_id if import_id else true()
    row = connection.execute(
        select(imports)
        .where((table.state == rules.WAITING) | hangs, this)
        .order_by(table.made_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if row is None:
        return None
    # Rows of a reading that broke off must not be taken for those of this one.
    reading = row.reading + (row.state == rules.READING)
    base = changes.newest(connection, row.community_id)
    connection.execute(
        update(imports)
        .where(table.community_id == row.community_id, table.id == row.id)
        .values(
            state=rules.READING, reading=reading, base=base, claimed_at=now, done=0, total=0,
            counts={},
        )
    )  # fmt: skip
    maker = actors(connection, row.community_id, [row.made_by])[row.made_by]
    return claimed(connection, maker, row.id, reading, row.layout, row.answers, now)


def claimed(
    connection: Connection,
    maker: Person,
    import_id: str,
    reading: int,
    layout: Mapping[str, Any] | None,
    answers: Mapping[str, str],
    now: int,
) -> Claim:
    """All that reading a file takes: what its maker may import into, and who lives there."""
    estate = estate_of(connection, maker, now)
    return Claim(
        maker.community_id,
        import_id,
        reading,
        estate,
        homes_of(connection, maker.community_id, estate),
        remembered(connection, maker.community_id),
        msgspec.convert(layout, Layout) if layout is not None else None,
        dict(answers),
        datetime.fromtimestamp(now / 1000, UTC).year,
    )


def keep(
    connection: Connection, claim: Claim, piece: Piece, counts: Mapping[str, int], now: int
) -> bool:
    """Keep a piece of what was read; False where nobody wants this reading any more."""
    table = imports.c
    values: dict[str, Any] = {
        "claimed_at": now,
        "counts": dict(counts),
        "done": sum(counts.values()),
    }
    if piece.layout is not None:
        values |= {"layout": msgspec.json.decode(piece.layout), "total": piece.total}
    if piece.failed is not None:
        values |= {"state": rules.FAILED, "why": piece.failed, "claimed_at": None}
    elif piece.ended:
        values |= {"state": rules.READY, "claimed_at": None}
    wanted = connection.execute(
        update(imports)
        .where(
            table.community_id == claim.community_id,
            table.id == claim.id,
            table.reading == claim.reading,
            table.state == rules.READING,
        )
        .values(**values)
    )
    if not wanted.rowcount:
        return False
    if piece.rows:
        connection.execute(
            insert(import_rows),
            [
                {
                    "community_id": claim.community_id,
                    "import_id": claim.id,
                    "reading": claim.reading,
                    "sheet": sheet,
                    "row": row,
                    "what": what,
                    "body": body,
                }
                for sheet, row, what, body in piece.rows
            ],
        )
    return True


def over(connection: Connection, now: int) -> list[tuple[int, str]]:
    """Files that nobody needs any more: taken over, let go of, or left alone for too long.

    What the rows of a file said goes with it, or, where it was taken over, as long after that.
    """
    table = imports.c
    stale = connection.execute(
        select(table.community_id, table.id).where(
            table.state.in_(rules.OPEN), table.made_at < now - rules.KEPT
        )
    ).all()
    for row in stale:
        forget(connection, row.community_id, row.id, rules.DROPPED)
    taken = connection.execute(
        select(table.community_id, table.id, table.state).where(
            table.state.in_((rules.APPLIED, rules.UNDONE)),
            table.applied_at < now - rules.KEPT,
            table.layout.is_not(None),
        )
    ).all()
    for one in taken:
        forget(connection, one.community_id, one.id, one.state)
    done = select(table.community_id, table.id).where(
        table.state.in_((rules.APPLIED, rules.UNDONE, rules.DROPPED)), table.size > 0
    )
    return [(row.community_id, row.id) for row in connection.execute(done)]


def deleted(connection: Connection, community_id: int, import_id: str) -> None:
    """The file has gone from the store; a size of nothing says so."""
    connection.execute(
        update(imports)
        .where(imports.c.community_id == community_id, imports.c.id == import_id)
        .values(size=0)
    )
