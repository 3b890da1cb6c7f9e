"""Origins (RFC 6454): the scheme, host and port of an address, written in one way."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

PORTS = {"https": 443, "http": 80}


class NotAnOrigin(ValueError):
    """The text has no scheme and host that a request could be sent to."""


def split(url: str) -> SplitResult:
    """The parts of an http or https address. Raises `NotAnOrigin`."""
    if not url.isascii() or not url.isprintable() or any(sign in url for sign in ' "<>\\^`{|}'):
        raise NotAnOrigin(url)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise NotAnOrigin(url) from error
    if parts.scheme not in PORTS or not parts.hostname or port == 0:
        raise NotAnOrigin(url)
    return parts


def origin_of(url: str) -> str:
    """The origin, with its port only where that is not the scheme's own. Raises `NotAnOrigin`."""
    parts = split(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    port = f":{parts.port}" if parts.port not in {None, PORTS[parts.scheme]} else ""
    return f"{parts.scheme}://{host}{port}"


def exactly(text: str) -> str:
    """An origin that was written down as one: nothing follows it. Raises `NotAnOrigin`."""
    parts = split(text)
    if parts.path not in {"", "/"} or parts.query or parts.fragment or "@" in parts.netloc:
        raise NotAnOrigin(text)
    return origin_of(text)
