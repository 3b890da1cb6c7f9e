"""A bucket that speaks S3 and nothing else: puts, gets, deletes, lists, and checks signatures."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Self
from urllib.parse import quote
from xml.sax.saxutils import escape

from aiohttp import web

KEY_ID, SECRET = "AKTEST", "the-secret-of-the-test"


class Bucket:
    """What is in it, and whether it is well."""

    def __init__(self) -> None:
        self.objects: dict[str, tuple[bytes, datetime]] = {}
        self.unwell = False
        self.wrong: list[str] = []
        self.port = 0

    @property
    def address(self) -> str:
        """As `STAIRWELL_PHOTOS_S3` names it."""
        return f"http://127.0.0.1:{self.port}/pictures"

    @classmethod
    @asynccontextmanager
    async def open(cls) -> AsyncIterator[Self]:
        """Serve one until the block ends."""
        bucket = cls()
        app = web.Application(client_max_size=1 << 25)
        app.router.add_route("*", "/pictures{rest:.*}", bucket._answer)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        bucket.port = runner.addresses[0][1]
        try:
            yield bucket
        finally:
            await runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        body = await request.read()
        if not _signed(request, body):
            self.wrong.append(f"{request.method} {request.path}")
            return web.Response(
                status=403, text="<Error><Code>SignatureDoesNotMatch</Code></Error>"
            )
        if self.unwell:
            return web.Response(status=507, text="<Error><Code>InsufficientStorage</Code></Error>")
        name = request.match_info["rest"].lstrip("/")
        if request.method == "PUT":
            self.objects[name] = (body, datetime.now(UTC))
            return web.Response(headers={"ETag": '"x"'})
        if request.method == "POST" and "delete" in request.query:
            return self._delete_several(body)
        if request.method == "DELETE":
            self.objects.pop(name, None)
            return web.Response(status=204)
        if not name:
            return self._listed()
        if name not in self.objects:
            return web.Response(status=404, text="<Error><Code>NoSuchKey</Code></Error>")
        found, at = self.objects[name]
        stamp = at.strftime("%a, %d %b %Y %H:%M:%S GMT")
        return web.Response(body=found, headers={"ETag": '"x"', "Last-Modified": stamp})

    def _delete_several(self, body: bytes) -> web.Response:
        names = [part.partition("</Key>")[0] for part in body.decode().split("<Key>")[1:]]
        for name in names:
            self.objects.pop(name, None)
        rows = "".join(f"<Deleted><Key>{name}</Key></Deleted>" for name in names)
        text = f"<DeleteResult>{rows}</DeleteResult>"
        return web.Response(text=text, content_type="application/xml")

    def _listed(self) -> web.Response:
        rows = "".join(
            f"<Contents><Key>{escape(name)}</Key><LastModified>{at:%Y-%m-%dT%H:%M:%S.000Z}"
            f"</LastModified><ETag>x</ETag><Size>{len(body)}</Size></Contents>"
            for name, (body, at) in sorted(self.objects.items())
        )
        text = f"<ListBucketResult><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>"
        return web.Response(text=text, content_type="application/xml")


def _signed(request: web.Request, body: bytes) -> bool:
    """Whether the request is signed with our secret (AWS Signature Version 4)."""
    _, _, said = request.headers.get("Authorization", "").partition("AWS4-HMAC-SHA256 ")
    fields = dict(part.strip().split("=", 1) for part in said.split(",") if "=" in part)
    if not fields.get("Credential", "").startswith(f"{KEY_ID}/"):
        return False
    scope = fields["Credential"].split("/", 1)[1]
    day, region, service, _ = scope.split("/")
    names = fields["SignedHeaders"].split(";")
    hashed = request.headers.get("x-amz-content-sha256", "")
    if hashed not in {"UNSIGNED-PAYLOAD", hashlib.sha256(body).hexdigest()}:
        return False
    query = "&".join(
        sorted(f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in request.query.items())
    )
    canonical = "\n".join(
        [
            request.method,
            quote(request.path, safe="/-_.~"),
            query,
            *(f"{name}:{request.headers[name].strip()}" for name in names),
            "",
            fields["SignedHeaders"],
            hashed,
        ]
    )
    text = "\n".join(
        [
            "AWS4-HMAC-SHA256",
            request.headers["x-amz-date"],
            scope,
            hashlib.sha256(canonical.encode()).hexdigest(),
        ]
    )
    key = f"AWS4{SECRET}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.new(key, text.encode(), "sha256").hexdigest() == fields["Signature"]
