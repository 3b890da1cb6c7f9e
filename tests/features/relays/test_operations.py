"""A parcel from hand to hand, to a door here and across to another community."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from server import clock
from server.features.custody.file import CLEAN_IT as CLEAN_THE_THING
from server.features.custody.tables import things
from server.features.estates.typed import NO_SUCH_DOOR
from server.features.notices.tables import notices
from server.features.relays import codes, file, rules, telling
from server.features.relays.operations import making, meeting, minding
from server.features.relays.tables import relay_codes, relays
from tests.support.site import says
from tests.support.told import words

NO_RELAY = "00000000-0000-7000-8000-00000000dead"
WAYS = ("id", "made", "received")


class Relays:
    """Starts relays and carries parcels."""

    def __init__(self, told):
        self.told = told
        self.there = told.world.doors["outside"]["301"]

    def make(self, way="within", actor="hao", **more):
        """Start one, by default for Grandma Sun."""
        said = {"way": way, "what": "PILLS", "household": self.told.world.sun_door, **more}
        if way != "within":
            said.setdefault("gate", "东门")
        return self.told.ask(actor, "relay.make", said)

    def made(self, way="within", actor="hao", **more):
        """The id of one that was started."""
        answer = self.make(way, actor, **more)
        assert answer.outcome == "applied", answer
        return answer.id

    def say(self, relay, what, actor="hao", /, **more):
        """Say something of a relay."""
        ways = {name: more.pop(name) for name in WAYS if name in more}
        return self.told.ask(actor, f"relay.{what}", {"relay": relay, **more}, **ways)

    def done(self, relay, what, actor="hao", /, **more):
        """Say something that is applied."""
        answer = self.say(relay, what, actor, **more)
        assert answer.outcome == "applied", answer
        return answer

    def row(self, relay):
        """What the table keeps of one."""
        [found] = self.told.rows(select(relays).where(relays.c.id == relay))
        return found

    def parcel(self, relay):
        """Its parcel."""
        query = select(things).where(things.c.about == f"/relays/{relay}")
        [found] = self.told.rows(query)
        return found

    def take(self, relay, actor="hao", household=None, clean=True):
        """Fetch the parcel, and disinfect it."""
        said = {
            "kind": "parcel", "about": f"/relays/{relay}", "disinfect": True, "place": "荷园 B",
            "household": household or self.told.world.sun_door,
        }  # fmt: skip
        answer = self.told.ask(actor, "thing.take", said)
        assert answer.outcome == "applied", answer
        if clean:
            self.thing(answer.id, "disinfect", actor)
        return answer.id

    def thing(self, thing, what, actor="hao", **more):
        """Say something of the parcel."""
        answer = self.told.ask(actor, f"thing.{what}", {"thing": thing, **more})
        assert answer.outcome == "applied", answer
        return answer

    def across(self, **more):
        """A relay that goes out and the one that waits for it: both ids and both halves."""
        out = self.made("out")
        row = self.row(out)
        coming = self.made("in", "bo", household=self.there, half=row.other_half, **more)
        return out, coming, row.half, row.other_half

    def heard(self, title, community=None):
        """How many announcements of that title there are."""
        return sum(
            row.content["title"]["text"] == title
            for row in self.told.rows(select(notices))
            if community in (None, row.community_id)
        )


@pytest.fixture
def relaying(told):
    """Relays, on both databases."""
    return Relays(told)


def test_a_parcel_goes_from_hand_to_hand_and_is_disinfected_before_each(told, relaying):
    relay = relaying.made()
    thing = relaying.take(relay, clean=False)
    early = told.ask("hao", "thing.hand", {"thing": thing, "to": told.who("yun")})
    assert words(early) == CLEAN_THE_THING
    relaying.thing(thing, "disinfect")
    relaying.thing(thing, "hand", to=told.who("yun"), signed_by="赵芸")
    again = told.ask("yun", "thing.return", {"thing": thing, "typed": "302"})
    assert words(again) == CLEAN_THE_THING
    relaying.thing(thing, "disinfect", "yun")
    relaying.thing(thing, "return", "yun", typed="302")
    told.later(minutes=2)
    told.react()
    assert relaying.row(relay).state == rules.ARRIVED
    assert relaying.heard(telling.IS_THERE) == 2  # the household and who runs it


def test_across_two_communities_only_the_halves_are_said_and_only_arrivals_are_seen(told, relaying):
    out, coming, ours, theirs = relaying.across()
    relaying.done(out, "told")
    assert relaying.row(out).other_half == ""
    thing = relaying.take(out)
    relaying.done(coming, "fetch", "bo", half=ours.lower())
    relaying.done(out, "part", half=f" {theirs[:2]}-{theirs[2:]} ")
    told.react()
    gone = relaying.parcel(out)
    assert (gone.id, gone.holder, gone.closed_at is not None) == (thing, "东门", True)
    came = relaying.parcel(coming)
    assert (came.holder, came.household_id) == (told.who("bo"), relaying.there)
    assert relaying.row(out).state == rules.PARTED
    relaying.thing(came.id, "disinfect", "bo")
    relaying.thing(came.id, "return", "bo", door=relaying.there)
    told.later(minutes=5)
    told.react()
    told.later(minutes=5)
    told.react()
    assert {relaying.row(one).state for one in (out, coming)} == {rules.ARRIVED}
    [code] = told.rows(select(relay_codes))
    assert (code.community_id, code.key) == (0, codes.key_of(ours, theirs))
    assert None not in (code.given_at, code.taken_at, code.arrived_at)
    assert set(code._mapping) == {
        "community_id", "key", "expires_at", "given_at", "taken_at", "arrived_at", "withdrawn_at",
    }  # fmt: skip


def test_a_wrong_half_is_refused(relaying):
    out, coming, ours, theirs = relaying.across()
    relaying.take(out)
    wrong = next(one for one in ("2345", "6789") if one not in (ours, theirs))
    assert words(relaying.say(out, "part", half=wrong)) == meeting.WRONG_HALF
    assert words(relaying.say(out, "part", half="?")) == meeting.WRONG_HALF
    assert words(relaying.say(coming, "fetch", "bo", half=wrong)) == meeting.WRONG_HALF
    assert relaying.row(coming).code_key == ""


def test_ones_own_half_is_refused(relaying):
    out, coming, ours, theirs = relaying.across()
    relaying.take(out)
    assert words(relaying.say(out, "part", half=ours)) == meeting.OWN_HALF
    assert words(relaying.say(coming, "fetch", "bo", half=theirs)) == meeting.OWN_HALF


def test_a_code_of_ones_own_community_is_refused(relaying):
    out, _, ours, theirs = relaying.across()
    ours_too = relaying.made("in", "hao", half=theirs)
    assert words(relaying.say(ours_too, "fetch", half=ours)) == meeting.OWN_CODE
    assert relaying.row(out).state == rules.UNDER_WAY


def test_a_used_code_is_refused(relaying):
    out, coming, ours, theirs = relaying.across()
    relaying.done(coming, "fetch", "bo", half=ours)
    assert words(relaying.say(coming, "fetch", "bo", half=ours)) == meeting.USED
    second = relaying.made("in", "bo", household=relaying.there, half=theirs)
    assert words(relaying.say(second, "fetch", "bo", half=ours)) == meeting.USED
    assert relaying.row(out).state == rules.UNDER_WAY


def test_an_expired_code_is_refused_and_a_new_one_holds(told, relaying):
    out, coming, ours, theirs = relaying.across()
    relaying.take(out)
    told.later(hours=7)
    assert words(relaying.say(out, "part", half=theirs)) == meeting.EXPIRED
    assert words(relaying.say(coming, "fetch", "bo", half=ours)) == meeting.EXPIRED
    relaying.done(out, "renew")
    row = relaying.row(out)
    assert row.code_key == codes.key_of(row.half, row.other_half)
    assert words(relaying.say(coming, "renew", "bo", half="?")) == making.NO_HALF
    relaying.done(coming, "renew", "bo", half=row.other_half)
    relaying.done(out, "part", half=row.other_half)
    relaying.done(coming, "fetch", "bo", half=row.half)


def test_what_was_said_at_the_gate_before_the_code_ran_out_counts_however_late(told, relaying):
    out, _, _, theirs = relaying.across()
    relaying.take(out)
    said = told.later(hours=1)
    told.later(hours=9)
    relaying.done(out, "part", half=theirs, made=said)
    assert relaying.row(out).since == said


def test_nobody_guesses_a_half(told, relaying):
    out, _, _, theirs = relaying.across()
    relaying.take(out)
    for _ in range(meeting.TRIES):
        assert words(relaying.say(out, "part", half="2222")) == meeting.WRONG_HALF
    assert words(relaying.say(out, "part", half=theirs)) == meeting.TOO_OFTEN
    told.later(minutes=11)
    relaying.done(out, "part", half=theirs)


def test_a_relay_that_is_called_off_has_no_code_any_more(relaying):
    out, coming, ours, _ = relaying.across()
    relaying.done(out, "cancel", why="healed")
    assert words(relaying.say(coming, "fetch", "bo", half=ours)) == meeting.EXPIRED
    assert words(relaying.say(out, "cancel")) == file.OVER


def test_only_who_has_the_parcel_clean_gives_it_at_the_gate(relaying):
    out, _, _, theirs = relaying.across()
    assert words(relaying.say(out, "part", half=theirs)) == file.NOT_WITH_YOU
    relaying.take(out, clean=False)
    assert words(relaying.say(out, "part", half=theirs)) == file.CLEAN_IT
    assert words(relaying.say(out, "part", "mei", half=theirs)) == file.NOT_WITH_YOU


def test_a_relay_that_is_late_is_told_of_once(told, relaying):
    relay = relaying.made()
    told.later(minutes=61)
    told.react()
    told.later(minutes=10)
    told.react()
    assert relaying.heard(telling.LATE) == 1
    relaying.done(relay, "remind", "sun")
    assert relaying.heard(telling.HOW_IS_IT) == 1
    assert words(relaying.say(relaying.made(), "remind", late=True)) == minding.NOT_LATE


def test_bad_input_says_what_to_do(told, relaying):
    assert words(relaying.make("around")) == making.SAY_WHAT
    assert words(relaying.make(what=" ")) == making.SAY_WHAT
    assert words(relaying.make("out", gate="")) == making.SAY_GATE
    assert words(relaying.make("in", half="?")) == making.NO_HALF
    assert words(relaying.make(household=999_999)) == making.NOT_THERE
    assert words(relaying.make(household=None, door="302")) == NO_SUCH_DOOR
    assert words(relaying.make(actor="sun")) == making.NOT_THERE
    relay = relaying.made()
    assert words(relaying.say(relay, "assign", to=told.who("sun"))) == minding.NOT_ON_DUTY
    assert words(relaying.say(relay, "told")) == making.NO_CODE
    assert words(relaying.say(relay, "renew")) == making.NO_CODE
    assert words(relaying.say(relay, "part", half="2345")) == meeting.NO_MEETING
    assert words(relaying.say(relay, "end")) == minding.NOT_ARRIVED


def test_whoever_is_asked_to_go_hears_and_may_know(told, relaying):
    relay = relaying.made()
    assert words(relaying.say(relay, "remind", "yun")) == file.NO_RELAY
    relaying.done(relay, "assign", to=told.who("yun"))
    relaying.done(relay, "assign", to=told.who("yun"))
    assert relaying.heard(telling.GO) == 1
    relaying.done(relay, "remind", "yun")
    assert words(relaying.say(relay, "cancel", "yun")) == file.NOT_YOURS


def test_whoever_may_not_know_gets_the_words_of_a_relay_that_is_not_there(told, relaying):
    relay = relaying.made("out")
    for actor in ("yun", "qian", "anna", "bo"):
        for what, more in (
            ("told", {}), ("renew", {}), ("part", {"half": "2345"}), ("fetch", {"half": "2345"}),
            ("assign", {"to": told.who("min")}), ("end", {}), ("remind", {}), ("cancel", {}),
        ):  # fmt: skip
            assert words(relaying.say(relay, what, actor, **more)) == file.NO_RELAY
            assert words(relaying.say(NO_RELAY, what, actor, **more)) == file.NO_RELAY


def test_no_announcement_says_what_is_carried_or_to_which_door(told, relaying):
    out, coming, ours, theirs = relaying.across()
    relaying.take(out)
    relaying.done(out, "part", half=theirs)
    relaying.done(coming, "fetch", "bo", half=ours)
    told.later(hours=2)
    told.react()
    for row in told.rows(select(notices)):
        assert not any(says(str(row.content), one) for one in ("PILLS", "302", "301", ours, theirs))


def test_a_half_is_read_as_people_write_it():
    assert codes.normalise("ｋ7-pm ") == "K7PM"
    assert codes.normalise("K7P") is None
    assert codes.normalise("K7PO") is None
    assert codes.key_of("AAAA", "BBBB") != codes.key_of("BBBB", "AAAA")
    assert rules.LASTS > clock.HOUR
