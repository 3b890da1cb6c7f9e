"""From a notice to the work of posting it: which groups, which telephones, and when."""

import msgspec
import pytest
from sqlalchemy import update

from server.features.notices.tables import notices
from server.push.groups import spread
from server.push.tables import push_subscriptions


def told_to(groups, channel="bot"):
    return {row.target if channel == "bot" else row.recipient for row in groups.rows(channel)}


def home(groups, label, place="walk_up"):
    return f"h{groups.told.door(place, label)}"


def test_each_group_whose_place_meets_the_announcements_is_queued_once(groups):
    here = [
        groups.bot("community"),
        groups.bot("compound", place=groups.place("walk_up", "compound")),
        groups.bot("building", place=groups.place("walk_up", "building")),
        groups.bot("stairwell", place=groups.place("walk_up", "stairwell")),
    ]
    groups.bot("neighbour", place=groups.place("neighbour", "stairwell"))
    groups.bot("tower", place=groups.place("tower", "building"))
    groups.bot("elsewhere", by="anna")
    notice = groups.send()
    assert told_to(groups) == set(here)
    told = groups.told
    assert told.write(spread.queue, groups.world.community, notice, told.now) == 0
    groups.told.read(lambda connection: None)


def test_what_is_for_staff_alone_is_posted_nowhere(groups):
    groups.bot()
    groups.send(places=(), roles=["volunteer"])
    assert told_to(groups) == set()


def test_what_is_for_one_household_is_posted_nowhere(groups):
    groups.bot()
    groups.send(places=(), households=[groups.told.door("walk_up", "302")])
    assert told_to(groups) == set()


@pytest.mark.parametrize(("kind", "count"), [("call", 1), ("results", 0)])
def test_floors_that_are_called_are_posted_and_results_never(groups, kind, count):
    """A call is sent to the doors that have still to come, and names floors alone."""
    notice = groups.send(places=(), households=[groups.told.door("walk_up", "302")])
    groups.bot("here", place=groups.place("walk_up", "building"))
    groups.bot("there", place=groups.place("tower", "building"))
    groups.told.execute(update(notices).where(notices.c.id == notice).values(kind=kind))
    told = groups.told
    assert told.write(spread.queue, groups.world.community, notice, told.now) == count


def test_groups_hear_of_it_when_households_do_and_not_while_staff_is_told(groups):
    groups.bot()
    notice = groups.send(stages=["gate"], stage_minutes=30)
    assert told_to(groups) == set()
    answered = groups.told.ask("qian", "notice.answer", {"notice": notice, "answer": "read"})
    assert answered.outcome == "applied"
    groups.told.react()
    assert len(told_to(groups)) == 1


@pytest.mark.parametrize("values", [{"withdrawn_at": 1}, {"until": 1}], ids=str)
def test_what_is_over_is_queued_nowhere(groups, values):
    notice = groups.send()
    groups.bot()
    groups.told.execute(update(notices).where(notices.c.id == notice).values(**values))
    told = groups.told
    assert told.write(spread.queue, groups.world.community, notice, told.now) == 0


def test_a_number_in_any_language_keeps_it_out_of_every_group(groups):
    groups.bot()
    groups.bot("other", language="en")
    groups.send(body={"zh-Hans": "今晚", "en": "Call 138 0000 1234"})
    assert groups.results() == {"telephone": 2}


# Telephones


@pytest.fixture
def phones(groups):
    """The only doors with a telephone number, and a webhook."""
    groups.has_no_phones()
    groups.hook()
    for label in ("301", "302", "501"):
        groups.has_phone(label)
    return ("301", "302", "501")


def test_only_what_is_urgent_goes_to_telephones_and_only_where_there_is_one(groups, phones):
    groups.send()
    assert told_to(groups, "webhook") == set()
    groups.send(urgency="urgent")
    assert told_to(groups, "webhook") == {home(groups, label) for label in phones}


@pytest.mark.parametrize("values", [{"opened_at": 1}, {"told_at": 1}], ids=str)
def test_whoever_knows_gets_no_message(groups, phones, values):
    notice = groups.send(urgency="urgent")
    groups.change_reach(notice, "301", **values)
    groups.post()
    assert groups.results("webhook") == {"sent": 2, "withdrawn": 1}


def test_whoever_has_a_phone_that_takes_calls_gets_no_message(groups, phones):
    world = groups.world
    groups.told.execute(
        push_subscriptions.insert().values(
            community_id=world.community, id="01804a46-de00-77f3-95c3-2743b27323b8",
            account_id=world.sun, endpoint="https://x", endpoint_hash=b"x" * 16,
            p256dh=b"x" * 65, auth=b"x" * 16, key_id="k", made_at=1, renewed_at=1,
        )
    )  # fmt: skip
    groups.send(urgency="urgent")
    assert told_to(groups, "webhook") == {home(groups, "301"), home(groups, "501")}
    groups.told.execute(push_subscriptions.update().values(ended_at=2))
    groups.send(urgency="urgent")
    assert home(groups, "302") in told_to(groups, "webhook")


def test_of_several_webhooks_the_nearest_is_used(groups, phones):
    near = groups.hook("near", place=groups.place("walk_up", "stairwell"))
    groups.hook("far", place=groups.place("tower", "stairwell"))
    groups.send(urgency="urgent")
    assert {row.via for row in groups.rows("webhook")} == {near}


def test_a_gateway_is_handed_what_it_needs_and_nothing_else(groups, phones):
    notice = groups.send(urgency="urgent", body={"zh-Hans": "水" * 900})
    groups.post()
    assert groups.results("webhook") == {"sent": 3}
    assert len({post.headers["Idempotency-Key"] for post in groups.services.posts}) == 3
    post = groups.services.posts[0]
    said = msgspec.json.decode(post.body)
    assert post.headers["Content-Type"] == "application/json"
    assert set(said) == {"id", "to", "text", "language", "until", "link", "test"}
    assert said["id"] == post.headers["Idempotency-Key"]
    assert (said["to"], said["language"], said["test"]) == ("13800001234", "zh-Hans", False)
    assert said["text"].startswith("【停水】\n水水")
    assert len(said["text"].encode()) <= 500
    assert said["until"].startswith("2022-04-21T08:00:0")
    assert said["link"].endswith(f"/notices/{notice}")
    assert groups.posted(notice).handed_over == groups.posted(notice).messages == 3


def test_a_gateway_that_fails_is_left_alone_and_told_the_same_id_again(groups, phones):
    groups.services.answers(503)
    notice = groups.send(urgency="urgent")
    groups.post()
    first = {post.headers["Idempotency-Key"] for post in groups.services.posts}
    assert groups.posted(notice).wait == 3
    assert groups.posted(notice).hook.params == {"number": "503"}
    asked = len(groups.services.posts)
    groups.post()
    assert len(groups.services.posts) == asked
    groups.services.answers(202)
    groups.told.later(minutes=5)
    groups.post()
    assert groups.results("webhook") == {"sent": 3}
    assert {post.headers["Idempotency-Key"] for post in groups.services.posts} == first
    assert groups.posted(notice).hook is None


def test_a_gateway_that_refuses_one_number_takes_the_others(groups, phones):
    groups.has_phone("301", "nonsense")
    from tests.support.services import Answer

    groups.services.answer = lambda post: Answer(422 if b"nonsense" in post.body else 200)
    groups.send(urgency="urgent")
    groups.post()
    assert groups.results("webhook") == {"sent": 2, "refused": 1}


def test_a_whole_tower_is_handed_over_share_by_share(groups):
    groups.has_no_phones()
    groups.hook()
    doors = list(groups.world.doors["tower"])
    for label in doors:
        groups.has_phone(label, place="tower")
    groups.send(places=("tower",), urgency="urgent")
    groups.post()
    results = groups.results("webhook")
    assert set(results) == {"sent"}
    assert results["sent"] == len(groups.services.posts) > 30
