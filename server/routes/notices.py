"""Pages about announcements: the inbox, making one, who was reached, and ways to tell the rest."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath

from server.features.bulletins import reads as bulletins
from server.features.bulletins.check import find_all
from server.features.notices import reads
from server.features.people import phones
from server.features.people.register import NotAllowed, NotThere
from server.features.people.rules import May
from server.features.rounds.reads import knocking
from server.push import alarms
from server.push.groups import reach
from server.routes.drawing import Asking, newest, not_found, not_yours, read
from server.web.asking import Asker
from server.web.guard import same_origin


@get("/", status_code=200)
async def inbox(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """What was announced to this person."""
    asking = Asking(request, person)
    found = await read(asking, reads.inbox, person, asking.language)
    return asking.draw("notices/inbox.html", inbox=found, seq=found.seq)


@get("/sent", status_code=200)
async def sent(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """Announcements made lately, and how many each has reached; and where phones do not ring."""
    asking = Asking(request, person)
    found = await read(asking, reads.sent, person, asking.language)
    refusing = (
        await read(asking, alarms.refusing, person.community_id)
        if person.may(May.MANAGE_CHANNELS, asking.now)
        else []
    )
    return asking.draw("notices/sent.html", sent=found, refusing=refusing, seq=found.seq)


@get("/new", status_code=200)
async def new(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """Make an announcement."""
    asking = Asking(request, person)
    seq = await newest(asking)
    found = await read(asking, reads.composing, person, asking.language)
    return asking.draw("notices/new.html", new=found, seq=seq)


@get("/{notice_id:str}", status_code=200)
async def show(
    request: Request[Any, Any, Any], person: Asker, notice_id: FromPath[str]
) -> Response[bytes]:
    """One announcement, and for its sender whom it has reached."""
    asking = Asking(request, person)
    found = await read(asking, reads.notice, person, asking.language, notice_id)
    rounds = (
        await read(asking, knocking.rounds_for, person.community_id, notice_id)
        if found.may_lead
        else []
    )
    groups = (
        await read(asking, reach.posted, person.community_id, notice_id)
        if found.may_lead
        else reach.Posted()
    )
    return asking.draw(
        "notices/show.html", notice=found, rounds=rounds, groups=groups, seq=found.seq
    )


@get("/{notice_id:str}/calls", status_code=200)
async def calls(
    request: Request[Any, Any, Any], person: Asker, notice_id: FromPath[str]
) -> Response[bytes]:
    """The telephone list of those not reached."""
    asking = Asking(request, person)
    found = await read(asking, reads.calls, person, asking.language, notice_id)
    return asking.draw("notices/calls.html", calls=found, shown=None, seq=found.seq)


@post("/{notice_id:str}/calls/{household_id:int}", status_code=200)
async def phone(
    request: Request[Any, Any, Any],
    person: Asker,
    notice_id: FromPath[str],
    household_id: FromPath[int],
) -> Response[bytes]:
    """The list with one telephone number; who looked is written down first."""
    same_origin(request)
    asking = Asking(request, person)
    found = await read(asking, reads.calls, person, asking.language, notice_id)
    if household_id not in {call.household for call in found.calls}:
        raise not_found()
    try:
        number = await request.app.state.hub.database.write(
            phones.reveal, person, household_id, asking.now
        )
    except NotThere:
        raise not_found() from None
    except NotAllowed:
        raise not_yours() from None
    return asking.draw(
        "notices/calls.html",
        calls=found,
        shown=(household_id, number),
        seq=found.seq,
        store=False,
    )


@get("/{notice_id:str}/texts", status_code=200)
async def texts(
    request: Request[Any, Any, Any], person: Asker, notice_id: FromPath[str]
) -> Response[bytes]:
    """Text for chat groups and the loudspeaker, to copy."""
    return await _texts(request, person, notice_id, "notices/texts.html")


@get("/{notice_id:str}/sheet", status_code=200)
async def sheet(
    request: Request[Any, Any, Any], person: Asker, notice_id: FromPath[str]
) -> Response[bytes]:
    """A sheet for the lobby, to print."""
    return await _texts(request, person, notice_id, "notices/sheet.html")


async def _texts(
    request: Request[Any, Any, Any], person: Asker, notice_id: str, template: str
) -> Response[bytes]:
    asking = Asking(request, person)
    seq = await newest(asking)
    base = request.app.state.settings.base_url
    line, found = await read(asking, reads.texts, person, asking.language, notice_id, base)
    known = await read(asking, bulletins.known, person.community_id)
    findings = find_all((part for text in found for part in (text.title, text.body)), known)
    return asking.draw(template, line=line, texts=found, findings=findings, seq=seq)


router = Router("/notices", route_handlers=[inbox, sent, new, show, calls, phone, texts, sheet])
