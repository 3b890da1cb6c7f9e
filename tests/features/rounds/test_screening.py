"""A screening round: every door asked, the vacant ones told from those where nobody opened."""

import pytest
from sqlalchemy import select

from server.features.rounds.kinds import AGAIN, DECLINED, DONE, KINDS
from server.features.rounds.tables import round_doors, round_stairwells
from server.oplog.tables import payloads
from tests.support.told import Told

SCREENING = KINDS["screening"]


@pytest.mark.parametrize("answer", ["asked", "declared", "vacant"])
def test_who_has_answered_or_cannot_is_done_with(answer):
    assert SCREENING.answer(answer).stands == DONE


@pytest.mark.parametrize("answer", ["nobody", "letter"])
def test_where_nobody_opened_somebody_goes_again(answer):
    assert SCREENING.answer(answer).stands == AGAIN


def test_whoever_will_not_answer_is_not_asked_for_ever():
    assert SCREENING.answer("refused").stands == DECLINED


def test_no_answer_of_a_screening_says_anything_of_health():
    assert not SCREENING.reported


def a_door(told: Told, round_id: str, label: str):
    [row] = told.rows(
        select(round_doors).where(
            round_doors.c.round_id == round_id,
            round_doors.c.household_id == told.door("walk_up", label),
        )
    )
    return row


def test_each_way_of_being_reached_is_counted_by_itself(told):
    round_id = told.open_round(kind="screening", quantity=1)
    told.mark("hao", round_id, "301", "declared")
    told.mark("hao", round_id, "302", "vacant", answers={"evidence": "meter", "seal": "A 17"})
    [sums] = told.rows(
        select(round_stairwells).where(
            round_stairwells.c.round_id == round_id,
            round_stairwells.c.stairwell_id == told.world.walk_up,
        )
    )
    assert sums.tally == {"declared": 1, "vacant": 1}
    assert sums.done == 2


def test_a_letter_left_is_replaced_by_the_answer_that_came_of_it(told):
    round_id = told.open_round(kind="screening", quantity=1)
    told.mark("hao", round_id, "302", "letter")
    told.mark("hao", round_id, "302", "declared")
    assert a_door(told, round_id, "302").answer == "declared"


def test_the_evidence_of_a_vacant_flat_is_kept_as_notes(told):
    round_id = told.open_round(kind="screening", quantity=1)
    answer = told.mark("hao", round_id, "302", "vacant", answers={"seal": "A 17"})
    [notes] = told.rows(
        select(payloads.c.body).where(payloads.c.seq == answer.seq, payloads.c.retention == "notes")
    )
    assert b"A 17" in bytes(notes[0])


def test_vacant_against_declared_is_shown_and_not_overwritten(told):
    """Two people who could not see each other: the lead decides."""
    round_id = told.open_round(kind="screening", quantity=1)
    told.mark("hao", round_id, "302", "declared", seen=0)
    told.mark("mei", round_id, "302", "vacant", seen=0)
    assert a_door(told, round_id, "302").disputed


def test_answers_of_other_rounds_are_none_of_a_screening(told):
    round_id = told.open_round(kind="screening", quantity=1)
    answer = told.mark("hao", round_id, "302", "delivered")
    assert answer.outcome == "refused"
