"""The page where door systems are connected, and the address to which they send their counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.openapi.spec import (
    Components,
    OpenAPIFormat,
    OpenAPIMediaType,
    OpenAPIResponse,
    OpenAPIType,
    Operation,
    RequestBody,
    Schema,
    SecurityScheme,
)
from litestar.params import FromPath
from sqlalchemy import Connection

from server import clock
from server.features.access import keys, reads, rules, taking
from server.features.access.operations import TOPIC
from server.features.access.taking import Batch, NotTaken, Taken
from server.features.people.register import NotAllowed, NotThere
from server.i18n import mark
from server.routes.drawing import Asking, not_found, not_yours, read
from server.web.asking import Asker
from server.web.errors import Problem
from server.web.guard import Throttle, address_of, inflated, same_origin
from server.web.page import SECURITY

COUNTS = "/api/door-counts"
BEARER = "Bearer "


def throttle() -> Throttle:
    """Counts wrong keys by address."""
    return Throttle(text=SLOWLY)


@get("/", status_code=200)
async def index(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """The door systems that are connected."""
    return await _draw(Asking(request, person))


@post("/{system_id:str}/key", status_code=200)
async def new_key(
    request: Request[Any, Any, Any], person: Asker, system_id: FromPath[str]
) -> Response[bytes]:
    """A system's key, shown once; no operation, because a secret must not stand in the history."""
    same_origin(request)
    asking = Asking(request, person)
    try:
        key = await request.app.state.hub.database.write(keys.renew, person, system_id, asking.now)
    except NotThere:
        raise not_found() from None
    except NotAllowed:
        raise not_yours() from None
    await request.app.state.hub.changed(person.community_id, [TOPIC])
    return await _draw(asking, key=key, of=system_id)


async def _draw(asking: Asking, *, key: str = "", of: str = "") -> Response[bytes]:
    """The page; a key that was just made stands with its system, this once."""
    found = await read(asking, reads.index, asking.person)
    return asking.draw(
        "access/index.html", found=found, seq=found.seq, store=False, key=key, of=of,
        longest=rules.LONGEST_NAME, kept_days=rules.KEPT_DAYS,
        address=asking.request.app.state.settings.base_url + COUNTS,
    )  # fmt: skip


@dataclass
class CountsOperation(Operation):
    """What the API's description says of a batch of counts: it is read by hand, to its limits."""

    def __post_init__(self) -> None:
        """Describe body and answers."""
        json = "application/json"
        self.tags = ["Door systems"]
        self.security = [{"doorSystem": []}]
        self.request_body = RequestBody({json: OpenAPIMediaType(BATCH)}, BODY, required=True)
        self.responses = {
            "200": OpenAPIResponse(WELL, content={json: OpenAPIMediaType(TAKEN)}),
            "400": OpenAPIResponse("Nothing was kept; the answer says what is wrong, and where."),
            "401": OpenAPIResponse("The key is none, was replaced, or was taken back."),
            "413": OpenAPIResponse("Too many rows, or more than 1 MiB. Send it in parts."),
            "429": OpenAPIResponse("Too many wrong keys from this address; wait a minute."),
        }


@post(COUNTS, status_code=200, operation_class=CountsOperation, summary="Send counts of doors")
async def take_counts(request: Request[Any, Any, Any]) -> Response[bytes]:
    """How often people went in and out, by flat and day; a row sent again replaces the last."""
    key = _key(request)
    state = request.app.state
    guessing: Throttle = state.guessing_keys
    guessing.check(address_of(request))
    database = state.hub.database
    system = await database.read(keys.opened, key)
    if system is None:
        guessing.wrong(address_of(request))
        raise Problem(401, "no-key", NO_KEY)
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise Problem(400, "malformed", NOT_JSON)
    body = await inflated(request)
    try:
        batch = taking.decode(body)
        doors = await database.read(taking.doors_meant, system, batch)
        taken = await database.write(_take, key, batch, doors, clock.now())
    except NotTaken as error:
        if error.large:
            raise Problem(413, "too-large", error.text) from error
        raise Problem(400, "malformed", error.text) from error
    await state.hub.changed(system.community_id, [TOPIC, "vacancies"])
    return Response(
        msgspec.json.encode(taken),
        headers={**SECURITY, "X-Stairwell": "1", "Cache-Control": "no-store"},
        media_type="application/json",
    )


def _key(request: Request[Any, Any, Any]) -> str:
    """The key that was sent along. Raises `Problem` 401 where there is none."""
    said = request.headers.get("authorization", "")
    if not said.startswith(BEARER):
        raise Problem(401, "no-key", NO_KEY)
    return said.removeprefix(BEARER).strip()


def _take(
    connection: Connection, key: str, batch: Batch, doors: Mapping[str, int], now: int
) -> Taken:
    """Keep a batch under its key, which is looked up again: it may just have been taken back."""
    system = keys.opened(connection, key)
    if system is None:
        raise Problem(401, "no-key", NO_KEY)
    return taking.take(connection, system, batch, doors, now)


def _number(what: str, most: int) -> Schema:
    return Schema(type=OpenAPIType.INTEGER, minimum=0, maximum=most, description=what)


def _object(**properties: Schema) -> Schema:
    return Schema(
        type=OpenAPIType.OBJECT,
        properties=dict(properties),
        required=list(properties),
        additional_properties=False,
    )


def _list(items: Schema, most: int) -> Schema:
    return Schema(type=OpenAPIType.ARRAY, items=items, max_items=most)


FLAT = Schema(
    type=OpenAPIType.STRING,
    min_length=1,
    max_length=rules.LONGEST_FLAT,
    description="The flat as the system writes it: 12号楼-3单元-501, 12-5-302.",
)
DAY = Schema(
    type=OpenAPIType.STRING,
    format=OpenAPIFormat.DATE,
    description=f"Not in the future, and at most {rules.OLDEST_DAYS} days back.",
)
TIMES = {
    "in": _number("How often people came in.", rules.MOST_TIMES),
    "out": _number("How often people went out.", rules.MOST_TIMES),
}
ROWS = rules.MOST_ROWS
BATCH = _object(rows=_list(_object(flat=FLAT, day=DAY, **TIMES), ROWS))
UNKNOWN = _object(row=_number("Which row, counted from 0.", ROWS), flat=FLAT)
TAKEN = _object(
    rows=_number("All rows.", ROWS),
    stored=_number("New, or in place of another count of that flat and day.", ROWS),
    same=_number("Known already.", ROWS),
    over=_number(f"Older than the {rules.KEPT_DAYS} days that counts are kept.", ROWS),
    unknown=_list(UNKNOWN, ROWS),
)
BODY = "At most 1 MiB, which may be gzipped. Any field but these has the whole batch refused."
WELL = "What became of every row: the numbers and the unknown flats add up to all rows."

SLOWLY = mark("Too many wrong keys. Wait a minute and try again.")
NO_KEY = mark("This key opens nothing here. Have the committee make another.")
NOT_JSON = mark("A batch is application/json.")

router = Router("/access", route_handlers=[index, new_key])

COMPONENTS = Components(
    security_schemes={
        "doorSystem": SecurityScheme(
            type="http", scheme="bearer", description="The key of one door system of one compound."
        )
    }
)
