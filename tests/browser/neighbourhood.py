"""The demo neighbourhood on a real server, for stories told in browsers."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.support.phones import tap
from tests.support.postgres import Postgres
from tests.support.postgres import rows as postgres_rows
from tests.support.server import Server
from tests.support.warm import warm

DATABASE = "STAIRWELL_DATABASE_URL"

Links = dict[str, str]
"""Paths of one-use sign-in links, by whom they are for."""


@dataclass
class Neighbourhood:
    """A server with block A in it, and the people of the demo."""

    server: Server
    links: Links = field(default_factory=dict)

    def url(self, path: str) -> str:
        """Where a page is."""
        return self.server.url + path

    def link(self, role: str) -> str:
        """A fresh one-use sign-in link for somebody of the demo."""
        if role not in self.links:
            self.links = new_links(self.server.data, self.server.environment)
        return self.url(self.links.pop(role))

    def sign_in(self, context: BrowserContext, role: str) -> Page:
        """Open a link, see who one is about to become, and become them."""
        page = context.pages[0] if context.pages else context.new_page()
        page.goto(self.link(role))
        page.locator('form[action^="/in/"] button').click()
        page.wait_for_url(self.url("/"))
        return page

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the database holds, past every page."""
        if url := self.server.environment.get(DATABASE):
            return postgres_rows(url, query, *values)
        with closing(sqlite3.connect(self.server.data / "stairwell.db")) as connection:
            return connection.execute(query, values).fetchall()

    def marks(self, round_id: str, doors: Collection[int]) -> dict[int, int]:
        """How many marks the history has of each of these doors."""
        query = "SELECT household_id, count(*) FROM marks WHERE round_id = ? GROUP BY household_id"
        found = dict(self.rows(query, round_id))
        return {door: found.get(door, 0) for door in doors}


def run(data: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> str:
    """What a `stairwell` command prints."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("STAIRWELL_")}
    said = {**kept, "STAIRWELL_DATA_DIR": str(data), **(environment or {})}
    with tempfile.NamedTemporaryFile() as printed:
        status = warm().start(arguments, said, Path(printed.name)).wait()
        told = Path(printed.name).read_text("utf-8")
    assert status == 0, told
    return told


def new_links(data: Path, environment: Mapping[str, str] | None = None) -> Links:
    """Fresh links for everybody of the demo's cast."""
    links = json.loads(run(data, "links", "--json", environment=environment))
    return {link["role"]: urlsplit(link["url"]).path for link in links}


@pytest.fixture(scope="session")
def block_a(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Links]:
    """A data folder with the demo in it and its links, made once and copied for each story."""
    folder = tmp_path_factory.mktemp("block-a") / "data"
    run(folder, "demo")
    return folder, new_links(folder)


@pytest.fixture
def block_a_on_postgresql(
    postgres: Postgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a database of this test's own with the demo in it."""

    def fill(url: str) -> None:
        run(tmp_path_factory.mktemp("block-a"), "demo", environment={DATABASE: url})

    name = postgres.create(postgres.template("block-a", fill))
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture
def home(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[dict[str, str], Links]:
    """The demo in a database of this test's own: where it is said to be, and links into it."""
    if getattr(request, "param", "sqlite") == "postgresql":
        return {DATABASE: request.getfixturevalue("block_a_on_postgresql")}, {}
    folder, links = request.getfixturevalue("block_a")
    shutil.copytree(folder, tmp_path / "data")
    return {}, links


ON_POSTGRESQL_TOO = pytest.mark.parametrize(
    ("found", "home"),
    [
        ("chromium", "sqlite"),
        ("firefox", "sqlite"),
        pytest.param("chromium", "postgresql", marks=pytest.mark.postgres),
    ],
    indirect=True,
)
"""For a story that is told in each browser, and once more on PostgreSQL."""

ON_EITHER_IN_EITHER = pytest.mark.parametrize(
    ("found", "home"),
    [
        ("chromium", "sqlite"),
        pytest.param("firefox", "postgresql", marks=pytest.mark.postgres),
    ],
    indirect=True,
)
"""For a long story: each browser and each database hears it once."""


MoveIn = Callable[..., Neighbourhood]
"""Gives a demo on a server of its own, told more by its environment: see the fixture `move_in`."""


@pytest.fixture
def move_in(home: tuple[dict[str, str], Links], make_server: Callable[..., Server]) -> MoveIn:
    """Makes the demo on a server of this test's own: `move_in(STAIRWELL_PUSH_ALSO=…)`."""
    database, links = home

    def make(**environment: str) -> Neighbourhood:
        server = make_server(environment={**database, **environment})
        server.start()
        return Neighbourhood(server, dict(links))

    return make


@pytest.fixture
def neighbourhood(move_in: MoveIn) -> Neighbourhood:
    """The demo on a server of this test's own."""
    return move_in()


def until_packed(page: Page, path: str) -> None:
    """Wait until the worker is there and keeps a page, so that it opens without signal."""
    eventually(lambda: bool(page.evaluate(PACKED, path)), 60)


PACKED = """async (path) => Boolean(
  navigator.serviceWorker.controller && await caches.match(path, { ignoreVary: true }))"""


def draft_anew(neighbourhood: Neighbourhood, steward: Page) -> None:
    """Throw away what the demo has begun of today's bulletin, and draft it from the records."""
    steward.goto(neighbourhood.url("/bulletins"))
    tap(steward.locator("#drafts + .rows a"))
    tap(operation(steward, "bulletin.withdraw").locator("button"))
    agree(steward)
    expect(operation(steward, "bulletin.withdraw")).to_have_count(0)
    steward.goto(neighbourhood.url("/bulletins"))
    tap(operation(steward, "bulletin.draft").locator("button"))
    steward.wait_for_url("**/bulletins/*-*")


def newest_bulletin(neighbourhood: Neighbourhood) -> str:
    """The day of the newest bulletin that is out."""
    query = "SELECT max(day) FROM bulletins WHERE status = 'published'"
    return str(neighbourhood.rows(query)[0][0])


def account_of(page: Page) -> str:
    """Whose page this is."""
    return str(page.locator("html").get_attribute("data-account"))


def operation(page: Page, kind: str) -> Locator:
    """The form of an operation."""
    return page.locator(f'form[action="/ops/{kind}"]')


def boards(page: Page) -> list[str]:
    """The boards on a volunteer's first page."""
    links = page.locator('a[href*="/stairwells/"]')
    return [str(link.get_attribute("href")) for link in links.all()]


def unmarked(page: Page) -> list[int]:
    """The doors of a board that can still be marked with one tap."""
    doors = page.locator('button.door[data-answer=""]')
    return [int(str(door.get_attribute("data-door"))) for door in doors.all()]


def mark(page: Page, door: int) -> None:
    """Tap a door of a board that is open."""
    tap(page.locator(f'[data-door="{door}"]'))


def sheet_of(page: Page, door: int) -> Locator:
    """Tap a marked door until its sheet is open: quick second taps are taken for one."""
    sheet = page.locator("#sheet")

    def opened() -> bool:
        mark(page, door)
        return sheet.is_visible()

    eventually(opened)
    return sheet


def agree(page: Page) -> None:
    """Say yes to what the page asks."""
    page.locator('#confirm button[value="yes"]').click()


def waiting(page: Page, count: int) -> None:
    """Expect the pill to say how many wait."""
    expect(page.locator("[data-status]")).to_have_attribute("data-state", "waiting")
    expect(page.locator('[data-status] [data-when="waiting"] [data-count]')).to_have_text(
        str(count)
    )


def idle(page: Page, seconds: float = 60) -> None:
    """Expect the outbox to have emptied itself."""
    expect(page.locator("[data-status]")).to_have_attribute(
        "data-state", "idle", timeout=seconds * 1000
    )


def eventually(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until something is so; fails where it never is."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it never came to be so"
        time.sleep(0.05)
