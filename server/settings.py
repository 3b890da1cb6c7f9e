"""Everything the environment decides, read once and failing loudly."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import urlsplit

from server.origins import NotAnOrigin, exactly

PREFIX = "STAIRWELL_"


class SettingError(ValueError):
    """An environment variable holds something that cannot be used; the text says which and why."""


@dataclass(frozen=True, slots=True)
class Settings:
    """One frozen object; every field is an environment variable `STAIRWELL_<FIELD>`."""

    data_dir: Path = Path("data")
    """Folder of the SQLite file, photos and keys."""

    database_url: str = ""
    """Empty means SQLite in `data_dir`; else `postgresql+asyncpg://user@host/name`."""

    base_url: str = "http://127.0.0.1:8000"
    """Where people reach the server; printed in links and QR codes."""

    secure_cookies: bool = False
    """Set by an https `base_url`: session cookies then travel over TLS only."""

    log_level: str = "info"
    """debug, info, warning or error."""

    push_contact: str = ""
    """Whom push services may ask about our calls: mailto: or https:; an https `base_url` does."""

    push_hosts: tuple[str, ...] = ()
    """Hosts, each with all below it, that push subscriptions may name; empty means any public."""

    push_also: tuple[str, ...] = ()
    """Origins of push services of one's own, trusted though private, http or on another port."""

    push_relays: tuple[tuple[str, str], ...] = ()
    """Pairs `https://service=http://relay`: what is for that origin is posted to the relay."""

    vapid_key: str = ""
    """A PEM file with the key that signs calls; else one is made and kept in the database."""

    photos_s3: str = ""
    """A bucket for photos, as https://s3.example.org/bucket; empty: the folder `photos`."""

    photos_s3_key: str = ""
    """A file with the id of an access key to it and the secret, one a line."""

    photos_s3_region: str = "us-east-1"
    """The bucket's region, which most S3-compatible services leave alone."""

    @property
    def sqlite_path(self) -> Path:
        """The SQLite file, whether or not it is in use."""
        return self.data_dir / "stairwell.db"

    @property
    def uses_sqlite(self) -> bool:
        """True unless `database_url` names a PostgreSQL server."""
        return not self.database_url

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Read the environment. Raises `SettingError` for a value that cannot be used."""
        found: dict[str, object] = {}
        for field in fields(cls):
            text = environ.get(PREFIX + field.name.upper())
            if text is not None and text.strip():
                found[field.name] = _convert(field.name, field.default, text.strip())
        found.setdefault("secure_cookies", str(found.get("base_url", "")).startswith("https://"))
        return cls(**found)  # type: ignore[arg-type]


def _convert(name: str, default: object, text: str) -> object:
    """Turn one variable's text into the field's type."""
    variable = PREFIX + name.upper()
    if isinstance(default, bool):
        if text.lower() not in {"1", "0", "true", "false", "yes", "no"}:
            raise SettingError(f"{variable} must be 1 or 0, not {text!r}.")
        return text.lower() in {"1", "true", "yes"}
    if isinstance(default, Path):
        return Path(text)
    if name == "database_url" and not text.startswith("postgresql+asyncpg://"):
        raise SettingError(
            f"{variable} must begin with postgresql+asyncpg://, or be empty for SQLite."
        )
    if name == "base_url":
        parts = urlsplit(text)
        if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path not in {"", "/"}:
            raise SettingError(
                f"{variable} must be an address such as https://stairwell.example.org."
            )
        return text.rstrip("/")
    if name == "photos_s3" and not re.fullmatch(r"https?://[^\s/?#]+/[a-z0-9.-]{3,63}/?", text):
        raise SettingError(f"{variable} must be an address such as https://s3.example.org/bucket.")
    if isinstance(default, tuple):
        return tuple(_LISTED[name](variable, part.strip()) for part in text.split(",") if part)
    if name == "push_contact" and not re.fullmatch(r"mailto:[^\s@]+@[^\s@]+|https://\S+", text):
        raise SettingError(f"{variable} must be mailto:somebody@example.org or an https address.")
    if name == "log_level" and text.lower() not in {"debug", "info", "warning", "error"}:
        raise SettingError(f"{variable} must be debug, info, warning or error.")
    return text


def _host(variable: str, text: str) -> str:
    if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*", text.lower()):
        raise SettingError(
            f"{variable} must be hosts with commas between, such as push.example.org, not {text!r}."
        )
    return text.lower()


def _origin(variable: str, text: str) -> str:
    try:
        return exactly(text)
    except NotAnOrigin:
        raise SettingError(
            f"{variable} must hold origins such as http://127.0.0.1:9001, not {text!r}."
        ) from None


def _relay(variable: str, text: str) -> tuple[str, str]:
    service, equals, relay = text.partition("=")
    if not equals:
        raise SettingError(
            f"{variable} must be pairs such as https://push.example.org=http://127.0.0.1:9001, "
            f"not {text!r}."
        )
    return _origin(variable, service.strip()), _origin(variable, relay.strip())


_LISTED: Mapping[str, Callable[[str, str], object]] = {
    "push_hosts": _host,
    "push_also": _origin,
    "push_relays": _relay,
}
"""How each part of a list that commas part is read."""
