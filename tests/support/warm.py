"""`stairwell` commands without the wait: a process that has loaded the server and forks for each.

Loading what the server is made of takes the processor three seconds, and the tests start it
several hundred times. So each test process has one helper that loads it once, runs no thread, and
forks: what is forked is a process in a session of its own and runs the command from its first line.
Commands run as people type them are tested in `tests/test_cli.py`.
"""

from __future__ import annotations

import atexit
import json
import os
import random
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parents[2]


class Warm:
    """The helper, as the test process sees it."""

    def __init__(self) -> None:
        self._helper = subprocess.Popen(
            [sys.executable, "-m", "tests.support.warm"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        atexit.register(self._helper.kill)

    def start(self, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> Forked:
        """Run `stairwell` with these arguments; what it prints is added to `log`."""
        asked = {"start": [*arguments], "environment": {**environment}, "log": str(log)}
        return Forked(self, self.ask(asked))

    def ask(self, what: dict[str, Any]) -> Any:
        """One question, one answer. Raises `RuntimeError` where the helper is gone."""
        assert self._helper.stdin is not None
        assert self._helper.stdout is not None
        self._helper.stdin.write(json.dumps(what).encode() + b"\n")
        self._helper.stdin.flush()
        line = self._helper.stdout.readline()
        if not line:
            raise RuntimeError("The process that forks for tests has ended.")
        return json.loads(line)


class Forked:
    """A command that was started, with as much of `subprocess.Popen` as tests use."""

    def __init__(self, warm: Warm, pid: int) -> None:
        self._warm = warm
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Its exit status, the signal as a negative number; None while it runs."""
        if self.returncode is None:
            self.returncode = self._warm.ask({"ended": self.pid})
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status once it has ended. Raises `subprocess.TimeoutExpired`, in seconds."""
        until = time.monotonic() + (timeout if timeout is not None else float("inf"))
        while (status := self.poll()) is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired("stairwell", timeout or 0)
            time.sleep(0.005)
        return status

    def terminate(self) -> None:
        """SIGTERM."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGTERM)


@cache
def warm() -> Warm:
    """This test process's own helper, begun when it is first asked for."""
    return Warm()


def _serve(asked: IO[bytes], answer: IO[bytes]) -> None:
    """Fork and bury until the test process is gone; what runs then is ended with it."""
    running: set[int] = set()
    for line in asked:
        what = json.loads(line)
        if "start" in what:
            said: int | None = os.fork()
            if said == 0:
                _become(what)
            running.add(said)  # type: ignore[arg-type]
        else:
            said = _ended(what["ended"])
            if said is not None:
                running.discard(what["ended"])
        answer.write(json.dumps(said).encode() + b"\n")
        answer.flush()
    for pid in running:
        os.killpg(pid, signal.SIGKILL)


def _ended(pid: int) -> int | None:
    found, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if found else None


def _become(what: dict[str, Any]) -> None:
    """In the forked process: run the command as if it had been typed, and never return."""
    status = 1
    try:
        os.setsid()
        log = os.open(what["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for number, source in ((0, nothing), (1, log), (2, log)):
            os.dup2(source, number)
        # What its children inherit, and what this one reads, is what it was told and no more.
        os.environ.clear()
        os.environ.update(what["environment"])
        random.seed()
        from server.cli import cli

        sys.argv = ["stairwell", *what["start"]]
        cli(what["start"], prog_name="stairwell")
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except BaseException:  # noqa: BLE001, whatever it is, this process must end here
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    import server.cli  # noqa: F401, which is what takes the time

    # Whatever a fork prints goes to its log: these two are spoken on with the test process alone.
    with os.fdopen(os.dup(0), "rb") as asked, os.fdopen(os.dup(1), "wb") as answer:
        for inherited in (asked, answer):
            os.set_inheritable(inherited.fileno(), False)
        _serve(asked, answer)
