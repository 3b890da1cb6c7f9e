"""Closing the incident, and the signed report. Kept on no phone."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, Router, get
from litestar.params import FromPath

from server.features.incidents import reads, rules
from server.features.incidents.views import Report
from server.routes.drawing import Asking, not_found, read
from server.web.asking import Asker
from server.web.page import SECURITY

WORDS: dict[str, Any] = {
    "states": rules.STATES,
    "least": rules.LEAST_DAYS,
    "usual": rules.USUAL_DAYS,
    "most": rules.MOST_DAYS,
    "longest_title": rules.LONGEST_TITLE,
    "longest": rules.LONGEST_WORDS,
}
"""What pages call things, and what fields of forms may hold."""


@get("/", status_code=200)
async def index(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """What is under way, and what was closed."""
    asking = Asking(request, person)
    found = await read(asking, reads.index, person)
    return asking.draw("incidents/index.html", incidents=found, seq=found.seq, store=False, **WORDS)


@get("/{incident_id:str}", status_code=200)
async def one(
    request: Request[Any, Any, Any], person: Asker, incident_id: FromPath[str]
) -> Response[bytes]:
    """One closing: to agree to, to call off, to read once it is done."""
    asking = Asking(request, person)
    found = await read(asking, reads.one, person, incident_id)
    if isinstance(found, Report):
        return asking.draw("incidents/report.html", report=found, seq=found.seq, store=False)
    return asking.draw("incidents/closing.html", closing=found, store=False, **WORDS)


@get("/{incident_id:str}/report.json", status_code=200)
async def document(
    request: Request[Any, Any, Any], person: Asker, incident_id: FromPath[str]
) -> Response[bytes]:
    """The report as a file that `stairwell verify` reads."""
    asking = Asking(request, person)
    found = await read(asking, reads.one, person, incident_id)
    if not isinstance(found, Report):
        raise not_found()
    headers = {
        **SECURITY,
        "Content-Disposition": 'attachment; filename="report.json"',
        "Cache-Control": "no-store",
    }
    return Response(found.document, media_type="application/json", headers=headers)


router = Router("/incidents", route_handlers=[index, one, document])
