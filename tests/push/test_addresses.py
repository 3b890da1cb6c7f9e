"""Which addresses calls may be posted to."""

import asyncio
import socket

import pytest

from server.push import addresses
from server.push.addresses import NotAllowed, Services, Unresolved, is_public, must_be_public

ANY = Services()


def refusal(endpoint, services=ANY):
    with pytest.raises(NotAllowed) as caught:
        services.check(endpoint)
    return caught.value.text


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc:APA91b-_%2F",
        "https://updates.push.services.mozilla.com:443/wpush/v2/gAAA",
        "https://web.push.apple.com/QGl?x=1",
        "https://93.184.216.34/push",
    ],
)
def test_public_services_over_https_are_taken(endpoint):
    assert ANY.check(endpoint).startswith("https://")


@pytest.mark.parametrize(
    ("endpoint", "text"),
    [
        ("http://push.example.org/a", addresses.NOT_HTTPS),
        ("https://push.example.org:8443/a", addresses.PORT),
        ("https://push.example.org:80/a", addresses.PORT),
        ("https://me@push.example.org/a", addresses.USERINFO),
        ("https://me:secret@push.example.org/a", addresses.USERINFO),
        ("https://push.example.org/" + "a" * 2048, addresses.LONG),
        ("https://push.example.org/a#b", addresses.NO_ADDRESS),
        ("https://push.example.org:0/a", addresses.NO_ADDRESS),
        ("https://push.example.org:99999/a", addresses.NO_ADDRESS),
        ("https:///a", addresses.NO_ADDRESS),
        ("ftp://push.example.org/a", addresses.NO_ADDRESS),
        ("//push.example.org/a", addresses.NO_ADDRESS),
        ("https://push.example.org/a\r\nHost: evil", addresses.NO_ADDRESS),
        ("https://push.example.org\\@10.0.0.1/", addresses.NO_ADDRESS),
        ("https://[::1/a", addresses.NO_ADDRESS),
        ("https://推送.example/a", addresses.NO_ADDRESS),
        ("", addresses.NO_ADDRESS),
        ("https://10.0.0.1/a", addresses.PRIVATE),
        ("https://127.0.0.1/a", addresses.PRIVATE),
        ("https://127.1/a", addresses.PRIVATE),
        ("https://2130706433/a", addresses.PRIVATE),
        ("https://0x7f000001/a", addresses.PRIVATE),
        ("https://0x7f.1/a", addresses.PRIVATE),
        ("https://[::1]/a", addresses.PRIVATE),
        ("https://[::ffff:10.0.0.1]/a", addresses.PRIVATE),
        ("https://[fe80::1%25eth0]/a", addresses.NO_ADDRESS),
        ("https://169.254.169.254/latest", addresses.PRIVATE),
    ],
)
def test_each_other_address_is_refused_in_its_own_words(endpoint, text):
    if endpoint.startswith("https://[fe80"):
        assert refusal(endpoint) in {addresses.PRIVATE, addresses.NO_ADDRESS}
    else:
        assert refusal(endpoint) == text


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1",
        "192.168.1.1", "192.0.2.1", "198.18.0.1", "203.0.113.9", "224.0.0.1", "240.0.0.1",
        "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:192.168.0.1", "fc00::1",
        "fd12::1", "fe80::1", "fec0::1", "ff02::1", "2001:db8::1", "2002:7f00:1::",
        "64:ff9b::a00:1", "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "not an address", "fe80::1%eth0",
    ],
)  # fmt: skip
def test_what_nobody_outside_would_reach_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]
)
def test_what_everybody_would_reach_is_public(address):
    assert is_public(address)


def test_a_list_of_hosts_lets_nobody_else_in():
    services = Services(hosts=("fcm.googleapis.com", "push.apple.com"))
    assert services.check("https://fcm.googleapis.com/x")
    assert services.check("https://web.push.apple.com/x")
    for host in ("evilpush.apple.com.example.org", "xpush.apple.com", "apple.com", "example.org"):
        assert refusal(f"https://{host}/x", services) == addresses.UNLISTED


def test_a_service_of_ones_own_may_be_private_and_only_that_one():
    services = Services(also=frozenset({"http://127.0.0.1:9003"}), hosts=("push.apple.com",))
    assert services.check("http://127.0.0.1:9003/x") == "http://127.0.0.1:9003"
    assert services.trusted("http://127.0.0.1:9003")
    for other in ("http://127.0.0.1:9004/x", "https://127.0.0.1:9003/x", "http://127.0.0.1/x"):
        refusal(other, services)


def test_a_relay_takes_what_is_for_its_origin():
    services = Services(relays={"https://fcm.googleapis.com": "http://10.0.0.7:9001"})
    assert services.base("https://fcm.googleapis.com") == "http://10.0.0.7:9001"
    assert services.base("https://web.push.apple.com") == "https://web.push.apple.com"
    refusal("http://10.0.0.7:9001/x", services)


@pytest.mark.parametrize(
    ("found", "error"),
    [
        (["93.184.216.34"], None),
        (["10.0.0.1"], NotAllowed),
        (["93.184.216.34", "10.0.0.1"], NotAllowed),
        (["::1"], NotAllowed),
        ([], NotAllowed),
        (socket.gaierror(socket.EAI_NONAME, "unknown"), NotAllowed),
        (socket.gaierror(socket.EAI_AGAIN, "later"), Unresolved),
    ],
    ids=str,
)
def test_dns_is_asked_and_must_say_nothing_private(monkeypatch, found, error):
    async def resolved():
        loop = asyncio.get_running_loop()

        async def getaddrinfo(*_, **__):
            if isinstance(found, Exception):
                raise found
            return [(0, 0, 0, "", (address, 443)) for address in found]

        monkeypatch.setattr(loop, "getaddrinfo", getaddrinfo)
        await must_be_public("push.example.org")

    if error is None:
        asyncio.run(resolved())
    else:
        with pytest.raises(error):
            asyncio.run(resolved())
