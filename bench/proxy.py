"""A link between a phone and its server: counts bytes, and where asked delays and narrows them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

PIECE = 64 << 10


@dataclass(frozen=True, slots=True)
class Link:
    """What a link does to what passes: seconds there and back, bytes a second up and down."""

    round_trip: float = 0
    up: float = float("inf")
    down: float = float("inf")

    def seconds(self, sent: int, received: int) -> float:
        """What one question and its answer must take: the round trip, and every byte."""
        return self.round_trip + sent / self.up + received / self.down


MOBILE = Link(0.150, 0.75e6 / 8, 1.6e6 / 8)
"""A phone indoors."""


@dataclass(slots=True)
class Direction:
    """One way of a link, shared by all of its connections: first come, first served."""

    rate: float
    delay: float
    bytes: int = 0
    _free_at: float = field(default=0)

    def arrival(self, size: int, now: float) -> float:
        """When so many bytes that are handed over now have come out at the other end."""
        self.bytes += size
        self._free_at = max(now, self._free_at) + size / self.rate
        return self._free_at + self.delay


class Proxy:
    """A link to a server on this machine."""

    def __init__(self, port: int, link: Link) -> None:
        self._to = port
        self._up = Direction(link.up, link.round_trip / 2)
        self._down = Direction(link.down, link.round_trip / 2)
        self.port = 0

    @property
    def sent(self) -> int:
        """Bytes that went to the server."""
        return self._up.bytes

    @property
    def received(self) -> int:
        """Bytes that came from it."""
        return self._down.bytes

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection both ways until both ends have closed it."""
        there, back = await asyncio.open_connection("127.0.0.1", self._to)
        await asyncio.gather(_carry(reader, back, self._up), _carry(there, writer, self._down))


async def _carry(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: Direction
) -> None:
    """Pass on what is read, each piece when it arrives; reading goes on while pieces travel."""
    loop = asyncio.get_running_loop()
    travelling: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
    delivering = asyncio.create_task(_deliver(travelling, writer))
    with contextlib.suppress(ConnectionError):
        while piece := await reader.read(PIECE):
            travelling.put_nowait((way.arrival(len(piece), loop.time()), piece))
    travelling.put_nowait((way.arrival(0, loop.time()), b""))
    await delivering


async def _deliver(
    travelling: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter
) -> None:
    loop = asyncio.get_running_loop()
    with contextlib.suppress(ConnectionError):
        while True:
            at, piece = await travelling.get()
            if (wait := at - loop.time()) > 0:
                await asyncio.sleep(wait)
            if not piece:
                break
            writer.write(piece)
    writer.close()


@contextlib.asynccontextmanager
async def through(port: int, link: Link | None = None) -> AsyncIterator[Proxy]:
    """A proxy to a port, over a link that only counts unless one is given."""
    proxy = Proxy(port, link or Link())
    server = await asyncio.start_server(proxy.take, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
