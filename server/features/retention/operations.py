"""Saying how long something is kept."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta
from sqlalchemy import insert, select, update

from server.features.people.actors import Person
from server.features.people.rules import May
from server.features.retention import rules
from server.features.retention.tables import retention_clocks
from server.i18n import mark
from server.oplog.kinds import Asked, Moment, Op, Refused, Stale, operation


@operation("retention.set", label=mark("Say how long something is kept"))
class Set(Op):
    """So many days for one kind of record. Less lets go, tonight, of what is older."""

    clock: Annotated[str, Meta(max_length=12)]
    days: int

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        person: Person = at.actors[asked.actor]  # type: ignore[assignment]
        if not person.may(May.KEEP_CLOCKS, asked.corrected_at):
            raise Refused(NOT_YOURS)
        clock = rules.CLOCKS.get(self.clock)
        if clock is None or not clock.settable:
            raise Refused(NO_CLOCK)
        if not clock.least <= self.days <= clock.most:
            raise Refused(BOUNDS, least=clock.least, most=clock.most)
        table = retention_clocks.c
        this = (table.community_id == at.community_id) & (table.key == clock.key)
        said = {
            "days": self.days,
            "version": asked.seq,
            "changed_by": asked.actor,
            "changed_at": asked.corrected_at,
        }
        known = at.connection.execute(select(retention_clocks).where(this)).first()
        if known is not None and (known.version or 0) > asked.seen:
            raise Stale(SET_MEANWHILE, days=known.days)
        if known is not None:
            at.connection.execute(update(retention_clocks).where(this).values(said))
        else:
            row = {"community_id": at.community_id, "key": clock.key}
            at.connection.execute(insert(retention_clocks), row | said)
        asked.subject = "/retention"
        at.tell("retention")


NOT_YOURS = mark("The committee says how long things are kept.")
NO_CLOCK = mark("How long this is kept cannot be changed.")
BOUNDS = mark("Between %(least)s and %(most)s days.")
SET_MEANWHILE = mark("Somebody has set it to %(days)s days meanwhile. Look again.")
