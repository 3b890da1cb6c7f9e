"""Mozilla's push service, as a Firefox and a server with something to say see it.

A Firefox keeps a websocket open, over which it subscribes and is called; servers post to the
addresses that it hands out (RFC 8030). What is not signed for this service with the key that the
browser subscribed with is refused and kept in `wrong`.
"""

from __future__ import annotations

import base64
import uuid
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.support.aside import Aside
from tests.support.vapid import must_be_right


@dataclass
class Channel:
    """One subscription of one browser."""

    id: str
    browser: str
    key: str


@dataclass
class Autopush(Aside):
    """The service. `posts` are the statuses that servers were answered with."""

    port: int = 0
    silent: bool = False
    """Never answers: what a network that blocks it looks like to a browser."""
    posts: list[int] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    channels: dict[str, Channel] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._browsers: dict[str, web.WebSocketResponse] = {}

    @property
    def origin(self) -> str:
        """Where servers post."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def relays(self) -> str:
        """What Stairwell is told so that it posts here: nothing, endpoints say so."""
        return ""

    def preferences(self) -> dict[str, str | float | bool]:
        """What makes a Firefox use it, and allow notifications without asking."""
        return {
            "dom.push.serverURL": f"ws://127.0.0.1:{self.port}/",
            "dom.push.testing.allowInsecureServerURL": True,
            "dom.push.connection.enabled": True,
            "dom.push.retryBaseInterval": 100,
            "dom.webnotifications.requireuserinteraction": False,
            "permissions.default.desktop-notification": 1,
            # Notifications go over D-Bus, where a test can tap them.
            "alerts.useSystemBackend": True,
        }

    def forget(self) -> None:
        """End all subscriptions, as the service does with browsers it has not seen for long."""
        self.channels.clear()

    def lose_touch(self) -> None:
        """Break off all connections; a browser that comes back is told that it is a new one."""
        self.forget()
        self.do(self._break_off())

    async def _break_off(self) -> None:
        browsers, self._browsers = self._browsers, {}
        for socket in browsers.values():
            await socket.close()

    async def open(self) -> None:
        """Begin to serve."""
        application = web.Application(client_max_size=1 << 20)
        application.router.add_get("/", self._browser)
        application.router.add_post("/wpush/v2/{name}", self._server)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]

    async def close(self) -> None:
        """End it."""
        await self._runner.cleanup()

    async def _browser(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(protocols=("push-notification",))
        await socket.prepare(request)
        name = ""
        async for frame in socket:
            if frame.type is not WSMsgType.TEXT:
                continue
            said = frame.json()
            if self.silent:
                continue
            if said.get("messageType") == "hello":
                known = said.get("uaid", "")
                name = known if known in self._browsers else uuid.uuid4().hex
                self._browsers[name] = socket
            answer = self._answer(said, name)
            if answer is not None:
                await socket.send_json(answer)
        return socket

    def _answer(self, said: dict[str, Any], browser: str) -> dict[str, Any] | None:
        kind = said.get("messageType")
        self.said.append(str(kind))
        if kind is None:
            return {}  # it asks whether the line still stands
        if kind == "hello":
            return {"messageType": kind, "uaid": browser, "status": 200, "use_webpush": True}
        if kind not in {"register", "unregister"}:
            return None
        channel = said["channelID"]
        answer = {"messageType": kind, "channelID": channel, "status": 200}
        if kind == "register":
            name = uuid.uuid4().hex
            self.channels[name] = Channel(channel, browser, said["key"])
            return {**answer, "pushEndpoint": f"{self.origin}/wpush/v2/{name}"}
        gone = [name for name, one in self.channels.items() if one.id == channel]
        for name in gone:
            del self.channels[name]
        return answer

    async def _server(self, request: web.Request) -> web.Response:
        status = await self._taken(request)
        self.posts.append(status)
        return web.Response(status=status)

    async def _taken(self, request: web.Request) -> int:
        body = await request.read()
        channel = self.channels.get(request.match_info["name"])
        if channel is None:
            return 410
        try:
            must_be_right(request.headers, body, channel.key, self.origin)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it is what we look for
            self.wrong.append(f"{type(error).__name__}: {error}")
            return 403
        await self._browsers[channel.browser].send_json(
            {
                "messageType": "notification",
                "channelID": channel.id,
                "version": uuid.uuid4().hex,
                "data": base64.urlsafe_b64encode(body).rstrip(b"=").decode(),
                "headers": {"encoding": request.headers["Content-Encoding"]},
            }
        )
        return 201
