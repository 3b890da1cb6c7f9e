"""Requests in the small world, the people who answer them, and short ways to run one."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert, select

from server.features.notices.tables import notices, reach
from server.features.people.rules import MEDICAL, POLICE, PROPERTY
from server.features.people.tables import accounts, roles
from server.features.requests import rules
from server.features.requests.rules import State
from server.features.requests.tables import REQUEST_EVENTS, request_events, requests
from server.oplog.apply import Answer
from tests.support.told import Told
from tests.world import NOON

DOCTOR = "00000000-0000-7000-8000-0000000000e1"
NURSE = "00000000-0000-7000-8000-0000000000e2"
LOCKSMITH = "00000000-0000-7000-8000-0000000000e3"
CONSTABLE = "00000000-0000-7000-8000-0000000000e4"
STAFF = (
    (DOCTOR, "刘医生", MEDICAL),
    (NURSE, "方护士", MEDICAL),
    (LOCKSMITH, "马师傅", PROPERTY),
    (CONSTABLE, "高警官", POLICE),
)
WAYS = ("id", "made", "seen", "received", "group", "server_seen")


class Helping:
    """Asks for help and answers."""

    def __init__(self, told: Told) -> None:
        self.told = told

    def ask(self, kind: str = "food", actor: str = "sun", **more: Any) -> Answer:
        """Ask, by default Grandma Sun for herself; ways to ask are told by their names."""
        ways = {name: more.pop(name) for name in WAYS if name in more}
        return self.told.ask(actor, "request.ask", {"kind": kind, **more}, **ways)

    def asked(self, kind: str = "food", actor: str = "sun", **more: Any) -> str:
        """The id of a request that is open."""
        answer = self.ask(kind, actor, **more)
        assert answer.outcome == "applied", answer
        assert answer.id
        return answer.id

    def say(self, request: str, what: str, actor: str = "mei", /, **more: Any) -> Answer:
        """Say something of a request."""
        ways = {name: more.pop(name) for name in WAYS if name in more}
        return self.told.ask(actor, f"request.{what}", {"request": request, **more}, **ways)

    def done(self, request: str, what: str, actor: str = "mei", /, **more: Any) -> Answer:
        """Say something that is applied."""
        answer = self.say(request, what, actor, **more)
        assert answer.outcome == "applied", answer
        return answer

    # Looking

    def row(self, request: str) -> Any:
        """What the table keeps of a request."""
        [found] = self.told.rows(select(requests).where(requests.c.id == request))
        return found

    def state(self, request: str) -> State:
        """What a request has come to."""
        world = self.told.world
        return rules.fold(self.told.read(REQUEST_EVENTS.of, world.community, request))

    def events(self, request: str) -> list[str]:
        """What was said of a request, in the order in which it arrived."""
        query = select(request_events.c.what).where(request_events.c.request_id == request)
        return [row.what for row in self.told.rows(query.order_by(request_events.c.seq))]

    def names(self, accounts: Any) -> set[str]:
        """Accounts by the names of the cast, where they have one."""
        known = {
            self.told.who(one): one for one in ("mei", "hao", "yun", "min", "qian", "sun", "anna")
        } | {DOCTOR: "doctor", NURSE: "nurse", LOCKSMITH: "locksmith", CONSTABLE: "constable"}
        return {known.get(one, one) for one in accounts}

    def heard(self, title: str = "") -> list[tuple[str, str, set[str]]]:
        """Announcements about requests that still hold: title, urgency, and who is meant."""
        lines: dict[str, set[str]] = {}
        for row in self.told.rows(select(reach)):
            lines.setdefault(row.notice_id, set()).add(row.account_id)
        found = self.told.rows(
            select(notices)
            .where(notices.c.kind == "request", notices.c.withdrawn_at.is_(None))
            .order_by(notices.c.version, notices.c.id)
        )
        return [
            (row.content["title"]["text"], row.urgency, self.names(lines[row.id]))
            for row in found
            if title in ("", row.content["title"]["text"])
        ]


def employ(told: Told) -> None:
    """Two medical volunteers, a locksmith of the property company, a police officer."""
    community = told.world.community
    for account, name, role in STAFF:
        made = {"community_id": community, "id": account, "name": name, "made_at": NOON}
        told.execute(insert(accounts).values(made))
        told.execute(
            insert(roles).values(
                community_id=community, account_id=account, role=role, scope="community",
                scope_id=community, since=NOON,
            )
        )  # fmt: skip


@pytest.fixture
def helping(told: Told) -> Helping:
    """Requests, on both databases."""
    employ(told)
    return Helping(told)
