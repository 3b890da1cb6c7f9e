"""Testing days in the small world."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from server.features.notices.tables import notices, reach
from server.features.testing.tables import floor_calls, sites, test_stairwells


class Testing:
    """A testing day of the named cast."""

    __test__ = False

    def __init__(self, told):
        self.told = told
        self.world = told.world

    def make(self, *places, actor="mei", **data):
        """A testing day of these stairwells; returns its answer."""
        made = {
            "title": "第三轮核酸",
            "sites": ["东门"],
            "stairwells": [getattr(self.world, place) for place in places or ("walk_up",)],
        }
        return self.told.ask(actor, "test.make", made | data)

    def opened(self, *places, **data):
        """A testing day that is open, Hao working at every site; returns its id."""
        answer = self.make(*places, **data)
        assert answer.outcome == "applied", answer
        self.told.ask("mei", "round.open", {"round": answer.id})
        self.told.assign(answer.id, "hao", *(places or ("walk_up",)))
        return answer.id

    def ask(self, actor, kind, day, **data):
        """Something asked of a day."""
        return self.told.ask(actor, kind, {"round": day, **data})

    def call(self, day, *levels, actor="mei", place="walk_up"):
        """Call floors down."""
        stairwell = getattr(self.world, place)
        return self.ask(actor, "test.call", day, stairwell=stairwell, levels=list(levels))

    def calls(self, day):
        """Floors by level, as they stand."""
        query = select(floor_calls).where(floor_calls.c.round_id == day)
        return {row.level: row for row in self.told.rows(query)}

    def notice(self, notice_id):
        """An announcement and the households it means."""
        [row] = self.told.rows(select(notices).where(notices.c.id == notice_id))
        lines = self.told.rows(select(reach).where(reach.c.notice_id == notice_id))
        return row, {line.household_id for line in lines}

    def sites(self, day):
        """The day's sites in order."""
        query = select(sites).where(sites.c.round_id == day).order_by(sites.c.position)
        return self.told.rows(query)

    def site_of(self, day, place="walk_up"):
        """Where a stairwell goes."""
        query = select(test_stairwells).where(
            test_stairwells.c.round_id == day,
            test_stairwells.c.stairwell_id == getattr(self.world, place),
        )
        [row] = self.told.rows(query)
        return row


@pytest.fixture
def testing(told):
    return Testing(told)
