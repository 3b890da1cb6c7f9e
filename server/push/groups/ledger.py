"""What bots and webhooks have to do: taking a turn's work, and writing down what came of it.

The row of a channel is locked while its work is taken, so that however many senders there are,
they count the same messages of the last minute.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select, update

from server.db.base import AnyRow
from server.db.bulk import among
from server.features.estates import reads as estates
from server.features.notices import rules, wording
from server.features.notices.tables import channels
from server.i18n import time_of
from server.push import leases
from server.push.groups import pace
from server.push.groups.answers import Outcome
from server.push.groups.spread import numbers
from server.push.groups.text import Piece
from server.push.leases import BOT, LATE, WEBHOOK, WITHDRAWN, Again, Ring
from server.push.subscriptions import GONE
from server.push.tables import deliveries
from server.push.verdict import MOST_ATTEMPTS

CHANNELS = (BOT, WEBHOOK)

_OURS = (deliveries.c.channel == BOT) | (deliveries.c.channel == WEBHOOK)
_ALL = leases.Work(_OURS)
_WORK = leases.Work(_OURS & ~among(deliveries.c.via, "busy"))

Moved = dict[int, set[str]]
"""Topics that changed, by community."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A bot or a webhook, as it is used."""

    community_id: int
    id: str
    kind: str
    address: str
    language: str
    failures: int


class Due(NamedTuple):
    """One delivery, taken until `lease`."""

    ring: Ring
    channel: str
    target: str
    recipient: str | None
    attempts: int
    lease: int
    until: int | None
    piece: Piece
    number: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one channel does now: a bot posts one message, a webhook takes many."""

    channel: Channel
    due: Sequence[Due]


class Came(NamedTuple):
    """What came of some deliveries: a result, or when they are tried again."""

    due: Sequence[Due]
    result: str = ""
    again_at: int = 0
    tried: bool = True


def next_due(connection: Connection, busy: Collection[str]) -> int | None:
    """When a channel that is not busy has something to do; None where none has."""
    return _WORK.next_due(connection, busy=list(busy))


def release_all(connection: Connection, now: int) -> None:
    """Let go of every lease: for a process that knows that it is the only one."""
    _ALL.release_all(connection, now)


def claim(
    connection: Connection,
    now: int,
    lease: int,
    most: int,
    base_url: str,
    busy: Collection[str] = (),
) -> tuple[list[Turn], Moved]:
    """Take a turn's work of each channel that has any; what is over is settled here."""
    by_channel: dict[tuple[int, str], list[AnyRow]] = defaultdict(list)
    for row in _WORK.take(connection, now, lease, most, busy=list(busy)):
        by_channel[row.community_id, row.via].append(row)
    turns, moved = [], Moved()
    taking = _Taking(connection, now, lease, base_url, moved)
    for (community_id, channel_id), rows in sorted(by_channel.items()):
        channel = _lock(connection, community_id, channel_id)
        due = taking.still_wanted(rows, channel)
        if channel is None or not due:
            continue
        if channel.quiet_until is not None and channel.quiet_until > now:
            _put_back(connection, due, channel.quiet_until)
        elif channel.kind == WEBHOOK:
            turns.append(Turn(taking.known(channel), due))
        else:
            turns += taking.of_bot(channel, due)
    return turns, moved


class _Taking:
    """One claim, and what it has read so far."""

    def __init__(
        self, connection: Connection, now: int, lease: int, base_url: str, moved: Moved
    ) -> None:
        self._connection, self._now, self._lease = connection, now, lease
        self._base_url, self._moved = base_url, moved
        self._notices: dict[Ring, AnyRow | None] = {}
        self._communities: dict[int, Any] = {}

    def still_wanted(self, rows: Sequence[AnyRow], channel: AnyRow | None) -> list[Due]:
        """The rows as work, the oldest announcement first; those that are over are settled."""
        by_ring: dict[Ring, list[AnyRow]] = defaultdict(list)
        for row in rows:
            by_ring[Ring(row.community_id, row.notice_id, row.rang)].append(row)
        found: list[tuple[int, Due]] = []
        for ring, held in by_ring.items():
            notice = self._notice(ring)
            over = leases.over(notice, ring, self._now)
            if channel is None or channel.revoked_at is not None:
                over = over or GONE
            if over or notice is None or channel is None:
                self._settle(ring, held, over)
                continue
            found += [(notice.made_at, due) for due in self._due(ring, notice, channel, held)]
        return [due for _, due in sorted(found, key=lambda one: one[0])]

    def of_bot(self, channel: AnyRow, due: Sequence[Due]) -> list[Turn]:
        """One message: of the oldest announcement, or of all that waits where the limit is near."""
        posted = pace.within_a_minute(channel.posted, self._now)
        free_at = pace.free_at(posted, self._now)
        if free_at > self._now:
            _put_back(self._connection, due, free_at)
            return []
        together = len(due) if pace.crowded(posted, len(due)) else 1
        _put_back(self._connection, due[together:], self._now)
        _note_post(self._connection, channel, [*posted, self._now])
        return [Turn(self.known(channel), due[:together])]

    def known(self, channel: AnyRow) -> Channel:
        """The channel as it is used."""
        return Channel(
            channel.community_id, channel.id, channel.kind, channel.address,
            self._language(channel), channel.failures,
        )  # fmt: skip

    def _due(
        self, ring: Ring, notice: AnyRow, channel: AnyRow, rows: Sequence[AnyRow]
    ) -> list[Due]:
        piece = self._piece(notice, self._language(channel))
        known: dict[str, str] = {}
        if channel.kind == WEBHOOK:
            wanted = [row.recipient for row in rows]
            known = numbers(self._connection, ring.community_id, ring.notice_id, wanted)
        found = []
        for row in rows:
            if channel.kind == WEBHOOK and row.recipient not in known:
                self._settle(ring, [row], WITHDRAWN)
            elif notice.until is None and row.attempts >= MOST_ATTEMPTS:
                self._settle(ring, [row], LATE)
            else:
                found.append(
                    Due(
                        ring, row.channel, row.target, row.recipient, row.attempts, self._lease,
                        notice.until, piece, known.get(row.recipient or "", ""),
                    )
                )  # fmt: skip
        return found

    def _settle(self, ring: Ring, rows: Sequence[AnyRow], result: str) -> None:
        for kind in CHANNELS:
            targets = [row.target for row in rows if row.channel == kind]
            if targets:
                leases.finish(self._connection, kind, ring, targets, result, self._now)
        self._moved.setdefault(ring.community_id, set()).add(f"notice:{ring.notice_id}")

    def _notice(self, ring: Ring) -> AnyRow | None:
        if ring not in self._notices:
            self._notices[ring] = leases.notice_of(self._connection, ring)
        return self._notices[ring]

    def _community(self, community_id: int) -> Any:
        if community_id not in self._communities:
            found = estates.community(self._connection, community_id)
            self._communities[community_id] = found
        return self._communities[community_id]

    def _language(self, channel: AnyRow) -> str:
        return str(channel.language or self._community(channel.community_id).language)

    def _piece(self, notice: AnyRow, language: str) -> Piece:
        said = wording.said(notice.content, language)
        zone = ZoneInfo(self._community(notice.community_id).zone)
        until = time_of(notice.until, language, zone, self._now)
        link = self._base_url + rules.path_outside(notice.id, notice.opens)
        return Piece(said.title, said.body, until, link)


def _lock(connection: Connection, community_id: int, channel_id: str) -> AnyRow | None:
    """The channel's row, to this transaction's end."""
    return connection.execute(
        select(channels)
        .where(channels.c.community_id == community_id, channels.c.id == channel_id)
        .with_for_update()
    ).first()


def _put_back(connection: Connection, due: Sequence[Due], at: int) -> None:
    """Nothing was tried; it is due again then, or when its notice ends, to be settled."""
    leases.try_again(connection, [_again(one, at, tried=False) for one in due])


def _again(due: Due, at: int, *, tried: bool) -> Again:
    at = at if due.until is None else min(at, due.until)
    return Again(at, int(tried), due.ring, due.channel, due.target, due.lease)


def _note_post(connection: Connection, channel: AnyRow, posted: Sequence[int]) -> None:
    connection.execute(
        update(channels)
        .where(channels.c.community_id == channel.community_id, channels.c.id == channel.id)
        .values(posted=list(posted)[-pace.MOST :])
    )


def reserve(connection: Connection, community_id: int, channel_id: str, now: int) -> int:
    """Count a message that is posted now, and return 0; or when there is room for the next."""
    channel = _lock(connection, community_id, channel_id)
    if channel is None:
        return 0
    posted = pace.within_a_minute(channel.posted, now)
    free_at = pace.free_at(posted, now)
    if free_at > now:
        return free_at
    _note_post(connection, channel, [*posted, now])
    return 0


def record(
    connection: Connection, results: Sequence[Came], heard: tuple[Channel, Outcome] | None,
    now: int, jitter: float = 0.5,
) -> Moved:  # fmt: skip
    """Write down what came of a turn, and how the channel does; returns the topics that moved."""
    moved: Moved = {}
    pause = heard[1].pause(heard[0].failures, jitter) if heard else 0
    again = []
    for came in results:
        by_ring: dict[tuple[Ring, str], list[Due]] = defaultdict(list)
        for due in came.due:
            by_ring[due.ring, due.channel].append(due)
        for (ring, channel), held in by_ring.items():
            moved.setdefault(ring.community_id, set()).add(f"notice:{ring.notice_id}")
            if not came.result:
                at = max(came.again_at, now + pause)
                again += [_again(one, at, tried=came.tried) for one in held]
                continue
            targets = [one.target for one in held]
            leases.finish(connection, channel, ring, targets, came.result, now)
    leases.try_again(connection, again)
    if heard is not None:
        # Last, as claiming locks it last: two that wait for each other would wait for ever.
        _note(connection, *heard, now, pause)
        moved.setdefault(heard[0].community_id, set()).add("channels")
    return moved


def _note(connection: Connection, channel: Channel, outcome: Outcome, now: int, pause: int) -> None:
    """Write down how a channel does, which is left alone for so many milliseconds."""
    values: dict[str, Any]
    if outcome.well:
        values = {"worked_at": now, "failures": 0, "quiet_until": None}
    else:
        values = {
            "failed_at": now,
            "failed": outcome.why[:24],
            "failures": min(channel.failures + 1, 1000),
            "quiet_until": now + pause if pause else None,
        }
    connection.execute(
        update(channels)
        .where(channels.c.community_id == channel.community_id, channels.c.id == channel.id)
        .values(values)
    )
