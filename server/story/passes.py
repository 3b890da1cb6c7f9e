"""The demo's gates and passes: dialysis for grandma, a locksmith inside, an errand that waits."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from server import clock
from server.features.passes.tables import passes
from server.features.people.rules import GATE
from server.story import neighbours
from server.story.neighbours import KNOWN
from server.story.telling import Story

VISITED = "9-1"
"""The stairwell of 梅园 where a lock is mended, and from which somebody wants to go out."""


def today(story: Story) -> None:
    """One gate is guarded, one is locked; somebody is inside, somebody waits for an answer."""
    [guard, *_] = story.all_with(GATE)
    east = _gate(story, {"name": "东门", "phone": "13800000010"})
    _gate(story, {"name": "北门", "kind": "locked", "phone": "13800000011",
                  "opens": "06:30", "closes": "21:30"})  # fmt: skip
    story.ask(guard, "gate.take", {"gate": east}, 3 * clock.HOUR)
    word = "2号岗亭钥匙在抽屉里，救护车走左侧"
    story.ask(story.steward, "gate.note", {"gate": east, "words": word}, 4 * clock.HOUR)
    place = neighbours.places(story)[VISITED]
    grandma = neighbours.named(story, KNOWN)
    dialysis = {"reason": "hospital", "name": KNOWN, "household": grandma.door,
                "conditions": ["test", "escort"], "escort": "林浩"}  # fmt: skip
    story.ask(story.steward, "pass.make", dialysis, 30 * clock.MINUTE)
    [asker, host, *_] = neighbours.at_home(story, place)
    mends = {"reason": "service", "name": "锁匠 周师傅", "way": "in", "household": host.door,
             "conditions": ["suit", "escort", "tools"], "escort": "赵芸"}  # fmt: skip
    locksmith = story.ask(place.officer, "pass.make", mends, 50 * clock.MINUTE)
    number = story.connection.execute(select(passes.c.number).where(passes.c.id == locksmith))
    came = {"gate": east, "number": number.scalar_one(), "way": "in", "checked": ["suit", "escort"]}
    story.ask(guard, "pass.cross", came, 40 * clock.MINUTE)
    wants = {"reason": "errand", "name": asker.name, "words": "去门口药店，十分钟"}
    story.ask(asker.account, "pass.ask", wants, 5 * clock.MINUTE)


def _gate(story: Story, said: dict[str, Any]) -> str:
    return story.ask(story.steward, "gate.set", said, 6 * clock.HOUR)
