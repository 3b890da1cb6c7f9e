"""The weather between phones and the server: a proxy that loses, cuts, repeats and delays.

A request says in its header `X-Weather` what is to happen to it. What it carries is never changed.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import re
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Self

HEADER = "X-Weather"
REMEMBERED = 40
"""Requests kept to be delivered once more, long after."""

PORTAL = b"<!doctype html><title>Welcome</title><p>Accept the terms of this network."


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came in, and the weather it asked for."""

    head: bytes
    body: bytes
    weather: str
    strength: int

    @property
    def whole(self) -> bytes:
        """As it is sent on."""
        return self.head + self.body

    @property
    def operations(self) -> int:
        """How many operations it carries; 0 where it is no batch."""
        try:
            plain = gzip.decompress(self.body) if self.body[:2] == b"\x1f\x8b" else self.body
            return len(json.loads(plain)["ops"])
        except (ValueError, KeyError, TypeError):
            return 0


class Proxy:
    """Listens on a port of its own and passes requests on to another port of this machine."""

    def __init__(self, upstream: int) -> None:
        self.upstream = upstream
        self.port = 0
        self.counts: dict[str, int] = {}
        self._past: deque[Request] = deque(maxlen=REMEMBERED)
        self._later: set[asyncio.Task[object]] = set()
        self._weathers: dict[str, Callable[[Request], Awaitable[bytes | None]]] = {
            "lost": self._lost,
            "cut": self._cut,
            "twice": self._twice,
            "both": self._both,
            "late": self._late,
            "ghost": self._ghost,
            "echo": self._echo,
            "half": self._half,
            "portal": self._portal,
            "hang": self._hang,
            "error": self._error,
            "limit": self._limit,
        }

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=1 << 21)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self.calm()

    async def calm(self) -> None:
        """Until nothing is on its way any more."""
        while self._later:
            await asyncio.gather(*self._later, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._in_background(self._serve(reader, writer))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answer = None
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            request = await _read(reader)
            self.counts[request.weather] = self.counts.get(request.weather, 0) + 1
            answer = await self._weathers[request.weather](request)
            self._past.append(request)
        if answer is None:
            writer.transport.abort()
            return
        with contextlib.suppress(OSError):
            writer.write(answer)
            await writer.drain()
        writer.close()

    async def _pass_on(self, request: Request) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.upstream)
        try:
            writer.write(request.whole)
            await writer.drain()
            return await reader.read()
        finally:
            writer.close()

    def _in_background(self, work: Awaitable[object]) -> None:
        async def quietly() -> None:
            with contextlib.suppress(OSError):
                await work

        task = asyncio.get_running_loop().create_task(quietly())
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def _lost(self, request: Request) -> None:
        """The server does it and its reply is lost."""
        await self._pass_on(request)

    async def _cut(self, request: Request) -> None:
        """The connection breaks in the middle of the request."""
        _, writer = await asyncio.open_connection("127.0.0.1", self.upstream)
        writer.write(request.whole[: len(request.head) + len(request.body) // 2])
        await writer.drain()
        writer.close()

    async def _twice(self, request: Request) -> bytes:
        """It is delivered, and delivered again."""
        await self._pass_on(request)
        return await self._pass_on(request)

    async def _both(self, request: Request) -> bytes:
        """It is delivered twice at the same time."""
        first, _ = await asyncio.gather(self._pass_on(request), self._pass_on(request))
        return first

    async def _late(self, request: Request) -> bytes:
        """It takes its time, and others overtake it."""
        await asyncio.sleep(request.strength / 1000)
        return await self._pass_on(request)

    async def _ghost(self, request: Request) -> None:
        """The phone is told of a broken connection; the request arrives all the same, later."""

        async def arrive() -> None:
            await asyncio.sleep(request.strength / 1000)
            await self._pass_on(request)

        self._in_background(arrive())

    async def _echo(self, request: Request) -> bytes:
        """Something sent long ago arrives again, just before this."""
        if self._past:
            self._in_background(self._pass_on(self._past[request.strength % len(self._past)]))
        return await self._pass_on(request)

    async def _half(self, request: Request) -> bytes:
        """The reply breaks off in its middle."""
        answer = await self._pass_on(request)
        return answer[: len(answer) - len(answer.partition(b"\r\n\r\n")[2]) // 2 - 1]

    async def _portal(self, request: Request) -> bytes:
        """A captive portal answers instead: its page, or the way to it."""
        if request.strength % 2:
            return _said("302 Found", b"", b"Location: http://portal.invalid/\r\n")
        return _said("200 OK", PORTAL, b"Content-Type: text/html\r\n")

    async def _hang(self, request: Request) -> None:
        """Nothing comes back, whether or not the server did it."""
        if request.strength % 2:
            await self._pass_on(request)
        await asyncio.sleep(2)

    async def _error(self, request: Request) -> bytes:
        """A gateway on the way is unwell."""
        status = ("500 Oops", "502 Bad Gateway", "503 Busy", "504 Timeout")[request.strength % 4]
        if request.strength % 3 == 0:
            await self._pass_on(request)
        return _said(status, b"unwell", b"Content-Type: text/plain\r\n")

    async def _limit(self, request: Request) -> bytes:
        """A gateway takes only small batches."""
        if request.operations > max(1, request.strength % 8):
            return _said("413 Too Large", b"too large", b"Content-Type: text/plain\r\n")
        return await self._pass_on(request)


WEATHERS = (
    "lost", "cut", "twice", "both", "late", "ghost", "echo", "half", "portal", "hang", "error",
    "limit",
)  # fmt: skip
ORDERLY = ("lost", "twice", "half", "portal", "limit")
"""Weather whose outcome does not depend on who is faster."""


async def _read(reader: asyncio.StreamReader) -> Request:
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    body = await reader.readexactly(int(length[1])) if length else b""
    pattern = rf"(?i)\r\n{HEADER}: *([a-z]+) (\d+)".encode()
    asked = re.search(pattern, head)
    assert asked is not None, "requests without weather go straight to the server"
    head = re.sub(pattern, b"", head)
    head = re.sub(rb"(?i)\r\nconnection: *[^\r]*", b"", head)
    head = head[:-2] + b"Connection: close\r\n\r\n"
    return Request(head, body, asked[1].decode(), int(asked[2]))


def _said(status: str, body: bytes, headers: bytes) -> bytes:
    length = f"Content-Length: {len(body)}\r\nConnection: close\r\n".encode()
    return f"HTTP/1.1 {status}\r\n".encode() + headers + length + b"\r\n" + body
