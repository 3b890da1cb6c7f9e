"""What lies beneath apprise: its requests go out through here, so that we hear what is answered.

apprise says only whether it worked: not the status, not Retry-After, and not that WeCom answered
200 with "too often" in the body. Its plugins call `requests.post`, and that makes its connections
through the one class that is replaced below; nothing else in this program uses requests. Within
`listening` a thread

- notes each answer,
- sends nothing to a private address, whatever DNS or a redirect says at that moment: the far end
  of each connection is looked at before anything is written to it,
- goes by the relays that the settings name, as calls to phones do.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import requests
import requests.sessions
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, ReadTimeoutError

from server.origins import NotAnOrigin, origin_of
from server.push.addresses import Services, is_public

LONGEST_SAID = 4_000
"""Bytes read of an answer."""

CHUNK = 500


class Answer(NamedTuple):
    """What a service answered."""

    status: int
    retry_after: str | None
    body: bytes


class Heard:
    """What one thread heard while it posted."""

    def __init__(self, services: Services, until: float) -> None:
        self.services = services
        self.until = until  # by the monotonic clock; after it nothing more is read
        self.answers: list[Answer] = []
        self.private = False
        self.silent = False
        self.trusted = False


class _Here(threading.local):
    heard: Heard | None = None


_here = _Here()


@contextmanager
def listening(services: Services, patience: float) -> Iterator[Heard]:
    """Hear what services answer to this thread, for so many seconds."""
    _here.heard = heard = Heard(services, time.monotonic() + patience)
    try:
        yield heard
    finally:
        _here.heard = None


class PrivateAddress(OSError):
    """The far end is nobody on the internet."""


def _checked(made: socket.socket) -> socket.socket:
    heard = _here.heard
    if heard is not None and not heard.trusted and not is_public(str(made.getpeername()[0])):
        made.close()
        heard.private = True
        raise PrivateAddress
    return made


class _Plain(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _checked(super()._new_conn())


class _Secure(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _checked(super()._new_conn())


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


class Wire(HTTPAdapter):
    """Sends as requests does, within the rules above."""

    def init_poolmanager(self, *arguments: Any, **more: Any) -> None:
        """See `HTTPAdapter`."""
        super().init_poolmanager(*arguments, **more)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}

    def send(  # type: ignore[override]
        self, request: requests.PreparedRequest, **more: Any
    ) -> requests.Response:
        """See `HTTPAdapter`. Raises `requests.RequestException`."""
        heard = _here.heard
        if heard is None:
            return super().send(request, **more)
        _by_relay(request, heard)
        more |= {"stream": True, "proxies": {}, "timeout": max(0.1, heard.until - time.monotonic())}
        try:
            answer = super().send(request, **more)
            _read(answer, heard)
        except requests.RequestException as error:
            heard.silent |= isinstance(error, requests.Timeout)
            raise
        except PrivateAddress as error:
            raise requests.ConnectionError(request=request) from error
        heard.answers.append(
            Answer(answer.status_code, answer.headers.get("Retry-After"), answer.content)
        )
        return answer


def _by_relay(request: requests.PreparedRequest, heard: Heard) -> None:
    """Send by the relay where there is one."""
    url = request.url or ""
    try:
        origin = origin_of(url)
    except NotAnOrigin:
        heard.trusted = False
        return
    heard.trusted = heard.services.trusted(origin)
    base = heard.services.base(origin)
    if base != origin:
        rest = url.split("://", 1)[1]
        start = min((rest.find(sign) for sign in "/?#" if sign in rest), default=len(rest))
        request.url = base + rest[start:]


def _read(answer: requests.Response, heard: Heard) -> None:
    """Read the beginning of the answer, for as long as there is patience."""
    body = b""
    try:
        while len(body) < LONGEST_SAID and (chunk := answer.raw.read1(CHUNK, decode_content=True)):
            body += chunk
            if time.monotonic() > heard.until:
                raise requests.Timeout(response=answer)
    except ReadTimeoutError as error:
        raise requests.Timeout(response=answer) from error
    except HTTPError as error:
        raise requests.ConnectionError(response=answer) from error
    finally:
        answer.close()
    answer._content = body[:LONGEST_SAID]


requests.sessions.HTTPAdapter = Wire  # type: ignore[misc]
