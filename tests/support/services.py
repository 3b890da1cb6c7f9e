"""A stand-in for the services behind bots and webhooks: keeps what is posted, answers as told.

with Services() as service:
    service.answers(429, Retry_After="60")
    …                                       # have something posted to service.origin
    assert service.posts[0].json["text"]["content"] == "…"
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, Self

import pytest
from aiohttp import web

HANG = -1
"""What is answered by a service that never answers."""


class Post(NamedTuple):
    """What came in."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)

    @property
    def text(self) -> str:
        """What WeCom's bot would show."""
        return str(self.json["text"]["content"])


class Answer(NamedTuple):
    """What is answered."""

    status: int = 200
    body: str = '{"errcode": 0, "errmsg": "ok"}'
    headers: Mapping[str, str] = {}


class Services:
    """A server in a thread of its own; `answer` decides what is answered to whom."""

    def __init__(self) -> None:
        self.posts: list[Post] = []
        self.answer: Callable[[Post], Answer] = lambda _: Answer()
        self.pause = 0.0  # seconds until it is answered
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready = threading.Event()

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Be gone; again is the same as once."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._over.set)
            self._thread.join(10)

    def answers(self, status: int = 200, body: str = "", **headers: str) -> None:
        """Answer everybody this from now on."""
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answer = lambda _: Answer(status, body, said)

    def to(self, key: str) -> list[Post]:
        """What came in for one bot or webhook."""
        return [post for post in self.posts if key in post.path]

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._take)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        self.origin = f"http://{host}:{port}"
        self._ready.set()
        await self._over.wait()
        await runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        post = Post(request.path_qs, dict(request.headers), await request.read())
        answer = self.answer(post)
        if answer.status == HANG:
            await self._over.wait()
        self.posts.append(post)
        await asyncio.sleep(self.pause)
        return web.Response(
            status=max(answer.status, 200), text=answer.body, headers=answer.headers
        )


@pytest.fixture
def services() -> Iterator[Services]:
    """A stand-in that takes everything until told otherwise."""
    with Services() as made:
        yield made


@pytest.fixture(scope="module")
def services_of_module() -> Iterator[Services]:
    """The same for all tests of a module."""
    with Services() as made:
        yield made
