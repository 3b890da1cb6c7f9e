"""Short ways to announce things in the small world."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from server.features.notices.tables import notices, reach


class Announcing:
    """Announcements made by the named cast."""

    def __init__(self, told):
        self.told = told
        self.world = told.world

    def send(self, actor="mei", *, places=("walk_up",), **data):
        """An announcement; returns its answer."""
        made = {"title": {"zh-Hans": "停水", "en": "No water"}, "body": {"zh-Hans": "今晚八点"}}
        where = [getattr(self.world, place) for place in places]
        when = {name: data.pop(name) for name in ("made", "id") if name in data}
        return self.told.ask(actor, "notice.send", made | {"stairwells": where} | data, **when)

    def sent(self, actor="mei", **data):
        """An announcement that was made; returns its id."""
        answer = self.send(actor, **data)
        assert answer.outcome == "applied", answer
        return answer.id

    def ask(self, actor, kind, notice, **data):
        """Something asked of an announcement."""
        when = {name: data.pop(name) for name in ("made",) if name in data}
        return self.told.ask(actor, f"notice.{kind}", {"notice": notice, **data}, **when)

    def lines(self, notice):
        """The ledger, by recipient."""
        query = select(reach).where(reach.c.notice_id == notice)
        return {row.recipient: row for row in self.told.rows(query)}

    def home(self, label, place="walk_up"):
        """What stands for a household in the ledger."""
        return f"h{self.told.door(place, label)}"

    def line(self, notice, label, place="walk_up"):
        """One household's line."""
        return self.lines(notice)[self.home(label, place)]

    def row(self, notice):
        """The announcement itself."""
        [row] = self.told.rows(select(notices).where(notices.c.id == notice))
        return row


@pytest.fixture
def announcing(told):
    return Announcing(told)
