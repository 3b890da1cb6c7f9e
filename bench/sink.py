"""A push service that takes everything and counts: `python -m bench.sink PORT`.

As little as can be, so that it is never what is measured.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import uvloop

TAKEN = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"


class Sink(asyncio.Protocol):
    """One connection, kept open; what was taken is counted for all of them together."""

    took: dict[bytes, int] = {}
    """How often each path was posted to."""

    topics: dict[bytes, set[bytes]] = {}
    """Under which topics."""

    def connection_made(self, transport: Any) -> None:
        """See `asyncio.Protocol`."""
        self._transport = transport
        self._rest = b""

    def data_received(self, data: bytes) -> None:
        """Answer every request that has arrived as a whole."""
        self._rest += data
        while (end := self._rest.find(b"\r\n\r\n")) >= 0:
            head = self._rest[:end]
            whole = end + 4 + int(_header(head, b"content-length") or b"0")
            if len(self._rest) < whole:
                return
            self._rest = self._rest[whole:]
            self._answer(head)

    def _answer(self, head: bytes) -> None:
        path = head.split(b" ", 2)[1]
        if head.startswith(b"POST"):
            self.took[path] = self.took.get(path, 0) + 1
            self.topics.setdefault(path, set()).add(_header(head, b"topic"))
            self._transport.write(TAKEN)
            return
        counted = {
            "phones": len(self.took),
            "calls": sum(self.took.values()),
            "topics": max(map(len, self.topics.values()), default=0),
        }
        if path == b"/forget":
            self.took.clear()
            self.topics.clear()
        body = json.dumps(counted).encode()
        self._transport.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            % (len(body), body)
        )


def _header(head: bytes, name: bytes) -> bytes:
    place = head.lower().find(b"\r\n" + name + b":")
    if place < 0:
        return b""
    return head[place + 3 + len(name) :].split(b"\r\n", 1)[0].strip()


async def _serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[1])))
