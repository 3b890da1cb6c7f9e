"""Bulletins of the small world, with cases that are made up here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from server import clock
from server.features.bulletins.tables import bulletin_corrections, bulletins
from server.features.cases import reads as cases
from server.features.cases.views import BuildingProgress
from server.features.notices.tables import notices, reach
from server.oplog.apply import Answer
from tests.support.told import Told
from tests.world import NOON

TODAY = "2022-04-21"
EIGHT, TOWER = 1, 2
"""The buildings of the small world: 梅园 8, and 荷园 B."""

Has = Callable[..., None]
"""Says what the case records hold of a building: `has(EIGHT, new=2)`."""


@pytest.fixture
def has(monkeypatch: pytest.MonkeyPatch) -> Has:
    """Case records, made up; new cases are of today."""
    found: dict[int, BuildingProgress] = {}
    nothing = dict.fromkeys(("awaiting", "coming", "picked_up", "arrived", "returned"), 0)

    def progress(_connection: Any, _community: int, since: int, until: int) -> tuple[Any, ...]:
        return tuple(
            one
            if since > NOON - clock.DAY
            else BuildingProgress(one.building, 0, None, *[0] * 5, one.last_case_at)
            for one in found.values()
        )  # fmt: skip

    def put(building: int, *, new: int = 0, **more: Any) -> None:
        last = NOON - clock.HOUR if new else more.pop("last_case_at", None)
        tested = {"tested_at": NOON - 4 * clock.HOUR if new else None}
        found[building] = BuildingProgress(
            building=building, new=new, last_case_at=last, **nothing | tested | more
        )

    monkeypatch.setattr(cases, "progress", progress)
    return put


class Publishing:
    """Bulletins by the named cast."""

    def __init__(self, told: Told) -> None:
        self.told = told

    def draft(self, actor: str = "mei", day: str = TODAY, **how: Any) -> Answer:
        """Begin the bulletin of a day."""
        return self.told.ask(actor, "bulletin.draft", {"day": day}, **how)

    def drafted(self, **said: Any) -> str:
        """A draft, edited where something is said; its id."""
        answer = self.draft()
        assert answer.outcome == "applied", answer
        if said:
            edited = self.edit(str(answer.id), **said)
            assert edited.outcome == "applied", edited
        return str(answer.id)

    def edit(self, bulletin: str, actor: str = "mei", **said: Any) -> Answer:
        """Write the text anew; ways to ask may be among what is said."""
        how = {name: said.pop(name) for name in ("seen", "device", "id") if name in said}
        return self.told.ask(actor, "bulletin.edit", {"bulletin": bulletin, **said}, **how)

    def ask(self, what: str, bulletin: str, actor: str = "mei", **data: Any) -> Answer:
        """Publish, correct or withdraw."""
        how = {name: data.pop(name) for name in ("seen", "device") if name in data}
        return self.told.ask(actor, f"bulletin.{what}", {"bulletin": bulletin, **data}, **how)

    def published(self, **said: Any) -> str:
        """A bulletin that is out; its id."""
        bulletin = self.drafted(**said or {"cases": {"zh-Hans": "当日没有新增。"}})
        answer = self.ask("publish", bulletin)
        assert answer.outcome == "applied", answer
        return bulletin

    def row(self, bulletin: str) -> Any:
        """The bulletin as it is kept."""
        [row] = self.told.rows(select(bulletins).where(bulletins.c.id == bulletin))
        return row

    def corrections(self, bulletin: str) -> list[Any]:
        """What was corrected in it."""
        table = bulletin_corrections
        return self.told.rows(select(table).where(table.c.bulletin_id == bulletin))

    def notices(self, kind: str) -> list[Any]:
        """Announcements of a kind."""
        return self.told.rows(select(notices).where(notices.c.kind == kind))

    def lines(self, notice: str) -> dict[str, Any]:
        """The ledger of an announcement, by recipient."""
        rows = self.told.rows(select(reach).where(reach.c.notice_id == notice))
        return {row.recipient: row for row in rows}


@pytest.fixture
def publishing(told: Told) -> Publishing:
    """Bulletins, on both databases."""
    return Publishing(told)
