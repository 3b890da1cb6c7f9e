"""All writes: a batch from a device, or one plain form."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import FormMultiDict, UploadFile
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy import Connection, select

from server import clock
from server.db.base import AnyRow
from server.db.bulk import upserting
from server.features.people.actors import Person
from server.features.people.tables import devices
from server.features.photos import arriving
from server.features.photos import rules as photo_rules
from server.i18n import mark, say, translate
from server.oplog.apply import Answer, Applied, Received
from server.oplog.carried import CannotOpen, Opened, open_file, public_jwk
from server.oplog.envelope import Batch, Envelope, Malformed, TooLarge, decode_batch
from server.oplog.kinds import newest
from server.web import forms, keys
from server.web.asking import Asker, language_of, sender_of
from server.web.errors import Problem, Said
from server.web.guard import inflated, safe_path, same_origin, too_large
from server.web.page import SECURITY, html, page_of

MOST_FORM = photo_rules.MOST_BYTES + (4 << 20)
"""Bytes of a form with a photo: one that is a little too large is told so in words."""


@post("/ops", status_code=200)
async def take_batch(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Apply a batch; answered only after it is durable."""
    same_origin(request)
    person = await sender_of(request)
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise Problem(400, "malformed", NOT_JSON)
    batch = _decoded(await inflated(request))
    if any(isinstance(op, Envelope) and op.actor != person.id for op in batch.ops):
        raise Problem(403, "another-person", ANOTHER)
    moment = clock.now()
    received = Received(
        person.community_id,
        person.id,
        batch.device,
        moment,
        clock.from_datetime(batch.sent_at),
        batch.ops,
    )

    public_key = request.headers.get("x-stairwell-key", "")[:LONGEST_KEY]

    def report(connection: Connection) -> None:
        note_device(connection, person, batch, received, public_key)

    applied = await request.app.state.hub.apply(received, report)
    return answers(applied, moment, language_of(request, person))


def _decoded(body: bytes) -> Batch:
    try:
        return decode_batch(body)
    except TooLarge:
        raise too_large() from None
    except Malformed as error:
        raise Problem(400, "malformed", str(error)) from error


def answers(applied: Applied, moment: int, language: str) -> Response[bytes]:
    """Answers as JSON, their messages in the person's language."""
    body = {
        "server_at": clock.rfc3339(moment),
        "answers": [_said(answer, language) for answer in applied.answers],
    }
    return Response(
        msgspec.json.encode(body),
        headers={**SECURITY, "X-Stairwell": "1", "Cache-Control": "no-store"},
        media_type="application/json",
    )


def _said(answer: Answer, language: str) -> Answer | dict[str, Any]:
    """An answer as JSON takes it, its message in the person's language."""
    if answer.message is None:
        return answer
    return {**msgspec.structs.asdict(answer), "message": say(language, answer.message)}


def note_device(
    connection: Connection, person: Person, batch: Batch, received: Received, public_key: str
) -> None:
    """Remember what a phone says is still waiting on it, for the lead to see."""
    clock_ms = max(-(2**31), min(2**31 - 1, received.sent_at - received.received_at))
    said = (
        person.community_id,
        received.device,
        person.id,
        batch.waiting,
        _ms(batch.oldest),
        clock_ms,
        received.received_at,
    )
    if public_key:
        _NOTE_WITH_KEY.run(connection, [(*said, public_key)])
    else:
        _NOTE.run(connection, [said])


_NOTED = ("community_id", "id", "account_id", "waiting", "oldest_at", "clock_ms", "seen_at")
_NOTE = upserting(devices, *_NOTED)
_NOTE_WITH_KEY = upserting(devices, *_NOTED, "public_key")


def _ms(moment: datetime | None) -> int | None:
    return clock.from_datetime(moment) if moment else None


@post("/ops/{kind:str}", status_code=200, request_max_body_size=MOST_FORM)
async def take_form(
    request: Request[Any, Any, Any], person: Asker, kind: FromPath[str]
) -> Response[Any]:
    """Apply a plain form, then go where it says; a refusal is a page that says why.

    A photo that comes with it is kept with the same commit, and the fact stands without it.
    """
    same_origin(request)
    found = newest(kind)
    if found is None:
        raise Problem(404, "unknown-kind", UNKNOWN)
    form = await request.form()
    photo = await _photo(form) if "photo" in found.__struct_fields__ else b""
    sha = hashlib.sha256(photo).hexdigest() if photo else ""
    try:
        asked = forms.envelopes(found, form, person.id, sha)
    except forms.BadForm as error:
        raise Problem(400, "malformed", str(error)) from error
    except TooLarge:
        raise too_large() from None
    moment = clock.now()
    received = Received(person.community_id, person.id, None, moment, moment, asked)

    def keep(connection: Connection) -> None:
        if photo:
            arriving.take_whole(connection, person, sha, photo, moment)

    applied = await request.app.state.hub.apply(received, keep)
    refused = next((a for a in applied.answers if a.outcome != "applied"), None)
    if refused is not None:
        return _refusal(request, person, refused)
    if photo:
        upload = await request.app.state.keeper.finish(person.community_id, sha)
        if upload is not None and upload.state == photo_rules.REFUSED:
            return _without_photo(request, person, photo_rules.REASONS[upload.why])
    subject = applied.answers[-1].subject if applied.answers else None
    return Redirect(safe_path(str(form.get("next", ""))) or subject or "/", status_code=303)


async def _photo(form: FormMultiDict) -> bytes:
    """The photo that was chosen in a form; nothing where none was."""
    for file in form.getall("photo", []):
        if isinstance(file, UploadFile) and (body := await file.read()):
            return body
    return b""


def _without_photo(request: Request[Any, Any, Any], person: Person, why: str) -> Response[bytes]:
    """The entry counts, its photo does not."""
    language = language_of(request, person)
    said = Said(422, *(translate(language, text) for text in (NO_PHOTO, why, COUNTS)))
    body = request.app.state.pages.draw(
        "error.html", page_of(request, person, language, 0), error=said
    )
    return html(request, body, person=person, status=422, store=False)


def _refusal(request: Request[Any, Any, Any], person: Person, answer: Answer) -> Response[bytes]:
    language = language_of(request, person)
    body = request.app.state.pages.draw(
        "error.html",
        page_of(request, person, language, answer.seq or 0),
        error=Said(
            409,
            translate(language, NOT_DONE),
            say(language, answer.message),
            translate(language, KEPT),
        ),
    )
    return html(request, body, person=person, status=409, store=False)


@get("/handover/key", status_code=200)
async def hand_over_key(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """The public key that hand-over files are sealed to, as a JSON Web Key."""
    stored = await keys.hand_over_key(request.app.state.hub.database)
    return Response(
        msgspec.json.encode(public_jwk(stored)),
        headers={**SECURITY, "X-Stairwell": "1", "Cache-Control": "no-store"},
        media_type="application/json",
    )


@post("/ops/carried", status_code=200)
async def take_carried(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """Apply what another phone could not send, brought as a file; recorded as carried."""
    same_origin(request)
    hub = request.app.state.hub
    language = language_of(request, person)
    try:
        opened = open_file(await inflated(request), await keys.hand_over_key(hub.database))
    except CannotOpen as error:
        raise Problem(400, "malformed", str(error)) from error
    device = await hub.database.read(_device, person.community_id, opened)
    if device is None or device.public_key != opened.public_key:
        raise Problem(403, "unknown-device", UNKNOWN_DEVICE)
    moment = clock.now()
    # The file may be hours old, so what its phone last said of its clock corrects the times.
    received = Received(
        person.community_id,
        person.id,
        opened.device,
        moment,
        moment + device.clock_ms,
        opened.items,
        carried=True,
    )
    return answers(await hub.apply(received), moment, language)


def _device(connection: Connection, community_id: int, opened: Opened) -> AnyRow | None:
    return connection.execute(
        select(devices.c.public_key, devices.c.clock_ms).where(
            devices.c.community_id == community_id,
            devices.c.id == opened.device,
            devices.c.account_id == opened.actor,
        )
    ).first()


LONGEST_KEY = 100
"""Characters of a P-256 point in base64url, and some room."""

NOT_JSON = mark("A batch is application/json.")
ANOTHER = mark(
    "These entries were made by another person. They stay on the phone until they sign in."
)
UNKNOWN = mark("There is no such kind of entry.")
NOT_DONE = mark("This was not done")
KEPT = mark(
    "It was kept with this reason. Go back, look again, and do it anew if it is still right."
)
NO_PHOTO = mark("The photo was not taken")
COUNTS = mark("What you entered counts all the same. Go back to add another photo.")
UNKNOWN_DEVICE = mark(
    "The phone that made this file never signed in here as that person. Send it from there."
)
