"""Static files under one build hash, so that caches never lie.

`static/js`, `static/css` and `static/sw.js` are what people write; pages load what esbuild made of
them at set-up, in `static/build`.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import mimetypes
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import brotli

ROOT = Path(__file__).parents[2] / "static"

SHELL = ("build/app.css", "build/app.js")
"""What the worker keeps first. htmx is left out: it is loaded by the first page that changes while
it is looked at, which takes a signal anyway."""

WORKER = "build/sw.js"

mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("image/svg+xml", ".svg")
mimetypes.add_type("application/manifest+json", ".webmanifest")


class NotBuilt(Exception):
    """What pages load was not built; the text says what to do."""


@dataclass(frozen=True, slots=True)
class File:
    """A static file, or what is sent like one, and the same in each coding that saves bytes."""

    body: bytes
    codings: dict[str, bytes]  # by the name a browser asks for, the smallest first
    media_type: str

    def sent_to(self, accepted: str) -> tuple[bytes, str]:
        """The bytes for an `Accept-Encoding`, and the coding they are in; "" for none."""
        taken = {one.partition(";")[0].strip() for one in accepted.split(",")}
        for coding, body in self.codings.items():
            if coding in taken:
                return body, coding
        return self.body, ""


class Assets:
    """Everything in `static/`, read once."""

    def __init__(self, root: Path = ROOT) -> None:
        self.files: dict[str, File] = {}
        digest = hashlib.sha256()
        for path in sorted(root.rglob("*")):
            if path.is_file():
                name = path.relative_to(root).as_posix()
                body = path.read_bytes()
                digest.update(name.encode() + b"\0" + body)
                self.files[name] = _file(name, body)
        self.build = digest.hexdigest()[:12]
        if missing := [name for name in (*SHELL, WORKER) if name not in self.files]:
            raise NotBuilt(f"{missing[0]} has not been built. Run `make vendor`.")

    def url(self, name: str) -> str:
        """Where a file is served. Raises `KeyError` for one that does not exist."""
        if name not in self.files:
            raise KeyError(f"There is no static file {name}.")
        return f"/static/{self.build}/{name}"

    @cached_property
    def shell(self) -> list[str]:
        """What the worker caches when it is installed."""
        return [self.url(name) for name in SHELL]

    @cached_property
    def worker(self) -> File:
        """The service worker, with this build's hash and shell written in."""
        text = self.files[WORKER].body.decode()
        text = text.replace("__SHELL__", json.dumps(self.shell))
        return _file(WORKER, text.replace("__BUILD__", self.build).encode())


def _file(name: str, body: bytes) -> File:
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    codings = {}
    if name in (*SHELL, WORKER):  # what every first visit loads is worth the time
        codings["br"] = brotli.compress(body)
    if not media_type.startswith("image/") or media_type == "image/svg+xml":
        codings["gzip"] = gzip.compress(body, 9, mtime=0)
    if media_type.startswith("application/") and media_type.endswith(("javascript", "json")):
        media_type += "; charset=utf-8"  # which Litestar says of text by itself
    return File(body, codings, media_type)
