"""Which addresses calls may be posted to: a subscription could name any, also one within our walls.

Checked when a subscription comes in, and again whenever a connection is made, against the answers
of DNS at that moment: a name that was public may have turned private since.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from server.i18n import mark
from server.origins import NotAnOrigin, origin_of, split
from server.settings import Settings

PATIENCE = 5.0
"""Seconds that DNS may take while somebody waits."""

MOST_BYTES = 2048
"""Of an endpoint, as elsewhere."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class NotAllowed(ValueError):
    """Nothing may be posted there; `text` says why, in words for people."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class Unresolved(Exception):
    """DNS did not answer now; it may another time."""


@dataclass(frozen=True, slots=True)
class Services:
    """Which push services may be used, and by which way; from the settings."""

    hosts: tuple[str, ...] = ()
    also: frozenset[str] = frozenset()
    relays: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """As the settings say."""
        return cls(settings.push_hosts, frozenset(settings.push_also), dict(settings.push_relays))

    def trusted(self, origin: str) -> bool:
        """True where whoever runs the server named the address itself."""
        return origin in self.also or origin in self.relays

    def base(self, origin: str) -> str:
        """Where what is for this origin is really posted."""
        return self.relays.get(origin, origin)

    def check(self, endpoint: str) -> str:
        """The origin of an endpoint that may be used, as far as can be told without DNS.

        Raises `NotAllowed`.
        """
        if len(endpoint.encode()) > MOST_BYTES:
            raise NotAllowed(LONG)
        try:
            parts, origin = split(endpoint), origin_of(endpoint)
        except NotAnOrigin:
            raise NotAllowed(NO_ADDRESS) from None
        if "@" in parts.netloc:
            raise NotAllowed(USERINFO)
        if parts.fragment:
            raise NotAllowed(NO_ADDRESS)
        if origin in self.also:
            return origin
        host = parts.hostname or ""
        if parts.scheme != "https":
            raise NotAllowed(NOT_HTTPS)
        if parts.port not in {None, 443}:
            raise NotAllowed(PORT)
        if self.hosts and not any(host == one or host.endswith(f".{one}") for one in self.hosts):
            raise NotAllowed(UNLISTED)
        if origin not in self.relays and _is_literal(host) and not is_public(host):
            raise NotAllowed(PRIVATE)
        return origin


def stem_of(endpoint: str) -> str:
    """Scheme, host and port of an endpoint that was taken once, as they are written there."""
    end = endpoint.find("/", len("https://"))
    return endpoint if end < 0 else endpoint[:end]


async def must_be_public(host: str) -> None:
    """Ask DNS. Raises `NotAllowed` where an answer is private, `Unresolved` without one."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(PATIENCE):
            found = await loop.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        if error.errno == socket.EAI_NONAME:
            raise NotAllowed(UNKNOWN) from error
        raise Unresolved(str(error)) from error
    except (OSError, TimeoutError, UnicodeError) as error:
        raise Unresolved(str(error)) from error
    if not all_public(address[0] for *_, address in found):
        raise NotAllowed(PRIVATE)


def all_public(addresses: Iterable[str | int]) -> bool:
    """True where all of them are public, and there is one."""
    answers = [is_public(str(address)) for address in addresses]
    return bool(answers) and all(answers)


def is_number(host: str) -> bool:
    """True for a host that is a number and no name, or is this machine's own name."""
    bare = host.strip("[]").rstrip(".").lower()
    last = bare.rpartition(".")[2]
    return ":" in bare or last.isdigit() or last.startswith("0x") or bare == "localhost"


def is_public(address: str) -> bool:
    """True for an address that anybody on the internet would reach, in whatever it is wrapped."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        within = ip.ipv4_mapped or ip.sixtofour
        if within is None and ip in _NAT64:
            within = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if within is not None:
            return is_public(str(within))
        if ip.teredo or ip.is_site_local:
            return False
    private = ip.is_private or ip.is_loopback or ip.is_link_local or ip.is_unspecified
    return ip.is_global and not (private or ip.is_multicast or ip.is_reserved)


def _is_literal(host: str) -> bool:
    """True for a host that is a number and no name, also as old resolvers read it: 127.1, 0x7f."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        last = host.rstrip(".").rpartition(".")[2]
        return last.isdigit() or last.startswith("0x")
    return True


LONG = mark("The address of this push subscription is too long.")
NO_ADDRESS = mark("This push subscription names no address that can be used.")
USERINFO = mark("The address of a push subscription must not hold a name or password.")
NOT_HTTPS = mark("The address of a push subscription must begin with https.")
PORT = mark("The address of a push subscription must use port 443.")
UNLISTED = mark("This server does not use the push service of this browser.")
PRIVATE = mark("The address of this push subscription is not on the public internet.")
UNKNOWN = mark("The push service of this browser cannot be found from here.")
