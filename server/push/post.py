"""Posting to push services: kept connections, no redirects, and DNS asked anew for each of them."""

from __future__ import annotations

import socket
from typing import NamedTuple

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from server import clock
from server.push.addresses import Services, all_public
from server.push.encrypt import Sealed
from server.push.verdict import retry_after

PATIENCE = 10.0
"""Seconds that one call may take in all."""

CONNECTIONS = 400
"""Open at once, to all services together; each has its own bound (see lanes.py)."""

LONGEST_SAID = 300
"""Bytes read of why a service refuses."""


class Answer(NamedTuple):
    """What a service answered; status 0 where it did not, and `said` then says why."""

    status: int
    retry_after: int = 0  # milliseconds
    said: str = ""
    private: bool = False


class PrivateAddress(OSError):
    """A name that leads to an address nobody on the internet would reach."""


class PublicResolver(aiohttp.ThreadedResolver):
    """Asks DNS as usual, and takes no answer that is private."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """See `AbstractResolver`. Raises `PrivateAddress`."""
        found = await super().resolve(host, port, family)
        if not all_public(one["host"] for one in found):
            raise PrivateAddress(f"{host} leads to a private address")
        return found


class Poster:
    """Two sets of connections: to whatever is public, and to what the settings name."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._public = _session(PublicResolver())
        self._trusted = _session(aiohttp.ThreadedResolver())

    async def post(self, origin: str, endpoint: str, sealed: Sealed) -> Answer:
        """Post one call. Raises nothing."""
        session = self._trusted if self._services.trusted(origin) else self._public
        base = self._services.base(origin)
        # Sent as it was given: a service may tell %2F from a slash.
        url = URL(endpoint if base == origin else base + _path(endpoint), encoded=True)
        try:
            async with session.post(
                url, data=sealed.body, headers=sealed.headers, allow_redirects=False
            ) as answer:
                if answer.status < 300:
                    return Answer(answer.status)
                said = await answer.content.read(LONGEST_SAID)
                asked = retry_after(answer.headers.get("Retry-After"), clock.now())
                return Answer(answer.status, asked, said.decode(errors="replace"))
        except TimeoutError:
            return Answer(0, said="no answer in time")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            if _private(error):
                return Answer(0, said="its name leads to a private address", private=True)
            return Answer(0, said=str(error)[:LONGEST_SAID])

    async def close(self) -> None:
        """Let go of every connection."""
        await self._public.close()
        await self._trusted.close()


def _session(resolver: AbstractResolver) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            limit=CONNECTIONS, resolver=resolver, ttl_dns_cache=30, keepalive_timeout=30
        ),
        timeout=aiohttp.ClientTimeout(total=PATIENCE),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding"),
        trust_env=False,
    )


def _path(endpoint: str) -> str:
    """What follows the origin, as it stands."""
    return "/" + endpoint.split("://", 1)[1].partition("/")[2]


def _private(error: BaseException | None) -> bool:
    """Whether the resolver of ours was behind an error."""
    while error is not None:
        if isinstance(error, PrivateAddress):
            return True
        error = getattr(error, "os_error", None) or error.__cause__
    return False
