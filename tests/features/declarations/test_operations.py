"""Households declare in a screening: their door is done, and nobody learns more than they may."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from server.features.declarations import reads
from server.features.declarations.tables import declarations, declared_symptoms
from server.features.notices.tables import notices, reach
from server.features.people.register import NotAllowed, NotThere
from server.features.people.tables import residents
from server.oplog.tables import operations, payloads
from tests.support.told import Told


def screen(told: Told, **data: Any) -> str:
    return told.open_round("walk_up", kind="screening", title="排查", quantity=1, **data)


def declare(told: Told, actor: str, round_id: str, label: str = "302", **more: Any) -> Any:
    """Everybody whom the register knows there is here, unless something else is said."""
    door = told.door("walk_up", label)
    data = {"round": round_id, "door": door, "people": {str(who): "here" for who in of(told, door)}}
    fields = ("people", "others", "tenure", "since", "away", "ill", "symptoms", "door")
    data |= {name: more.pop(name) for name in fields if name in more}
    return told.ask(actor, "screening.declare", data, **more)


def of(told: Told, door: int) -> list[int]:
    table = residents.c
    query = select(table.id).where(
        table.community_id == told.world.community, table.household_id == door
    )
    return [row.id for row in told.rows(query)]


def test_a_household_declares_and_its_door_is_done(told: Told) -> None:
    round_id = screen(told)
    answer = declare(told, "sun", round_id, others=["周小龙", " ", "周小龙"], tenure="tenant")
    assert answer.outcome == "applied"
    assert told.standing(round_id, "302").answer == "declared"
    [row] = told.rows(select(declarations))
    assert (row.source, row.others, row.tenure) == ("own", ["周小龙"], "tenant")


def test_whoever_carries_the_round_declares_for_a_household_without_a_phone(told: Told) -> None:
    round_id = screen(told)
    assert declare(told, "hao", round_id, "401").outcome == "applied"
    [row] = told.rows(select(declarations))
    assert row.source == "door"


@pytest.mark.parametrize("actor", ["sun", "yun"])
def test_nobody_declares_at_another_household_s_door(told: Told, actor: str) -> None:
    round_id = screen(told)
    assert declare(told, actor, round_id, "401").outcome == "refused"
    assert told.standing(round_id, "401").answer is None


def test_whoever_declares_twice_is_counted_once_and_the_newer_stands(told: Told) -> None:
    round_id = screen(told)
    declare(told, "sun", round_id, tenure="owner")
    told.later(minutes=5)
    declare(told, "sun", round_id, tenure="tenant")
    page = told.read(reads.own, told.person("sun"), "en", round_id)
    assert page.tenure == "tenant"
    picture = told.read(reads.picture, told.person("mei"), "en", round_id)
    assert picture.whole.declared == 1
    assert picture.curve is not None
    assert picture.curve.hours[-1].doors == 1


def test_after_the_close_it_is_refused_and_a_lead_may_let_it_count(told: Told) -> None:
    round_id = screen(told)
    told.change(round_id, "close")
    told.later(minutes=1)
    late = declare(told, "sun", round_id)
    assert late.outcome == "refused"
    assert told.ask("sun", "op.redo", {"op": late.id}).outcome == "refused"
    assert told.ask("mei", "op.redo", {"op": late.id}).outcome == "applied"
    assert told.standing(round_id, "302").answer == "declared"


def test_made_before_the_close_and_arriving_after_it_counts(told: Told) -> None:
    round_id = screen(told)
    told.later(minutes=1)
    made = told.now
    told.later(minutes=10)
    told.change(round_id, "close")
    told.later(minutes=10)
    assert declare(told, "sun", round_id, made=made).outcome == "applied"


def test_forty_people_behind_one_door_are_sent_to_the_desk(told: Told) -> None:
    names = [f"租客{n}" for n in range(40)]
    assert declare(told, "sun", screen(told), others=names).outcome == "refused"


@pytest.mark.parametrize(
    "wrong",
    [{"since": "1820"}, {"since": "2031"}, {"tenure": "squatter"}, {"people": {"1": "moon"}},
     {"people": {"999999": "here"}}, {"people": {}}],
)  # fmt: skip
def test_what_cannot_be_is_refused(told: Told, wrong: dict[str, Any]) -> None:
    round_id = screen(told)
    assert declare(told, "sun", round_id, **wrong).outcome == "refused"
    assert told.standing(round_id, "302").answer is None


def test_nobody_declares_in_a_round_that_is_no_screening(told: Told) -> None:
    round_id = told.open_round("walk_up")
    assert declare(told, "sun", round_id).outcome == "refused"


def test_another_community_s_screening_is_none(told: Told) -> None:
    round_id = screen(told)
    assert declare(told, "bo", round_id).outcome == "refused"
    with pytest.raises(LookupError):
        told.read(reads.own, told.person("bo"), "en", round_id)


def test_a_declaration_at_the_wrong_door_is_taken_back(told: Told) -> None:
    round_id = screen(told)
    wrong = declare(told, "hao", round_id, "401", ill=["谁"])
    assert told.undo("hao", round_id, "401", wrong.id).outcome == "applied"
    assert told.standing(round_id, "401").answer is None
    assert told.read(reads.picture, told.person("mei"), "en", round_id).whole.declared == 0
    assert told.read(reads.ill, told.person("mei"), "en", round_id).lines == ()


def test_who_declared_has_declared_whatever_was_found_at_the_door(told: Told) -> None:
    round_id = screen(told)
    declare(told, "sun", round_id)
    told.mark("hao", round_id, "302", "nobody", seen=0)
    row = told.standing(round_id, "302")
    assert (row.answer, row.disputed) == ("declared", False)


def test_who_is_ill_is_a_health_record_and_told_to_the_few(told: Told) -> None:
    round_id = screen(told)
    answer = declare(told, "sun", round_id, ill=["孙奶奶"], symptoms="发烧 38.5")
    [row] = told.rows(select(declared_symptoms))
    assert (row.names, row.words) == (["孙奶奶"], "发烧 38.5")
    for kept in told.rows(select(payloads).where(payloads.c.seq == answer.seq)):
        assert kept.retention == "health" or "38.5" not in kept.body.decode()
    [operation] = told.rows(select(operations).where(operations.c.id == answer.id))
    assert "38.5" not in json.dumps(operation.message) + (operation.subject or "")
    [notice] = told.rows(select(notices).where(notices.c.id == answer.id))
    assert notice.kind == "declared"
    assert "孙" not in json.dumps(notice.content, ensure_ascii=False)
    assert "302" not in json.dumps(notice.content)
    told_of = {one.account_id for one in told.rows(select(reach))}
    assert told.who("mei") in told_of
    assert told_of.isdisjoint({told.who("hao"), told.who("min"), told.who("sun")})


def test_who_is_ill_is_read_by_those_who_may_see_results(told: Told) -> None:
    round_id = screen(told)
    declare(told, "sun", round_id, ill=["孙奶奶"])
    told.later(minutes=5)
    declare(told, "sun", round_id)  # a newer one that says nothing of it does not hide it
    assert len(told.read(reads.ill, told.person("mei"), "en", round_id).lines) == 1
    for who in ("hao", "min", "sun"):
        with pytest.raises(NotAllowed):
            told.read(reads.ill, told.person(who), "en", round_id)


def differences(told: Told, round_id: str) -> list[tuple[str, str]]:
    found = told.read(reads.differences, told.person("mei"), "en", round_id)
    return [(one.what, one.name) for one in found.lines]


def test_what_the_register_has_otherwise_is_taken_over_and_gone(told: Told) -> None:
    round_id = screen(told)
    sun = told.world.sun_resident
    declare(told, "sun", round_id, people={str(sun): "away"}, others=["周小龙"], tenure="owner")
    found = differences(told, round_id)
    assert ("add", "周小龙") in found
    assert ("away", "孙奶奶") in found
    door = told.world.sun_door
    told.ask("mei", "resident.add", {"household": door, "name": "周小龙", "tenure": "owner"})
    told.ask("mei", "resident.presence", {"resident": sun, "present": False})
    said = {"resident": sun, "name": "孙奶奶", "tenure": "owner"}
    told.ask("mei", "resident.correct", said)
    left = differences(told, round_id)
    assert not {"add", "away", "tenure"} & {what for what, _ in left}


def test_who_keeps_no_register_sees_no_differences(told: Told) -> None:
    round_id = screen(told)
    for who in ("hao", "sun"):
        with pytest.raises(NotAllowed):
            told.read(reads.differences, told.person(who), "en", round_id)


def test_no_share_names_a_door_and_a_small_building_is_not_shown(told: Told) -> None:
    round_id = screen(told)
    declare(told, "sun", round_id)
    shown = told.read(reads.shares, told.person("sun"), "en", round_id)
    assert all(one.steps.homes >= 5 for one in shown.shares)


def test_the_page_is_in_the_pack_while_the_screening_is_open(told: Told) -> None:
    round_id = screen(told)
    [(path, before)] = told.read(reads.pack, told.person("sun"))
    assert path == f"/declarations/{round_id}"
    declare(told, "sun", round_id)
    [(_, after)] = told.read(reads.pack, told.person("sun"))
    assert before != after
    told.change(round_id, "close")
    assert told.read(reads.pack, told.person("sun")) == []


def test_the_page_of_a_delivery_is_none(told: Told) -> None:
    round_id = told.open_round("walk_up")
    with pytest.raises(NotThere):
        told.read(reads.own, told.person("sun"), "en", round_id)
