"""The demo's requests: one of last night that was answered, and how those of today stand."""

from __future__ import annotations

from typing import Any

from server import clock
from server.story import neighbours
from server.story.neighbours import KNOWN, Someone
from server.story.telling import Story

BUSY = "9-1"
"""A stairwell of 梅园 with many who ask."""


def last_night(story: Story) -> None:
    """At two in the morning a child has a fever; a doctor is there within half an hour."""
    [doctor, *_], [asker, *_] = neighbours.doctors(story), _askers(story, BUSY)
    child = {"kind": "doctor", "quick": "fever", "words": "孩子三岁，39.5度，吃过退烧药"}
    request = _ask(story, asker, child, story.since(1, 2, 4))
    for what, said, minute in (
        ("take", {}, 6),
        ("step", {"step": "under_way"}, 11),
        ("add", {"words": "先别捂，五分钟到楼下"}, 12),
        ("step", {"step": "done"}, 48),
    ):
        _say(story, doctor, request, what, said, story.since(1, 2, minute))
    _say(story, asker.account, request, "thank", {"words": "烧退了，谢谢！"}, story.since(1, 8))
    note = {"words": "9号楼发烧的孩子早上再问一次。三单元电梯有异响，已报修。"}
    story.ask(doctor, "shift.note", note, story.since(1, 8, 10))


def today(story: Story) -> None:
    """Medicine is on its way, milk powder is taken, the lift has been asked for twice."""
    officer = neighbours.places(story)[BUSY].officer
    milk, door, lift, *_ = _askers(story, BUSY)
    formula = {"kind": "baby", "quick": "formula", "words": "二段，900克，今晚够一顿"}
    bought = _ask(story, milk, formula, 50 * clock.MINUTE)
    _say(story, officer, bought, "take", {}, 46 * clock.MINUTE)
    _say(story, officer, bought, "step", {"step": "under_way"}, 20 * clock.MINUTE)
    grandma = neighbours.named(story, KNOWN)
    [doctor, *_] = neighbours.doctors(story)
    pills = {"kind": "medicine", "quick": "days", "words": "降压药，每天一片"}
    needed = _ask(story, grandma, pills, 25 * clock.MINUTE)
    _say(story, doctor, needed, "take", {}, 18 * clock.MINUTE)
    _say(story, doctor, needed, "add", {"words": "下午跟药房那一批一起带回来"}, 17 * clock.MINUTE)
    _ask(story, lift, {"kind": "power", "quick": "lift"}, 40 * clock.MINUTE)
    _ask(story, door, {"kind": "locked", "quick": "out"}, 4 * clock.MINUTE)


def _ask(story: Story, who: Someone, said: dict[str, Any], ago: int) -> str:
    return story.ask(who.account, "request.ask", said, ago)


def _say(story: Story, actor: str, request: str, what: str, said: dict[str, Any], ago: int) -> None:
    story.ask(actor, f"request.{what}", {"request": request, **said}, ago)


def _askers(story: Story, short: str) -> list[Someone]:
    """One person of each home of a stairwell in which several live."""
    return neighbours.at_home(story, neighbours.places(story)[short])
