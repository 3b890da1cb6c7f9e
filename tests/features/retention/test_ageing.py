"""What has been kept long enough goes by itself, is counted, and nothing else goes."""

import pytest
from sqlalchemy import func, select

from server import clock
from server.features.care.tables import cared
from server.features.cases.tables import case_events, cases
from server.features.notices.tables import notices, reach
from server.features.passes.tables import crossings, gates, passes
from server.features.people.tables import residents, views
from server.features.reports.tables import report_states, reports
from server.features.requests.tables import request_events, requests
from server.features.retention import ageing, rules, running
from server.features.retention import operations as said
from server.features.retention.tables import retention_clocks, totals
from server.features.rounds.tables import marks, round_doors, round_stairwells, rounds
from server.features.testing.tables import test_records, tubes
from server.oplog.tables import operations, payloads, reactions
from tests.support.told import words


def count(told, table):
    return told.value(
        select(func.count()).select_from(table).where(table.c.community_id == told.world.community)
    )


def total(told, what):
    found = told.rows(select(totals.c.n).where(totals.c.what == what))
    return sum(row.n for row in found)


@pytest.fixture
def wound(told):
    """Clocks that run, as a server winds them when it starts."""
    told.write(running.wind, told.now)
    nights(told, 1)
    return told


def nights(told, days):
    """So many days go by; clocks are looked at at the end of them."""
    told.later(days=days)
    told.react()


def set_days(told, key, days, who="mei"):
    return told.ask(who, "retention.set", {"clock": key, "days": days})


def body_of(told, answer):
    seq = told.operation(answer.id).seq
    return [row.body for row in told.rows(select(payloads.c.body).where(payloads.c.seq == seq))]


def test_a_clock_is_wound_once_however_often_a_server_starts(told):
    for _ in range(3):
        told.write(running.wind, told.now)
    waiting = select(reactions.c.community_id).where(reactions.c.name == running.DAILY)
    assert len(told.rows(waiting)) == 2  # one for each community


def test_it_is_looked_at_every_night(wound):
    looked = select(func.min(retention_clocks.c.looked_at))
    first = wound.value(looked)
    nights(wound, 1)
    assert wound.value(looked) > first


def test_reports_go_sixty_days_after_their_day_and_their_findings_are_counted(wound):
    round_id = wound.open_round("walk_up", kind="antigen", per="person")
    answer = wound.ask("hao", "report.make", {
        "round": round_id, "door": wound.world.sun_door,
        "resident": wound.world.sun_resident, "finding": "negative"})  # fmt: skip
    assert answer.outcome == "applied"
    nights(wound, 70)
    assert count(wound, reports) == 1  # of a round that is open: its board says "reported"
    wound.change(round_id, "close")
    nights(wound, 2)
    assert (count(wound, reports), count(wound, report_states)) == (0, 0)
    assert total(wound, "negative") == 1
    assert body_of(wound, answer)
    assert not any(body_of(wound, answer))
    assert wound.operation(answer.id).outcome == "applied"


def test_marks_stay_while_their_round_is_open_and_go_once_it_was_closed_long_ago(wound):
    round_id = wound.open_round("walk_up")
    mark = wound.mark("hao", round_id, "302")
    nights(wound, 200)
    assert count(wound, marks) == 1
    wound.change(round_id, "close")
    nights(wound, 179)
    assert count(wound, round_doors) > 0
    nights(wound, 2)
    assert (count(wound, marks), count(wound, round_doors)) == (0, 0)
    assert total(wound, "doors") == 1
    assert total(wound, "items") == 2
    row = wound.rows(select(rounds).where(rounds.c.id == round_id))[0]
    assert row.forgotten_at is not None
    assert wound.value(select(func.sum(round_stairwells.c.done))) == 1  # the sums stay
    assert not any(body_of(wound, mark))


def test_a_case_stays_while_it_is_open_and_goes_ninety_days_after_its_last_word(wound):
    sun = {"resident": wound.world.sun_resident, "household": wound.world.sun_door}
    one = wound.ask("mei", "case.open", sun).id
    nights(wound, 120)
    assert count(wound, cases) == 1
    wound.ask("mei", "case.close", {"case": one, "why": "recovered"})
    nights(wound, 89)
    assert count(wound, cases) == 1
    nights(wound, 2)
    assert (count(wound, cases), count(wound, case_events)) == (0, 0)
    assert (total(wound, "cases"), total(wound, "recovered")) == (1, 1)


def test_a_request_goes_with_every_word_that_was_said_of_it(wound):
    asked = wound.ask("sun", "request.ask", {"kind": "power", "words": "The tap drips"})
    assert asked.outcome == "applied"
    taken = wound.ask("mei", "request.take", {"request": asked.id})
    done = wound.ask("mei", "request.step", {"request": asked.id, "step": "done"})
    assert (taken.outcome, done.outcome) == ("applied", "applied")
    nights(wound, 95)
    assert (count(wound, requests), count(wound, request_events)) == (0, 0)
    for answer in (asked, taken, done):
        assert not any(body_of(wound, answer))
    assert total(wound, "requests") == 1


def test_an_announcement_goes_with_its_ledger(wound):
    sent = wound.ask("mei", "notice.send", {
        "title": {"en": "No water"}, "stairwells": [wound.world.walk_up]})  # fmt: skip
    nights(wound, 181)
    assert not wound.rows(select(notices).where(notices.c.id == sent.id))
    assert not wound.rows(select(reach).where(reach.c.notice_id == sent.id))
    assert total(wound, "notices") >= 1
    assert total(wound, "meant") >= 10


def test_who_moved_away_is_nobody_after_half_a_year(wound):
    sun = {"resident": wound.world.sun_resident}
    assert wound.ask("mei", "resident.leave", sun).outcome == "applied"
    one = select(residents.c.name).where(
        residents.c.id == wound.world.sun_resident,
        residents.c.community_id == wound.world.community,
    )
    nights(wound, 179)
    assert wound.value(one).startswith("孙")
    nights(wound, 2)
    assert wound.value(one) == "—"
    assert total(wound, "left") == 1


def test_what_was_sent_goes_after_a_year_whatever_it_was(wound):
    refused = wound.ask("qian", "retention.set", {"clock": "cases", "days": 40})
    nights(wound, 366)
    assert body_of(wound, refused)
    assert not any(body_of(wound, refused))
    assert wound.operation(refused.id).message is None


def test_less_days_let_go_sooner_and_within_bounds(wound):
    assert set_days(wound, "requests", 30).outcome == "applied"
    asked = wound.ask("sun", "request.ask", {"kind": "power", "words": "The tap drips"})
    wound.ask("sun", "request.withdraw", {"request": asked.id})
    nights(wound, 29)
    assert count(wound, requests) == 1
    nights(wound, 2)
    assert count(wound, requests) == 0
    for days in (0, -1, 29, 366):
        assert words(set_days(wound, "requests", days)) == said.BOUNDS


def test_logs_are_kept_for_six_months_at_least(wound):
    assert words(set_days(wound, "looks", 30)) == said.BOUNDS


@pytest.mark.parametrize("who", ["hao", "min", "qian", "sun"])
def test_only_stewards_say_how_long(told, who):
    assert words(set_days(told, "cases", 40, who)) == said.NOT_YOURS


@pytest.mark.parametrize("key", ["photos", "files", "nothing"])
def test_some_clocks_cannot_be_set(told, key):
    assert words(set_days(told, key, 30)) == said.NO_CLOCK


def test_who_saw_an_older_length_is_told(told):
    seen = told.seq()
    set_days(told, "cases", 40)
    answer = told.ask("mei", "retention.set", {"clock": "cases", "days": 60}, seen=seen)
    assert (answer.outcome, words(answer)) == ("stale", said.SET_MEANWHILE)


def test_another_communitys_clock_is_its_own(told):
    set_days(told, "cases", 40)
    days = told.read(running.days_of, told.world.elsewhere)
    assert days["cases"] == rules.CLOCKS["cases"].days


def test_a_reader_of_a_round_that_was_forgotten_marks_nothing_more(wound):
    round_id = wound.open_round("walk_up")
    wound.mark("hao", round_id, "302")
    wound.change(round_id, "close")
    made = wound.now
    nights(wound, 185)
    late = wound.mark("hao", round_id, "401", made=made - clock.DAY)
    assert late.outcome == "refused"


def test_looks_are_let_go_once_logs_may_be(wound):
    nights(wound, 185)
    assert count(wound, views) == 0


def test_a_great_many_go_in_pieces(wound, monkeypatch):
    monkeypatch.setattr("server.features.retention.ageing.PIECE", 2)
    for _ in range(5):
        asked = wound.ask("sun", "request.ask", {"kind": "power", "words": "The tap drips"})
        wound.ask("sun", "request.withdraw", {"request": asked.id})
        wound.later(hours=2)
    nights(wound, 95)
    assert count(wound, requests) == 0
    assert total(wound, "requests") == 5
    gone = (retention_clocks.c.key == "requests") & (
        retention_clocks.c.community_id == wound.world.community
    )
    assert wound.value(select(retention_clocks.c.gone).where(gone)) == 5


def test_operations_stay_for_the_accounting(wound):
    before = count(wound, operations)
    nights(wound, 400)
    assert count(wound, operations) >= before


def test_a_clock_that_fails_stops_no_other(wound, monkeypatch):
    def broken(over):
        raise RuntimeError("of another table")

    asked = wound.ask("sun", "request.ask", {"kind": "power", "words": "The tap drips"})
    wound.ask("sun", "request.withdraw", {"request": asked.id})
    monkeypatch.setitem(ageing._ages, "results", [broken])
    nights(wound, 95)
    assert count(wound, requests) == 0
    looked = dict(wound.rows(select(retention_clocks.c.key, retention_clocks.c.looked_at).where(
        retention_clocks.c.community_id == wound.world.community)))  # fmt: skip
    assert looked["results"] < looked["cases"]


def test_a_clock_that_had_given_up_is_wound_again_by_the_next_start(wound):
    stuck = reactions.c.id == running.ITS_NUMBER
    wound.execute(reactions.update().where(stuck).values(attempts=12))
    nights(wound, 1)
    wound.write(running.wind, wound.now)
    assert wound.react() >= 2


def test_a_pass_that_is_valid_still_knows_that_it_was_used(wound):
    """Or else a pass for once would open a gate again, once who crossed was forgotten."""
    made = {"number": "K7PM4TXD", "kind": "person", "name": "孙奶奶", "reason": "hospital"}
    row = made | {
        "community_id": wound.world.community, "id": "00000000-0000-7000-8000-00000000bb01",
        "way": "both", "since": wound.now, "until": wound.now + 300 * clock.DAY, "uses": 1,
        "conditions": [], "owner": wound.who("mei"), "state": "valid", "state_at": wound.now,
        "used": True, "opened_at": wound.now, "version": 1,
    }  # fmt: skip
    gate = {"community_id": wound.world.community, "id": "00000000-0000-7000-8000-00000000bb02"}
    went = {
        "community_id": wound.world.community, "op_id": "00000000-0000-7000-8000-00000000bb03",
        "seq": 1, "gate_id": gate["id"], "pass_id": row["id"], "number": "K7PM4TXD", "way": "out",
        "found": "valid", "let": True, "checked": [], "actor": wound.who("qian"), "at": wound.now,
    }  # fmt: skip
    wound.execute(gates.insert().values(gate | {"name": "东门", "kind": "post", "version": 1}))
    wound.execute(passes.insert().values(row))
    wound.execute(crossings.insert().values(went))
    wound.asked = False  # these come of no operation: the history is not replayed
    nights(wound, 100)
    assert count(wound, crossings) == 1
    nights(wound, 270)
    assert (count(wound, crossings), count(wound, passes)) == (0, 0)


def test_care_that_begins_again_after_all_of_it_went_runs_once(wound):
    for _ in range(2):
        one = wound.ask("hao", "care.suggest", {
            "household": wound.world.sun_door, "needs": ["old"]}).id  # fmt: skip
        plan = {"person": one, "needs": ["old"], "keeper": wound.who("hao"), "visits": 1}
        assert wound.ask("min", "care.confirm", plan).outcome == "applied"
        wound.ask("min", "care.end", {"person": one, "why": "moved"})
        nights(wound, 95)
        nights(wound, 1)
        assert count(wound, cared) == 0
    waiting = (reactions.c.name == "care.round") & reactions.c.done_at.is_(None)
    assert len(wound.rows(select(reactions).where(waiting))) == 2  # visits and meals


def test_results_of_tubes_stay_until_their_day_is_closed(wound):
    day = wound.ask("mei", "test.make", {
        "title": "PCR", "sites": ["East gate"], "tube": "single",
        "stairwells": [wound.world.walk_up]}).id  # fmt: skip
    wound.ask("mei", "round.open", {"round": day})
    wound.assign(day, "hao", "walk_up")
    fill = {"round": day, "code": "T1", "residents": [wound.world.sun_resident]}
    assert wound.ask("hao", "tube.fill", fill).outcome == "applied"
    said_so = {"round": day, "code": "T1", "result": "negative"}
    assert wound.ask("mei", "tube.result", said_so).outcome == "applied"
    nights(wound, 70)
    assert (count(wound, tubes), count(wound, test_records)) == (1, 1)
    wound.change(day, "close")
    nights(wound, 2)
    assert (count(wound, tubes), count(wound, test_records)) == (0, 0)
    assert total(wound, "negative") == 1
