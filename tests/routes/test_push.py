"""Subscribing a browser to calls, and ending that."""

import pytest
from sqlalchemy import select

from server.push import intake
from server.push.tables import push_subscriptions
from tests.routes.test_bad_input import must_be
from tests.support.push_service import PushService
from tests.support.site import JSON, NOBODY

BODY = JSON | {"content-type": "application/json"}


@pytest.fixture(scope="module")
def service(site):
    """A push service that is trusted, and never called."""
    service = PushService()
    service.origin = "http://127.0.0.1:9"
    known = site.app.state.services
    site.app.state.services = known.__class__(also=frozenset({service.origin}))
    yield service
    site.app.state.services = known


@pytest.fixture(autouse=True)
def often(site):
    """As often as one likes."""
    site.app.state.subscribing._wrong.clear()


def key(site, who="hao"):
    return site.get(who, "/push/key", headers=JSON).json()


def subscribe(site, who, said, **headers):
    return site.ask(who, "POST", "/push/subscriptions", headers=BODY | headers, json=said)


def unsubscribe(site, who, endpoint):
    said = {"endpoint": endpoint}
    return site.ask(who, "DELETE", "/push/subscriptions", headers=BODY, json=said)


def rows(site, endpoint):
    mine = push_subscriptions.c.endpoint == endpoint
    return site.rows(select(push_subscriptions).where(mine))


def test_the_key_is_a_point_and_is_not_kept(site):
    answer = site.get("hao", "/push/key", headers=JSON)
    assert answer.headers["cache-control"] == "no-store"
    assert len(intake.point(answer.json()["key"])) == 65
    assert answer.json() == key(site, "sun")


def test_a_browser_subscribes_renews_and_ends(site, service):
    found = key(site)
    phone = service.phone(found["key"])
    first = subscribe(site, "hao", phone.json(found["id"]))
    assert first.status_code == 201
    assert subscribe(site, "hao", phone.json(found["id"])).json() == first.json()
    [row] = rows(site, phone.endpoint)
    assert (row.id, row.account_id) == (first.json()["id"], site.world.hao)
    assert (row.p256dh, row.auth, row.key_id) == (phone.p256dh, phone.auth, found["id"])
    assert unsubscribe(site, "sun", phone.endpoint).status_code == 204
    assert rows(site, phone.endpoint)[0].ended_at is None
    assert unsubscribe(site, "hao", phone.endpoint).status_code == 204
    assert rows(site, phone.endpoint)[0].why == "signed_out"


def test_a_new_subscription_says_which_it_replaces(site, service):
    found = key(site)
    old, new = service.phone(found["key"]), service.phone(found["key"])
    subscribe(site, "hao", old.json(found["id"]))
    assert subscribe(site, "hao", new.json(found["id"], old=old.endpoint)).status_code == 201
    assert rows(site, old.endpoint)[0].why == "moved"


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"endpoint": "http://push.example.org/x"}, "https"),
        ({"endpoint": "https://push.example.org:8443/x"}, "443"),
        ({"endpoint": "https://10.0.0.1/x"}, "public"),
        ({"endpoint": "https://localhost/x"}, "public"),
        ({"endpoint": "https://me@push.example.org/x"}, "password"),
        ({"endpoint": "https://push.example.org/" + "x" * 3000}, "long"),
        ({"keys": {"p256dh": "AAAA", "auth": "A" * 22}}, "P-256"),
        ({"key_id": "unknown!"}, "key"),
        ({"key_id": "x" * 5000}, "key"),
        ({"key_id": "vapid"}, "key"),
        ({"keys": None}, "subscription"),
        ({"endpoint": None}, "subscription"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_each_thing_that_is_wrong_is_said(site, service, changed, word):
    found = key(site)
    said = service.phone(found["key"]).json(found["id"]) | changed
    answer = subscribe(site, "hao", said, **{"accept-language": "en"})
    must_be(answer, 400, "not-subscribed")
    assert word in answer.json()["title"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000])
@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_what_is_no_subscription_is_a_problem(site, method, body):
    answer = site.ask("hao", method, "/push/subscriptions", headers=BODY, content=body)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_a_form_of_another_site_cannot_be_taken_for_it(site, method):
    for headers in ({"content-type": "text/plain"}, {"origin": "https://evil.example"}):
        answer = site.ask(
            "hao", method, "/push/subscriptions", headers=BODY | headers, content=b"{}"
        )
        assert answer.status_code in {400, 403}
    must_be(answer, 403, "another-origin")


def test_one_account_cannot_subscribe_without_end(site, service):
    found = key(site)
    phones = [service.phone(found["key"]) for _ in range(21)]
    answers = [subscribe(site, "min", phone.json(found["id"])).status_code for phone in phones]
    assert answers == [201] * 20 + [429]
    assert subscribe(site, "min", phones[0].json(found["id"])).status_code == 201
    assert subscribe(site, "hao", phones[20].json(found["id"])).status_code == 201


def test_who_is_signed_out_subscribes_nothing(site, service):
    phone = service.phone("")
    must_be(subscribe(site, NOBODY, phone.json("x")), 401, "signed-out")
    must_be(unsubscribe(site, NOBODY, phone.endpoint), 401, "signed-out")
    assert rows(site, phone.endpoint) == []
