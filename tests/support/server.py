"""The real server as a process of its own, to start, stop, kill, freeze and start again.

with Server(tmp_path / "data") as server:
    httpx.get(server.url + "/healthz")
    server.kill()      # the power goes
    server.start()     # and comes back, on the same port, with the same data
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Self

import pytest

from tests.support.warm import Forked, warm

ROOT = Path(__file__).resolve().parent.parent.parent

# Below the ports that systems hand out to clients: nobody takes ours while the server is down.
PORTS = range(20_000, 30_000)


class NotServing(Exception):
    """The server did not come up, or ended by itself; the message ends with its log."""


class Server:
    """`stairwell serve` with data, a port and a log of its own.

    `environment` adds to or overrides what the server is told; `arguments` go after `serve`;
    `command` replaces `python -m server.cli` for tests of this class; `forked` starts it without
    the wait for all it loads, see `tests.support.warm`; `patience` is how many seconds a start may
    take on a busy machine: one that ends by itself is noticed at once.
    """

    def __init__(
        self,
        data: Path,
        *,
        environment: Mapping[str, str] | None = None,
        arguments: Sequence[str] = (),
        command: Sequence[str] = (sys.executable, "-m", "server.cli"),
        patience: float = 60,
        forked: bool = False,
    ) -> None:
        self.data = data
        self.environment = dict(environment or {})
        self.arguments = list(arguments)
        self.command = list(command)
        self.patience = patience
        self.forked = forked
        self.port, self._claim = claim_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log_file = data.with_name(data.name + ".log")
        self._process: subprocess.Popen[bytes] | Forked | None = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """Of the process started; it and all of its children are one process group."""
        assert self._process is not None, "the server is not running"
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def log(self) -> str:
        """All it said since it was first started."""
        return self.log_file.read_text("utf-8", "replace") if self.log_file.exists() else ""

    def start(self) -> None:
        """Start it, on the port it had before, and return once it answers."""
        assert not self.running, "the server is running already"
        self.data.mkdir(parents=True, exist_ok=True)
        arguments = ["serve", "--host", "127.0.0.1", "--port", str(self.port), *self.arguments]
        if self.forked:
            self._process = warm().start(arguments, self._environment(), self.log_file)
        else:
            self._process = self._typed(arguments)
        self.wait()

    def _typed(self, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
        """The command as somebody types it."""
        with self.log_file.open("ab") as log:
            return subprocess.Popen(
                [*self.command, *arguments],
                cwd=ROOT,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait(self) -> None:
        """Until /healthz answers."""
        until = time.monotonic() + self.patience
        while time.monotonic() < until:
            if not self.running:
                raise NotServing(f"the server ended by itself and said:\n{self.log[-4000:]}")
            if self.healthy():
                return
            time.sleep(0.02)
        raise NotServing(f"no answer in {self.patience:g} s; the server said:\n{self.log[-4000:]}")

    def healthy(self) -> bool:
        # Straight to the address, whatever proxy the environment names.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(self.url + "/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def stop(self) -> None:
        """Ask it to end (SIGTERM) and wait; whatever is left after 10 s is killed and reported."""
        if self._process is None:
            return
        self._signal(signal.SIGCONT)
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()
            raise NotServing(f"it would not stop, and said:\n{self.log[-4000:]}") from None
        self.kill()

    def kill(self) -> None:
        """SIGKILL, for it and its children: the power goes."""
        if self._process is None:
            return
        self._signal(signal.SIGKILL)
        self._process.wait(10)
        # Its children are not ours to wait for; once none of them holds the port they are gone.
        until = time.monotonic() + 10
        while not port_is_free(self.port) and time.monotonic() < until:
            time.sleep(0.005)
        self._process = None

    def restart(self) -> None:
        self.stop()
        self.start()

    def pause(self) -> None:
        """Freeze it (SIGSTOP): connections are taken and nothing ever answers."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        self.pause()
        try:
            yield
        finally:
            self.resume()

    def close(self) -> None:
        """End it, whatever state it is in, and give the port back."""
        self.kill()
        self._claim.close()

    def _signal(self, number: int) -> bool:
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            return False
        return True

    def _environment(self) -> dict[str, str]:
        """This process's own, less any setting of a Stairwell that somebody runs beside it."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("STAIRWELL_")}
        ours = {
            "STAIRWELL_DATA_DIR": str(self.data),
            "STAIRWELL_BASE_URL": self.url,
            "PYTHONUNBUFFERED": "1",
        }
        return {**kept, **ours, **self.environment}


def claim_port() -> tuple[int, IO[bytes]]:
    """A free port, and the lock that keeps it ours among all workers until it is closed."""
    claims = Path(tempfile.gettempdir()) / f"stairwell-ports-{os.geteuid()}"
    claims.mkdir(exist_ok=True)
    for port in random.sample(PORTS, len(PORTS)):
        claim = (claims / str(port)).open("wb")
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            claim.close()
            continue
        if port_is_free(port):
            return port, claim
        claim.close()
    raise NotServing(f"no port is free between {PORTS.start} and {PORTS.stop}")


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@pytest.fixture
def make_server(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Makes servers that are not started yet: `make_server("east", environment={…})`."""
    with contextlib.ExitStack() as servers:

        def make(name: str = "data", **options: object) -> Server:
            options.setdefault("forked", "command" not in options)
            server = Server(tmp_path / name, **options)  # type: ignore[arg-type]
            servers.callback(server.close)
            return server

        yield make


@pytest.fixture
def server(make_server: Callable[..., Server]) -> Server:
    """A server that is running, with empty data."""
    server = make_server()
    server.start()
    return server
