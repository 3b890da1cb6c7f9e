"""Finding people while one types, and opening a household that was found, which is written down."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from server.features.people import finding
from server.features.people.register import NotAllowed, NotThere
from server.routes.drawing import Asking, not_found, not_yours, read
from server.web.asking import Asker


@get("/find", status_code=200)
async def find(
    request: Request[Any, Any, Any], person: Asker, q: FromQuery[str] = ""
) -> Response[bytes]:
    """Whoever what was typed so far may mean."""
    asking = Asking(request, person)
    found = await read(asking, finding.find, person, asking.language, q)
    return asking.draw("people/find.html", found=found, longest=finding.LONGEST, store=False)


@get("/find/{household_id:int}", status_code=303)
async def opened(
    request: Request[Any, Any, Any], person: Asker, household_id: FromPath[int]
) -> Redirect:
    """The household that was found, once it is written down who opened it."""
    asking = Asking(request, person)
    try:
        await request.app.state.hub.database.write(finding.opened, person, household_id, asking.now)
    except NotThere:
        raise not_found() from None
    except NotAllowed:
        raise not_yours() from None
    headers = {"Cache-Control": "no-store"}
    return Redirect(f"/households/{household_id}", status_code=303, headers=headers)
