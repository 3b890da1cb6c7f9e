"""What the worker does when the phone is called, where no push service is between.

Chromium's own tools hand a message straight to the worker: no subscription, no encryption. With
both it is told in tests/browser/test_a_call_by_push.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.device.conftest import idle, online, open_board, told, until
from tests.browser.device.standin import CHAN, MEI, StandIn
from tests.browser.device.stored import entries

NOTICE = "0190c000-0000-7000-8000-000000000001"
CALL: dict[str, Any] = {
    "title": "请下楼做核酸",
    "body": "采样点在 12 号楼前",
    "tag": NOTICE,
    "navigate": f"https://elsewhere.example/notices/{NOTICE}",
    "require_interaction": True,
    "actions": [{"action": name, "title": name} for name in ("coming", "cannot", "third")],
    "data": {"notice": NOTICE, "asks": "coming"},
}

SUBSCRIBED = """account => new Promise((done) => {
  const opening = indexedDB.open("stairwell");
  opening.onsuccess = () => {
    const tx = opening.result.transaction("state", "readwrite");
    const words = { plain: "有通知", other: "是别人的" };
    tx.objectStore("state").put({ account, endpoint: "", key: "", at: Date.now(), words }, "calls");
    tx.oncomplete = () => { opening.result.close(); done(); };
  };
})"""

SHOWN = """async () => {
  const shown = await (await navigator.serviceWorker.ready).getNotifications();
  return shown.map(({ title, body, tag, requireInteraction, actions, data }) =>
    ({ title, body, tag, requireInteraction, actions: actions.map((one) => one.action), data }));
}"""

ACTIVE = """() => navigator.serviceWorker.controller?.state === "activated" """

Push = Callable[[str], None]


@pytest.fixture
def push(phone: BrowserContext, page: Page, server: StandIn, browser_name: str) -> Push:
    """Hands the worker a message, on a phone where Mei is called."""
    if browser_name != "chromium":
        pytest.skip("only Chromium hands messages to a worker when asked")
    phone.grant_permissions(["notifications"], origin=server.url)
    page.evaluate(SUBSCRIBED, MEI)
    found: list[str] = []
    tools = phone.new_cdp_session(page)
    tools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(one["registrationId"] for one in event["registrations"]),
    )
    tools.send("ServiceWorker.enable")

    def deliver(data: str) -> None:
        # What is handed to a worker that is still on its way is lost.
        page.wait_for_function(ACTIVE)
        until(lambda: page.evaluate("0") == 0 and found)
        about = {"origin": server.url, "registrationId": found[-1], "data": data}
        before = page.evaluate(SHOWN)
        for patience in (3, 3, 10):
            tools.send("ServiceWorker.deliverPushMessage", about)
            if within(patience, lambda: page.evaluate(SHOWN) != before):
                return
        raise AssertionError("the worker showed nothing")

    return deliver


def within(seconds: float, true: Callable[[], object]) -> bool:
    """Whether it came to that. The tools say nothing of a message that they lost; a push service
    would bring it again, and so is it handed over again here."""
    try:
        until(true, seconds)
    except AssertionError:
        return False
    return True


def shown(page: Page, count: int = 1) -> list[dict[str, Any]]:
    """What is on the screen, once there is so much."""
    until(lambda: len(page.evaluate(SHOWN)) == count)
    return list(page.evaluate(SHOWN))


def message(**changes: Any) -> str:
    """A call, as the server makes it."""
    return json.dumps({"web_push": 8030, "notification": CALL | changes, "app_badge": 2})


def test_a_call_is_shown_and_that_is_said_as_soon_as_there_is_signal(
    page: Page, server: StandIn, push: Push
):
    server.stop()
    push(message())
    [one] = shown(page)
    assert (one["title"], one["body"]) == (CALL["title"], CALL["body"])
    assert one["requireInteraction"] is True
    assert one["actions"] == ["coming", "cannot"]
    assert one["data"]["path"] == f"/notices/{NOTICE}"
    until(lambda: [entry["kind"] for entry in entries(page)] == ["notice.seen"])
    assert server.effects == []

    server.start()
    online(page)
    idle(page)
    until(lambda: server.effects != [])
    [said] = server.effects
    assert (said["kind"], said["actor"]) == ("notice.seen", MEI)
    assert said["data"] == {"notice": NOTICE, "how": "shown"}


def test_a_second_ring_takes_the_place_of_the_first(page: Page, push: Push):
    push(message())
    push(message(title="第二次"))
    until(lambda: [one["title"] for one in page.evaluate(SHOWN)] == ["第二次"])


@pytest.mark.parametrize("data", ["", "nonsense", "{}", '{"notification": 1}', "null"])
def test_what_cannot_be_read_is_shown_in_plain_words(
    page: Page, server: StandIn, push: Push, data: str
):
    push(data)
    [one] = shown(page)
    assert one["body"] == "有通知"
    assert entries(page) == []


@pytest.mark.parametrize("case", ["meant for another", "another subscribed", "signed out"])
def test_nothing_is_said_of_a_call_that_is_not_for_who_is_signed_in(
    page: Page, server: StandIn, push: Push, case: str
):
    data = dict(CALL["data"])
    if case == "meant for another":
        data["account"] = CHAN
    elif case == "another subscribed":
        page.evaluate(SUBSCRIBED, CHAN)
    else:
        page.evaluate(SUBSCRIBED.replace('"calls"', '"account"').replace("{ account,", "'' && {"))
    push(message(data=data))
    [one] = shown(page)
    assert one["body"] == "是别人的"
    assert CALL["title"] not in json.dumps(one, ensure_ascii=False)
    assert entries(page) == []


def test_a_tapped_call_does_not_take_away_what_is_being_typed(
    phone: BrowserContext, server: StandIn
):
    page = open_board(phone.new_page(), server)
    page.goto(server.url + "/rounds/x/close")
    page.locator("textarea").fill("三户没人")
    page.evaluate(TAPPED, {"open": "/outbox", "title": CALL["title"]})
    expect(told(page, CALL["title"])).to_be_visible()
    expect(page.locator("textarea")).to_have_value("三户没人")
    told(page, CALL["title"]).locator("[data-text]").click()
    expect(page).to_have_url(server.url + "/outbox")


TAPPED = """data =>
  navigator.serviceWorker.dispatchEvent(new MessageEvent("message", { data }))"""
