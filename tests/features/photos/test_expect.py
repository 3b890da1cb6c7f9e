"""Facts that say that there is a photo: the row they leave, what arrives, and how long it stays."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from server import clock
from server.features.people.register import NotAllowed, NotThere
from server.features.people.tables import views
from server.features.photos import arriving, reads, rules
from server.features.photos.tables import photo_pieces, photos
from server.features.rounds.scope import landing
from tests.support import pictures
from tests.support.told import words

BODY = pictures.jpeg(64, 48)
SHA = pictures.sha(BODY)
MINUTE = clock.MINUTE


class Disinfecting:
    """A disinfection of the walk-up, given to Hao."""

    def __init__(self, told):
        self.told = told
        self.round = told.open_round(
            "walk_up", kind="disinfect", per="household", quantity=1, title="消杀"
        )

    def mark(self, level=3, photo=SHA, actor="hao", **more):
        """A landing that was disinfected."""
        data = {
            "round": self.round, "door": landing(self.told.world.walk_up, level),
            "answer": "disinfected",
        } | ({"photo": photo} if photo else {})  # fmt: skip
        return self.told.ask(actor, "round.mark", data, **more)

    def rows(self):
        """What is expected, in order."""
        return self.told.rows(select(photos).order_by(photos.c.op_id))

    def take(self, body=BODY, offset=0, size=None, who="hao", sha=SHA):
        """A piece arrives."""
        person = self.told.person(who)
        size = len(BODY) if size is None else size
        return self.told.write(arriving.take, person, sha, offset, size, body, self.told.now)

    def keep(self, sha=SHA):
        """All of it is here and was looked at."""
        self.take()
        self.told.write(arriving.keep, self.told.world.community, sha, self.told.now)


@pytest.fixture
def cleaning(told):
    return Disinfecting(told)


def test_a_disinfection_is_by_floor_whatever_the_form_said(cleaning):
    answer = cleaning.mark(photo=None)
    assert answer.outcome == "applied"
    assert cleaning.rows() == []


def test_a_fact_leaves_a_row_that_waits(cleaning, told):
    answer = cleaning.mark()
    [row] = cleaning.rows()
    assert (row.op_id, row.sha, row.state, row.received) == (answer.id, SHA, "waiting", 0)
    assert row.about == f"/rounds/{cleaning.round}/doors/{landing(told.world.walk_up, 3)}"
    assert (row.household_id, row.stairwell_id) == (None, told.world.walk_up)
    assert (row.made_by, row.sees) == (told.who("hao"), "see_round")
    community = told.world.community
    asked = [answer.id, cleaning.round]
    assert told.read(reads.states, community, asked) == {answer.id: "waiting"}


def test_a_repeat_expects_nothing_twice(cleaning):
    first = cleaning.mark()
    again = cleaning.mark(id=first.id)
    assert (again.outcome, again.repeat) == ("applied", True)
    assert len(cleaning.rows()) == 1


@pytest.mark.parametrize("name", ["", "x" * 64, SHA.upper(), SHA[:-1], SHA + "0", "../" + SHA[3:]])
def test_a_damaged_name_refuses_the_fact_with_words(cleaning, name):
    answer = cleaning.mark(photo=name) if name else cleaning.mark(photo=" ")
    assert answer.outcome == "refused"
    assert words(answer) == "The photo's name is damaged. Take the photo again."
    assert cleaning.rows() == []


def test_rounds_without_photos_take_none(told):
    round_id = told.open_round("walk_up")
    data = {"round": round_id, "door": told.door("walk_up", "302"), "answer": "delivered"}
    answer = told.ask("hao", "round.mark", data | {"photo": SHA})
    assert words(answer) == "Marks of this kind of round go without a photo."


def test_a_refused_fact_that_a_lead_lets_count_expects_its_photo(cleaning, told):
    told.change(cleaning.round, "pause")
    refused = cleaning.mark()
    assert (refused.outcome, cleaning.rows()) == ("refused", [])
    assert told.ask("mei", "op.redo", {"op": refused.id}).outcome == "applied"
    [row] = cleaning.rows()
    assert (row.op_id, row.made_by, row.carried_by) == (
        refused.id, told.who("hao"), told.who("mei"),
    )  # fmt: skip


def test_two_facts_about_one_photo_count_twice_and_it_comes_once(cleaning, told):
    cleaning.mark(level=3)
    cleaning.take(BODY[:100])
    cleaning.mark(level=4)
    assert [(row.state, row.received) for row in cleaning.rows()] == [("arriving", 100)] * 2
    cleaning.take(BODY[100:], offset=100)
    told.write(arriving.keep, told.world.community, SHA, told.now)
    assert [row.state for row in cleaning.rows()] == ["kept"] * 2
    cleaning.mark(level=5)
    assert [row.state for row in cleaning.rows()] == ["kept"] * 3
    assert told.rows(select(photo_pieces)) == []


def test_pieces_go_on_where_the_last_one_ended(cleaning):
    cleaning.mark()
    assert cleaning.take(BODY[:100]) == rules.Upload("arriving", 100, len(BODY))
    for offset, size in ((0, None), (50, None), (200, None), (100, len(BODY) + 1)):
        with pytest.raises(rules.Misplaced) as misplaced:
            cleaning.take(BODY[:10], offset=offset, size=size)
        assert misplaced.value.upload.received == 100
    with pytest.raises(rules.Oversized):
        cleaning.take(BODY, offset=100)
    assert cleaning.take(BODY[100:], offset=100).whole
    assert cleaning.take(b"", offset=len(BODY)).whole


def test_only_who_told_or_carried_it_sends_it(cleaning, told):
    with pytest.raises(NotThere):
        cleaning.take()
    cleaning.mark()
    for who in ("mei", "sun", "min"):
        with pytest.raises(NotAllowed):
            cleaning.take(who=who)
    with pytest.raises(NotThere):
        cleaning.take(who="anna")
    assert told.rows(select(photo_pieces)) == []


def test_too_many_bytes_are_refused_at_once(cleaning):
    cleaning.mark()
    assert cleaning.take(BODY[:10], size=rules.MOST_BYTES + 1).why == rules.TOO_LARGE
    [row] = cleaning.rows()
    assert (row.state, row.why) == ("refused", "too-large")


def test_another_photo_than_was_said_is_asked_for_again_and_then_refused(cleaning, told):
    cleaning.mark()
    community = told.world.community
    for nth in range(rules.MOST_TRIES):
        assert cleaning.take(b"x" * len(BODY)).whole
        upload = told.write(arriving.start_over, community, SHA)
        assert upload.state == ("refused" if nth == rules.MOST_TRIES - 1 else "waiting")
    assert [(row.state, row.why) for row in cleaning.rows()] == [("refused", "damaged")]
    assert cleaning.take().state == "refused"


def test_who_may_look(cleaning, told):
    """Its maker, whose right covers the stairwell, and everybody who lives in the building."""
    answer = cleaning.mark()
    cleaning.keep()

    def look(who, op=answer.id):
        person = told.person(who)
        return told.write(
            lambda connection: reads.look(connection, person, op, told.now, small=False)
        )

    for who in ("mei", "hao", "min", "sun"):
        assert look(who) == SHA
    seen = told.rows(select(views).where(views.c.what == "photo"))
    assert {row.account_id for row in seen} == {
        told.who(who) for who in ("mei", "hao", "min", "sun")
    }
    for who in ("anna", "bo"):
        with pytest.raises(NotThere):
            look(who)
    with pytest.raises(NotThere):
        look("mei", op="00000000-0000-7000-8000-000000000000")


def test_small_pictures_on_one_page_are_one_look(cleaning, told):
    ops = [cleaning.mark(level=level).id for level in (3, 4, 5)]
    cleaning.keep()
    sun = told.person("sun")
    for _ in range(2):
        for op in ops:
            told.write(
                lambda connection, op=op: reads.look(connection, sun, op, told.now, small=True)
            )
        told.later(minutes=11)
    assert len(told.rows(select(views))) == 2


def test_a_building_sees_its_own(cleaning, told):
    answer = cleaning.mark()
    assert told.read(reads.of_building, told.person("sun")) == ()
    cleaning.keep()
    [photo] = told.read(reads.of_building, told.person("sun"))
    assert (photo.op, photo.state) == (answer.id, "kept")
    told.later(days=8)
    assert told.read(reads.of_building, told.person("sun")) == ()
    assert told.read(reads.of_building, told.person("hao")) == ()


def test_what_a_phone_still_owes(cleaning, told):
    answer = cleaning.mark()
    assert [photo.op for photo in told.read(reads.owed, told.person("hao"))] == [answer.id]
    assert told.read(reads.owed, told.person("mei")) == ()
    cleaning.keep()
    assert told.read(reads.owed, told.person("hao")) == ()


def test_after_thirty_days_the_row_says_that_there_was_one(cleaning, told):
    cleaning.mark()
    told.later(days=10)
    cleaning.keep()
    told.later(days=29)
    told.react()
    assert [row.state for row in cleaning.rows()] == ["kept"]
    assert told.read(arriving.leftovers) == []
    told.later(days=1, minutes=1)
    told.react()
    [row] = cleaning.rows()
    assert (row.state, row.stored) == ("gone", True)
    assert told.read(arriving.leftovers) == [(told.world.community, SHA)]
    told.write(arriving.deleted, told.world.community, SHA)
    assert told.read(arriving.leftovers) == []


def test_a_picture_stays_as_long_as_another_fact_needs_it(cleaning, told):
    cleaning.mark(level=3)
    cleaning.keep()
    told.later(days=20)
    cleaning.mark(level=4)
    told.later(days=11)
    told.react()
    assert [row.state for row in cleaning.rows()] == ["gone", "kept"]
    assert told.read(arriving.leftovers) == []
    told.later(days=20)
    told.react()
    assert told.read(arriving.leftovers) == [(told.world.community, SHA)]


def test_what_never_came_whole_is_given_up_after_two_months(cleaning, told):
    cleaning.mark()
    told.later(days=20)
    cleaning.take(BODY[:100])
    told.later(days=59)
    told.react()
    assert [row.state for row in cleaning.rows()] == ["arriving"]
    told.later(days=2)
    told.react()
    assert [row.state for row in cleaning.rows()] == ["gone"]
    assert told.rows(select(photo_pieces)) == []
    with pytest.raises(NotThere):
        cleaning.take()
