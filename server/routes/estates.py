"""Pages about places and who lives there: the estate, cards to print, a household."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from server.features.estates.rules import CONTROLS
from server.features.people import controls, register
from server.features.people.register import NotAllowed, NotThere
from server.features.stranded import reads as stranded
from server.routes.drawing import Asking, newest, not_found, not_yours, read
from server.web.asking import Asker
from server.web.guard import same_origin
from server.web.qr import svg


@get("/estates", status_code=200)
async def index(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """Compounds, buildings, stairwells, the cards of each, and whom one calls there."""
    asking = Asking(request, person)
    compounds = await read(asking, register.estate, person, asking.language)
    if not compounds:
        raise not_yours()
    seq = await newest(asking)
    phones = await read(asking, register.phones, person)
    return asking.draw("estates/index.html", compounds=compounds, phones=phones, seq=seq)


@get("/control", status_code=200)
async def control(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """The block as a picture, by control; stewards change it here."""
    asking = Asking(request, person)
    seq = await newest(asking)
    picture = await read(asking, controls.picture, person, asking.language)
    return asking.draw("estates/control.html", picture=picture, kinds=CONTROLS, seq=seq)


@get("/control/{building_id:int}", status_code=200)
async def building(
    request: Request[Any, Any, Any], person: Asker, building_id: FromPath[int]
) -> Response[bytes]:
    """A building's clock, and what was said of its control before."""
    asking = Asking(request, person)
    seq = await newest(asking)
    found = await read(asking, controls.building, person, asking.language, building_id)
    return asking.draw("estates/building.html", found=found, seq=seq)


@get("/stairwells/{stairwell_id:int}/cards", status_code=200)
async def cards(
    request: Request[Any, Any, Any], person: Asker, stairwell_id: FromPath[int]
) -> Response[bytes]:
    """A stairwell's households with their numbers; looking makes no card."""
    asking = Asking(request, person)
    sheet = await read(asking, register.cards, person, asking.language, stairwell_id)
    return asking.draw("people/cards.html", sheet=sheet, store=False)


@post("/stairwells/{stairwell_id:int}/cards", status_code=200)
async def new_cards(
    request: Request[Any, Any, Any], person: Asker, stairwell_id: FromPath[int]
) -> Response[bytes]:
    """New cards to print, for the households chosen or for all; the old ones stop working.

    No operation, because a secret must not stand in the history: it is shown once, here.
    """
    same_origin(request)
    asking = Asking(request, person)
    form = await request.form()
    chosen = [int(one) for one in form.getall("household", []) if str(one).isdigit()]
    try:
        secrets = await request.app.state.hub.database.write(
            register.new_cards, person, stairwell_id, chosen, asking.now
        )
    except NotThere:
        raise not_found() from None
    except NotAllowed:
        raise not_yours() from None
    sheet = await read(asking, register.cards, person, asking.language, stairwell_id)
    base = request.app.state.settings.base_url
    fresh = tuple(
        replace(
            card,
            secret=secrets[card.household],
            qr=svg(f"{base}/in/{secrets[card.household]}"),
            number_qr=svg(f"{base}/card/{card.number}"),
        )
        for card in sheet.cards
        if card.household in secrets
    )
    return asking.draw("people/cards.html", sheet=replace(sheet, cards=fresh), store=False)


@get("/households/{household_id:int}", status_code=200)
async def household(
    request: Request[Any, Any, Any], person: Asker, household_id: FromPath[int]
) -> Response[bytes]:
    """Who lives behind a door and who of them is here."""
    asking = Asking(request, person)
    seq = await newest(asking)
    found = await read(asking, register.household, person, asking.language, household_id)
    away = await read(asking, stranded.away, person, household_id, asking.now)
    return asking.draw("people/household.html", household=found, away=away, seq=seq, store=False)
