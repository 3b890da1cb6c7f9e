"""pouchdb-server, and PouchDB's requests to it.

CouchDB itself is in no registry, so the peer is pouchdb-server. It does not sync to disk before it
answers, asks nobody to sign in and judges nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any, Self
from uuid import uuid4

import msgspec

from bench import wire
from bench.lab import HERE, Lab
from bench.wire import Connection

BIN = HERE / "node_modules" / "pouchdb-server" / "bin" / "pouchdb-server"
NODE = shutil.which("node") or str(HERE.parent / ".venv" / "bin" / "node")
JSON = {"Accept": "application/json", "Content-Type": "application/json"}


@contextlib.contextmanager
def serving(lab: Lab) -> Iterator[int]:
    """A pouchdb-server with an empty folder; gives its port."""
    folder = lab.folder / "pouchdb-server"
    folder.mkdir()
    with lab.process(
        *(NODE, str(BIN), "--host", "127.0.0.1", "--port", "{port}", "--dir", str(folder)),
        *("--no-stdout-logs", "--config", str(folder / "config.json")),
        answers="/",
        log="pouchdb-server",
        folder=folder,
    ) as port:
        yield port
    shutil.rmtree(folder)


def document(one: dict[str, Any]) -> dict[str, Any]:
    """An operation as a document, with what a mark needs and no more."""
    data = one["data"]
    return {
        "_id": one["id"],
        "round": data["round"],
        "door": data["door"],
        "answer": data["answer"],
        "at": one["made_at"],
        "by": one["actor"],
    }


async def make_database(connection: Connection) -> str:
    """A fresh database; gives its name."""
    name = f"b{uuid4().hex}"
    answer = await connection.ask(wire.request("PUT", f"/{name}", headers=JSON))
    assert answer.status == 201, answer.body
    return name


async def fill(connection: Connection, database: str, documents: Sequence[dict[str, Any]]) -> None:
    """Put documents into a database."""
    for start in range(0, len(documents), 1000):
        body = msgspec.json.encode({"docs": documents[start : start + 1000]})
        answer = await connection.ask(wire.request("POST", f"/{database}/_bulk_docs", body, JSON))
        assert answer.status == 201, answer.body


async def count(connection: Connection, database: str) -> int:
    """How many documents a database holds."""
    answer = await connection.ask(wire.request("GET", f"/{database}", headers=JSON))
    return int(msgspec.json.decode(answer.body)["doc_count"])


def replication(database: str, operations: Sequence[dict[str, Any]]) -> list[bytes]:
    """The seven requests with which PouchDB 9 pushes new documents once, ready to be sent."""
    checkpoint = f"/{database}/_local/{uuid4().hex}"
    revisions = [(document(one), uuid4().hex) for one in operations]
    differ = {found["_id"]: [f"1-{rev}"] for found, rev in revisions}
    documents = [
        {**found, "_rev": f"1-{rev}", "_revisions": {"start": 1, "ids": [rev]}}
        for found, rev in revisions
    ]
    done = {
        "_id": checkpoint.removeprefix(f"/{database}/"),
        "session_id": str(uuid4()),
        "history": [{"last_seq": len(documents), "session_id": str(uuid4())}],
        "replicator": "pouchdb",
        "version": 1,
        "last_seq": len(documents),
    }

    def ask(method: str, path: str, body: object = None) -> bytes:
        packed = b"" if body is None else msgspec.json.encode(body)
        return wire.request(method, path, packed, JSON)

    return [
        ask("GET", f"/{database}/"),
        ask("GET", "/"),
        ask("GET", checkpoint),
        ask("POST", f"/{database}/_revs_diff", differ),
        ask("POST", f"/{database}/_bulk_docs", {"docs": documents, "new_edits": False}),
        ask("GET", checkpoint),
        ask("PUT", checkpoint, done),
    ]


class Phone:
    """PouchDB in a Node process of its own, which stays, so that its code is warm."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    @contextlib.asynccontextmanager
    async def ready(cls) -> AsyncIterator[Self]:
        """A phone that is there as long as the block."""
        process = await asyncio.create_subprocess_exec(
            NODE,
            str(HERE / "pouch.mjs"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=1 << 24,
        )
        try:
            yield cls(process)
        finally:
            process.kill()
            await process.wait()

    async def do(self, what: str, url: str, docs: Sequence[dict[str, Any]] = ()) -> Done:
        """Replicate, and say how long it took and how many documents the phone then has."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        task = msgspec.json.encode({"do": what, "url": url, "docs": docs})
        self._process.stdin.write(task + b"\n")
        await self._process.stdin.drain()
        return msgspec.json.decode(await self._process.stdout.readline(), type=Done)


class Done(msgspec.Struct):
    """What came of a replication."""

    seconds: float
    kept: int
