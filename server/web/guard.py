"""Keeping strangers out: where a write comes from, and how often somebody guesses."""

from __future__ import annotations

import time
import zlib
from typing import Any
from urllib.parse import urlsplit

from litestar import Request

from server.i18n import mark
from server.oplog.envelope import MOST_BYTES
from server.web.errors import Problem

GUESSES = 10
PER = 60.0
"""Wrong sign-in codes from one address, and the seconds in which they may be tried."""


def same_origin(request: Request[Any, Any, Any]) -> None:
    """Refuse a write that another site's page asked for. Raises `Problem` 403."""
    origin = request.headers.get("origin") or request.headers.get("referer")
    site = request.headers.get("sec-fetch-site")
    if origin is None and site in {None, "same-origin", "none"}:
        return
    host = urlsplit(origin or "").netloc
    known = {request.headers.get("host"), urlsplit(request.app.state.settings.base_url).netloc}
    if host not in known or site in {"cross-site", "same-site"}:
        raise Problem(403, "another-origin", ELSEWHERE)


async def inflated(request: Request[Any, Any, Any]) -> bytes:
    """A request's body, gunzipped up to the limit. Raises `Problem` 413 or 400."""
    body = await request.body()
    if len(body) > MOST_BYTES:
        raise too_large()
    coding = request.headers.get("content-encoding", "identity").lower()
    if coding == "identity":
        return body
    if coding != "gzip":
        raise Problem(400, "malformed", CODING)
    inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        plain = inflater.decompress(body, MOST_BYTES + 1)
    except zlib.error as error:
        raise Problem(400, "malformed", CODING) from error
    if len(plain) > MOST_BYTES:
        raise too_large()
    if not inflater.eof:
        raise Problem(400, "malformed", CODING)
    return plain


def too_large() -> Problem:
    """Tells a phone to halve its batch."""
    return Problem(413, "too-large", TOO_LARGE)


class Throttle:
    """Counts wrong guesses by address; a right one is never delayed. `text` is said then."""

    def __init__(self, most: int = GUESSES, per: float = PER, text: str = "") -> None:
        self._most, self._per, self._text = most, per, text or SLOWLY
        self._wrong: dict[str, list[float]] = {}

    def check(self, address: str) -> None:
        """Raises `Problem` 429 for an address that guessed too often."""
        if len(self._recent(address)) >= self._most:
            raise Problem(429, "too-many", self._text, retry_after=int(self._per))

    def wrong(self, address: str) -> None:
        """Somebody guessed wrong."""
        if len(self._wrong) > 10_000:
            self._wrong.clear()
        self._wrong[address] = [*self._recent(address), time.monotonic()]

    def _recent(self, address: str) -> list[float]:
        since = time.monotonic() - self._per
        return [moment for moment in self._wrong.get(address, ()) if moment > since]


def address_of(request: Request[Any, Any, Any]) -> str:
    """Where a request comes from."""
    return request.client.host if request.client else ""


def safe_path(path: str) -> str:
    """A path of this site, or nothing."""
    plain = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if plain and path.isprintable() else ""


ELSEWHERE = mark("This was asked for by another site and was not done.")
CODING = mark("The body could not be unpacked.")
TOO_LARGE = mark("That is more than can be taken at once. Send half.")
SLOWLY = mark("Too many wrong codes. Wait a minute and try again.")
