"""Where a browser subscribes to calls, and ends that."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response, delete, get, post
from sqlalchemy import Connection

from server import clock
from server.i18n import mark, translate
from server.p256 import SigningKey
from server.push import keys
from server.push import subscriptions as kept
from server.push.addresses import NotAllowed, Unresolved
from server.push.intake import OTHER_KEY, Ending, Subscribing, decode, must_be_reachable, read
from server.push.subscriptions import Holder
from server.web.asking import Asker, language_of
from server.web.errors import Problem
from server.web.guard import Throttle, inflated, same_origin
from server.web.page import SECURITY

NEW_AN_HOUR = 20
"""Browsers that one account may subscribe, or try to; what is known already is never counted."""


def throttle() -> Throttle:
    """Counts new subscriptions by account."""
    return Throttle(NEW_AN_HOUR, 3600, TOO_MANY)


@get("/push/key", status_code=200)
async def key(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """The public key that a browser subscribes with (RFC 8292), its id, and words for its worker.

    The worker says them where a call cannot be read, or is for somebody who used the phone before.
    """
    found = await current(request)
    language = language_of(request, person)
    words = {"plain": translate(language, PLAIN), "other": translate(language, OTHER)}
    return _json({"key": found.public, "id": found.id, "words": words}, 200)


@post("/push/subscriptions", status_code=201)
async def subscribe(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """Keep the browser's subscription for the person who is signed in; again is the same once."""
    same_origin(request)
    holder = Holder(person.community_id, person.id)
    database, limit = request.app.state.hub.database, request.app.state.subscribing
    try:
        asked, origin = read(decode(await _body(request), Subscribing), request.app.state.services)
        new = not await database.read(kept.knows, holder, asked.endpoint)
        if new:
            limit.check(person.id)
            limit.wrong(person.id)
        await must_be_reachable(asked.endpoint, origin, request.app.state.services)
        if not await _is_ours(request, asked.key_id):
            raise NotAllowed(OTHER_KEY)
    except NotAllowed as error:
        raise Problem(400, "not-subscribed", error.text) from error
    except Unresolved as error:
        raise Problem(503, "not-now", NOT_NOW, retry_after=60) from error
    made = await database.write(kept.keep, holder, asked, clock.now())
    return _json({"id": made}, 201)


@delete("/push/subscriptions", status_code=204)
async def unsubscribe(request: Request[Any, Any, Any], person: Asker) -> Response[None]:
    """End one's own; whoever names another's learns nothing of it."""
    same_origin(request)
    try:
        ending = decode(await _body(request), Ending)
    except NotAllowed as error:
        raise Problem(400, "malformed", error.text) from error
    holder = Holder(person.community_id, person.id)
    await request.app.state.hub.database.write(kept.end, holder, ending.endpoint, clock.now())
    return Response(None, status_code=204, headers={**SECURITY, "X-Stairwell": "1"})


async def _body(request: Request[Any, Any, Any]) -> bytes:
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise Problem(400, "malformed", NOT_JSON)
    return await inflated(request)


async def current(request: Request[Any, Any, Any]) -> SigningKey:
    """The key browsers are given: of the file where there is one."""
    of_file: SigningKey | None = request.app.state.file_key
    database = request.app.state.hub.database
    found = of_file or await database.read(keys.find_current)
    return found or await database.write(keys.current)


async def _is_ours(request: Request[Any, Any, Any], key_id: str) -> bool:
    """True for a key that signs, be it an old one."""
    of_file: SigningKey | None = request.app.state.file_key
    if of_file is not None and of_file.id == key_id:
        return True

    def known(connection: Connection) -> bool:
        return keys.by_id(connection, key_id) is not None

    found: bool = len(key_id) == LENGTH and await request.app.state.hub.database.read(known)
    return found


def _json(body: Any, status: int) -> Response[bytes]:
    return Response(
        msgspec.json.encode(body),
        status_code=status,
        headers={**SECURITY, "X-Stairwell": "1", "Cache-Control": "no-store"},
        media_type="application/json",
    )


LENGTH = 8
"""Of a key's id."""

PLAIN = mark("An announcement has come. Open Stairwell to read it.")
OTHER = mark(
    "An announcement for somebody else who uses this phone. They see it when they sign in."
)
NOT_JSON = mark("A push subscription is application/json.")
NOT_NOW = mark("The push service of this browser could not be looked up just now.")
TOO_MANY = mark("Too many push subscriptions at once. Try again in an hour.")
