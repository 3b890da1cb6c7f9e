"""A first visit: every byte of the first page, of what it loads and of what the worker keeps."""

from __future__ import annotations

import re

from bench import wire
from bench.figures import Figure
from bench.lab import Lab
from bench.wire import Connection

MOST = 40_000
LINKED = re.compile(r'(?:src|href)="(/[^"]*)"')
KEPT = re.compile(r'"(/static/[^"]+)"')


def measure(lab: Lab) -> list[Figure]:
    """Compressed bodies, as they travel."""
    with lab.stairwell("weight") as (server, [where]):
        return wire.run(_measure(server.port, where.volunteers[0].cookie))


async def _measure(port: int, cookie: dict[str, str]) -> list[Figure]:
    connection = await Connection.open(port)
    headers = {**cookie, "Accept-Encoding": "gzip, deflate, br"}  # as browsers ask over HTTPS

    async def get(path: str) -> wire.Answer:
        answer = await connection.ask(wire.request("GET", path, headers=headers))
        assert answer.status == 200, (path, answer.status)
        return answer

    page, worker = await get("/"), await get("/sw.js")
    loaded = [path for path in LINKED.findall(page.body.decode()) if path.startswith("/static/")]
    kept = KEPT.findall(worker.body.decode())
    paths = sorted({*loaded, *kept, "/offline", "/outbox"})  # the manifest is one that is loaded
    sizes = {path: len((await get(path)).raw) for path in paths}
    total = len(page.raw) + len(worker.raw) + sum(sizes.values())
    scripts = sum(size for path, size in sizes.items() if path.endswith(".js"))
    scripts += len(worker.raw)
    note = f"{len(sizes) + 2} files; scripts {scripts:,}, first page {len(page.raw):,}"
    return [
        Figure(
            "first visit: page, style, scripts, icons and everything precached, compressed",
            [total],
            most=MOST,
            unit="bytes",
            note=note,
        )
    ]
