"""HTTP as a load generator needs it: prepared bytes out, whole answers in, little in between."""

from __future__ import annotations

import asyncio
import time
import zlib
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar

import brotli
import httptools
import uvloop

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on the fast loop."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


def request(
    method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> bytes:
    """A request as it travels."""
    lines = {"Host": "bench", "Accept-Encoding": "gzip", **(headers or {})}
    if body or method in {"POST", "PUT"}:
        lines["Content-Length"] = str(len(body))
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body


@dataclass(slots=True)
class Answer:
    """A whole answer, and how many bytes it was on the wire."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes = b""
    wire: int = 0

    @property
    def body(self) -> bytes:
        """The body, unpacked."""
        coding = self.headers.get("content-encoding")
        if coding == "br":
            unpacked: bytes = brotli.decompress(self.raw)
            return unpacked
        if coding == "gzip":
            return zlib.decompress(self.raw, 16 + zlib.MAX_WBITS)
        return self.raw


class Connection(asyncio.Protocol):
    """One connection that is kept alive; one request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answered: Callable[[Answer], None] = lambda answer: None
        self._lost: Callable[[Exception], None] = lambda error: None
        self._begin()

    @classmethod
    async def open(cls, port: int) -> Self:
        """Connect to a server on this machine."""
        loop = asyncio.get_running_loop()
        _, made = await loop.create_connection(cls, "127.0.0.1", port)
        return made

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()

    async def ask(self, sent: bytes) -> Answer:
        """Send prepared bytes and wait for the answer."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._answered, self._lost = future.set_result, future.set_exception
        self.send(sent)
        return await future

    def send(self, sent: bytes) -> None:
        """Send prepared bytes; whoever listens hears the answer."""
        assert self._transport is not None
        self._transport.write(sent)

    def listen(self, answered: Callable[[Answer], None]) -> None:
        """Have every answer given to a function."""
        self._answered = answered

    # What asyncio and the parser call.

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        self._lost(error or ConnectionError("The server hung up."))
        self._lost = lambda error: None

    def data_received(self, data: bytes) -> None:
        self._wire += len(data)
        self._parser.feed_data(data)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._answer.headers[name.decode().lower()] = value.decode()

    def on_body(self, body: bytes) -> None:
        self._parts.append(body)

    def on_message_complete(self) -> None:
        answer = self._answer
        answer.status = self._parser.get_status_code()
        answer.raw, answer.wire = b"".join(self._parts), self._wire
        self._begin()
        self._lost = lambda error: None
        self._answered(answer)

    def _begin(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._answer, self._wire = Answer(), 0
        self._parts: list[bytes] = []


async def hammer(port: int, asked: bytes, connections: int, seconds: float) -> float:
    """Ask the same without a pause on several connections; gives answers a second."""
    opened = [await Connection.open(port) for _ in range(connections)]
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    count = 0
    began = time.perf_counter()

    def keep_asking(one: Connection) -> None:
        def answered(answer: Answer) -> None:
            nonlocal count
            if done.done():
                return
            count += 1
            if answer.status != 200:
                done.set_exception(RuntimeError(f"{answer.status}: {answer.body[:300]!r}"))
            elif time.perf_counter() - began > seconds:
                done.set_result(None)
            else:
                one.send(asked)

        one.listen(answered)
        one.send(asked)

    for one in opened:
        keep_asking(one)
    await done
    took = time.perf_counter() - began
    for one in opened:
        one.close()
    return count / took
