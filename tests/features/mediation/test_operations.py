"""A private record between one officer and the sides of a quarrel: nobody else reads a word."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from server import clock
from server.features.estates.tables import households
from server.features.mediation import reads
from server.features.mediation.file import IS_CLOSED, NO_MEDIATION
from server.features.mediation.operations.agreeing import CHANGED, NOTHING_YET
from server.features.mediation.operations.leading import (
    IS_MEDIATED,
    NO_DEPUTY,
    NOT_ACCEPTED,
    NOT_DEPUTY,
    NOT_THEIRS,
    NOT_YOURS,
    TWO_SIDES,
)
from server.features.mediation.operations.saying import NO_SIDE, SAY_IT, TOO_LONG
from server.features.notices.reads import parts as notice_parts
from server.features.notices.tables import notices, reach
from server.features.people.register import NotThere
from server.features.people.tables import accounts, roles
from server.oplog.operations import NOT_YOURS as NOT_TO_DECIDE
from server.oplog.tables import payloads
from tests.features.mediation.conftest import CONSTABLE, NEIGHBOUR
from tests.support.told import words

SECRET = "SECRET-WORDS"
OTHERS = ("mei", "hao", "qian", "anna", "bo", CONSTABLE)
"""A steward, a volunteer, a guard, two from elsewhere, a police officer: nobody it concerns."""


def page(told, who, mediation):
    """What somebody reads of a mediation."""
    return told.read(reads.mediation, told.person(who), "en", mediation)


def said(told, who, mediation):
    """All words that somebody reads in a mediation."""
    return [one.words for one in page(told, who, mediation).story if one.words]


def heard(told):
    """Whom the newest announcement is meant for, and its words."""
    newest = told.rows(select(notices).order_by(notices.c.version.desc()).limit(1))[0]
    lines = told.rows(select(reach).where(reach.c.notice_id == newest.id))
    return {line.household_id or line.account_id for line in lines}, str(newest.content)


# Opening


def test_an_officer_opens_one_and_the_sides_hear_that_there_is_a_word(told, mediating):
    mediating.opened(about=SECRET)
    homes, words_ = heard(told)
    assert homes == {told.world.sun_door, told.door("walk_up", "401")}
    assert SECRET not in words_


@pytest.mark.parametrize("who", ["hao", "qian", "sun"])
def test_whoever_has_no_such_duty_opens_none(told, mediating, who):
    assert words(mediating.open(who)) == NOT_YOURS


def test_an_officer_of_another_building_opens_none(told, mediating):
    assert words(mediating.open(doors=["8-2-201", "8-2-301"])) == NOT_YOURS


def test_it_takes_two_sides(told, mediating):
    assert words(mediating.open(doors=["8-1-302"])) == TWO_SIDES
    assert words(mediating.open(doors=["8-1-302", "8-1-302"])) == TWO_SIDES


def test_a_request_is_mediated_once(told, mediating):
    request = told.ask("sun", "request.ask", {"kind": "quarrel", "quick": "noise"}).id
    assert words(mediating.open(request=request)) == NOT_THEIRS
    told.ask("min", "request.take", {"request": request})
    mediating.opened(request=request)
    assert words(mediating.open(request=request)) == IS_MEDIATED
    assert words(mediating.open("mei", request=request)) == NOT_THEIRS
    assert told.read(reads.of_request, told.world.community, request) == "王敏"


# Who reads what


def test_each_side_reads_what_was_said_to_it_and_by_it_and_nothing_else(told, mediating):
    one = mediating.opened(about="about")
    mediating.done(one, "note", words="note", side=1)
    mediating.done(one, "say", words="to sun", to=1)
    mediating.done(one, "say", words="to the neighbour", to=2)
    mediating.done(one, "say", words="to all")
    mediating.done(one, "answer", "sun", words="sun's answer")
    mediating.done(one, "answer", NEIGHBOUR, words="neighbour's answer")
    assert said(told, "sun", one) == ["sun's answer", "to all", "to sun"]
    assert said(told, NEIGHBOUR, one) == ["neighbour's answer", "to all", "to the neighbour"]
    assert set(said(told, "min", one)) >= {"note", "sun's answer", "neighbour's answer", "about"}


def test_only_the_side_that_is_meant_hears_of_a_word(told, mediating):
    one = mediating.opened()
    mediating.done(one, "say", words=SECRET, to=2)
    homes, words_ = heard(told)
    assert homes == {told.door("walk_up", "401")}
    assert SECRET not in words_


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_reads_it_lists_it_or_learns_that_it_is_there(told, mediating, who):
    one = mediating.opened()
    with pytest.raises(NotThere):
        page(told, who, one)
    assert told.read(reads.index, told.person(who), "en").lines == ()


@pytest.mark.parametrize("who", OTHERS)
@pytest.mark.parametrize(
    ("what", "data"),
    [
        ("note", {"words": "x"}), ("say", {"words": "x"}), ("answer", {"words": "x"}),
        ("agreement", {"words": "x"}), ("accept", {"version": 1}), ("deputy", {"account": ""}),
        ("take_over", {"why": "x"}), ("follow", {"days": 1}), ("close", {"outcome": "police"}),
    ],
)  # fmt: skip
def test_others_are_refused_alike_whether_it_is_there_or_not(told, mediating, who, what, data):
    nothing = "00000000" + told.who("mei")[8:]
    answers = [mediating.say(one, what, who, **data) for one in (mediating.opened(), nothing)]
    assert {words(answer) for answer in answers} == {NO_MEDIATION}
    assert {answer.subject for answer in answers} == {None}


@pytest.mark.parametrize("what", ["note", "say", "agreement", "deputy", "follow", "close"])
def test_a_side_says_nothing_of_what_is_the_officers(told, mediating, what):
    more = {"deputy": {}, "follow": {"days": 2}, "close": {"outcome": "police"}}
    one = mediating.opened()
    answer = mediating.say(one, what, "sun", **more.get(what, {"words": "x"}))
    assert words(answer) == NO_MEDIATION


def test_whoever_acts_for_a_household_does_not_for_its_quarrels(told, mediating):
    one = mediating.opened()
    home, table = told.door("walk_up", "402"), households.c
    card = told.value(select(table.card_number).where(table.community_id == 1, table.id == home))
    relative = told.value(
        select(accounts.c.id).where(accounts.c.community_id == 1, accounts.c.household_id == home)
    )
    told.ask("mei", "household.entrust", {"household": told.world.sun_door, "card": card})
    assert told.world.sun_door in told.person(relative).homes(told.now)
    with pytest.raises(NotThere):
        page(told, relative, one)
    assert words(mediating.say(one, "answer", relative, words="x")) == NO_MEDIATION


def test_nobody_opens_the_ledger_of_its_announcements_but_who_made_them(told, mediating):
    mediating.opened()
    row = told.rows(select(notices).where(notices.c.kind == "mediation"))[0]
    for who in (*OTHERS, "sun"):
        able = told.read(notice_parts.may_lead, told.person(who), row, told.now)
        assert not able, who
    assert told.read(notice_parts.may_lead, told.person("min"), row, told.now)


def test_a_lead_decides_nothing_about_refused_words(told, mediating):
    one = mediating.opened()
    refused = mediating.say(one, "note", words="字" * 2000)
    assert words(refused) == TOO_LONG
    for kind in ("op.redo", "op.discard"):
        assert words(told.ask("mei", kind, {"op": refused.id})) == NOT_TO_DECIDE


def test_its_words_are_kept_apart_from_everything_else(told, mediating):
    one = mediating.opened(about=SECRET)
    mediating.done(one, "note", words=SECRET)
    rows = told.rows(select(payloads))
    assert {row.retention for row in rows if SECRET.encode() in (row.body or b"")} == {"private"}


# Agreeing


def test_both_sides_accept_the_text_that_stands_and_it_ends_so(told, mediating):
    one = mediating.opened()
    assert words(mediating.say(one, "accept", "sun", version=1)) == NOTHING_YET
    mediating.done(one, "agreement", words="quiet after ten")
    version = page(told, "sun", one).version
    mediating.done(one, "accept", "sun", version=version)
    assert words(mediating.say(one, "close", outcome="agreed")) == NOT_ACCEPTED
    mediating.done(one, "accept", NEIGHBOUR, version=version)
    mediating.done(one, "close", outcome="agreed")
    assert page(told, "sun", one).line.outcome == "Agreed"


def test_a_text_that_was_changed_meanwhile_is_stale(told, mediating):
    one = mediating.opened()
    mediating.done(one, "agreement", words="first")
    version = page(told, "sun", one).version
    mediating.done(one, "accept", NEIGHBOUR, version=version)
    mediating.done(one, "agreement", words="second")
    answer = mediating.say(one, "accept", "sun", version=version)
    assert (answer.outcome, words(answer)) == ("stale", CHANGED)
    assert not any(side.accepted for side in page(told, "min", one).sides)


def test_an_officer_accepts_for_nobody(told, mediating):
    one = mediating.opened()
    mediating.done(one, "agreement", words="x")
    assert words(mediating.say(one, "accept", version=1)) == NO_SIDE


# Leading


def test_a_deputy_reads_nothing_until_they_take_over(told, mediating):
    one = mediating.opened(deputy=CONSTABLE, about=SECRET)
    mediating.done(one, "note", words=SECRET)
    before = page(told, CONSTABLE, one)
    assert (before.story, before.sides, before.line.about) == ((), (), "")
    mediating.done(one, "take_over", CONSTABLE, why="王敏病了")
    assert SECRET in said(told, CONSTABLE, one)
    with pytest.raises(NotThere):
        page(told, "min", one)


def test_whose_duty_is_over_reads_and_says_no_more(told, mediating):
    one = mediating.opened()
    told.later(minutes=1)
    ends = update(roles).where(roles.c.account_id == told.who("min")).values(until=told.now)
    told.execute(ends)
    told.later(minutes=1)
    assert words(mediating.say(one, "note", words="x")) == NO_MEDIATION
    with pytest.raises(NotThere):
        page(told, "min", one)


def test_the_sides_read_why_it_was_taken_over_and_a_closed_one_is_not(told, mediating):
    one = mediating.opened(deputy=CONSTABLE)
    mediating.done(one, "take_over", CONSTABLE, why="王敏病了")
    assert "王敏病了" in said(told, "sun", one)
    other = mediating.opened(deputy=CONSTABLE)
    mediating.done(other, "close", outcome="withdrawn")
    assert words(mediating.say(other, "take_over", CONSTABLE, why="x")) == IS_CLOSED


def test_who_is_no_deputy_takes_nothing_over(told, mediating):
    one = mediating.opened()
    assert words(mediating.say(one, "take_over", why="x")) == NOT_DEPUTY
    assert words(mediating.say(one, "take_over", "sun", why="x")) == NOT_DEPUTY


@pytest.mark.parametrize("who", ["hao", "sun", "min", "anna"])
def test_a_deputy_is_somebody_else_who_mediates_here(told, mediating, who):
    assert words(mediating.open(deputy=told.who(who))) == NO_DEPUTY


def test_the_officer_is_reminded_once_on_the_day(told, mediating):
    one = mediating.opened()
    mediating.done(one, "follow", days=3)
    told.later(days=2)
    told.react()
    before = len(told.rows(select(notices)))
    told.later(days=1, minutes=1)
    for _ in range(3):
        told.react()
    assert len(told.rows(select(notices))) == before + 1
    assert heard(told)[0] == {told.who("min")}
    assert page(told, "min", one).line.follow_at is None


def test_another_day_replaces_the_first_and_a_closed_one_reminds_nobody(told, mediating):
    one = mediating.opened()
    mediating.done(one, "follow", days=3)
    mediating.done(one, "follow", days=10)
    mediating.done(one, "close", outcome="withdrawn")
    before = len(told.rows(select(notices)))
    told.now += 20 * clock.DAY
    told.react()
    assert len(told.rows(select(notices))) == before


def test_what_is_closed_takes_no_more_words_but_those_said_before(told, mediating):
    one = mediating.opened()
    made = told.later(minutes=1)
    told.later(minutes=1)
    mediating.done(one, "close", outcome="not_agreed")
    assert words(mediating.say(one, "answer", "sun", words="late")) == IS_CLOSED
    late = mediating.say(one, "answer", "sun", words="x", made=made, received=told.later(hours=1))
    assert late.outcome == "applied"


def test_nothing_and_a_novel_are_refused(told, mediating):
    one = mediating.opened()
    assert words(mediating.say(one, "say", words="  ")) == SAY_IT
    assert words(mediating.say(one, "say", words="字" * 1001)) == TOO_LONG
    assert words(mediating.say(one, "say", words="x", to=3)) == NO_SIDE


def test_only_how_many_there_are_is_counted_and_not_where_there_are_few(told, mediating):
    for _ in range(2):
        mediating.opened()
    assert told.read(reads.index, told.person("mei"), "en").counts is None
    mediating.done(mediating.opened(), "close", outcome="police")
    assert told.read(reads.index, told.person("mei"), "en").counts == (2, 1)
    for who in ("hao", CONSTABLE, "sun", "min"):
        assert told.read(reads.index, told.person(who), "en").counts is None
    assert told.read(reads.index, told.person("anna"), "en").counts is None
