"""Things in the small world, and short ways to pass them on."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from server.features.custody import rules
from server.features.custody.rules import State
from server.features.custody.tables import THING_EVENTS, thing_events, things
from server.features.notices.tables import notices, reach
from server.oplog.apply import Answer
from tests.support.told import Told

SIGNATURE = "M12 40l5 -9l-3 14M30 30l40 2"
WAYS = ("id", "made", "seen", "received", "group", "server_seen", "community")


class Hands:
    """Takes things along and passes them on."""

    def __init__(self, told: Told) -> None:
        self.told = told

    def take(self, kind: str = "card", actor: str = "hao", **more: Any) -> Answer:
        """Take a thing along, by default Grandma Sun's card from her door."""
        ways = {name: more.pop(name) for name in WAYS if name in more}
        more.setdefault("household", self.told.world.sun_door)
        return self.told.ask(actor, "thing.take", {"kind": kind, **more}, **ways)

    def taken(self, kind: str = "card", actor: str = "hao", **more: Any) -> str:
        """The id of a thing that somebody has now."""
        answer = self.take(kind, actor, **more)
        assert answer.outcome == "applied", answer
        assert answer.id
        return answer.id

    def say(self, thing: str, what: str, actor: str = "hao", /, **more: Any) -> Answer:
        """Say something of a thing; `to` and `from_` may be of the cast."""
        ways = {name: more.pop(name) for name in WAYS if name in more}
        for name in ("to", "from_"):
            if name in more:
                more[name] = self.told.who(more[name])
        return self.told.ask(actor, f"thing.{what}", {"thing": thing, **more}, **ways)

    def done(self, thing: str, what: str, actor: str = "hao", /, **more: Any) -> Answer:
        """Say something that is applied."""
        answer = self.say(thing, what, actor, **more)
        assert answer.outcome == "applied", answer
        return answer

    # Looking

    def row(self, thing: str) -> Any:
        """What the table keeps of a thing."""
        [found] = self.told.rows(select(things).where(things.c.id == thing))
        return found

    def state(self, thing: str) -> State:
        """What a thing has come to."""
        world = self.told.world
        return rules.fold(self.told.read(THING_EVENTS.of, world.community, thing))

    def holder(self, thing: str) -> str:
        """Who has it: one of the cast, a household's number, or a place."""
        return self.name(self.row(thing).holder)

    def name(self, account: str) -> str:
        """An account by its name in the cast."""
        cast = ("mei", "hao", "yun", "min", "qian", "sun", "anna", "bo")
        return {self.told.who(one): one for one in cast}.get(account, account)

    def events(self, thing: str) -> list[str]:
        """What was said of a thing, in the order in which it was counted."""
        query = select(thing_events.c.what).where(thing_events.c.thing_id == thing)
        return [row.what for row in self.told.rows(query.order_by(thing_events.c.seq))]

    def heard(self, title: str = "") -> list[tuple[str, set[str]]]:
        """Announcements about things that still hold: title, and who is meant."""
        lines: dict[str, set[str]] = {}
        for row in self.told.rows(select(reach)):
            lines.setdefault(row.notice_id, set()).add(self.name(row.account_id))
        found = self.told.rows(
            select(notices)
            .where(notices.c.kind == "thing", notices.c.withdrawn_at.is_(None))
            .order_by(notices.c.version, notices.c.id)
        )
        return [
            (row.content["title"]["text"], lines[row.id])
            for row in found
            if title in ("", row.content["title"]["text"])
        ]


@pytest.fixture
def hands(told: Told) -> Hands:
    """Things, on both databases."""
    return Hands(told)
