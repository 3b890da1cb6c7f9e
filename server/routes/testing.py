"""Pages about testing days: setting one up, its sites, one household at the site, tubes."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from litestar import Request, Response, Router, get
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from server.features.cases import reads as cases
from server.features.testing import reads
from server.routes.drawing import Asking, newest, not_found, read
from server.web.asking import Asker


@get("/new", status_code=200)
async def new(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """Set a testing day up."""
    asking = Asking(request, person)
    seq = await newest(asking)
    found = await read(asking, reads.making, person, asking.language)
    return asking.draw("testing/new.html", new=found, seq=seq)


@get("/mine", status_code=200)
async def mine(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """When each of one's household was last tested; a health record, kept on no phone."""
    asking = Asking(request, person)
    found = await read(asking, reads.last_tests, person)
    return asking.draw("testing/mine.html", tests=found, store=False)


@get("/{round_id:str}", status_code=200)
async def day(
    request: Request[Any, Any, Any], person: Asker, round_id: FromPath[str]
) -> Response[bytes]:
    """A testing day: every site as it stands."""
    asking = Asking(request, person)
    found = await read(asking, reads.day, person, asking.language, round_id)
    return asking.draw("testing/day.html", day=found, seq=found.seq)


@get("/{round_id:str}/sites/{site_id:str}", status_code=200)
async def site(
    request: Request[Any, Any, Any],
    person: Asker,
    round_id: FromPath[str],
    site_id: FromPath[str],
) -> Response[bytes]:
    """One site: whom to call, who comes, how fast it goes."""
    asking = Asking(request, person)
    found = await read(asking, reads.site, person, asking.language, round_id, site_id)
    return asking.draw("testing/site.html", here=found, seq=found.seq)


@get("/{round_id:str}/doors/{household_id:int}", status_code=200)
async def door(
    request: Request[Any, Any, Any],
    person: Asker,
    round_id: FromPath[str],
    household_id: FromPath[int],
) -> Response[bytes]:
    """One household at the site: who came, who is not expected, into which tube."""
    asking = Asking(request, person)
    found = await read(asking, reads.door, person, asking.language, round_id, household_id)
    return asking.draw("testing/door.html", door=found, seq=found.seq, store=False)


@get("/{round_id:str}/tubes", status_code=200)
async def tubes(
    request: Request[Any, Any, Any], person: Asker, round_id: FromPath[str]
) -> Response[bytes]:
    """Tubes and their results, and who is swabbed at home."""
    asking = Asking(request, person)
    found = await read(asking, reads.tubes, person, asking.language, round_id)
    positive = [one.resident for one in found.positives]
    opened = await read(asking, cases.open_cases_of, person, positive)
    return asking.draw("testing/tubes.html", tubes=found, cases=opened, seq=found.seq, store=False)


@get("/card", status_code=200)
async def typed_card(
    request: Request[Any, Any, Any], person: Asker, number: FromQuery[str] = ""
) -> Response[Any]:
    """The number on a card was typed."""
    return Redirect(f"/card/{quote(number.strip(), safe='') or '-'}", status_code=303)


@get("/card/{number:str}", status_code=200)
async def card(
    request: Request[Any, Any, Any], person: Asker, number: FromPath[str]
) -> Response[Any]:
    """A household's card was scanned at a site: its household on today's testing day."""
    asking = Asking(request, person)
    if not CARD.fullmatch(number.upper()):
        raise not_found()
    round_id, household = await read(asking, reads.door_by_card, person, number.upper())
    return Redirect(f"/testing/{round_id}/doors/{household}", status_code=303)


CARD = re.compile(r"[A-Z0-9-]{1,16}")
"""What may stand on a card."""

router = Router("/testing", route_handlers=[new, mine, typed_card, day, site, door, tubes])
