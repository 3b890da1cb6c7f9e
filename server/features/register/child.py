"""The process that reads one file: a job comes in on standard input, pieces go out.

    python -m server.features.register.child  < job  > pieces

Each piece is four bytes of length, most significant first, and MessagePack.
"""

from __future__ import annotations

import resource
import sys
from typing import BinaryIO

import msgspec

from server.features.register.work import Job, Piece, run
from server.i18n import Words, mark

MEMORY = 1 << 30
"""Bytes of address space; what is in use stays below 300 MB (docs/figures.md)."""

SECONDS = 300
"""Processor time."""

HEAD = 4


def main() -> None:
    """Read the job on standard input."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    job = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Job)
    try:
        for piece in run(job):
            say(sys.stdout.buffer, piece)
    except MemoryError:
        say(sys.stdout.buffer, Piece(failed=Words(TOO_MUCH).as_json()))


def say(out: BinaryIO, piece: Piece) -> None:
    """Send one piece."""
    body = msgspec.msgpack.encode(piece)
    out.write(len(body).to_bytes(HEAD, "big") + body)
    out.flush()


TOO_MUCH = mark("The file holds more than can be read. Give it in sheet by sheet.")

if __name__ == "__main__":
    main()
