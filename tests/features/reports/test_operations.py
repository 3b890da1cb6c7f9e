"""What may be reported, by whom and when, and what a door and a person then come to."""

from __future__ import annotations

import msgspec
import pytest
from sqlalchemy import insert, select, update

from server import clock
from server.features.notices.tables import notices, reach
from server.features.people.rules import HOUSEHOLD, STEWARD
from server.features.people.tables import roles
from server.features.reports import book, pages, rules
from server.features.reports.operations import report as operations
from server.features.reports.tables import reports
from server.features.rounds.operations import mark
from server.features.rounds.tables import marks
from server.oplog.kinds import HEALTH
from server.oplog.tables import payloads
from tests.support.told import outcomes, words


def door(told, round_id, label):
    """A door's answer, how many reported and how many did not."""
    row = told.standing(round_id, label)
    return row.answer, row.given, row.owed


def test_a_door_says_how_many_have_reported_and_no_more(told, reporting):
    antigen = reporting.opened()
    assert told.standing(antigen, "401").due == 2
    reporting.report("hao", antigen, "401", "positive")
    assert door(told, antigen, "401") == ("some", 1, 1)
    reporting.report("hao", antigen, "401", "negative", nth=1)
    assert door(told, antigen, "401") == ("reported", 2, 0)
    said = {row.answer for row in told.rows(select(marks))}
    assert said == {"some", "reported"}


def test_a_result_is_kept_as_a_health_record(told, reporting):
    antigen = reporting.opened()
    answer = reporting.report("hao", antigen, "302", "positive", details={"kit": "A-17"})
    rows = told.rows(select(payloads).where(payloads.c.seq == answer.seq))
    kept = {row.retention: msgspec.json.decode(row.body) for row in rows}
    assert kept.pop(HEALTH) == {"finding": "positive", "details": {"kit": "A-17"}}
    assert "positive" not in str(kept)
    assert answer.message is None
    assert "positive" not in (answer.subject or "")


def test_nobody_reported_is_never_negative(told, reporting):
    antigen = reporting.opened()
    told.mark("hao", antigen, "302", "nobody")
    assert reporting.state(antigen, reporting.people("302")[0]) is None
    assert door(told, antigen, "302") == ("nobody", 0, 0)


def test_a_household_reports_itself_and_no_other(told, reporting):
    antigen = reporting.opened()
    assert reporting.report("sun", antigen, "302").outcome == "applied"
    other = reporting.report("sun", antigen, "401")
    assert words(other) == operations.NOT_YOURS


def test_whoever_acts_for_a_household_reports_for_it_while_they_do(told, reporting):
    antigen = reporting.opened()
    assert words(reporting.report("qian", antigen, "401")) == operations.NOT_YOURS
    entrust(told, "qian", "401")
    before = told.now
    made = reporting.report("qian", antigen, "401", "negative")
    assert made.outcome == "applied"
    assert told.rows(select(reports.c.source, reports.c.actor)) == [(rules.OWN, told.who("qian"))]
    assert words(reporting.report("qian", antigen, "402")) == operations.NOT_YOURS
    told.later(hours=1)
    told.execute(update(roles).where(roles.c.scope == "household").values(until=told.now))
    assert words(reporting.report("qian", antigen, "401")) == operations.NOT_YOURS
    late = reporting.report("qian", antigen, "401", "invalid", made=before + clock.SECOND)
    assert late.outcome == "applied"


def test_whoever_acts_for_a_household_finds_where_it_reports(told, reporting):
    antigen = reporting.opened()
    entrust(told, "sun", "401")
    mine, other = told.read(pages.asked, told.person("sun"), "en")
    assert (mine.door, mine.whose) == (told.door("walk_up", "302"), "")
    assert (other.round.id, other.door) == (antigen, told.door("walk_up", "401"))
    assert "401" in other.whose
    shown = told.read(pages.own, told.person("sun"), "en").rounds
    found = [sorted(person.resident for person in one.people) for one in shown]
    assert found == [reporting.people("302"), reporting.people("401")]


def entrust(told, who, label):
    """Have somebody act for a household from now on."""
    told.execute(
        insert(roles).values(
            community_id=told.world.community, account_id=told.who(who), role=HOUSEHOLD,
            scope="household", scope_id=told.door("walk_up", label), since=told.now,
        )
    )  # fmt: skip


@pytest.mark.parametrize("actor", ["mei", "min", "hao"])
def test_lead_officer_and_volunteer_report_for_those_without_a_phone(told, reporting, actor):
    antigen = reporting.opened()
    assert reporting.report(actor, antigen, "302").outcome == "applied"


@pytest.mark.parametrize("actor", ["yun", "qian"])
def test_who_was_not_given_the_stairwell_cannot_report_there(told, reporting, actor):
    antigen = reporting.opened()
    assert words(reporting.report(actor, antigen, "302")) == operations.NOT_YOURS


def test_an_outsider_finds_no_such_round(told, reporting):
    antigen = reporting.opened()
    assert reporting.report("anna", antigen, "302").outcome == "refused"


def test_a_person_of_another_household_is_refused(told, reporting):
    antigen = reporting.opened()
    wrong = reporting.report("hao", antigen, "302", resident=reporting.people("401")[0])
    assert words(wrong) == book.NOT_THERE


def test_two_different_results_of_two_people_are_both_kept_until_a_lead_decides(told, reporting):
    antigen = reporting.opened()
    who = reporting.people("302")[0]
    seen = told.seq()
    reporting.report("sun", antigen, "302", "negative", seen=seen)
    reporting.report("hao", antigen, "302", "positive", seen=seen)
    assert reporting.state(antigen, who) == ("positive", True)
    assert door(told, antigen, "302") == ("reported", 1, 0)
    assert len(told.rows(select(reports))) == 2

    by_hao = reporting.report("hao", antigen, "302", "negative", kind="report.settle")
    assert words(by_hao) == operations.FEW_DECIDE
    reporting.report("mei", antigen, "302", "negative", kind="report.settle")
    assert reporting.state(antigen, who) == ("negative", False)


def test_the_same_result_of_two_people_is_no_disagreement(told, reporting):
    antigen = reporting.opened()
    seen = told.seq()
    reporting.report("sun", antigen, "302", seen=seen)
    reporting.report("hao", antigen, "302", seen=seen)
    assert reporting.state(antigen, reporting.people("302")[0]) == ("negative", False)


def test_who_corrects_themselves_is_taken_at_their_later_word(told, reporting):
    antigen = reporting.opened()
    seen = told.seq()
    reporting.report("hao", antigen, "302", "positive", seen=seen)
    reporting.report("hao", antigen, "302", "negative", seen=seen)
    assert reporting.state(antigen, reporting.people("302")[0]) == ("negative", False)


def test_a_report_taken_back_leaves_the_door_as_it_was(told, reporting):
    antigen = reporting.opened()
    first = reporting.report("hao", antigen, "401")
    second = reporting.report("hao", antigen, "401", nth=1)
    reporting.take_back("hao", antigen, "401", first.id)
    assert door(told, antigen, "401") == ("some", 1, 1)
    reporting.take_back("hao", antigen, "401", second.id)
    assert door(told, antigen, "401") == (None, 0, 0)
    assert reporting.state(antigen, reporting.people("401")[0]) is None


def test_a_report_taken_back_before_it_arrives_never_counts(told, reporting):
    antigen = reporting.opened()
    report = told.envelope("hao", "round.mark", {}).id
    reporting.take_back("hao", antigen, "302", report)
    reporting.report("hao", antigen, "302", id=report)
    assert door(told, antigen, "302") == (None, 0, 0)


def test_only_the_reporter_or_who_may_see_results_takes_a_report_back(told, reporting):
    antigen = reporting.opened()
    report = reporting.report("sun", antigen, "302").id
    refused = reporting.take_back("hao", antigen, "302", report)
    assert words(refused) == operations.NOT_YOUR_REPORT
    assert reporting.take_back("mei", antigen, "302", report).outcome == "applied"


def test_a_report_is_not_undone_as_a_mark_is(told, reporting):
    antigen = reporting.opened()
    report = reporting.report("hao", antigen, "302").id
    assert words(told.undo("hao", antigen, "302", report)) == mark.NOT_A_MARK


def test_who_was_not_at_home_when_it_was_knocked_may_have_reported_all_the_same(told, reporting):
    antigen = reporting.opened()
    seen = told.seq()
    reporting.report("sun", antigen, "302", seen=seen)
    told.mark("hao", antigen, "302", "nobody", seen=seen)
    assert door(told, antigen, "302") == ("reported", 1, 0)
    assert not told.standing(antigen, "302").disputed


def test_nobody_marks_a_door_as_reported_by_hand(told, reporting):
    antigen = reporting.opened()
    assert words(told.mark("hao", antigen, "302", "reported")) == mark.ONE_BY_ONE
    assert words(told.mark("hao", antigen, "302", "some", count=1)) == mark.ONE_BY_ONE


@pytest.mark.parametrize(
    ("finding", "more", "said"),
    [
        ("delivered", {}, rules.NO_SUCH_FINDING),
        ("not_done", {}, rules.WHY),
        ("not_done", {"why": " "}, rules.WHY),
        ("not_done", {"why": "x" * 81}, rules.LONG_WHY),
        ("negative", {"details": {"colour": "red"}}, rules.NOT_ASKED),
        ("negative", {"details": {"kit": "9" * 81}}, rules.LONG_DETAIL),
    ],
)
def test_what_cannot_be_reported_is_said(told, reporting, finding, more, said):
    antigen = reporting.opened()
    assert words(reporting.report("hao", antigen, "302", finding, **more)) == said


def test_a_delivery_takes_no_reports(told, reporting):
    delivery = told.open_round("walk_up")
    assert words(reporting.report("hao", delivery, "302")) == rules.NOTHING_TO_REPORT


@pytest.mark.parametrize(
    ("said", "outcome"), [("36.8", "applied"), ("36,8", "applied"), ("hot", "refused")]
)
def test_those_at_home_report_their_temperature(told, reporting, said, outcome):
    isolation = reporting.opened(kind="isolation")
    answer = reporting.report(
        "sun", isolation, "302", "feels_well", details={"temperature": said, "symptoms": "咳嗽"}
    )
    assert answer.outcome == outcome


def test_a_report_made_before_the_close_counts_and_one_made_after_is_kept(told, reporting):
    antigen = reporting.opened()
    before = told.now
    told.later(minutes=5)
    told.change(antigen, "close")
    late = reporting.report("hao", antigen, "302", made=before, server_seen=before)
    assert late.outcome == "applied"
    after = reporting.report("hao", antigen, "401")
    assert after.outcome == "refused"
    assert told.ask("mei", "op.redo", {"op": after.id}).outcome == "applied"
    assert door(told, antigen, "401") == ("some", 1, 1)


def test_a_positive_calls_those_who_may_see_it_and_says_nothing_of_it(told, reporting):
    antigen = reporting.opened()
    reporting.report("hao", antigen, "302", "positive")
    told.react()
    told.react()
    [notice] = told.rows(select(notices).where(notices.c.kind == "notice"))
    assert notice.urgency == "urgent"
    assert notice.opens == f"/reports/{antigen}"
    said = str(notice.content)
    assert not [word for word in ("302", "孙", "ositive", "阳") if word in said]
    lines = told.rows(select(reach).where(reach.c.notice_id == notice.id))
    told_ = {row.account_id for row in lines}
    assert told_ == {told.who("mei")}


def test_a_positive_is_heard_of_though_whoever_made_the_round_has_left(told, reporting):
    antigen = reporting.opened()
    told.execute(update(roles).where(roles.c.account_id == told.world.mei).values(until=told.now))
    told.execute(
        insert(roles).values(
            community_id=told.world.community, account_id=told.world.yun, role=STEWARD,
            scope="stairwell", scope_id=told.world.walk_up, since=told.now,
        )
    )  # fmt: skip
    reporting.report("hao", antigen, "302", "positive")
    told.react()
    told.react()
    [notice] = told.rows(select(notices).where(notices.c.kind == "notice"))
    lines = told.rows(select(reach.c.account_id).where(reach.c.notice_id == notice.id))
    assert [row.account_id for row in lines] == [told.world.yun]


def test_a_chain_enters_many_at_once(told, reporting):
    antigen = reporting.opened()
    entries = [
        f"{told.door('walk_up', label)}/{who}/negative"
        for label in ("302", "401", "402")
        for who in reporting.people(label)
    ]
    data = {"round": antigen, "entries": entries}
    assert told.ask("min", "report.chain", data).outcome == "applied"
    assert door(told, antigen, "302") == ("reported", 1, 0)
    assert door(told, antigen, "401") == ("reported", 2, 0)


def test_a_chain_with_one_entry_that_may_not_be_enters_nothing(told, reporting):
    antigen = reporting.opened("walk_up", "neighbour")
    good = f"{told.door('walk_up', '302')}/{reporting.people('302')[0]}/negative"
    elsewhere = (
        f"{told.door('neighbour', '101')}/{reporting.people('101', 'neighbour')[0]}/negative"
    )
    for bad, said in (
        (elsewhere, operations.NOT_YOURS),
        ("x/1/negative", operations.NO_ENTRY),
        (good.replace("negative", "not_done"), rules.WHY),
    ):
        answer = told.ask("min", "report.chain", {"round": antigen, "entries": [good, bad]})
        assert words(answer) == said
    assert told.rows(select(reports)) == []


def test_a_whole_batch_of_reports_is_one_run(told, reporting):
    antigen = reporting.opened()
    asked = [
        (
            "report.make",
            {
                "round": antigen,
                "door": told.door("walk_up", label),
                "resident": who,
                "finding": "negative",
            },
        )
        for label in ("302", "401", "402")
        for who in reporting.people(label)
    ]
    assert set(outcomes(told.ask_all("hao", asked))) == {"applied"}
    assert door(told, antigen, "402")[0] == "reported"
