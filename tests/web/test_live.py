"""Live pages: who hears of a change, and what is told to those who come a moment later."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from server.web import live
from server.web.live import Live

MEI, ELSEWHERE = 1, 2


def test_a_change_is_told_to_those_who_listen_in_its_community() -> None:
    async def scene() -> None:
        told = Live()
        ours, theirs = told.listen(MEI), told.listen(ELSEWHERE)
        await asyncio.gather(anext(ours), anext(theirs))
        told.tell(MEI, 7, {"board:1", "round:1"})
        told.tell(ELSEWHERE, 3, {"board:9"})
        assert await heard(ours) == {"seq": 7, "topics": ["board:1", "round:1"]}
        assert await heard(theirs) == {"seq": 3, "topics": ["board:9"]}

    asyncio.run(scene())


def test_who_begins_to_listen_is_told_what_changed_since_the_page_was_drawn() -> None:
    async def scene() -> None:
        told = Live()
        told.tell(MEI, 7, {"board:1"})
        told.tell(MEI, 8, {"board:2"})
        told.tell(MEI, 0, {"notice:1"})
        told.tell(ELSEWHERE, 9, {"board:9"})
        late = told.listen(MEI)
        await anext(late)
        assert await heard(late) == {"seq": 8, "topics": ["board:1", "board:2"]}
        assert await heard(late) == {"seq": 0, "topics": ["notice:1"]}
        told.tell(MEI, 10, {"board:1"})
        assert await heard(late) == {"seq": 10, "topics": ["board:1"]}

    asyncio.run(scene())


def test_what_changed_long_ago_is_on_the_page_and_told_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live, "RECENT", 0.0)

    async def scene() -> None:
        told = Live()
        told.tell(MEI, 7, {"board:1"})
        await asyncio.sleep(0.01)
        late = told.listen(MEI)
        await anext(late)
        told.tell(MEI, 8, {"board:2"})
        assert await heard(late) == {"seq": 8, "topics": ["board:2"]}

    asyncio.run(scene())


def test_no_more_is_remembered_than_is_recent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "RECENT", -1.0)
    recent = live.Recent()
    for nth in range(3 * live.FEWEST):
        recent.note(nth, {f"board:{nth}"})
        assert len(recent._when) <= live.FEWEST + 1


async def heard(listening: AsyncIterator[bytes]) -> dict[str, object]:
    """The next change."""
    async with asyncio.timeout(5):
        event = (await anext(listening)).decode()
    assert event.startswith("event: change\ndata: ")
    said: dict[str, object] = json.loads(event.split("data: ")[1])
    return said
