"""Signing in and out: a card or a link, looked at first, used by a POST."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy import Connection, update

from server import clock, i18n
from server.features.people import signing
from server.features.people.actors import Person
from server.features.people.signing import Invitation
from server.features.people.tables import accounts
from server.features.people.views import Become
from server.i18n import mark, translate
from server.web.asking import (
    COOKIE,
    WANTED,
    Asker,
    begin,
    cookie,
    end,
    hash_of,
    language_of,
    session_of,
)
from server.web.guard import address_of, safe_path, same_origin
from server.web.page import DISPLAYS, html, page_of


@get("/in", status_code=200)
async def ask_for_code(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Where a code is typed, or where somebody lands who is not signed in."""
    return _code_page(request, wrong=False)


@post("/in", status_code=303)
async def take_code(request: Request[Any, Any, Any]) -> Response[Any]:
    """A typed code leads to the page that says whom it would sign in."""
    same_origin(request)
    form = await request.form()
    found = await _look(request, str(form.get("code", "")))
    if found is None:
        return _code_page(request, wrong=True)
    return await _become_page(request, found, str(form.get("code", "")))


@get("/in/{secret:str}", status_code=200)
async def show_invitation(
    request: Request[Any, Any, Any], secret: FromPath[str]
) -> Response[bytes]:
    """Say who somebody is about to become; a chat's preview may look and uses nothing up."""
    found = await _look(request, secret)
    if found is None:
        return _code_page(request, wrong=True)
    return await _become_page(request, found, secret)


@post("/in/{secret:str}", status_code=303)
async def sign_in(request: Request[Any, Any, Any], secret: FromPath[str]) -> Response[Any]:
    """Become that person on this browser."""
    same_origin(request)
    request.app.state.throttle.check(address_of(request))
    before = request.cookies.get(COOKIE)
    signed = await request.app.state.hub.database.write(_sign_in, secret, before, clock.now())
    if signed is None:
        request.app.state.throttle.wrong(address_of(request))
        return _code_page(request, wrong=True)
    request.app.state.sessions.forget()
    secure = request.app.state.settings.secure_cookies
    target = safe_path(request.cookies.get(WANTED, "")) or "/"
    return Redirect(target, status_code=303, cookies=[cookie(signed, secure=secure)])


@post("/sign-out", status_code=303)
async def sign_out(request: Request[Any, Any, Any]) -> Response[Any]:
    """End the session. What waits in the outbox stays on the phone."""
    same_origin(request)
    session = await session_of(request)
    if session is not None:
        await request.app.state.hub.database.write(end, session.token_hash, clock.now())
        request.app.state.sessions.forget()
    gone = Cookie(key=COOKIE, value="", max_age=0, httponly=True, samesite="lax", path="/")
    response = Redirect("/in", status_code=303, cookies=[gone])
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@get("/settings", status_code=200)
async def show_settings(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """A person's language and display."""
    language = language_of(request, person)
    body = request.app.state.pages.draw(
        "people/settings.html", page_of(request, person, language, 0)
    )
    return html(request, body, person=person, store=False)


@post("/settings", status_code=303)
async def save_settings(request: Request[Any, Any, Any]) -> Response[Any]:
    """Keep a choice: with the person where somebody is signed in, always in this browser."""
    same_origin(request)
    form = await request.form()
    session = await session_of(request)
    language = str(form.get("language", ""))
    language = language if language in i18n.LANGUAGES else ""
    shown = {name for name in form.getall("display", []) if name in DISPLAYS}
    if session is not None:
        await request.app.state.hub.database.write(_save, session.person, language, shown)
        request.app.state.sessions.forget()
    year = 365 * 86400
    kept = [
        Cookie(key="display", value=" ".join(sorted(shown)), max_age=year, samesite="lax", path="/")
    ]
    if language:
        kept.append(Cookie(key="language", value=language, max_age=year, samesite="lax", path="/"))
    return Redirect(
        safe_path(str(form.get("next", ""))) or "/settings", status_code=303, cookies=kept
    )


def _save(connection: Connection, person: Person, language: str, shown: set[str]) -> None:
    connection.execute(
        update(accounts)
        .where(accounts.c.community_id == person.community_id, accounts.c.id == person.id)
        .values(
            language=language or person.language,
            display=dict.fromkeys(sorted(shown), True),
        )
    )


async def _look(request: Request[Any, Any, Any], secret: str) -> Invitation | None:
    throttle, address = request.app.state.throttle, address_of(request)
    throttle.check(address)
    found = await request.app.state.hub.database.read(signing.look, secret)
    if found is None:
        throttle.wrong(address)
    return found


def _sign_in(connection: Connection, secret: str, before: str | None, now: int) -> str | None:
    found = signing.use(connection, secret, now)
    if found is None:
        return None
    if before:
        end(connection, hash_of(before), now)
    return begin(connection, found.community_id, found.account_id, now)


def _code_page(request: Request[Any, Any, Any], *, wrong: bool) -> Response[bytes]:
    language = language_of(request, None)
    body = request.app.state.pages.draw(
        "people/sign_in.html",
        page_of(request, None, language, 0),
        problem=translate(language, NO_SUCH_CODE) if wrong else "",
    )
    return html(request, body, store=False, status=404 if wrong else 200)


async def _become_page(
    request: Request[Any, Any, Any], found: Invitation, secret: str
) -> Response[bytes]:
    language = language_of(request, None)
    session = await session_of(request)
    other = session.person if session and session.person.id != found.account_id else None
    body = request.app.state.pages.draw(
        "people/become.html",
        page_of(request, None, language, 0),
        become=Become(secret, found.name, instead_of=other.name if other else ""),
    )
    return html(request, body, store=False)


NO_SUCH_CODE = mark("This code signs nobody in: it is mistyped, used up, or was taken back.")
