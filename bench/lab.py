"""Where measuring happens: a folder that is gone afterwards, and servers."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from bench import neighbourhood
from bench.neighbourhood import Neighbourhood
from tests.support.server import Server, claim_port

HERE = Path(__file__).parent
LONGEST_START = 60


@dataclass(slots=True)
class Lab:
    """One run's folder, and how many pairs each measurement takes."""

    folder: Path
    pairs: int

    @classmethod
    @contextlib.contextmanager
    def open(cls, pairs: int) -> Iterator[Self]:
        """A lab that cleans up after itself."""
        with tempfile.TemporaryDirectory(prefix="stairwell-bench-") as folder:
            yield cls(Path(folder), pairs)

    def say(self, text: str) -> None:
        """Tell whoever waits how far it is."""
        print(text, file=sys.stderr, flush=True)

    @contextlib.contextmanager
    def stairwell(
        self, name: str, communities: int = 1
    ) -> Iterator[tuple[Server, Sequence[Neighbourhood]]]:
        """A live server on a fresh database with so many communities."""
        data = self.folder / name
        made = neighbourhood.build(data, communities)
        with Server(data) as server:
            yield server, made
        shutil.rmtree(data)

    @contextlib.contextmanager
    def process(
        self,
        *command: str,
        answers: str,
        log: str,
        folder: Path = HERE.parent,
        environment: Mapping[str, str] | None = None,
    ) -> Iterator[int]:
        """Another server, once it answers on a path; `{port}` in its command is filled in."""
        port, claim = claim_port()
        words = [word.replace("{port}", str(port)) for word in command]
        written = self.folder / f"{log}.log"
        with written.open("wb") as out:
            started = subprocess.Popen(
                words,
                cwd=folder,
                env={**os.environ, **(environment or {})},
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        try:
            if not _answers(f"http://127.0.0.1:{port}{answers}", started):
                raise RuntimeError(f"{log} does not answer:\n{written.read_text()[-2000:]}")
            yield port
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(started.pid, signal.SIGKILL)
            started.wait()
            claim.close()


def _answers(url: str, process: subprocess.Popen[bytes]) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + LONGEST_START
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), opener.open(url, timeout=2):
            return True
        time.sleep(0.05)
    return False


def processor_seconds(pid: int) -> float:
    """What a process has used of the processor so far, which busy neighbours change little."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def timed(work: Callable[[], object]) -> float:
    """Seconds that something takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
