"""What the tests that start, kill and freeze the server rely on, shown on a server of ten lines."""

import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.server import NotServing, Server, claim_port

STAND_IN = """
import http.server, os, subprocess, sys
class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
        self.wfile.write(f"{os.getpid()} {os.environ['STAIRWELL_DATA_DIR']}".encode())
subprocess.Popen(["sleep", "600"])
print("says", *sys.argv[1:], flush=True)
http.server.HTTPServer(("127.0.0.1", int(sys.argv[5])), Answers).serve_forever()
"""


@pytest.fixture
def stand_in(make_server: Callable[..., Server]) -> Server:
    server = make_server(command=[sys.executable, "-c", STAND_IN])
    server.start()
    return server


def ask(server: Server, timeout: float = 5) -> str:
    with urllib.request.urlopen(server.url, timeout=timeout) as answer:
        return answer.read().decode()


def test_it_serves_with_data_and_a_log_of_its_own(stand_in: Server, tmp_path: Path) -> None:
    assert ask(stand_in) == f"{stand_in.pid} {tmp_path / 'data'}"
    assert f"says serve --host 127.0.0.1 --port {stand_in.port}" in stand_in.log


def test_it_comes_back_on_the_same_port(stand_in: Server) -> None:
    before, url = stand_in.pid, stand_in.url
    stand_in.restart()
    assert stand_in.url == url
    assert ask(stand_in) != str(before)
    assert stand_in.log.count("says") == 2


def test_a_kill_leaves_nothing_of_it(stand_in: Server) -> None:
    stand_in.kill()
    assert not stand_in.running
    with pytest.raises(OSError, match="refused"):
        ask(stand_in)
    stand_in.start()
    assert ask(stand_in)


def test_a_frozen_server_takes_connections_and_never_answers(stand_in: Server) -> None:
    with stand_in.paused(), pytest.raises(TimeoutError):
        ask(stand_in, timeout=0.2)
    assert ask(stand_in)


def test_a_frozen_server_can_be_stopped(stand_in: Server) -> None:
    stand_in.pause()
    stand_in.stop()
    assert not stand_in.running


def test_a_server_that_ends_by_itself_says_why(make_server: Callable[..., Server]) -> None:
    server = make_server(command=[sys.executable, "-c", "raise SystemExit('no such data')"])
    with pytest.raises(NotServing, match="no such data"):
        server.start()


def test_two_servers_never_share_a_port() -> None:
    claims = [claim_port() for _ in range(50)]
    assert len({port for port, _ in claims}) == 50
    for _, claim in claims:
        claim.close()
