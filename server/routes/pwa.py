"""What makes it an app: the worker, the manifest, the pack, live pages, and whether it is well."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath
from litestar.response import Stream

from server import __version__, clock
from server.features.bulletins import reads as bulletins
from server.features.care import reads as care
from server.features.custody import reads as custody
from server.features.declarations import reads as declarations
from server.features.incidents import reads as incidents
from server.features.passes import reads as passes
from server.features.relays import reads as relays
from server.features.reports import pages as reports
from server.features.requests import reads as requests
from server.features.rounds import reads
from server.features.rounds.reads import parts
from server.features.stranded import reads as stranded
from server.features.testing import reads as testing
from server.features.trips import reads as trips
from server.features.vacancies import reads as vacancies
from server.oplog.kinds import registry
from server.routes import push
from server.web.asking import Asker, language_of, session_of
from server.web.assets import Assets, File
from server.web.page import SECURITY, html, page_of

YEAR = "public, max-age=31536000, immutable"
JSON = "application/json"
NOT_KEPT = {**SECURITY, "X-Stairwell": "1", "Cache-Control": "no-store"}


@get("/healthz", status_code=200)
async def health(request: Request[Any, Any, Any]) -> dict[str, str]:
    """Whether the server answers, and which version it is."""
    await request.app.state.hub.database.read(_alive)
    return {"status": "ok", "version": __version__}


def _alive(connection: Any) -> None:
    connection.exec_driver_sql("SELECT 1")


@get("/static/{build:str}/{path:path}", status_code=200)
async def asset(
    request: Request[Any, Any, Any], build: FromPath[str], path: FromPath[str]
) -> Response[bytes]:
    """A static file; an old page may ask with an old build and gets the file as it is now."""
    assets: Assets = request.app.state.pages.assets
    file = assets.files.get(path.lstrip("/"))
    if file is None:
        return Response(b"", status_code=404)
    headers = {
        "Cache-Control": YEAR if build == assets.build else "no-cache",
        "X-Stairwell": "1",
        "X-Content-Type-Options": "nosniff",
    }
    return _sent(request, file, headers)


@get("/sw.js", status_code=200)
async def worker(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The service worker, at the root so that it serves every page."""
    headers = {**SECURITY, "Cache-Control": "no-cache", "Service-Worker-Allowed": "/"}
    return _sent(request, request.app.state.pages.assets.worker, headers)


def _sent(
    request: Request[Any, Any, Any], file: File, headers: Mapping[str, str]
) -> Response[bytes]:
    """A file, compressed for whoever takes that."""
    sent = {**headers, "Vary": "Accept-Encoding"}
    body, coding = file.sent_to(request.headers.get("accept-encoding", ""))
    if coding:
        sent["Content-Encoding"] = coding
    return Response(body, headers=sent, media_type=file.media_type)


@get("/manifest.json", status_code=200)
async def manifest(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The web app manifest, its pictures under this build."""
    assets: Assets = request.app.state.pages.assets
    body = assets.files["manifest.json"].body.replace(b"__BUILD__", assets.build.encode())
    return Response(
        body, headers={"Cache-Control": "no-cache"}, media_type="application/manifest+json"
    )


@get("/me", status_code=200)
async def me(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """Who is signed in, what time it is here, and the newest number."""
    seq = await request.app.state.hub.database.read(parts.newest, person.community_id)
    return _json(
        {
            "account": person.id,
            "name": person.name,
            "server_at": clock.rfc3339(clock.now()),
            "seq": seq,
        }
    )


@get("/pack", status_code=200)
async def pack(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """The pages of the work assigned to this person, with versions, and which key calls have."""
    database = request.app.state.hub.database
    pages = await database.read(reads.pack, person)
    for one in await database.read(testing.sites_of, person):
        pages.append((f"/testing/{one.round}/sites/{one.site}", str(one.version)))
    if bulletin := await database.read(bulletins.newest, person.community_id):
        day, version = bulletin
        pages.append((bulletins.public_path(person.community_id, day), str(version)))
    asked = await database.read(reports.asked, person, person.language)
    if asked:
        pages.append((REPORTING, "-".join(one.version for one in asked)))
    pages += await database.read(declarations.pack, person)
    pages += await database.read(requests.pack, person)
    emergencies = await database.read(requests.pack_of_emergencies, person)
    pages += emergencies
    pages += await database.read(custody.pack, person)
    pages += await database.read(stranded.pack, person)
    pages += await database.read(relays.pack, person)
    shown = await database.read(passes.pack, person)
    pages += shown
    pages += await database.read(care.pack, person)
    pages += await database.read(vacancies.pack, person)
    driven = await database.read(trips.pack, person)
    pages += driven
    assets = request.app.state.pages.assets
    build = assets.build
    with_photos = any(one.round.kind.photo for one in asked)
    if with_photos or await database.read(reads.takes_photos, person):
        pages.append(("/photos/shared", _version(pages)))
    # The worker keeps the files by asking for them, and before the pages: none is kept without.
    loaded = (*ASKING, *HANDING) if any(url == THINGS for url, _ in pages) else ASKING
    loaded = (*loaded, *TAKING_STEPS) if emergencies else loaded
    loaded = (*loaded, PASSES) if shown else loaded
    loaded = (*loaded, TRIPS) if driven else loaded
    loaded = (*loaded, GUARDING) if any(url.startswith("/gates/") for url, _ in shown) else loaded
    pages = [*((assets.url(one), "") for one in loaded), *pages]
    listed = [{"url": "/", "version": f"{build}-{_version(pages)}"}]
    listed += [{"url": url, "version": f"{build}-{version}"} for url, version in pages]
    key, at = await push.current(request), clock.rfc3339(clock.now())
    closed = await database.read(incidents.last_closed, person.community_id)
    body = {
        "account": person.id,
        "at": at,
        "pages": listed,
        "push_key": key.id,
        "forget": closed,
    }
    packed = msgspec.json.encode(body)
    return _sent(request, File(packed, {"gzip": gzip.compress(packed, mtime=0)}, JSON), NOT_KEPT)


THINGS = "/things"
"""What somebody has in their hands."""

REPORTING = "/reports/mine"
"""Where a household reports itself: also where it has no signal."""

HANDING = ("build/custody.js", "build/custody.css")
"""What the pages load on which things are handed over, and signed for with a finger."""

TAKING_STEPS = ("build/emergency.js", "build/emergency.css")
"""What the page of the steps of an emergency loads."""

TRIPS = "build/trips.css"
"""What the page of a trip loads."""

PASSES, GUARDING = "build/passes.css", "build/gate.js"
"""What pages about passes load, and what reads passes at a gate."""

ASKING = ("build/photos.js", "build/photos.css", "build/requests.css")
"""What the page loads on which anybody may ask for help, with a photo."""


def _version(pages: list[tuple[str, str]]) -> str:
    return "-".join(version for _, version in pages)[-200:]


def _json(body: Any) -> Response[bytes]:
    return Response(msgspec.json.encode(body), headers=NOT_KEPT, media_type=JSON)


@get("/live", status_code=200)
async def live(request: Request[Any, Any, Any], person: Asker) -> Stream:
    """Server-sent events: which topics changed in this person's community."""
    return Stream(
        request.app.state.hub.live.listen(person.community_id),
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Stairwell": "1"},
        media_type="text/event-stream",
    )


@get("/outbox", status_code=200)
async def outbox(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The outbox; what is in it is drawn by the device, which alone knows."""
    labels = {kind: cls.op_label for (kind, _), cls in sorted(registry.items())}
    return await _shell(request, "outbox.html", kind_labels=labels)


@get("/offline", status_code=200)
async def offline(request: Request[Any, Any, Any]) -> Response[bytes]:
    """What the worker shows for a page that was never seen."""
    return await _shell(request, "offline.html")


async def _shell(request: Request[Any, Any, Any], template: str, **context: Any) -> Response[bytes]:
    session = await session_of(request)
    person = session.person if session else None
    language = language_of(request, person)
    body = request.app.state.pages.draw(template, page_of(request, person, language, 0), **context)
    return html(request, body, person=person)
