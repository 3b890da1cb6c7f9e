"""Looking at the photos of reports: one who agrees, two for a positive, one who differs."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from server.features.people.rules import MEDICAL
from server.features.people.tables import accounts, roles
from server.features.reports import pages, rules
from server.features.reports.operations import review
from server.features.reports.tables import report_reviews
from server.features.rounds.kinds import NEGATIVE, POSITIVE
from tests.support.told import words
from tests.world import NOON

PHOTO = "ab" * 32


@pytest.mark.parametrize(
    ("finding", "verdicts", "come_to"),
    [
        (NEGATIVE, [], rules.OPEN),
        (NEGATIVE, ["agree"], rules.AGREE),
        (POSITIVE, ["agree"], rules.OPEN),
        (POSITIVE, ["agree", "agree"], rules.AGREE),
        (NEGATIVE, ["agree", "differs"], rules.DIFFERS),
        (POSITIVE, ["unreadable"], rules.UNREADABLE),
        (POSITIVE, ["unreadable", "agree", "agree"], rules.AGREE),
    ],
)
def test_what_a_photo_has_come_to(finding, verdicts, come_to):
    assert rules.reviewed(finding, verdicts) == come_to


def look(told, actor, report, resident, verdict="agree"):
    data = {"report": report, "resident": resident, "verdict": verdict}
    return told.ask(actor, "report.review", data)


def sheet(told, round_id, actor="mei"):
    return told.read(pages.review, told.person(actor), "en", round_id)


def test_a_photo_is_looked_at_and_leaves_the_sheet(told, reporting):
    antigen = reporting.opened()
    report = reporting.report("hao", antigen, "302", photo=PHOTO).id
    who = reporting.people("302")[0]
    assert [shot.op for shot in sheet(told, antigen).shots] == [report]
    assert look(told, "mei", report, who).outcome == "applied"
    assert sheet(told, antigen).shots == ()


def test_a_positive_waits_for_a_second_person(told, reporting):
    antigen = reporting.opened()
    report = reporting.report("hao", antigen, "302", "positive", photo=PHOTO).id
    who = reporting.people("302")[0]
    doctor = a_doctor(told)
    look(told, "mei", report, who)
    assert sheet(told, antigen).shots == ()
    assert [shot.op for shot in sheet(told, antigen, doctor).shots] == [report]
    look(told, doctor, report, who)
    assert sheet(told, antigen, doctor).shots == ()


def test_what_differs_is_to_be_decided(told, reporting):
    antigen = reporting.opened()
    report = reporting.report("hao", antigen, "302", photo=PHOTO).id
    look(told, "mei", report, reporting.people("302")[0], "differs")
    [shot] = sheet(told, antigen).differing
    assert (shot.op, shot.verdict) == (report, rules.DIFFERS)


def test_one_may_think_again(told, reporting):
    antigen = reporting.opened()
    report = reporting.report("hao", antigen, "302", photo=PHOTO).id
    for verdict in ("differs", "agree"):
        look(told, "mei", report, reporting.people("302")[0], verdict)
    [row] = told.rows(select(report_reviews))
    assert row.verdict == "agree"


def test_nobody_looks_at_their_own_report(told, reporting):
    antigen = reporting.opened()
    report = reporting.report("mei", antigen, "302", photo=PHOTO).id
    who = reporting.people("302")[0]
    assert words(look(told, "mei", report, who)) == review.YOUR_OWN
    assert sheet(told, antigen).shots == ()


@pytest.mark.parametrize("actor", ["hao", "min", "sun"])
def test_only_the_few_look(told, reporting, actor):
    antigen = reporting.opened()
    report = reporting.report("mei", antigen, "302", photo=PHOTO).id
    assert words(look(told, actor, report, reporting.people("302")[0])) == review.FEW_LOOK


def test_what_has_no_photo_is_not_looked_at(told, reporting):
    antigen = reporting.opened()
    report = reporting.report("hao", antigen, "302").id
    assert words(look(told, "mei", report, reporting.people("302")[0])) == review.NO_PHOTO
    with_one = reporting.report("hao", antigen, "401", photo=PHOTO).id
    wrong = look(told, "mei", with_one, reporting.people("401")[0], "maybe")
    assert words(wrong) == review.NO_SUCH_VERDICT


def a_doctor(told) -> str:
    """A medical volunteer of the community; the id of their account."""
    doctor, community = "00000000-0000-7000-8000-00000000d0c0", told.world.community
    told.execute(
        accounts.insert().values(community_id=community, id=doctor, name="李医生", made_at=NOON)
    )
    told.execute(
        roles.insert().values(
            community_id=community,
            account_id=doctor,
            role=MEDICAL,
            scope="community",
            scope_id=community,
            since=NOON,
        )
    )
    return doctor
