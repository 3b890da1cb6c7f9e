"""Everything works without JavaScript: forms are operations."""

import html
import re

import pytest
from sqlalchemy import func, select

from server.features.rounds.tables import marks, rounds
from server.oplog.tables import operations
from tests.support.site import HTML, NOBODY


@pytest.fixture
def a_round(site):
    """A round of this test's own."""
    return site.open_round()


def door(site, label):
    return site.world.doors["walk_up"][label]


def marked(site, round_id, label):
    return site.rows(
        select(marks.c.answer).where(
            marks.c.round_id == round_id, marks.c.household_id == door(site, label)
        )
    )


def seen_on(page):
    return re.search(r'name="seen" value="(\d+)"', page.text)[1]


def test_hao_marks_a_door_and_is_back_on_his_board(site, a_round):
    board = f"/rounds/{a_round}/stairwells/{site.world.walk_up}"
    page = site.get("hao", board)
    answer = site.post(
        "hao", "/ops/round.mark",
        {"round": a_round, "door": door(site, "302"), "answer": "delivered",
         "seen": seen_on(page), "next": board},
    )  # fmt: skip
    assert (answer.status_code, answer.headers["location"]) == (303, board)
    assert marked(site, a_round, "302") == [("delivered",)]
    assert 'data-answer="delivered"' in site.get("hao", board).text


def test_without_a_next_one_goes_to_what_it_was_about(site, a_round):
    answer = site.post(
        "hao", "/ops/round.mark",
        {"round": a_round, "door": door(site, "302"), "answer": "nobody", "seen": "0"},
    )  # fmt: skip
    assert answer.headers["location"] == f"/rounds/{a_round}/stairwells/{site.world.walk_up}"


def test_pressing_twice_on_one_page_is_one_operation(site, a_round):
    form = {"round": a_round, "door": door(site, "302"), "answer": "delivered", "seen": "7"}
    for _ in range(3):
        assert site.post("hao", "/ops/round.mark", form).status_code == 303
    assert len(marked(site, a_round, "302")) == 1


def test_the_same_again_on_a_newer_page_is_another_operation(site, a_round):
    form = {"round": a_round, "door": door(site, "302"), "answer": "delivered"}
    for seen in ("7", "8"):
        site.post("hao", "/ops/round.mark", form | {"seen": seen})
    assert len(marked(site, a_round, "302")) == 2


def test_two_people_pressing_the_same_are_two(site, a_round):
    form = {"round": a_round, "door": door(site, "302"), "answer": "delivered", "seen": "7"}
    site.post("hao", "/ops/round.mark", form)
    site.post("mei", "/ops/round.mark", form)
    assert len(marked(site, a_round, "302")) == 2


def test_a_whole_floor_is_one_tap_and_one_group(site, a_round):
    doors = f"door:{door(site, '301')} {door(site, '302')}"
    form = {"round": a_round, "answer": "delivered", "each": doors, "seen": "0"}
    assert site.post("hao", "/ops/round.mark", form).status_code == 303
    groups = site.rows(
        select(operations.c.group_id, func.count())
        .join(marks, marks.c.op_id == operations.c.id)
        .where(marks.c.round_id == a_round)
        .group_by(operations.c.group_id)
    )
    assert [count for _, count in groups] == [2]
    assert groups[0][0] is not None
    site.check()


def test_the_boards_own_button_marks_the_whole_floor(site, a_round):
    page = site.get("hao", f"/rounds/{a_round}/stairwells/{site.world.walk_up}").text
    both = {str(door(site, "301")), str(door(site, "302"))}
    found = [
        html.unescape(value) for value in re.findall(r'name="each" value="door:([^"]+)"', page)
    ]
    assert any(set(value.split()) == both for value in found)


def test_numbers_booleans_and_lists_are_read_from_text(site):
    resident = site.rows(
        select(func.min(_residents().c.id)).where(
            _residents().c.community_id == site.world.community,
            _residents().c.household_id == site.world.sun_door,
        )
    )[0][0]
    for present in ("false", "true"):
        form = {"resident": str(resident), "present": present, "seen": "0"}
        assert site.post("mei", "/ops/resident.presence", form).status_code == 303
        now = site.rows(select(_residents().c.present).where(
            _residents().c.community_id == site.world.community, _residents().c.id == resident
        ))  # fmt: skip
        assert bool(now[0][0]) is (present == "true")


def _residents():
    from server.features.people.tables import residents

    return residents


def test_a_round_is_made_from_a_plain_form(site):
    answer = site.ask(
        "mei", "POST", "/ops/round.make",
        data={
            "title": "蔬菜包", "kind": "delivery", "quantity": "2", "per": "household", "item": "",
            "deadline": "", "stairwells[]": [str(site.world.walk_up), str(site.world.tower)],
            "seen": "0", "next": "",
        },
    )  # fmt: skip
    assert answer.status_code == 303
    made = answer.headers["location"].rpartition("/")[2]
    [row] = site.rows(select(rounds).where(rounds.c.id == made))
    assert row.scope["stairwells"] == [site.world.walk_up, site.world.tower]
    assert row.quantity == 2


def test_what_a_form_asks_besides_is_nested(site):
    round_id = site.open_round(kind="visit", quantity=1)
    form = {"round": round_id, "door": door(site, "302"), "answer": "well", "seen": "0",
            "answers.days_left": "4"}  # fmt: skip
    assert site.post("hao", "/ops/round.mark", form).status_code == 303


def test_a_refusal_is_a_page_that_says_why_and_keeps_it(site, a_round):
    form = {"round": a_round, "door": door(site, "302"), "answer": "owed", "count": "9",
            "seen": "0"}  # fmt: skip
    answer = site.post("hao", "/ops/round.mark", form, headers=HTML | {"accept-language": "en"})
    assert answer.status_code == 409
    assert "9 cannot be: this door is due 2." in html.unescape(answer.text)
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "wrong",
    [
        {"door": "x"}, {"door": ""}, {"round": "x"}, {"count": "many"}, {"seen": "-1"},
        {"seen": "x"}, {"door": "9" * 40}, {"seen": "9" * 40},
    ],
    ids=str,
)  # fmt: skip
def test_a_form_that_is_nonsense_is_answered_with_a_page(site, a_round, wrong):
    form = {"round": a_round, "door": door(site, "302"), "answer": "delivered", "seen": "0"}
    answer = site.post("hao", "/ops/round.mark", form | wrong)
    assert answer.status_code in {400, 409}
    assert "<main" in answer.text
    assert marked(site, a_round, "302") == []


def test_an_each_of_nothing_does_nothing(site, a_round):
    form = {"round": a_round, "answer": "delivered", "each": "door:", "seen": "0"}
    assert site.post("hao", "/ops/round.mark", form).status_code in {303, 400}
    assert marked(site, a_round, "302") == []


def test_a_floor_of_a_thousand_doors_is_too_large(site, a_round):
    doors = " ".join(str(n) for n in range(1, 1001))
    form = {"round": a_round, "answer": "delivered", "each": f"door:{doors}", "seen": "0"}
    assert site.post("hao", "/ops/round.mark", form).status_code == 413


def test_each_cannot_be_used_to_name_another_field(site, a_round):
    """`each` may only repeat a field of the kind: an actor or a seen is not one."""
    form = {"round": a_round, "door": door(site, "302"), "answer": "delivered",
            "each": f"actor:{site.world.mei}", "seen": "0"}  # fmt: skip
    site.post("hao", "/ops/round.mark", form)
    made_by = site.rows(select(marks.c.actor).where(marks.c.round_id == a_round))
    assert made_by in ([], [(site.world.hao,)])


@pytest.mark.parametrize(
    "path", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)",
             "evil", "/a\nb"]
)  # fmt: skip
def test_next_never_leads_to_another_site(site, a_round, path):
    form = {"round": a_round, "door": door(site, "302"), "answer": "delivered", "seen": "0",
            "next": path}  # fmt: skip
    answer = site.post("hao", "/ops/round.mark", form)
    assert answer.headers["location"].startswith(f"/rounds/{a_round}/")


def test_nobody_signs_in_first(site, a_round):
    form = {"round": a_round, "door": door(site, "302"), "answer": "delivered", "seen": "0"}
    answer = site.post(NOBODY, "/ops/round.mark", form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/in")
    assert marked(site, a_round, "302") == []


def test_a_file_where_a_text_belongs_is_left_out(site, a_round):
    answer = site.ask(
        "hao", "POST", "/ops/round.mark",
        data={"round": a_round, "door": str(door(site, "302")), "answer": "delivered", "seen": "0"},
        files={"note": ("note.txt", b"a file")},
    )  # fmt: skip
    assert answer.status_code == 303
