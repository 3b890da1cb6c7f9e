"""Where stewards keep the bots of chat groups, and webhooks for short messages."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from server.features.people.register import NotAllowed, NotThere
from server.i18n import mark, say, translate
from server.ids import is_uuid
from server.push.addresses import NotAllowed as Unfit
from server.push.addresses import Services
from server.push.groups import channels as kept
from server.push.groups import hooks
from server.push.groups.answers import words
from server.push.groups.channels import Adding
from server.push.groups.sender import TooSoon
from server.push.groups.words import NO_BOT
from server.push.leases import BOT, WEBHOOK
from server.routes.drawing import Asking, not_found, not_yours, read
from server.web.asking import Asker
from server.web.guard import same_origin

FIELDS = ("kind", "name", "address", "place", "language")


@get("/", status_code=200)
async def index(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """Every bot and webhook, without its address, and how it does."""
    return await _draw(Asking(request, person))


@post("/", status_code=200)
async def add(request: Request[Any, Any, Any], person: Asker) -> Response[Any]:
    """Add one; no operation, because its address is a secret and must not stand in the history."""
    same_origin(request)
    asking = Asking(request, person)
    form = await request.form()
    given = {name: str(form.get(name, "")) for name in FIELDS}
    try:
        name, scope, scope_id, language = await read(
            asking, kept.checked, person, given, asking.now
        )
        address = await _address(request, given)
    except Unfit as error:
        return await _draw(asking, problem=translate(asking.language, error.text), given=given)
    made = Adding(given["kind"], name, address, scope, scope_id, language)
    await request.app.state.hub.database.write(kept.add, person, made, asking.now)
    return Redirect("/channels", status_code=303)


@post("/{channel_id:str}/try", status_code=200)
async def try_out(
    request: Request[Any, Any, Any], person: Asker, channel_id: FromPath[str]
) -> Response[bytes]:
    """Post one line there, and say what its service answered."""
    same_origin(request)
    asking = Asking(request, person)
    _must_be_an_id(channel_id)
    await read(asking, kept.must_be_there, person, channel_id, asking.now)
    try:
        outcome = await request.app.state.groups.try_out(person.community_id, channel_id)
    except TooSoon:
        return await _draw(asking, problem=translate(asking.language, TOO_SOON))
    if outcome is None:
        raise not_found()
    if outcome.well:
        return await _draw(asking, tried=translate(asking.language, TAKEN))
    why = say(asking.language, words(outcome.why))
    return await _draw(asking, problem=translate(asking.language, NOT_TAKEN, why=why))


@post("/{channel_id:str}/take-away", status_code=303)
async def take_away(
    request: Request[Any, Any, Any], person: Asker, channel_id: FromPath[str]
) -> Response[Any]:
    """Post there no more, and forget the address."""
    same_origin(request)
    asking = Asking(request, person)
    _must_be_an_id(channel_id)
    try:
        await request.app.state.hub.database.write(kept.take_away, person, channel_id, asking.now)
    except NotThere:
        raise not_found() from None
    except NotAllowed:
        raise not_yours() from None
    return Redirect("/channels", status_code=303)


async def _address(request: Request[Any, Any, Any], given: dict[str, str]) -> str:
    """The address as it is kept. Raises `Unfit`."""
    services: Services = request.app.state.services
    if given["kind"] == WEBHOOK:
        return await hooks.read(given["address"], services)
    if given["kind"] != BOT:
        raise Unfit(NO_BOT)
    return await asyncio.to_thread(_bots_address, given["address"])


def _bots_address(address: str) -> str:
    """Raises `NotAllowed`. What it takes to read one is loaded by the first that is."""
    from server.push.groups import bots

    return bots.read(address)


async def _draw(
    asking: Asking, *, problem: str = "", tried: str = "", given: dict[str, str] | None = None
) -> Response[bytes]:
    """The page; what was typed stands there again, but for the address."""
    found = await read(asking, kept.page, asking.person, asking.language, asking.now)
    again = dict.fromkeys(FIELDS, "") | {"kind": BOT} | (given or {}) | {"address": ""}
    return asking.draw(
        "channels/index.html", channels=found, problem=problem, tried=tried, given=again,
        adding=given is not None, seq=found.seq, store=False,
    )  # fmt: skip


def _must_be_an_id(text: str) -> None:
    if not is_uuid(text):
        raise not_found()


router = Router("/channels", route_handlers=[index, add, try_out, take_away])

TAKEN = mark("The service took the test line: look whether it stands in the group.")
NOT_TAKEN = mark("The test line was not taken: %(why)s.")
TOO_SOON = mark("This bot has posted as much as it may within a minute. Try again in a minute.")
