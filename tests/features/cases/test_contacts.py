"""A close contact of another household: what that household is told, and that it is not who."""

from __future__ import annotations

import msgspec
import pytest
from sqlalchemy import select

from server import clock
from server.features.cases import reads, telling
from server.features.notices import reads as announcements
from server.features.notices.tables import notices, reach
from server.features.people.rules import HOUSEHOLD
from server.features.rounds.tables import rounds
from tests.features.cases.conftest import grant
from tests.support.site import says

FAMILY = "00000000-0000-7000-8000-0000000000f9"


@pytest.fixture
def family(told):
    """The household of 402, next door to the case, with an account."""
    door = told.door("walk_up", "402")
    return grant(told, FAMILY, "402", HOUSEHOLD, "household", door, household=door)


@pytest.fixture
def case(told, caring):
    """A case of 401 that somebody follows up."""
    found = caring.opened("401")
    caring.say(found, "own", phone="555-0199")
    return found


def heard(told, label="402"):
    """What a household was told of cases, oldest first: the announcement's row."""
    query = (
        select(notices)
        .join(
            reach,
            (reach.c.community_id == notices.c.community_id) & (reach.c.notice_id == notices.c.id),
        )
        .where(notices.c.kind == "case", reach.c.household_id == told.door("walk_up", label))
        .order_by(notices.c.made_at)
    )
    return told.rows(query)


def own(told, family):
    """What the household reads on its page."""
    return told.read(reads.mine, told.person(family), "en")


def test_the_household_of_a_contact_hears_the_way_the_household_of_a_case_does(told, caring, case):
    caring.say(case, "contact", resident=caring.who("402"))
    [news] = heard(told)
    [first, *_] = heard(told, "401")
    assert news.content == first.content
    assert news.content["title"]["text"] == telling.NEWS
    assert (news.opens, news.urgency) == ("/cases/mine", "normal")
    lines = told.rows(select(reach.c.household_id).where(reach.c.notice_id == news.id))
    assert [row.household_id for row in lines] == [told.door("walk_up", "402")]


def test_who_lives_with_the_case_is_told_by_the_case_alone(told, caring, case):
    before = len(caring.announced())
    caring.say(case, "contact", resident=caring.who("401", 1))
    caring.say(case, "contact", name="驾驶员")
    assert len(caring.announced()) == before


def test_the_same_said_twice_is_told_once_and_another_end_is_news(told, caring, case, doctor):
    contact = {"resident": caring.who("402")}
    caring.say(case, "contact", **contact)
    caring.say(case, "contact", doctor, **contact)
    assert len(heard(told)) == 1
    caring.say(case, "contact", **contact, until="2022-04-28T08:00")
    caring.say(case, "contact", **contact, until="2022-04-28T08:00")
    first, second = heard(told)
    assert first.withdrawn_at is not None
    assert second.withdrawn_at is None


def test_who_is_no_contact_after_all_has_it_taken_back_and_reads_no_news(
    told, caring, case, family
):
    contact = {"resident": caring.who("402")}
    caring.say(case, "contact", **contact)
    caring.say(case, "contact", **contact)
    caring.say(case, "contact", **contact, is_contact=False)
    [news] = heard(told)
    assert news.withdrawn_at is not None
    assert own(told, family).contacts == ()
    caring.say(case, "contact", **contact)
    assert [row.withdrawn_at is None for row in heard(told)] == [False, True]


def test_what_arrives_late_tells_nobody_what_is_past(told, caring, case, family):
    contact = {"resident": caring.who("402")}
    said = told.now
    told.later(minutes=30)
    caring.say(case, "contact", **contact, is_contact=False)
    caring.say(case, "contact", **contact, made=said)
    assert heard(told) == []
    assert own(told, family).contacts == ()
    told.later(minutes=30)
    caring.say(case, "close", why="recovered")
    caring.say(case, "contact", **contact, made=told.now - 10 * clock.MINUTE)
    assert heard(told) == []


def test_the_page_says_what_to_do_until_when_who_asks_and_whom_to_ask(told, caring, case, family):
    isolation = caring.reporting.opened(kind="isolation")
    told.ask(
        "mei", "round.assign",
        {"round": isolation, "stairwells": [told.world.walk_up], "accounts": [told.world.hao]},
    )  # fmt: skip
    caring.say(
        case, "contact", resident=caring.who("402"), round=isolation, until="2022-04-28T08:00"
    )
    [contact] = own(told, family).contacts
    assert (contact.over, contact.daily, contact.asked_by) == (False, True, ("林浩",))
    assert (contact.owner, contact.owner_phone) == ("陈梅", "555-0199")
    assert contact.until == 1_651_104_000_000  # 28 April, 8 in the morning in Shanghai
    told.later(days=8)
    [contact] = own(told, family).contacts
    assert contact.over
    told.later(days=15)
    assert own(told, family).contacts == ()


def test_of_several_cases_the_one_that_lasts_the_longest_is_read(told, caring, case, family):
    other = caring.opened("302")
    contact = {"resident": caring.who("402")}
    caring.say(case, "contact", **contact, until="2022-04-28T08:00")
    caring.say(other, "contact", **contact)
    assert [one.until for one in own(told, family).contacts] == [None]
    caring.say(other, "close", why="mistake")
    [left] = own(told, family).contacts
    assert not left.over
    assert left.until == 1_651_104_000_000


@pytest.mark.parametrize(
    ("why", "until", "over"),
    [
        ("mistake", "", True),
        ("mistake", "2022-04-28T08:00", True),
        ("recovered", "", True),
        ("recovered", "2022-04-28T08:00", False),
    ],
)
def test_a_close_is_told_to_the_contacts_for_whom_it_ends(
    told, caring, case, family, why, until, over
):
    caring.say(case, "contact", resident=caring.who("402"), until=until)
    closed = caring.say(case, "close", why=why)
    assert [one.over for one in own(told, family).contacts] == [over]
    assert len(heard(told)) == 1 + over
    caring.say(case, "undo", event=closed.id)
    assert [one.over for one in own(told, family).contacts] == [False]
    assert [row.withdrawn_at is None for row in heard(told)] == [True] + over * [False, True]


def test_nothing_that_the_household_gets_says_whose_contact_they_are(told, caring, case, family):
    """Their page, their inbox and the announcement itself, word by word."""
    caring.step(case, "asked")
    caring.step(case, "coming", minutes=20, bring="BRING-IT", plate="沪Q77777")
    caring.say(case, "contact", resident=caring.who("402"))
    names = told.read(reads.case, told.person("mei"), "en", case)
    told_of = heard(told)[-1]
    page = own(told, family)
    inbox = told.read(announcements.inbox, told.person(family), "en")
    notice = told.read(announcements.notice, told.person(family), "en", told_of.id)
    assert notice.reach is None
    assert page.cases == ()
    for shown in (page, inbox, notice, told_of.content):
        text = str(msgspec.to_builtins(shown))
        for secret in (case, names.name, "BRING-IT", names.place):
            assert secret not in text
        assert not says(text, "401")
        assert not says(text, "77777")


def test_those_who_run_the_case_see_whether_the_household_has_heard(told, caring, case, family):
    caring.say(case, "contact", resident=caring.who("402"))
    page = told.read(reads.case, told.person("mei"), "en", case)
    [contact] = page.contacts
    assert contact.told.reached is False
    assert set(page.households) == {told.door("walk_up", "401"), told.door("walk_up", "402")}
    told.ask(family, "notice.seen", {"notice": contact.told.notice})
    [contact] = told.read(reads.case, told.person("mei"), "en", case).contacts
    assert contact.told.reached


def the_next_day(told):
    """A daily round is made anew and who is asked after is put on it; the newest round's id."""
    told.later(days=1, minutes=1)
    told.react()
    return told.rows(select(rounds.c.id).order_by(rounds.c.made_at.desc()))[0].id


def test_a_contact_who_is_asked_after_every_day_hears_of_it_once(told, caring, case, family):
    today = caring.reporting.opened(kind="isolation", repeats="daily")
    until = clock.rfc3339(told.now + 3 * clock.DAY)
    caring.say(case, "contact", resident=caring.who("402"), round=today, until=until)
    tomorrow = the_next_day(told)
    [only] = heard(told)
    assert only.withdrawn_at is None
    [contact] = own(told, family).contacts
    assert (contact.daily, clock.rfc3339(contact.until)) == (True, until)
    assert told.read(reads.contacts_on, told.world.community, tomorrow, told.door("walk_up", "402"))


def test_who_need_not_stay_at_home_any_more_is_not_asked_after_on_the_next_day(told, caring, case):
    today = caring.reporting.opened(kind="isolation", repeats="daily")
    until = clock.rfc3339(told.now + clock.HOUR)
    caring.say(case, "contact", resident=caring.who("402"), round=today, until=until)
    tomorrow = the_next_day(told)
    door = told.door("walk_up", "402")
    assert told.read(reads.contacts_on, told.world.community, tomorrow, door) == set()
