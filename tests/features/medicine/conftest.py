"""Medicine in the small world, and short ways to need, buy and check it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert, select

from server.features.custody.tables import things
from server.features.medicine import rules
from server.features.medicine.tables import BATCH_EVENTS, NEED_EVENTS, needs
from server.features.notices.tables import notices, reach
from server.features.people.tables import accounts, roles, sessions
from server.oplog.apply import Answer
from tests.support.told import Told
from tests.world import NOON

DOCTOR = "00000000-0000-7000-8000-00000000e0e1"
"""Doctor Lu, medical for the whole community."""

NURSE = "00000000-0000-7000-8000-00000000e0e2"
"""A nurse of the tower alone."""


class Medicine:
    """Puts medicine on lists, makes batches and speaks in them."""

    def __init__(self, told: Told) -> None:
        self.told = told

    # Needs

    def need(self, actor: str = "sun", **more: Any) -> Answer:
        """Put medicine on a list; by default Grandma Sun's own."""
        ways = {name: more.pop(name) for name in ("made", "received", "id") if name in more}
        said = {"name": "苯磺酸氨氯地平片", "dose": "5 mg", "left": 7} | more
        return self.told.ask(actor, "need.say", said, **ways)

    def needed(self, actor: str = "sun", **more: Any) -> str:
        """The id of a need that is on a list now."""
        answer = self.need(actor, **more)
        assert answer.outcome == "applied", answer
        assert answer.id
        return answer.id

    def of_need(self, need: str, what: str, actor: str = "sun", /, **more: Any) -> Answer:
        """Say something of a need."""
        ways = {name: more.pop(name) for name in ("made", "received", "id") if name in more}
        return self.told.ask(actor, f"need.{what}", {"need": need, **more}, **ways)

    # Batches

    def make(self, *chosen: str, actor: str = "mei", **more: Any) -> Answer:
        """Make a batch: Hao buys, Min and the doctor check, Yun goes to the doors."""
        who = self.told.who
        said: dict[str, Any] = {
            "title": "周三",
            "pharmacy": "国大药房",
            "buyer": who("hao"),
            "checkers": [who("min"), DOCTOR],
            "carriers": [who("yun")],
            "within": 360,
            "needs": list(chosen),
        }
        return self.told.ask(actor, "batch.make", said | more)

    def made(self, *chosen: str, actor: str = "mei", **more: Any) -> str:
        """The id of a batch that is open."""
        answer = self.make(*chosen, actor=actor, **more)
        assert answer.outcome == "applied", answer
        assert answer.id
        return answer.id

    def say(self, batch: str, what: str, actor: str = "hao", /, **more: Any) -> Answer:
        """Say something in a batch."""
        ways = {name: more.pop(name) for name in ("made", "received", "id") if name in more}
        return self.told.ask(actor, f"batch.{what}", {"batch": batch, **more}, **ways)

    def done(self, batch: str, what: str, actor: str = "hao", /, **more: Any) -> Answer:
        """Say something that is applied."""
        answer = self.say(batch, what, actor, **more)
        assert answer.outcome == "applied", answer
        return answer

    def checked(self, batch: str, *chosen: str) -> None:
        """Both look at what was bought."""
        for who in ("min", DOCTOR):
            self.done(batch, "check", who, needs=list(chosen))

    # Looking

    def row(self, need: str) -> Any:
        """What the table keeps of a need."""
        [found] = self.told.rows(select(needs).where(needs.c.id == need))
        return found

    def state(self, batch: str) -> rules.Batch:
        """What a batch has come to."""
        return rules.fold_batch(self.told.read(BATCH_EVENTS.of, self.told.world.community, batch))

    def need_state(self, need: str) -> rules.Need:
        """What a need has come to."""
        return rules.fold_need(self.told.read(NEED_EVENTS.of, self.told.world.community, need))

    def things(self, batch: str) -> list[Any]:
        """The things of a batch, in the order in which they were taken along."""
        about = f"/medicine/batches/{batch}"
        return list(
            self.told.rows(select(things).where(things.c.about == about).order_by(things.c.version))
        )

    def heard(self, title: str = "") -> list[tuple[str, set[str]]]:
        """Announcements about medicine: title, and who is meant."""
        lines: dict[str, set[str]] = {}
        cast = ("mei", "hao", "yun", "min", "qian", "sun", "anna", "bo")
        names = {self.told.who(one): one for one in cast} | {DOCTOR: "doctor", NURSE: "nurse"}
        for row in self.told.rows(select(reach)):
            lines.setdefault(row.notice_id, set()).add(
                names.get(row.account_id, str(row.account_id))
            )
        found = self.told.rows(
            select(notices).where(notices.c.kind == "medicine").order_by(notices.c.version)
        )
        return [
            (row.content["title"]["text"], lines[row.id])
            for row in found
            if title in ("", row.content["title"]["text"])
        ]


def settle(told: Told) -> None:
    """There are a doctor and a nurse, and Grandma Sun is signed in."""
    community = told.world.community
    for account, name in ((DOCTOR, "陆医生"), (NURSE, "顾护士")):
        made = {"community_id": community, "id": account, "name": name, "made_at": NOON}
        told.execute(insert(accounts).values(**made))
    here = {"community_id": community, "id": DOCTOR, "token_hash": "t", "made_at": NOON}
    told.execute(insert(sessions).values(**here, account_id=told.who("sun")))
    held = (
        (DOCTOR, "community", community),
        (NURSE, "stairwell", told.world.tower),
    )
    for account, scope, scope_id in held:
        told.execute(
            insert(roles).values(
                community_id=community, account_id=account, role="medical", scope=scope,
                scope_id=scope_id, since=NOON,
            )
        )  # fmt: skip


@pytest.fixture
def medicine(told: Told) -> Medicine:
    """Medicine, on both databases."""
    settle(told)
    return Medicine(told)
