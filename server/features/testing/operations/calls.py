"""Calling: floors down to their site, again, skipped for now, and stairwells held."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated

from msgspec import Meta
from sqlalchemy import delete, select, update

from server import clock
from server.db.base import AnyRow
from server.db.bulk import upserting
from server.features.estates import reads as estates
from server.features.notices import announce, audience, ledger, wording
from server.features.notices import rules as notice_rules
from server.features.notices.audience import Audience
from server.features.rounds.reads.visits import unfinished
from server.features.testing import day, rules
from server.features.testing.finding import (
    find,
    find_open,
    labels_of,
    must_call,
    site_of,
    stairwell_of,
)
from server.features.testing.tables import floor_calls, test_stairwells
from server.i18n import Words, mark
from server.oplog.envelope import Number, Uuid
from server.oplog.kinds import Asked, Moment, Op, Refused, operation

Name = Annotated[str, Meta(max_length=40)]

Levels = Annotated[list[Number], Meta(min_length=1, max_length=60)]
"""Floors by their level, which counts up from the ground."""

MOST_SITES = 30

CALL_MATTERS = 40 * clock.MINUTE
"""How long a call to come down is worth telling somebody."""


@operation("test.call", label=mark("Call floors down"))
class Call(Op):
    """Call floors of a stairwell to their site now; floors called before are called again."""

    round: Uuid
    stairwell: Number
    levels: Levels

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        found = find_open(at, self.round)
        must_call(at, asked, self.round, self.stairwell)
        place = stairwell_of(at, self.round, self.stairwell)
        if place.site_id is None:
            raise Refused(NO_SITE)
        if place.held:
            raise Refused(HELD)
        labels = labels_of(at, self.stairwell)
        wrong = set(self.levels) - set(labels)
        if wrong:
            raise Refused(audience.NO_SUCH_FLOOR, low=min(labels), high=max(labels))
        doors = self._missing(at)
        if not doors:
            raise Refused(ALL_CAME)
        notice_id = self._ring_again(at, asked, doors)
        if notice_id is None:
            self._announce(at, asked, found, place, labels, doors)
            notice_id = asked.id
        _write_calls(at, asked, self, rules.CALLED, notice_id)
        asked.subject = f"/testing/{self.round}/sites/{place.site_id}"
        at.tell(f"testing:{self.round}")

    def _missing(self, at: Moment) -> list[int]:
        """Households of these floors of whom somebody has still to come."""
        return [
            household
            for household, stairwell, level, _ in unfinished(
                at.connection, at.community_id, self.round, day.FINAL
            )
            if stairwell == self.stairwell and level in self.levels
        ]

    def _ring_again(self, at: Moment, asked: Asked, doors: Collection[int]) -> str | None:
        """Ring the call that these floors had, where it is the same one and still matters."""
        table = floor_calls.c
        had = at.connection.execute(
            select(table.notice_id, table.level).where(
                table.community_id == at.community_id,
                table.round_id == self.round,
                table.stairwell_id == self.stairwell,
                table.state == rules.CALLED,
                table.level.in_(self.levels),
            )
        ).all()
        ids = {row.notice_id for row in had}
        if len(ids) != 1 or {row.level for row in had} != set(self.levels):
            return None
        notice = ledger.find(at, ids.pop())
        if not notice_rules.matters(notice.until, notice.withdrawn_at, at.received_at):
            return None
        # Who said they come and has not is called anew: ringing is for those who have not answered.
        if not announce.ring_again(at, notice, asked.seq):
            return None
        return str(notice.id)

    def _announce(
        self,
        at: Moment,
        asked: Asked,
        found: AnyRow,
        place: AnyRow,
        labels: dict[int, str],
        doors: list[int],
    ) -> None:
        site = site_of(at, self.round, place.site_id)
        where = estates.places(at.connection, at.community_id, [self.stairwell])[self.stairwell]
        said = {
            "place": where.short_words,
            "floors": rules.said(self.levels, labels),
            "site": site.name,
            "how": site.place or site.name,
        }
        meant = Audience(households=doors)
        recipients = audience.resolve(
            at.connection, at.community_id, meant, (), asked.actor, asked.corrected_at
        )
        announce.announce(
            at,
            announce.Draft(
                asked.id,
                "call",
                wording.worded(Words(CALL_TITLE, said), Words(CALL_BODY, said)),
                meant,
                asked.actor,
                asked.corrected_at,
                asked.seq,
                urgency=notice_rules.URGENT,
                asks=notice_rules.COMING,
                until=at.received_at + CALL_MATTERS,
            ),
            recipients,
        )


@operation("test.skip", label=mark("Skip floors"))
class Skip(Op):
    """Leave floors out of the queue for now, or put them back."""

    round: Uuid
    stairwell: Number
    levels: Levels
    back: bool = False

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        find_open(at, self.round)
        must_call(at, asked, self.round, self.stairwell)
        place = stairwell_of(at, self.round, self.stairwell)
        labels = labels_of(at, self.stairwell)
        if set(self.levels) - set(labels):
            raise Refused(audience.NO_SUCH_FLOOR, low=min(labels), high=max(labels))
        if self.back:
            table = floor_calls.c
            at.connection.execute(
                delete(floor_calls).where(
                    table.community_id == at.community_id,
                    table.round_id == self.round,
                    table.stairwell_id == self.stairwell,
                    table.level.in_(self.levels),
                    table.state == rules.SKIPPED,
                )
            )
        else:
            _write_calls(at, asked, self, rules.SKIPPED, None)
        asked.subject = f"/testing/{self.round}/sites/{place.site_id}"
        at.tell(f"testing:{self.round}")


@operation("test.hold", label=mark("Hold a stairwell"))
class Hold(Op):
    """Have nobody called from a stairwell, or let it go on."""

    round: Uuid
    stairwell: Number
    held: bool = True

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        find(at, self.round)
        must_call(at, asked, self.round, self.stairwell)
        place = stairwell_of(at, self.round, self.stairwell)
        table = test_stairwells.c
        at.connection.execute(
            update(test_stairwells)
            .where(
                table.community_id == at.community_id,
                table.round_id == self.round,
                table.stairwell_id == self.stairwell,
            )
            .values(held=self.held)
        )
        asked.subject = f"/testing/{self.round}/sites/{place.site_id}"
        at.tell(f"testing:{self.round}")


def _write_calls(
    at: Moment, asked: Asked, op: Call | Skip, state: str, notice_id: str | None
) -> None:
    table = floor_calls.c
    times = dict(
        at.connection.execute(
            select(table.level, table.times).where(
                table.community_id == at.community_id,
                table.round_id == op.round,
                table.stairwell_id == op.stairwell,
                table.level.in_(op.levels),
            )
        ).all()
    )
    _CALLS.run(
        at.connection,
        [
            (
                at.community_id,
                op.round,
                op.stairwell,
                level,
                state,
                asked.corrected_at,
                notice_id,
                min(999, times.get(level, 0) + (state == rules.CALLED)),
            )
            for level in dict.fromkeys(op.levels)
        ],
    )


_CALLS = upserting(
    floor_calls,
    "community_id", "round_id", "stairwell_id", "level", "state", "at", "notice_id", "times",
)  # fmt: skip


CALL_TITLE = mark("Come down to be tested: %(site)s")
CALL_BODY = mark(
    "%(place)s, floor %(floors)s: please come down now to %(how)s. Wear a mask, keep two metres "
    "apart, and bring your household's card."
)
NO_SITE = mark("This stairwell comes to no site yet. Choose one for it first.")
HELD = mark("This stairwell is held. Let it go on before calling its floors.")
ALL_CAME = mark("Everybody of these floors has come or is not expected: there is nobody to call.")
