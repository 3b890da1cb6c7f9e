"""Photos: sent in pieces after the facts that name them, and shown to few.

    HEAD  /photos/{sha}                                 → Upload-Offset, Photo-State
    PATCH /photos/{sha}  Upload-Offset, Upload-Length   → the same, after the piece is durable

A piece that comes twice or out of order is answered with 409 and where to go on. What is finished
says `kept`; only then, or with the words of a refusal, does a phone let go of its copy.
"""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, Router, get, head, patch, post
from litestar.params import FromPath
from litestar.response import Redirect

from server import clock
from server.features.people.actors import Person
from server.features.people.register import NotAllowed, NotThere
from server.features.photos import arriving, reads, rules
from server.features.photos.rules import Misplaced, Oversized, Upload
from server.features.photos.store import name_of
from server.features.reports import pages as reports
from server.features.rounds import reads as rounds
from server.i18n import mark, translate
from server.ids import is_uuid
from server.routes import drawing
from server.routes.drawing import Asking, read
from server.web.asking import Asker, language_of
from server.web.errors import Problem, problem
from server.web.guard import same_origin
from server.web.page import SECURITY

SAID = {**SECURITY, "X-Stairwell": "1", "Cache-Control": "no-store"}
MOST_DIGITS = 12


@head("/{name:str}", status_code=204)
async def ask(
    request: Request[Any, Any, Any], person: Asker, name: FromPath[str]
) -> Response[None]:
    """How far a photo has got."""
    try:
        upload = await request.app.state.hub.database.read(arriving.look, person, _sha(name))
    except (NotThere, NotAllowed) as error:
        raise _not_expected(error) from None
    return Response(None, status_code=204, headers=_where(upload))


@patch("/{name:str}", status_code=200)
async def take(
    request: Request[Any, Any, Any], person: Asker, name: FromPath[str]
) -> Response[Any]:
    """Take the next piece; answered only after it is durable, the last one once it is looked at."""
    same_origin(request)
    sha, piece = _sha(name), await request.body()
    offset, size = _number(request, "upload-offset"), _number(request, "upload-length")
    try:
        upload = await request.app.state.hub.database.write(
            arriving.take, person, sha, offset, size, piece, clock.now()
        )
        if upload.whole:
            keeper = request.app.state.keeper
            upload = await keeper.finish(person.community_id, sha) or upload
    except (NotThere, NotAllowed) as error:
        raise _not_expected(error) from None
    except Oversized:
        raise Problem(413, "too-large", PIECE_TOO_LARGE) from None
    except Misplaced as misplaced:
        return _go_on(request, person, 409, "another-place", GO_ON, misplaced.upload)
    if upload.state == rules.REFUSED:
        why = rules.REASONS[upload.why]
        return _go_on(request, person, 422, upload.why, why, upload)
    if upload.state == rules.WAITING:
        return _go_on(request, person, 409, "another-photo", START_OVER, upload)
    return Response(None, status_code=204, headers=_where(upload))


def _sha(name: str) -> str:
    if not rules.is_name(name):
        raise drawing.not_found()
    return name


def _number(request: Request[Any, Any, Any], header: str) -> int:
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS):
        raise Problem(400, "malformed", NO_PLACE)
    return int(text)


def _not_expected(error: Exception) -> Problem:
    if isinstance(error, NotThere):
        return Problem(404, "not-expected", NOT_EXPECTED)
    return Problem(403, "not-yours", NOT_YOURS)


def _where(upload: Upload) -> dict[str, str]:
    """How far a photo has got, as headers say it."""
    said = {**SAID, "Upload-Offset": str(upload.received), "Photo-State": upload.state}
    if upload.size is not None:
        said["Upload-Length"] = str(upload.size)
    return said


def _go_on(
    request: Request[Any, Any, Any],
    person: Person,
    status: int,
    slug: str,
    text: str,
    upload: Upload,
) -> Response[bytes]:
    """A problem that says where to go on from."""
    answer = problem(Problem(status, slug, text), translate(language_of(request, person), text))
    answer.headers.update(_where(upload))
    return answer


# Looking


@get("/{name:str}", status_code=200)
async def show(
    request: Request[Any, Any, Any], person: Asker, name: FromPath[str]
) -> Response[bytes]:
    """An operation's photo; who looks is written down."""
    return await _picture(request, person, name, small=False)


@get("/{name:str}/small", status_code=200)
async def show_small(
    request: Request[Any, Any, Any], person: Asker, name: FromPath[str]
) -> Response[bytes]:
    """The same for a page with several."""
    return await _picture(request, person, name, small=True)


async def _picture(
    request: Request[Any, Any, Any], person: Person, op_id: str, *, small: bool
) -> Response[bytes]:
    if not is_uuid(op_id):
        raise drawing.not_found()
    state = request.app.state

    def look(connection: Any) -> str:
        return reads.look(connection, person, op_id, clock.now(), small=small)

    try:
        sha = await state.hub.database.write(look)
    except NotThere:
        raise drawing.not_found() from None
    except NotAllowed:
        raise drawing.not_yours() from None
    picture = await state.keeper.store.get(name_of(person.community_id, sha, small=small))
    if picture is None:
        raise drawing.not_found()
    return Response(picture, headers=SAID, media_type="image/jpeg")


# Shared from another app


@get("/shared", status_code=200)
async def shared(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """For whom is this? A photo that another app handed over waits on the phone."""
    asking = Asking(request, person)
    work = await read(asking, rounds.work, person, asking.language)
    asked = await read(asking, reports.asked, person, asking.language)
    chasing = await read(asking, reports.chasing, person)
    owed = await read(asking, reads.owed, person)
    seq = await drawing.newest(asking)
    return asking.draw(
        "photos/shared.html",
        asked=[one for one in asked if one.round.kind.photo],
        work=[item for item in work if item.round.kind.photo and item.round.status == "open"],
        chasing=[one for one in chasing if one.round.kind.photo],
        owed=owed,
        seq=seq,
    )


@post("/shared", status_code=303)
async def share(request: Request[Any, Any, Any]) -> Redirect:
    """What a browser posts that has no worker to keep the photo: it is chosen on the page then."""
    return Redirect("/photos/shared", status_code=303)


router = Router("/photos", route_handlers=[shared, share, ask, take, show, show_small])

NOT_EXPECTED = mark("No entry names this photo yet. It stays on the phone and is sent after it.")
NOT_YOURS = mark("This photo belongs to an entry of somebody else.")
NO_PLACE = mark("Say where the piece begins and how long the photo is.")
PIECE_TOO_LARGE = mark("The piece is too long. Send at most 256 KB at once.")
GO_ON = mark("The photo goes on at another place.")
START_OVER = mark("The photo arrived damaged. It is sent again from the beginning.")
