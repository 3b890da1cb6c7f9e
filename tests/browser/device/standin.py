"""A small server that keeps the contract, exactly once, and breaks it in any way asked for."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.browser.device import pages
from tests.browser.device.pages import ROUND, board_url

STATIC = Path(__file__).parents[3] / "static"
MEI = "0190a000-0000-7000-8000-00000000000a"
CHAN = "0190a000-0000-7000-8000-00000000000b"


@dataclass
class StandIn:
    """The server. `fault` says how the next batches go wrong; None is health."""

    port: int = 0
    build: str = "one"
    who: str = MEI
    floors: int = 6
    doors_a_floor: int = 2
    fault: str | None = None
    most: int = 500
    poison: str | None = None  # a door whose operation breaks the whole batch
    refuses: str | None = None  # a door whose operation is refused with words
    pack: list[str] = field(default_factory=lambda: [board_url(12)])
    seq: int = 100
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    effects: list[dict[str, Any]] = field(default_factory=list)
    batches: list[dict[str, Any]] = field(default_factory=list)
    carried: list[dict[str, Any]] = field(default_factory=list)
    forms: list[dict[str, Any]] = field(default_factory=list)
    visits: list[str] = field(default_factory=list)
    packs: int = 0
    forget: int = 0  # the number of the last closing of an incident
    key: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.runner: web.AppRunner | None = None
        self.listeners: list[asyncio.Queue[str]] = []
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Come up, on the port it had before."""
        asyncio.run_coroutine_threadsafe(self._start(), self.loop).result(10)

    def stop(self) -> None:
        """Go down: what offline means here."""
        asyncio.run_coroutine_threadsafe(self._stop(), self.loop).result(10)

    def close(self) -> None:
        """Go down for good."""
        self.stop()
        self.loop.call_soon_threadsafe(self.loop.stop)

    async def _start(self) -> None:
        app = web.Application(client_max_size=1 << 24)
        app.router.add_post("/ops", self._ops)
        app.router.add_post("/ops/carried", self._carried)
        app.router.add_post("/ops/{kind}", self._form)
        app.router.add_post("/sign-out", self._signed_out)
        app.router.add_post("/settings", self._signed_out)
        app.router.add_get("/sw.js", self._worker)
        app.router.add_get("/static/{build}/{path:.+}", self._static)
        app.router.add_get("/me", self._me)
        app.router.add_get("/pack", self._pack)
        app.router.add_get("/live", self._live)
        app.router.add_get("/handover/key", self._key)
        app.router.add_get("/{path:.*}", self._page)
        self.runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]

    async def _stop(self) -> None:
        if self.runner:
            await self.runner.cleanup()
            self.runner = None
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    # operations

    async def _ops(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        batch = json.loads(body)
        batch["zipped"] = request.headers.get("Content-Encoding") == "gzip"
        batch["key"] = request.headers.get("X-Stairwell-Key")
        self.batches.append(batch)
        early = await self._broken(batch)
        if early is not None:
            return early
        if any(op["actor"] != self.who for op in batch["ops"]):
            return problem(403, "another-person")
        if len(batch["ops"]) > self.most:
            return problem(413, "too-large")
        if any(op["data"].get("door", "none") == self.poison for op in batch["ops"]):
            return problem(413 if self.fault == "poison-413" else 500, "busy")
        answers = [self.apply(op) for op in batch["ops"]]
        if self.fault == "lost":
            request.transport.close()  # type: ignore[union-attr]
            return web.Response()
        if self.fault == "missing":
            answers = answers[1:]
        return ours(json.dumps({"server_at": now(), "answers": answers}), "application/json")

    async def _broken(self, batch: dict[str, Any]) -> web.Response | None:
        match self.fault:
            case "500":
                return problem(500, "failed")
            case "503":
                return problem(503, "busy")
            case "401":
                return problem(401, "signed-out")
            case "revoked":
                return problem(401, "revoked")
            case "portal":
                return web.Response(text="<html>请登录 Wi-Fi</html>", content_type="text/html")
            case "header":
                made = {
                    "server_at": now(),
                    "answers": [
                        {"id": op["id"], "outcome": "applied", "seq": 1} for op in batch["ops"]
                    ],
                }
                return web.json_response(made)
            case "malformed":
                return ours('{"answers": [', "application/json")
            case "hang":
                await asyncio.sleep(3600)
        return None

    def apply(self, op: dict[str, Any]) -> dict[str, Any]:
        """Exactly once: a repeat gets the recorded answer."""
        if op["id"] in self.answers:
            return {**self.answers[op["id"]], "repeat": True}
        self.seq += 1
        answer = {
            "id": op["id"],
            "outcome": "applied",
            "seq": self.seq,
            "subject": board_url(12),
            "message": None,
        }
        if op["data"].get("door", "none") == self.refuses:
            answer |= {"outcome": "refused", "message": "这一户没有分给您"}
        else:
            self.effects.append(op)
        self.answers[op["id"]] = answer
        self.tell()
        return answer

    def tell(self) -> None:
        """Everybody who listens hears that the board changed."""
        change = json.dumps({"seq": self.seq, "topics": [f"board:{ROUND}:12"]})
        for listener in self.listeners:
            listener.put_nowait(change)

    def mark(self, door: str, answer: str) -> str:
        """Somebody else marks a door, on another phone."""
        op = {
            "id": f"other-{self.seq}",
            "kind": "round.mark",
            "actor": CHAN,
            "data": {"round": ROUND, "door": door, "answer": answer},
        }
        self.loop.call_soon_threadsafe(self.apply, op)
        return op["id"]

    def marks(self) -> dict[str, dict[str, Any]]:
        """What stands at each door."""
        undone = {op["data"]["mark"] for op in self.effects if op["kind"] == "round.undo"}
        return {
            op["data"]["door"]: op
            for op in self.effects
            if op["kind"] == "round.mark" and op["id"] not in undone
        }

    async def _form(self, request: web.Request) -> web.Response:
        self.forms.append(dict(await request.post()))
        raise web.HTTPSeeOther(board_url(12))

    async def _carried(self, request: web.Request) -> web.Response:
        self.carried.append(await request.json())
        return ours(json.dumps({"server_at": now(), "answers": []}), "application/json")

    # what else is asked for

    async def _signed_out(self, request: web.Request) -> web.Response:
        raise web.HTTPSeeOther("/in")

    async def _me(self, request: web.Request) -> web.Response:
        return ours(
            json.dumps({"account": self.who, "name": "梅", "server_at": now(), "seq": self.seq}),
            "application/json",
        )

    async def _pack(self, request: web.Request) -> web.Response:
        self.packs += 1
        if self.fault == "no-pack":
            return problem(503, "busy")
        pages = [{"url": url, "version": str(self.seq)} for url in self.pack]
        said = {"account": self.who, "at": now(), "pages": pages, "forget": self.forget}
        return ours(json.dumps(said), "application/json")

    async def _key(self, request: web.Request) -> web.Response:
        return ours(json.dumps(self.key), "application/json") if self.key else problem(404, "none")

    async def _live(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "X-Stairwell": "1"}
        )
        await response.prepare(request)
        await response.write(b": hello\n\n")
        heard: asyncio.Queue[str] = asyncio.Queue()
        self.listeners.append(heard)
        try:
            while True:
                await response.write(f"event: change\ndata: {await heard.get()}\n\n".encode())
        finally:
            self.listeners.remove(heard)

    async def _worker(self, request: web.Request) -> web.Response:
        shell = [f"/static/{self.build}/{path}" for path in ("build/app.js", "vendor/htmx.min.js")]
        text = (STATIC / "build/sw.js").read_text("utf-8").replace("__BUILD__", self.build)
        text = text.replace("__SHELL__", json.dumps([*shell, "/offline"]))
        return web.Response(
            text=text, content_type="text/javascript", headers={"Cache-Control": "no-cache"}
        )

    async def _static(self, request: web.Request) -> web.StreamResponse:
        path = STATIC / request.match_info["path"]
        return web.FileResponse(path, headers={"Cache-Control": "max-age=31536000, immutable"})

    async def _page(self, request: web.Request) -> web.Response:
        path = request.path
        self.visits.append(path)
        if self.fault == "slow-pages":
            await asyncio.sleep(3600)
        mains: dict[str, Callable[[], str]] = {
            "/": lambda: '<main id="main">首页</main>',
            "/outbox": pages.outbox,
            board_url(12): lambda: self.board(),
            board_url(13): lambda: self.board(),
            board_url(14): lambda: self.board(),
        }
        if path in mains:
            headers = {"X-Stairwell-Account": self.who, "X-Stairwell-Seq": str(self.seq)}
            return ours(self.page(path, mains[path]()), "text/html", headers)
        if path.endswith("/close"):
            return ours(self.page(path, pages.FORM), "text/html")
        return web.Response(text=self.page(path, "", account=""), content_type="text/html")

    def page(self, path: str, main: str, account: str | None = None) -> str:
        """A page for whoever is signed in."""
        who = self.who if account is None else account
        return pages.page(path, main, account=who, build=self.build, seq=self.seq)

    def board(self) -> str:
        """The one board there is, whatever the stairwell."""
        return pages.board(self.floors, self.doors_a_floor, self.marks(), self.seq)


def ours(text: str, media_type: str, headers: dict[str, str] | None = None) -> web.Response:
    """A genuine answer."""
    return web.Response(
        text=text,
        content_type=media_type,
        headers={"X-Stairwell": "1", "Cache-Control": "no-cache, private", **(headers or {})},
    )


def problem(status: int, slug: str) -> web.Response:
    """A genuine refusal."""
    return web.Response(
        status=status,
        text=json.dumps({"type": slug, "status": status, "detail": slug}),
        content_type="application/problem+json",
        headers={"X-Stairwell": "1"},
    )


def now() -> str:
    """RFC 3339."""
    return datetime.now(UTC).isoformat()
