"""Pages about the register as a spreadsheet: giving one in, seeing what it would do, taking over.

The file itself is an upload, as photos are, and so is what its columns mean and how questions about
its rows are answered: nothing of that is in the register. Taking it over is an operation.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from server.features.people.register import NotAllowed, NotThere
from server.features.register import choosing, reads, rules, uploads
from server.i18n import mark
from server.ids import uuid7
from server.routes import drawing
from server.routes.drawing import Asking, read
from server.web.asking import Asker
from server.web.errors import Problem
from server.web.guard import same_origin

ROOM = 1 << 20
"""Bytes that a form takes besides its file."""


@get("/", status_code=200)
async def index(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """The files that were given in, and a form to give another one in."""
    asking = Asking(request, person)
    found = await read(asking, reads.index, person)
    return asking.draw(
        "register/index.html",
        index=found,
        outcomes=rules.OUTCOMES,
        largest=rules.LARGEST >> 20,
        seq=found.seq,
        store=False,
    )


@post("/", status_code=303, request_max_body_size=rules.LARGEST + ROOM)
async def give_in(request: Request[Any, Any, Any], person: Asker) -> Redirect:
    """Take a file in; it is read at once, by a process of its own."""
    same_origin(request)
    asking = Asking(request, person)
    if not reads.is_for(person, asking.now):
        raise drawing.not_yours()
    file = (await request.form()).get("file")
    body = await file.read() if isinstance(file, UploadFile) else b""
    if not isinstance(file, UploadFile) or not file.filename:
        raise Problem(400, "no-file", NO_FILE)
    if len(body) > rules.LARGEST:
        raise Problem(413, "too-large", TOO_LARGE)
    state, upload = request.app.state, uuid7(asking.now)
    name = PurePath(file.filename.replace("\\", "/")).name or "register"
    await state.reader.store.put(uploads.name_of(person.community_id, upload), body)
    await _write(asking, uploads.begin, upload, name, len(body), asking.now)
    state.reader.wake()
    return Redirect(f"/register/{upload}", status_code=303)


@get("/{upload_id:str}", status_code=200)
async def show(
    request: Request[Any, Any, Any],
    person: Asker,
    upload_id: FromPath[str],
    what: FromQuery[str] = "",
    page: FromQuery[int] = 1,
) -> Response[bytes]:
    """How a file is understood, and what would become of each of its rows."""
    asking = Asking(request, person)
    found = await read(asking, reads.file, person, upload_id, what, page)
    return asking.draw("register/show.html", found=found, seq=found.seq, store=False)


@post("/{upload_id:str}/columns", status_code=303)
async def columns(
    request: Request[Any, Any, Any], person: Asker, upload_id: FromPath[str]
) -> Redirect:
    """What the columns mean, as somebody has chosen; the file is read again."""
    return await _choose(request, person, upload_id, choosing.columns)


@post("/{upload_id:str}/answers", status_code=303)
async def answers(
    request: Request[Any, Any, Any], person: Asker, upload_id: FromPath[str]
) -> Redirect:
    """What somebody says to questions about rows; the file is compared again."""
    return await _choose(request, person, upload_id, choosing.answers)


async def _choose(
    request: Request[Any, Any, Any], person: Any, upload_id: str, choose: Any
) -> Redirect:
    same_origin(request)
    asking = Asking(request, person)
    form = {name: str(value) for name, value in (await request.form()).multi_items()}
    await _write(asking, choose, upload_id, form, asking.now)
    request.app.state.reader.wake()
    return Redirect(f"/register/{upload_id}", status_code=303)


@post("/{upload_id:str}/drop", status_code=303)
async def drop(
    request: Request[Any, Any, Any], person: Asker, upload_id: FromPath[str]
) -> Redirect:
    """Let go of a file that nobody took over."""
    same_origin(request)
    asking = Asking(request, person)
    await _write(asking, uploads.drop, upload_id, asking.now)
    request.app.state.reader.wake()
    return Redirect("/register", status_code=303)


async def _write(asking: Asking, work: Any, *arguments: Any) -> None:
    """Raises `Problem` 404, 403 or 400."""
    try:
        await asking.request.app.state.hub.database.write(work, asking.person, *arguments)
    except NotThere:
        raise drawing.not_found() from None
    except NotAllowed:
        raise drawing.not_yours() from None
    except msgspec.ValidationError:
        raise Problem(400, "malformed", NOT_A_CHOICE) from None


router = Router("/register", route_handlers=[index, give_in, show, columns, answers, drop])

NO_FILE = mark("Choose a file first.")
TOO_LARGE = mark("The file is larger than 30 MB. Give it in sheet by sheet.")
NOT_A_CHOICE = mark("That cannot be chosen for this file. Load the page again.")
