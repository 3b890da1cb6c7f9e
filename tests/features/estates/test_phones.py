"""The service telephones: who sets them, and where everybody finds them."""

from __future__ import annotations

import pytest

from server.features.bulletins import check
from server.features.bulletins import reads as bulletins
from server.features.estates import operations, reads, rules
from server.features.rounds import reads as rounds
from tests.support.told import Told, words

OURS = "021-5550 0100"
PLUMS = "(021) 5550 0122"


def compound(told: Told) -> int:
    """The compound that the walk-up stands in."""
    places = told.read(reads.places, told.world.community)
    return places[told.world.walk_up].compound


def numbers(told: Told) -> list[str]:
    """Every service telephone there is, the community's first."""
    return [one.number for one in told.read(reads.phones, told.world.community).said]


def test_a_steward_sets_one_for_all_and_one_for_a_compound(told: Told) -> None:
    assert told.ask("mei", "estate.phone", {"phone": OURS}).subject == "/estates"
    told.ask("mei", "estate.phone", {"phone": "（０２１） 5550 0122", "compound": compound(told)})
    assert numbers(told) == [OURS, PLUMS]
    home = told.read(rounds.household_home, told.person("sun"), "en")
    assert [one.number for one in home.phones] == [PLUMS, OURS]


def test_an_empty_number_takes_it_away(told: Told) -> None:
    told.ask("mei", "estate.phone", {"phone": OURS})
    assert told.ask("mei", "estate.phone", {"phone": ""}).outcome == "applied"
    assert numbers(told) == []


@pytest.mark.parametrize(
    "text", ["居委会", "12", "1102", "021-5550 0100 转8", "0" * 16, "+", "()()()"]
)
def test_what_is_no_number_is_refused(told: Told, text: str) -> None:
    assert words(told.ask("mei", "estate.phone", {"phone": text})) == rules.NO_PHONE


@pytest.mark.parametrize("actor", ["hao", "min", "qian", "sun"])
def test_only_a_steward_sets_it(told: Told, actor: str) -> None:
    for where in ({}, {"compound": compound(told)}):
        answer = told.ask(actor, "estate.phone", {"phone": OURS, **where})
        assert words(answer) == operations.NOT_YOUR_PHONE


def test_a_compound_that_is_not_there_has_none(told: Told) -> None:
    answer = told.ask("mei", "estate.phone", {"phone": OURS, "compound": 999})
    assert words(answer) == operations.NOT_YOUR_PHONE


def test_it_may_stand_in_a_bulletin_and_no_other_may(told: Told) -> None:
    told.ask("mei", "estate.phone", {"phone": OURS})
    known = told.read(bulletins.known, told.world.community)
    for text in (f"请打 {OURS}。", "有事请打电话：021 55500100", "02155500100", "（021）5550-0100"):
        assert check.find(text, known) == (), text
    for text in ("13800138000", "021-5550 0101", "电话 5550 0199"):
        assert [one.kind for one in check.find(f"请打{text}。", known)] == ["telephone"], text


def test_a_bulletin_ends_with_it(told: Told) -> None:
    told.ask("mei", "estate.phone", {"phone": OURS})
    told.ask("mei", "estate.phone", {"phone": PLUMS, "compound": compound(told)})
    draft = told.ask("mei", "bulletin.draft", {"day": "2022-04-21"}).id
    told.ask("mei", "bulletin.edit", {"bulletin": draft, "more": {"en": f"Call {OURS}."}})
    assert told.ask("mei", "bulletin.publish", {"bulletin": draft}).outcome == "applied"
    page = told.read(bulletins.public, "en", told.world.community, "2022-04-21")
    assert [one.number for one in page.phones] == [OURS, PLUMS]
    _, texts = told.read(bulletins.texts, told.person("mei"), "en", draft, "https://a.example")
    body, _ = texts[0].chat.rsplit("\n\n", 1)
    assert body.endswith(
        f"Service telephone: {OURS}\nService telephone of {page.phones[1].compound}: {PLUMS}"
    )
