"""The board's markup is what the scripts of the page bind to."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from server.features.rounds.kinds import KINDS
from tests.support.site import Site


class Elements(HTMLParser):
    """Every element as its name and attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.all: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.all.append((tag, dict(attrs)))

    def with_attribute(self, name: str, value: str | None = None) -> list[dict[str, str | None]]:
        return [
            found for _, found in self.all
            if name in found and (value is None or found[name] == value)
        ]  # fmt: skip

    def one(self, name: str, value: str | None = None) -> dict[str, str | None]:
        [found] = self.with_attribute(name, value)
        return found


@pytest.fixture
def marked(site: Site) -> tuple[str, Elements]:
    """A board on which 302 was delivered and 401 is owed one."""
    round_id = site.open_round()
    site.send("hao", site.mark("hao", round_id, "302"))
    site.send("hao", site.mark("hao", round_id, "401", answer="owed", count=1))
    page = site.get("hao", f"/rounds/{round_id}/stairwells/{site.world.walk_up}")
    return round_id, Elements(page.text)


def test_the_board_says_what_it_shows(site: Site, marked: tuple[str, Elements]) -> None:
    round_id, page = marked
    board = page.one("data-board")
    assert board["data-round"] == round_id
    assert board["data-stairwell"] == str(site.world.walk_up)
    assert int(board["data-seq"] or 0) > 0
    assert page.one("data-page", "rounds/board")["data-live"] == (
        f"board:{round_id}:{site.world.walk_up}"
    )


def test_every_door_but_the_vacant_is_a_button_or_a_link(
    site: Site, marked: tuple[str, Elements]
) -> None:
    _, page = marked
    doors = {found["data-door"] for found in page.with_attribute("data-door")}
    due = {
        str(door) for label, door in site.world.doors["walk_up"].items()
        if label not in {"S1", "602"}
    }  # fmt: skip
    assert due <= doors
    assert str(site.world.vacant) not in doors


def test_a_marked_door_carries_what_was_said(site: Site, marked: tuple[str, Elements]) -> None:
    round_id, page = marked
    [door] = [
        found for found in page.with_attribute("data-door", str(site.world.sun_door))
        if "data-answer" in found
    ]  # fmt: skip
    assert (door["data-label"], door["data-due"], door["data-answer"]) == ("302", "2", "delivered")
    assert re.fullmatch(r"[0-9a-f]{4}", door["data-mark"] or "")  # enough to tell marks apart
    assert f"/rounds/{round_id}/doors/{site.world.sun_door}" in (door.get("href") or "")
    [owed] = [found for found in page.with_attribute("data-label", "401") if "data-mark" in found]
    assert (owed["data-answer"], owed["data-owed"]) == ("owed", "1")


def test_a_screen_reader_hears_the_floor_the_door_and_how_it_stands(
    site: Site, marked: tuple[str, Elements]
) -> None:
    _, page = marked
    for found in page.with_attribute("data-door"):
        if "data-label" in found:
            assert found["data-label"] in (found.get("aria-label") or "")


@pytest.mark.parametrize("kind", KINDS)
def test_the_kinds_answers_are_listed_for_the_script(site: Site, kind: str) -> None:
    round_id = site.open_round(kind=kind, per=KINDS[kind].per[0])
    page = Elements(site.get("hao", f"/rounds/{round_id}/stairwells/{site.world.walk_up}").text)
    listed = [found for tag, found in page.all if tag == "li" and "data-stands" in found]
    assert [found["data-answer"] for found in listed] == [one.key for one in KINDS[kind].answers]
    for found, answer in zip(listed, KINDS[kind].answers, strict=True):
        assert (found["data-tone"], found["data-stands"]) == (answer.tone, answer.stands)
        assert ("data-counted" in found) is answer.counted


def test_the_sheet_the_undo_and_the_next_door_are_there(marked: tuple[str, Elements]) -> None:
    _, page = marked
    assert page.one("id", "sheet")
    assert page.one("id", "undo")["action"] == "/ops/round.undo"
    assert page.with_attribute("data-next-door")
    assert page.with_attribute("data-tally")
    assert page.with_attribute("data-status")


def test_a_tall_stairwell_offers_to_find_a_door(site: Site) -> None:
    round_id = site.open_round("tower")
    page = Elements(site.get("hao", f"/rounds/{round_id}/stairwells/{site.world.tower}").text)
    assert page.one("data-find")
