"""Cases in the small world, and short ways to run one."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert, select

from server.features.cases import rules
from server.features.cases.rules import State
from server.features.cases.tables import CASE_EVENTS, case_events, cases
from server.features.notices.tables import notices, reach
from server.features.people.rules import MEDICAL
from server.features.people.tables import accounts, roles
from server.oplog.apply import Answer
from tests.features.reports.conftest import Reporting
from tests.support.told import Told
from tests.world import NOON

DOCTOR = "00000000-0000-7000-8000-0000000000e1"


class Caring:
    """Opens cases and says things of them."""

    def __init__(self, told: Told) -> None:
        self.told = told
        self.reporting = Reporting(told)

    def who(self, label: str = "401", nth: int = 0) -> int:
        """Somebody who is present behind a door of the walk-up."""
        return self.reporting.people(label)[nth]

    def open(self, label: str = "401", actor: str = "mei", nth: int = 0, **more: Any) -> Answer:
        """Open a case by hand."""
        fields = ("resident", "household", "why", "round", "report")
        data = {"resident": self.who(label, nth), "household": self.told.door("walk_up", label)}
        data |= {name: more.pop(name) for name in fields if name in more}
        return self.told.ask(actor, "case.open", data, **more)

    def opened(self, label: str = "401", **more: Any) -> str:
        """The id of a case that is open."""
        answer = self.open(label, **more)
        assert answer.outcome == "applied", answer
        assert answer.id
        return answer.id

    def say(self, case: str, what: str, actor: str = "mei", /, **more: Any) -> Answer:
        """Say something of a case; ways to ask are told from its data by their names."""
        ways = {
            name: more.pop(name)
            for name in ("id", "made", "seen", "received", "group")
            if name in more
        }
        return self.told.ask(actor, f"case.{what}", {"case": case, **more}, **ways)

    def step(self, case: str, step: str, actor: str = "mei", **more: Any) -> Answer:
        """Say how far a transfer is."""
        return self.say(case, "step", actor, step=step, **more)

    def positive(self, label: str = "401", finding: str = "positive", **more: Any) -> str:
        """A round of antigen tests in which somebody is reported positive; reactions have run."""
        antigen = more.pop("round_id", None) or self.reporting.opened()
        answer = self.reporting.report(more.pop("actor", "hao"), antigen, label, finding, **more)
        assert answer.outcome == "applied", answer
        self.told.react()
        return antigen

    # Looking

    def cases(self) -> list[Any]:
        """Every case of the community, the oldest first."""
        return self.told.rows(select(cases).order_by(cases.c.opened_at, cases.c.id))

    def state(self, case: str) -> State:
        """What a case has come to."""
        world = self.told.world
        return rules.fold(self.told.read(CASE_EVENTS.of, world.community, case))

    def events(self, case: str) -> list[Any]:
        """What is kept of a case, as it arrived."""
        query = select(case_events).where(case_events.c.case_id == case)
        return self.told.rows(query.order_by(case_events.c.seq))

    def announced(self) -> list[tuple[str, str, str, set[int | None]]]:
        """Announcements as kind, title, urgency, and the households that are meant."""
        lines: dict[str, set[int | None]] = {}
        for row in self.told.rows(select(reach)):
            lines.setdefault(row.notice_id, set()).add(row.household_id)
        return [
            (row.kind, row.content["title"].get("text", ""), row.urgency, lines[row.id])
            for row in self.told.rows(select(notices).order_by(notices.c.version))
        ]


def employ(told: Told) -> str:
    """Doctor Liu, a medical volunteer of the whole community."""
    return grant(told, DOCTOR, "刘医生", MEDICAL, "community", told.world.community)


def grant(
    told: Told,
    account: str,
    name: str,
    role: str,
    scope: str,
    scope_id: int,
    household: int | None = None,
) -> str:
    """Somebody with an account and one role."""
    made = {"community_id": told.world.community, "id": account, "name": name, "made_at": NOON}
    told.execute(insert(accounts).values(household_id=household, **made))
    told.execute(
        insert(roles).values(
            community_id=told.world.community,
            account_id=account,
            role=role,
            scope=scope,
            scope_id=scope_id,
            since=NOON,
        )
    )
    return account


@pytest.fixture
def caring(told: Told) -> Caring:
    """Cases, on both databases."""
    return Caring(told)


@pytest.fixture
def doctor(told: Told) -> str:
    """Somebody else who may run cases."""
    return employ(told)
