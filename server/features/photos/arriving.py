"""Photos on their way: what a phone may send, where it is to go on, and the pieces that came.

Uploads are no operations: they change no fact, and a piece that comes again changes nothing at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import Connection, delete, insert, select, update

from server.db.base import AnyRow
from server.features.people.actors import Person
from server.features.people.register import NotAllowed, NotThere
from server.features.people.rules import May
from server.features.photos import rules
from server.features.photos.reading import Reading
from server.features.photos.rules import ARRIVING, REFUSED, STILL_TO_COME, Upload
from server.features.photos.tables import photo_pieces, photos


def look(connection: Connection, person: Person, sha: str) -> Upload:
    """How far a photo has got that this person is to send.

    Raises `NotThere` where no fact names it, `NotAllowed` where only facts of others do.
    """
    return _upload(_expected(connection, person, sha))


def take(
    connection: Connection, person: Person, sha: str, offset: int, size: int, piece: bytes, now: int
) -> Upload:
    """Keep one piece of a photo that has `size` bytes, from byte `offset` on.

    A photo that is kept or refused already takes nothing more. Raises `NotThere`, `NotAllowed`,
    `Misplaced` and `Oversized`.
    """
    upload = _upload(_expected(connection, person, sha, to_change=True))
    if upload.state not in STILL_TO_COME:
        return upload
    if size > rules.MOST_BYTES:
        return refuse(connection, person.community_id, sha, rules.TOO_LARGE)
    if not upload.whole:
        rules.must_follow(upload, offset, size, len(piece))
    return _add(connection, person.community_id, sha, upload, size, piece, now)


def take_whole(
    connection: Connection, person: Person, sha: str, body: bytes, now: int
) -> Upload | None:
    """Keep a photo that came with its fact in one form; None where no fact names it."""
    try:
        upload = _upload(_expected(connection, person, sha, to_change=True))
    except (NotThere, NotAllowed):
        return None  # the fact was refused, and says so itself
    if upload.state not in STILL_TO_COME or upload.whole:
        return upload
    if len(body) > rules.MOST_BYTES:
        return refuse(connection, person.community_id, sha, rules.TOO_LARGE)
    forget_pieces(connection, person.community_id, sha)
    return _add(connection, person.community_id, sha, Upload(ARRIVING), len(body), body, now)


def _expected(
    connection: Connection, person: Person, sha: str, *, to_change: bool = False
) -> Sequence[AnyRow]:
    """The rows of this person's own or carried facts, of all that name the photo."""
    query = select(photos).where(
        photos.c.community_id == person.community_id,
        photos.c.sha == sha,
        photos.c.state != rules.GONE,
    )
    rows = connection.execute(query.with_for_update() if to_change else query).all()
    if not rows:
        raise NotThere(sha)
    own = [row for row in rows if person.id in (row.made_by, row.carried_by)]
    if not own:
        raise NotAllowed(sha)
    return own


def _upload(rows: Sequence[AnyRow]) -> Upload:
    row = max(rows, key=lambda row: rules.FURTHEST.index(row.state))
    return Upload(row.state, row.received, row.size, row.why)


def _add(
    connection: Connection,
    community_id: int,
    sha: str,
    upload: Upload,
    size: int,
    piece: bytes,
    now: int,
) -> Upload:
    if upload.whole or not piece:
        return upload  # asked again while it is looked at
    connection.execute(
        insert(photo_pieces),
        {"community_id": community_id, "sha": sha, "place": upload.received, "body": piece},
    )
    received = upload.received + len(piece)
    _change(
        connection, community_id, sha, state=ARRIVING, received=received, size=size, moved_at=now
    )
    return Upload(ARRIVING, received, size)


def refuse(connection: Connection, community_id: int, sha: str, why: str) -> Upload:
    """Let go of a photo that cannot be kept, and say why."""
    forget_pieces(connection, community_id, sha)
    _change(connection, community_id, sha, state=REFUSED, why=why, received=0)
    return Upload(REFUSED, why=why)


def keep(
    connection: Connection, community_id: int, sha: str, now: int, seen: Reading | None = None
) -> None:
    """The store has the picture: let go of the pieces and start its clock.

    `seen` is what could be read on the photo of a test.
    """
    forget_pieces(connection, community_id, sha)
    _change(
        connection, community_id, sha,
        state=rules.KEPT, stored=True, kept_at=now, keep_until=now + rules.KEEP,
        reading=asdict(seen) if seen is not None else None,
    )  # fmt: skip


def shows_a_test(connection: Connection, community_id: int, sha: str) -> bool:
    """True where some fact says that the photo is that of a test, whose lines can be read."""
    found = connection.execute(
        select(photos.c.op_id)
        .where(
            photos.c.community_id == community_id,
            photos.c.sha == sha,
            photos.c.sees == str(May.SEE_RESULTS),
        )
        .limit(1)
    ).first()
    return found is not None


def start_over(connection: Connection, community_id: int, sha: str) -> Upload:
    """What arrived is another photo than it was said to be: have it sent again, a few times."""
    tries = connection.execute(
        select(photos.c.tries).where(
            photos.c.community_id == community_id, photos.c.sha == sha
        ).order_by(photos.c.tries.desc()).limit(1)
    ).scalar_one()  # fmt: skip
    if tries + 1 >= rules.MOST_TRIES:
        return refuse(connection, community_id, sha, rules.DAMAGED)
    forget_pieces(connection, community_id, sha)
    _change(
        connection, community_id, sha,
        state=rules.WAITING, received=0, size=None, tries=tries + 1,
    )  # fmt: skip
    return Upload(rules.WAITING)


def forget_pieces(connection: Connection, community_id: int, sha: str) -> None:
    """Delete what has arrived of a photo."""
    connection.execute(
        delete(photo_pieces).where(
            photo_pieces.c.community_id == community_id, photo_pieces.c.sha == sha
        )
    )


def _change(connection: Connection, community_id: int, sha: str, **said: object) -> None:
    """Every fact that waits for the photo hears of it."""
    connection.execute(
        update(photos)
        .where(
            photos.c.community_id == community_id,
            photos.c.sha == sha,
            photos.c.state.in_(STILL_TO_COME),
        )
        .values(**said)
    )


# What is looked at, and what is let go


def standing(connection: Connection, community_id: int, sha: str) -> Upload | None:
    """What a photo has come to."""
    rows = connection.execute(
        select(photos).where(
            photos.c.community_id == community_id,
            photos.c.sha == sha,
            photos.c.state != rules.GONE,
        )
    ).all()
    return _upload(rows) if rows else None


def whole(connection: Connection, community_id: int, sha: str) -> bytes | None:
    """A photo as it arrived, once all of it is here and as long as it has not been looked at."""
    size = connection.execute(
        select(photos.c.size).where(
            photos.c.community_id == community_id,
            photos.c.sha == sha,
            photos.c.state == ARRIVING,
            photos.c.received == photos.c.size,
        )
    ).scalar()
    if size is None:
        return None
    pieces = connection.execute(
        select(photo_pieces.c.body)
        .where(photo_pieces.c.community_id == community_id, photo_pieces.c.sha == sha)
        .order_by(photo_pieces.c.place)
    ).scalars()
    return b"".join(pieces)


def all_here(connection: Connection) -> list[tuple[int, str]]:
    """Photos of which every byte is here, to be looked at: communities and names."""
    rows = connection.execute(
        select(photos.c.community_id, photos.c.sha)
        .where(
            photos.c.stored.is_(False),
            photos.c.state == ARRIVING,
            photos.c.received == photos.c.size,
        )
        .distinct()
    )
    return [tuple(row) for row in rows]


def pages_of(connection: Connection, community_id: int, sha: str) -> set[str]:
    """The paths of the pages that show a photo."""
    return set(
        connection.execute(
            select(photos.c.about).where(
                photos.c.community_id == community_id, photos.c.sha == sha
            )
        ).scalars()
    )  # fmt: skip


def leftovers(connection: Connection) -> list[tuple[int, str]]:
    """Pictures whose time is over and that no other fact needs: communities and names."""
    other = photos.alias()
    needed = (
        select(other.c.op_id)
        .where(
            other.c.community_id == photos.c.community_id,
            other.c.sha == photos.c.sha,
            other.c.state.in_((rules.KEPT, *STILL_TO_COME)),
        )
        .exists()
    )
    rows = connection.execute(
        select(photos.c.community_id, photos.c.sha)
        .where(photos.c.stored.is_(True), photos.c.state == rules.GONE, ~needed)
        .distinct()
    )
    return [tuple(row) for row in rows]


def deleted(connection: Connection, community_id: int, sha: str) -> None:
    """The store has the picture no more."""
    connection.execute(
        update(photos)
        .where(
            photos.c.community_id == community_id,
            photos.c.sha == sha,
            photos.c.state == rules.GONE,
        )
        .values(stored=False)
    )


def needed(connection: Connection, community_id: int, shas: Sequence[str]) -> set[str]:
    """Those of the names that some fact still speaks of."""
    rows = connection.execute(
        select(photos.c.sha).where(
            photos.c.community_id == community_id,
            photos.c.sha.in_(list(shas)),
            photos.c.state != rules.GONE,
        )
    )
    return set(rows.scalars())
