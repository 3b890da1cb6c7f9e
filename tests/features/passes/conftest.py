"""Passes and a gate in the small world, and short ways to speak of them."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from server.db.base import AnyRow
from server.features.passes.tables import crossings, gates, passes
from server.oplog.apply import Answer
from tests.support.told import Told

WAYS = ("id", "made", "received")


class Passing:
    """Mei and Min approve, Old Qian stands at the gate, Grandma Sun wants to go out."""

    def __init__(self, told: Told) -> None:
        self.told = told

    def say(self, what: str, actor: str, /, **data: Any) -> Answer:
        """Any operation, whatever comes of it."""
        ways = {name: data.pop(name) for name in WAYS if name in data}
        return self.told.ask(actor, what, data, **ways)

    def done(self, what: str, actor: str, /, **data: Any) -> str:
        """The id of one that is applied."""
        answer = self.say(what, actor, **data)
        assert answer.outcome == "applied", answer
        assert answer.id
        return answer.id

    def ask(self, actor: str = "sun", **data: Any) -> Answer:
        """Ask for a pass to the hospital."""
        said = {"reason": "hospital", "resident": self.told.world.sun_resident}
        return self.say("pass.ask", actor, **said | data)

    def asked(self, actor: str = "sun", **data: Any) -> str:
        """The id of one that was asked for."""
        answer = self.ask(actor, **data)
        assert answer.outcome == "applied", answer
        assert answer.id
        return answer.id

    def made(self, actor: str = "min", **data: Any) -> str:
        """The id of one that Min made for Grandma Sun: out and back, once, for four hours."""
        said = {"reason": "hospital", "name": "孙奶奶", "household": self.told.world.sun_door}
        return self.done("pass.make", actor, **said | data)

    def gate(self, name: str = "东门", **data: Any) -> str:
        """The id of a gate."""
        return self.done("gate.set", "mei", name=name, **data)

    def cross(
        self, gate: str, pass_: str, way: str = "out", actor: str = "qian", **data: Any
    ) -> Answer:
        """Somebody goes through with it."""
        said = {"gate": gate, "number": self.row(pass_).number, "way": way}
        return self.say("pass.cross", actor, **said | data)

    def row(self, pass_: str) -> AnyRow:
        """What the table keeps of one."""
        [found] = self.told.rows(select(passes).where(passes.c.id == pass_))
        return found

    def at(self, gate: str) -> AnyRow:
        """What the table keeps of a gate."""
        [found] = self.told.rows(select(gates).where(gates.c.id == gate))
        return found

    def crossings(self) -> list[AnyRow]:
        """Everybody who came to a gate."""
        return self.told.rows(select(crossings).order_by(crossings.c.seq))


@pytest.fixture
def passing(told: Told) -> Passing:
    """Passes, on both databases."""
    return Passing(told)
