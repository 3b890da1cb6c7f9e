"""A database that is told things: the small world in it, a clock that stands still, one write path.

    def test_…(told):                       # once on SQLite and once on PostgreSQL
        round_id = told.open_round()
        answer = told.mark("hao", round_id, "walk_up", "302")
        assert answer.outcome == "applied"

`ask` goes the way of a phone's batch, through `server.oplog.apply` by way of the hub; every test
that asked anything ends by replaying the history (`tests.support.replay`).
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest
from sqlalchemy import Connection, Executable, select
from sqlalchemy.ext.asyncio import create_async_engine

from server import clock
from server.app import FEATURES
from server.db import session
from server.db.base import AnyRow
from server.db.migrate import upgrade
from server.db.session import Database, sqlite_engine
from server.features.people.actors import Person, actors
from server.features.rounds import rules
from server.features.rounds.tables import round_doors
from server.ids import uuid7
from server.oplog.apply import Answer, Applied, Received
from server.oplog.envelope import Envelope, Unreadable
from server.oplog.tables import counters, operations
from server.settings import Settings
from server.web.hub import Hub
from server.web.live import Live
from server.web.versions import Versions
from tests.support import replay
from tests.support.postgres import Postgres, in_memory
from tests.world import NOON, World, build_world, memory_world

T = TypeVar("T")

assert FEATURES, "importing the app registers every kind"

KEY = b"the key of the tests' operations"
PHONE = "00000000-0000-7000-8000-00000000f0e1"
DATABASES = ("sqlite", "postgres")


@cache
def the_world() -> World:
    """The small world; its ids are the same wherever it is built."""
    with memory_world() as (_, world):
        return world


class Told:
    """A database, what is in it, and short ways to tell it things and to ask."""

    def __init__(self, name: str, database: Database, settings: Settings, wait: Wait) -> None:
        self.name = name
        self.database = database
        self.settings = settings
        self.world = the_world()
        self.hub = Hub(database, Versions(), Live(), KEY)
        self.now = NOON
        self.wait = wait
        self.asked = False

    # The clock

    def later(self, *, minutes: float = 0, hours: float = 0, days: float = 0) -> int:
        """Let time pass; returns the moment it is then."""
        self.now += int(minutes * clock.MINUTE + hours * clock.HOUR + days * clock.DAY)
        return self.now

    # Asking

    def ask(
        self,
        actor: str,
        kind: str,
        data: dict[str, Any],
        *,
        id: str | None = None,  # noqa: A002
        **more: Any,
    ) -> Answer:
        """One operation and its answer; see `apply` for `more`."""
        return self.apply(actor, [self.envelope(actor, kind, data, id=id, **more)], **more)[0]

    def ask_all(
        self, actor: str, asked: Sequence[tuple[str, dict[str, Any]]], **more: Any
    ) -> list[Answer]:
        """Several operations of one person in one batch."""
        return self.apply(
            actor, [self.envelope(actor, kind, data, **more) for kind, data in asked], **more
        )

    def envelope(
        self,
        actor: str,
        kind: str,
        data: dict[str, Any] | bytes,
        *,
        id: str | None = None,  # noqa: A002
        made: int | None = None,
        seen: int | None = None,
        server_seen: int | None = None,
        group: str | None = None,
        v: int = 1,
        **_: Any,
    ) -> Envelope:
        """An operation as a phone writes it down: by default now, having seen everything."""
        return Envelope(
            id=id or uuid7(self.now),
            kind=kind,
            v=v,
            actor=self.who(actor),
            made_at=moment(self.now if made is None else made),
            server_seen_at=None if server_seen is None else moment(server_seen),
            seen=self.seq() if seen is None else seen,
            group=group,
            data=msgspec.Raw(data if isinstance(data, bytes) else msgspec.json.encode(data)),
        )

    def apply(
        self,
        sender: str,
        items: Sequence[Envelope | Unreadable],
        *,
        received: int | None = None,
        sent: int | None = None,
        carrier: str | None = None,
        device: str | None = PHONE,
        community: int | None = None,
        carried: bool = False,
        **_: Any,
    ) -> list[Answer]:
        """A batch from one person's session, or brought by a carrier. A second passes."""
        arrived = self.received(
            carrier or sender, items, received=received, sent=sent, device=device,
            community=community, carried=carried or carrier is not None,
        )  # fmt: skip
        return self.take(arrived).answers

    def take(self, arrived: Received) -> Applied:
        """A batch as it arrived."""
        self.asked = True
        applied = self.wait(self.hub.apply(arrived))
        self.now += clock.SECOND
        return applied

    def received(
        self,
        sender: str,
        items: Sequence[Envelope | Unreadable],
        *,
        received: int | None = None,
        sent: int | None = None,
        device: str | None = PHONE,
        community: int | None = None,
        carried: bool = False,
    ) -> Received:
        """A batch as it would arrive: now, from a phone whose clock is right."""
        arrival = self.now if received is None else received
        return Received(
            community_id=self.community_of(sender) if community is None else community,
            sender=self.who(sender),
            device=device,
            received_at=arrival,
            sent_at=arrival if sent is None else sent,
            items=items,
            carried=carried,
        )

    def who(self, name: str) -> str:
        """The account of one of the cast, or the id given."""
        return str(getattr(self.world, name, name))

    def community_of(self, name: str) -> int:
        """Where one of the cast belongs."""
        return self.world.elsewhere if name in {"anna", "bo"} else self.world.community

    # Rounds

    def make_round(
        self,
        *places: str,
        actor: str = "mei",
        id: str | None = None,  # noqa: A002
        **data: Any,
    ) -> str:
        """A planned delivery of two items a household; returns its id."""
        stairwells = [getattr(self.world, place) for place in places or ("walk_up", "neighbour")]
        made = {
            "title": "Vegetables", "kind": "delivery", "quantity": 2, "stairwells": stairwells,
        }  # fmt: skip
        return _done(self.ask(actor, "round.make", made | data, id=id))

    def open_round(self, *places: str, hao: Sequence[str] | None = None, **data: Any) -> str:
        """A round that is open, all of it, or what is named, given to Hao."""
        actor = data.get("actor", "mei")
        round_id = self.make_round(*places, **data)
        given = hao if hao is not None else places or ("walk_up", "neighbour")
        if given:
            self.assign(round_id, "hao", *given, actor=actor)
        _done(self.ask(actor, "round.open", {"round": round_id}))
        return round_id

    def assign(
        self, round_id: str, account: str, *places: str, actor: str = "mei", **more: Any
    ) -> str:
        """Give stairwells to somebody."""
        data: dict[str, Any] = {
            "round": round_id,
            "stairwells": [getattr(self.world, place) for place in places],
            "accounts": [self.who(account)],
            **{name: more.pop(name) for name in ("low", "high") if name in more},
        }
        return _done(self.ask(actor, "round.assign", data, **more))

    def door(self, place: str, label: str) -> int:
        """A door's number."""
        return self.world.doors[place][label]

    def mark(
        self, actor: str, round_id: str, label: str, answer: str = "delivered", **more: Any
    ) -> Answer:
        """Mark a door of walk_up, or `place`; fields of the mark and ways to ask may follow."""
        data: dict[str, Any] = {
            "round": round_id,
            "door": self.door(more.pop("place", "walk_up"), label),
            "answer": answer,
        }
        fields = ("count", "note", "source", "answers")
        data |= {name: more.pop(name) for name in fields if name in more}
        return self.ask(actor, more.pop("kind", "round.mark"), data, **more)

    def settle(self, actor: str, round_id: str, label: str, answer: str, **more: Any) -> Answer:
        """A lead's word on a door."""
        return self.mark(actor, round_id, label, answer, kind="round.settle", **more)

    def undo(self, actor: str, round_id: str, label: str, mark: str | None, **more: Any) -> Answer:
        """Take a mark back."""
        door = self.door(more.pop("place", "walk_up"), label)
        data = {"round": round_id, "door": door, "mark": mark}
        return self.ask(actor, "round.undo", data, **more)

    def dispute(self, actor: str, round_id: str, label: str = "302", **more: Any) -> Answer:
        """Say that nothing came."""
        data = {"round": round_id, "door": self.door("walk_up", label)}
        if "note" in more:
            data["note"] = more.pop("note")
        return self.ask(actor, "round.dispute", data, **more)

    def change(self, round_id: str, status: str, *, actor: str = "mei", **more: Any) -> Answer:
        """Open, pause or close a round."""
        data = {"round": round_id}
        if status == "close":
            said = dict.fromkeys(rules.DIFFERENCES, more.pop("explanation", "as counted"))
            data["explanations"] = more.pop("explanations", said)
        return self.ask(actor, f"round.{status}", data, **more)

    def standing(self, round_id: str, label: str, place: str = "walk_up") -> AnyRow:
        """What a door has come to."""
        table = round_doors.c
        [row] = self.rows(
            select(round_doors).where(
                table.community_id == self.world.community,
                table.round_id == round_id,
                table.household_id == self.door(place, label),
            )
        )
        return row

    # Looking

    def read(self, work: Callable[..., T], *arguments: Any) -> T:
        """Run a named query."""
        return self.wait(self.database.read(work, *arguments))

    def write(self, work: Callable[..., T], *arguments: Any) -> T:
        """Run a piece of work in a transaction."""
        return self.wait(self.database.write(work, *arguments))

    def rows(self, query: Executable) -> list[AnyRow]:
        """The rows of a query."""
        return self.read(lambda connection: list(connection.execute(query)))

    def execute(self, statement: Executable) -> None:
        """A statement that is no operation, such as what another process did."""

        def run(connection: Connection) -> None:
            connection.execute(statement)

        self.write(run)

    def value(self, query: Executable) -> Any:
        """The only value of a query."""
        return self.rows(query)[0][0]

    def seq(self, community: int | None = None) -> int:
        """The newest number of a community, which a page drawn now would carry."""
        wanted = self.world.community if community is None else community
        found = self.rows(
            select(counters.c.value).where(
                counters.c.community_id == wanted, counters.c.name == "seq"
            )
        )
        return found[0][0] if found else 0

    def operation(self, op_id: str | None) -> AnyRow:
        """An operation as the history keeps it."""
        [row] = self.rows(select(operations).where(operations.c.id == op_id))
        return row

    def person(self, name: str) -> Person:
        """One of the cast as the server knows them."""
        who = self.who(name)
        return self.read(actors, self.community_of(name), [who])[who]

    # What follows

    def react(self) -> int:
        """Run every reaction that is due; returns how many ran."""
        return self.wait(self.hub.react())

    def check(self) -> None:
        """The database is what its history says."""
        self.react()
        self.read(replay.check)

    def close(self) -> None:
        """Let go of the database."""
        self.wait(self.database.close())


Wait = Callable[[Coroutine[Any, Any, Any]], Any]


def _done(answer: Answer) -> str:
    """The id of what must have been applied."""
    assert answer.outcome == "applied", answer
    assert answer.id is not None
    return answer.id


def moment(at: int) -> datetime:
    """A moment as an envelope carries it."""
    return datetime.fromtimestamp(at / 1000, UTC)


def words(answer: Answer) -> str | None:
    """The words of an answer, as they are marked for translation."""
    return answer.message["text"] if answer.message else None


def outcomes(answers: Sequence[Answer]) -> list[str]:
    """What came of each."""
    return [answer.outcome for answer in answers]


# Databases with the small world in them


def fill_sqlite(path: Path) -> None:
    """Migrate a new file and build the world in it."""
    upgrade(Settings(data_dir=path.parent))
    engine = sqlite_engine(path)
    with engine.begin() as connection:
        build_world(connection)
    engine.dispose()


def fill_postgres(url: str) -> None:
    """Migrate a new database and build the world in it."""
    upgrade(Settings(database_url=url))

    async def build() -> None:
        engine = create_async_engine(url)
        async with engine.begin() as connection:
            await connection.run_sync(build_world)
        await engine.dispose()

    asyncio.run(build())


@pytest.fixture(scope="session")
def runner() -> Iterator[asyncio.Runner]:
    """One event loop for all the tests of this worker that only need one to wait in."""
    with asyncio.Runner() as made:
        yield made


@pytest.fixture(scope="session")
def memory_folder() -> Iterator[Path]:
    """A folder in memory where there is one: nothing in it is wanted after the run."""
    with tempfile.TemporaryDirectory(prefix="stairwell-told-", dir=in_memory()) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def sqlite_template(memory_folder: Path) -> Path:
    """A migrated file with the world in it."""
    path = Settings(data_dir=memory_folder / "template").sqlite_path
    fill_sqlite(path)
    return path


@pytest.fixture(scope="session")
def world_template(request: pytest.FixtureRequest) -> str:
    """A migrated PostgreSQL database with the world in it, to be copied."""
    postgres: Postgres = request.getfixturevalue("postgres")
    return postgres.template("stairwell_world", fill_postgres)


@pytest.fixture
def sqlite_settings(sqlite_template: Path, memory_folder: Path) -> Iterator[Settings]:
    """Settings that name a SQLite file of this test's own, with the world in it."""
    with emptied(memory_folder / "told") as folder:
        settings = Settings(data_dir=folder)
        shutil.copyfile(sqlite_template, settings.sqlite_path)
        yield settings


@pytest.fixture
def postgres_settings(
    postgres: Postgres, world_template: str, sqlite_settings: Settings
) -> Iterator[Settings]:
    """Settings that name a PostgreSQL database of this test's own, with the world in it."""
    name = postgres.create(world_template, "told")
    yield Settings(data_dir=sqlite_settings.data_dir, database_url=postgres.url(name))
    postgres.drop(name)


@pytest.fixture(params=[pytest.param(name, id=name) for name in DATABASES])
def settings(request: pytest.FixtureRequest) -> Settings:
    """Settings that name a database with the world in it: SQLite, then PostgreSQL."""
    found: Settings = request.getfixturevalue(f"{request.param}_settings")
    return found


@pytest.fixture
def told(
    settings: Settings, runner: asyncio.Runner, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Told]:
    """A database that is told things, and must be what its history says when the test ends."""
    yield from tell(settings, runner, monkeypatch)


@pytest.fixture
def sqlite_told(
    sqlite_settings: Settings, runner: asyncio.Runner, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Told]:
    """The same on SQLite alone, for what only one file can do."""
    yield from tell(sqlite_settings, runner, monkeypatch)


@pytest.fixture
def postgres_told(
    postgres_settings: Settings, runner: asyncio.Runner, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Told]:
    """The same on PostgreSQL alone, for what only several processes can do."""
    yield from tell(postgres_settings, runner, monkeypatch)


@contextmanager
def emptied(folder: Path) -> Iterator[Path]:
    """A folder that is there for one test, and whose name is the same for the next."""
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


_sqlite_engine = cache(session.sqlite_engine)
_async_engine = cache(session.create_async_engine)


def open_again(settings: Settings) -> Database:
    """The database the settings name, through the engine that the last test had there.

    An engine compiles a statement once; one for each test would spend half its time on that.
    """
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(session._OPTIONS, "query_cache_size", 5_000)
        patched.setattr(session, "sqlite_engine", _sqlite_engine)
        patched.setattr(session, "create_async_engine", _async_engine)
        return session.open_database(settings)


def tell(
    settings: Settings, runner: asyncio.Runner, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Told]:
    """Open the database, stop the clock, and check what was told in the end."""
    name = "sqlite" if settings.uses_sqlite else "postgres"
    made = Told(name, open_again(settings), settings, runner.run)
    monkeypatch.setattr(clock, "now", partial(getattr, made, "now"))
    yield made
    try:
        if made.asked:
            made.check()
    finally:
        made.close()
