"""The whole application in this process, and the named cast asking it for pages.

    def test_…(site):                          # on SQLite and on PostgreSQL
        page = site.get("hao", f"/rounds/{site.round}")
        assert page.status_code == 200

One application serves all the tests of a file, so tests that write make a round of their own.
`nobody` is somebody who is not signed in.
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from httpx import Response
from litestar.testing import TestClient
from sqlalchemy import Connection, Executable, select

from server import app, clock
from server.db.base import AnyRow
from server.features.photos import rules
from server.features.retention import running
from server.features.rounds.scope import landing
from server.ids import uuid7
from server.oplog.tables import reactions
from server.settings import Settings
from server.web.asking import COOKIE, begin
from server.web.hub import of_server
from tests.support import pictures, replay
from tests.support.postgres import Postgres
from tests.support.told import DATABASES, emptied, open_again, the_world
from tests.world import NOON, World

HTML = {"accept": "text/html,application/xhtml+xml"}
JSON = {"accept": "application/json"}
PHONE = "00000000-0000-7000-8000-00000000f0e2"
NOBODY = "nobody"


def says(text: str, label: str) -> bool:
    """True where a page names a door; its digits within an id or a moment name none."""
    return re.search(rf"(?<![0-9a-f-]){label}(?![0-9a-f-])", text) is not None


class Site:
    """The application, a small world behind it, and a session for each of the cast."""

    def __init__(self, settings: Settings, client: TestClient[Any]) -> None:
        self.settings = settings
        self.client = client
        self.app = client.app
        self.hub = self.app.state.hub
        self.world: World = the_world()
        self.tokens: dict[str, str] = {}
        self.round = self.open_round()
        said = {"title": {"zh-Hans": "停水"}, "stairwells": [self.world.walk_up]}
        self.notice = self.tell("mei", "notice.send", said)
        self.bulletin = self.publish_a_bulletin()
        self.cleaned = self.open_round(kind="disinfect", title="消杀", quantity=1)
        self.photo = self.keep_photo(pictures.jpeg(), level=3)
        self.elsewhere = self.open_round("outside", actor="anna", carrier="bo", title="远山的菜")

    # Asking

    def ask(
        self, who: str, method: str, path: str, *, headers: Mapping[str, str] = HTML, **more: Any
    ) -> Response:
        """One request in somebody's name, following no redirect."""
        self.client.cookies.clear()
        sent = dict(headers)
        if who != NOBODY:
            sent["cookie"] = f"{COOKIE}={self.token(who)}; " + sent.get("cookie", "")
        answer: Response = self.client.request(
            method, path, headers=sent, follow_redirects=False, **more
        )
        self.client.cookies.clear()
        return answer

    def get(self, who: str, path: str, **more: Any) -> Response:
        """A page."""
        return self.ask(who, "GET", path, **more)

    def post(
        self, who: str, path: str, form: Mapping[str, Any] | None = None, **more: Any
    ) -> Response:
        """A plain form."""
        return self.ask(who, "POST", path, data=dict(form or {}), **more)

    def send(
        self,
        who: str,
        *ops: dict[str, Any],
        headers: Mapping[str, str] | None = None,
        **batch: Any,
    ) -> Response:
        """A batch as a phone posts it."""
        body = {"device": PHONE, "sent_at": clock.rfc3339(clock.now()), "ops": list(ops)} | batch
        kind = {"content-type": "application/json"}
        return self.ask(
            who, "POST", "/ops", headers={**JSON, **kind, **(headers or {})},
            content=msgspec.json.encode(body),
        )  # fmt: skip

    def op(self, who: str, kind: str, data: dict[str, Any], **more: Any) -> dict[str, Any]:
        """An operation as a phone writes it down."""
        made = {"id": uuid7(), "kind": kind, "v": 1, "actor": self.who(who), "data": data}
        return made | {"made_at": clock.rfc3339(clock.now()), "seen": 0} | more

    def mark(self, who: str, round_id: str, label: str, **data: Any) -> dict[str, Any]:
        """A mark of a door of the walk-up."""
        door = self.world.doors["walk_up"][label]
        more = {"round": round_id, "door": door, "answer": "delivered"} | data
        return self.op(who, "round.mark", more)

    # Sessions

    def who(self, name: str) -> str:
        """The account of one of the cast."""
        return str(getattr(self.world, name, name))

    def token(self, who: str) -> str:
        """A session of one of the cast, kept for the next time."""
        if who not in self.tokens:
            self.tokens[who] = self.session(who)
        return self.tokens[who]

    def session(self, who: str) -> str:
        """A new session's token."""
        community = self.world.elsewhere if who in {"anna", "bo"} else self.world.community
        return self.write(begin, community, self.who(who), clock.now())

    # Behind the pages

    def run(self, work: Callable[[], Any]) -> Any:
        """Wait for something in the application's own loop."""
        return self.client.blocking_portal.call(work)

    def react(self) -> None:
        """Have everything follow that is due, also what the application's own loop has begun."""
        left = select(reactions.c.id).where(
            reactions.c.done_at.is_(None), reactions.c.due_at <= clock.now()
        )
        until = time.monotonic() + 20
        self.run(self.hub.react)
        while self.rows(left):
            assert time.monotonic() < until, "something that is due does not come to an end"
            self.run(self.hub.react)

    def write(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """A piece of work in a transaction."""
        return self.run(lambda: self.hub.database.write(work, *arguments))

    def read(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """A named query."""
        return self.run(lambda: self.hub.database.read(work, *arguments))

    def rows(self, query: Executable) -> list[AnyRow]:
        """The rows of a query."""
        found: list[AnyRow] = self.read(lambda connection: list(connection.execute(query)))
        return found

    def execute(self, statement: Executable) -> None:
        """A statement that is no operation."""

        def run(connection: Connection) -> None:
            connection.execute(statement)

        self.write(run)

    def tell(self, who: str, kind: str, data: dict[str, Any], *, at: int | None = None) -> str:
        """An operation made here and now, or as it came in at a moment; it must be applied."""
        community = self.world.elsewhere if who in {"anna", "bo"} else self.world.community
        received = of_server(community, self.who(who), None, kind, data)
        if at is not None:
            received = replace(received, received_at=at, sent_at=at)
        [answer] = self.run(lambda: self.hub.apply(received)).answers
        assert answer.outcome == "applied", answer
        return str(answer.id)

    def open_round(
        self,
        *places: str,
        actor: str = "mei",
        carrier: str = "hao",
        title: str = "Vegetables",
        **data: Any,
    ) -> str:
        """A round that is open and given to a carrier."""
        stairwells = [getattr(self.world, place) for place in places or ("walk_up",)]
        made = {"title": title, "kind": "delivery", "quantity": 2, "stairwells": stairwells} | data
        round_id = self.tell(actor, "round.make", made)
        given = {"round": round_id, "stairwells": stairwells, "accounts": [self.who(carrier)]}
        self.tell(actor, "round.assign", given)
        self.tell(actor, "round.open", {"round": round_id})
        return round_id

    def publish_a_bulletin(self) -> str:
        """The bulletin of 21 April, with a correction on top."""
        today = {"day": "2022-04-21"}
        made = self.tell("mei", "bulletin.draft", today, at=NOON)
        self.tell("mei", "bulletin.publish", {"bulletin": made}, at=NOON)
        said = {"bulletin": made, "text": {"zh-Hans": "应为 2 例。"}}
        self.tell("mei", "bulletin.correct", said, at=NOON)
        return made

    # Photos

    def disinfect(self, photo: bytes, level: int, who: str = "hao") -> str:
        """Hao has disinfected a landing and tells of a photo; returns the operation's id."""
        door = landing(self.world.walk_up, level)
        said = {"round": self.cleaned, "door": door, "answer": "disinfected"}
        return self.tell(who, "round.mark", said | {"photo": pictures.sha(photo)})

    def send_piece(
        self, who: str, photo: bytes, offset: int, length: int = rules.MOST_PIECE, **more: Any
    ) -> Response:
        """A piece of a photo as a phone sends it."""
        headers = {"upload-offset": str(offset), "upload-length": str(len(photo))}
        return self.ask(
            who, "PATCH", f"/photos/{more.pop('name', pictures.sha(photo))}",
            headers={**JSON, **headers, **more.pop("headers", {})},
            content=photo[offset : offset + length], **more,
        )  # fmt: skip

    def keep_photo(self, photo: bytes, level: int) -> str:
        """Told, sent, kept; returns the operation's id."""
        op_id = self.disinfect(photo, level)
        assert self.send_piece("hao", photo, 0).headers["photo-state"] == "kept"
        return op_id

    def check(self) -> None:
        """The database is what its history says."""
        self.run(self.hub.react)
        self.read(replay.check)


@pytest.fixture(scope="module", params=[pytest.param(name, id=name) for name in DATABASES])
def site(
    request: pytest.FixtureRequest, sqlite_template: Path, memory_folder: Path
) -> Iterator[Site]:
    """The application on SQLite, then on PostgreSQL."""
    with emptied(memory_folder / "site") as folder:
        settings = Settings(data_dir=folder)
        if request.param == "sqlite":
            shutil.copyfile(sqlite_template, settings.sqlite_path)
            yield from serve(settings)
            return
        template = request.getfixturevalue("world_template")
        postgres: Postgres = request.getfixturevalue("postgres")
        name = postgres.create(template, "site")
        yield from serve(Settings(data_dir=folder, database_url=postgres.url(name)))
        postgres.drop(name)


def serve(settings: Settings) -> Iterator[Site]:
    """Run the application until the tests are done."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(app, "open_database", open_again)
        with TestClient(app.create_app(settings)) as client:
            site = Site(settings, client)
            # What the tests share is of April 2022: no clock lets it go under them.
            site.execute(reactions.delete().where(reactions.c.id == running.ITS_NUMBER))
            yield site
