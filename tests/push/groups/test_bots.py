"""Which addresses a bot may have, and that what apprise posts stays within our rules."""

import logging

import pytest
import requests
from apprise.manager_plugins import NotificationManager

from server.push.addresses import NotAllowed, Services
from server.push.groups import bots, wire
from server.push.groups.words import NO_BOT, NOT_PUBLIC, NOT_THAT_WAY
from tests.support.services import Answer


@pytest.mark.parametrize(
    ("address", "schema"),
    [
        ("wecombot://abc", "wecombot"),
        (" wecombot://abc ", "wecombot"),
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx", "wecombot"),
        ("dingtalk://abc", "dingtalk"),
        ("dingtalk://SECret@abc", "dingtalk"),
        ("https://oapi.dingtalk.com/robot/send?access_token=abc", "dingtalk"),
        ("feishu://abc", "feishu"),
        ("https://open.feishu.cn/open-apis/bot/v2/hook/aa-bb-cc", "feishu"),
        ("lark://abc", "lark"),
        ("https://open.larksuite.com/open-apis/bot/v2/hook/aa-bb", "lark"),
        ("tgram://123456789:abcdefg_hijklmnop/12315544/", "tgram"),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", "slack"),
        ("gotify://example.org/abcdefghijklmno", "gotifys"),
    ],
)
def test_what_chat_services_hand_out_is_read(address, schema):
    assert bots.schema_of(bots.read(address)) == schema


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("", NO_BOT), ("nonsense", NO_BOT), ("https://", NO_BOT), ("http://[", NO_BOT),
        ("https://example.org/hook", NO_BOT), ("file:///etc/passwd", NO_BOT),
        ("exec://ls", NO_BOT), ("wecombot://", NO_BOT), ("x" * 900, NO_BOT), ("\0", NO_BOT),
        ("syslog://", NOT_THAT_WAY), ("rsyslog://10.0.0.1", NOT_THAT_WAY),
        ("mailto://me:secret@example.org", NOT_THAT_WAY), ("irc://example.org/#a", NOT_THAT_WAY),
        ("fcm://project@key/device?keyfile=/etc/passwd", NOT_THAT_WAY),
        ("json://10.0.0.1", NOT_PUBLIC), ("json://127.0.0.1:8000/x", NOT_PUBLIC),
        ("json://localhost", NOT_PUBLIC), ("json://[::1]/", NOT_PUBLIC),
        ("xml://169.254.169.254/latest", NOT_PUBLIC), ("form://192.168.1.1", NOT_PUBLIC),
        ("gotify://10.1.2.3/abcdefghijklmno", NOT_PUBLIC), ("json://0x7f000001", NOT_PUBLIC),
    ],
)  # fmt: skip
def test_what_no_bot_may_have_is_refused(address, why):
    with pytest.raises(NotAllowed) as refused:
        bots.read(address)
    assert refused.value.text == why


def test_no_plugin_that_is_used_opens_sockets_runs_programs_or_reads_files():
    """Of all that apprise has, so that a new one is looked at when it comes."""
    manager = NotificationManager()
    barred = {manager[one].__name__ for one in manager.schemas() if not bots.allowed(manager[one])}
    assert barred >= {
        "NotifySyslog", "NotifyRSyslog", "NotifyDBus", "NotifyMacOSX", "NotifyWindows",
        "NotifyGnome", "NotifyEmail", "NotifyMQTT", "NotifyIRC", "NotifyXMPP", "NotifyFCM",
        "NotifyVapid", "NotifyGrowl", "NotifySMPP", "NotifyAprs", "NotifyBlink1",
    }  # fmt: skip
    assert len(barred) < 30


def post(services, address="wecombot://key", patience=1.0, **settings):
    relays = {"https://qyapi.weixin.qq.com": services.origin}
    known = Services(**({"relays": relays} | settings))
    return bots.post(address, "停水", known, patience)


def test_a_secret_is_never_logged(services, caplog):
    services.answers(403, "no")
    with caplog.at_level(logging.WARNING):
        assert post(services, "wecombot://s3cret").why == "status 403"
        assert post(services, "wecombot://s3cr$t").why == "unreadable"
    assert "s3cr" not in caplog.text


def test_a_redirect_is_not_followed(services):
    services.answer = lambda post: Answer(
        302, "", {"Location": f"{services.origin}/other"}
    ) if "other" not in post.path else Answer()  # fmt: skip
    address = "wecombot://key?redirect=yes&retry=5&rto=900"
    assert post(services, address).why == "status 302"
    assert len(services.posts) == 1


def test_retries_and_patience_of_an_address_do_not_count(services):
    services.answers(500)
    assert post(services, "wecombot://key?retry=9&wait=9").why == "status 500"
    assert len(services.posts) == 1


def test_nothing_reaches_a_private_address(services):
    port = services.origin.rpartition(":")[2]
    for host in ("localhost", "127.0.0.1"):
        assert post(services, f"json://{host}:{port}/x").why == "private"
    assert services.posts == []
    trusted = Services(also=frozenset({f"http://localhost:{port}"}))
    assert bots.post(f"json://localhost:{port}/x", "停水", trusted, 1.0).well


def test_an_endless_answer_ends(services):
    services.answers(200, "x" * 5_000_000)
    assert post(services).well


def test_others_who_use_requests_are_left_alone(services):
    """Outside of `listening` it is requests as it always was."""
    assert requests.get(services.origin, timeout=5).status_code == 200
    assert isinstance(requests.Session().get_adapter("https://x"), wire.Wire)
