"""Who is asking: the session cookie, the person behind it, and how the page should speak."""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from litestar import Request
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.exceptions import NotAuthorizedException
from sqlalchemy import Connection, insert, select, update

from server import i18n
from server.db.session import Database
from server.features.people.actors import Person, actors
from server.features.people.tables import sessions
from server.ids import uuid7

COOKIE = "stairwell"
WANTED = "wanted"
FRESH = 5.0
"""Seconds that a session may be remembered: a revocation takes effect within them."""

MOST_REMEMBERED = 20_000


class SignedOut(NotAuthorizedException):
    """Nobody is signed in, or the session was ended; then the pages it had must go."""

    def __init__(self, *, revoked: bool = False) -> None:
        super().__init__()
        self.revoked = revoked


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in person on one browser."""

    token_hash: str
    person: Person


@dataclass(frozen=True, slots=True)
class Ended:
    """A session that was ended: signed out, its card revoked, its account closed."""

    closed: Person | None = None
    """Whose account was closed, which ended it: work on their phone may still come in."""


ENDED = Ended()

Found = Session | Ended | None


class Sessions:
    """Looks sessions up, remembering each for a few seconds."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[str, tuple[float, Found]] = {}

    async def find(self, token: str | None) -> Session | None:
        """The session a cookie names, if it is in force."""
        found = await self.look(token)
        return found if isinstance(found, Session) else None

    async def look(self, token: str | None) -> Found:
        """The session a cookie names; ENDED where there was one and somebody ended it."""
        if not token:
            return None
        token_hash = hash_of(token)
        known = self._known.get(token_hash)
        if known is not None and known[0] > time.monotonic():
            return known[1]
        session = await self._database.read(_find, token_hash)
        if len(self._known) > MOST_REMEMBERED:
            self._known.clear()
        self._known[token_hash] = (time.monotonic() + FRESH, session)
        return session

    def forget(self) -> None:
        """Look everybody up again: a role, a card or a session changed in this process."""
        self._known.clear()


def hash_of(token: str) -> str:
    """What is stored of a session's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _find(connection: Connection, token_hash: str) -> Found:
    row = connection.execute(
        select(sessions.c.community_id, sessions.c.account_id, sessions.c.ended_at).where(
            sessions.c.token_hash == token_hash
        )
    ).first()
    if row is None:
        return None
    person = actors(connection, row.community_id, [row.account_id]).get(row.account_id)
    if person is not None and person.revoked_at is not None:
        signed_out = row.ended_at is not None and row.ended_at < person.revoked_at
        return ENDED if signed_out else Ended(person)
    if person is None or row.ended_at is not None:
        return ENDED
    return Session(token_hash, person)


def begin(connection: Connection, community_id: int, account_id: str, now: int) -> str:
    """Start a session; returns the token for the cookie, which is stored only as a hash."""
    token = secrets.token_urlsafe(32)
    connection.execute(
        insert(sessions),
        {
            "community_id": community_id,
            "id": uuid7(now),
            "token_hash": hash_of(token),
            "account_id": account_id,
            "made_at": now,
        },
    )
    return token


def end(connection: Connection, token_hash: str, now: int) -> None:
    """End a session."""
    connection.execute(
        update(sessions).where(sessions.c.token_hash == token_hash).values(ended_at=now)
    )


def cookie(token: str, *, secure: bool) -> Cookie:
    """The session cookie; a year, because local work never needs a login again."""
    return Cookie(
        key=COOKIE,
        value=token,
        max_age=365 * 86400,
        httponly=True,
        samesite="lax",
        secure=secure,
        path="/",
    )


def after_sign_in(path: str) -> Cookie:
    """Remembers for ten minutes where somebody wanted to go before they had to sign in."""
    return Cookie(
        key=WANTED, value=quote(path), max_age=600, httponly=True, samesite="lax", path="/in"
    )


async def session_of(request: Request[Any, Any, Any]) -> Session | None:
    """The session of a request, or None."""
    found: Sessions = request.app.state.sessions
    return await found.find(request.cookies.get(COOKIE))


Asker = NamedDependency[Person]
"""The person who asks, as a handler's parameter `person`."""


async def provide_person(request: Request[Any, Any, Any]) -> Person:
    """The person who asks. Raises `SignedOut`."""
    found = await request.app.state.sessions.look(request.cookies.get(COOKIE))
    if not isinstance(found, Session):
        raise SignedOut(revoked=isinstance(found, Ended))
    person: Person = found.person
    request.scope["state"]["person"] = person  # so that an error, too, is said in their language
    return person


async def sender_of(request: Request[Any, Any, Any]) -> Person:
    """Whose work a phone sends. Raises `SignedOut`.

    That of a closed account comes in too: it is kept for the lead to decide about.
    """
    found = await request.app.state.sessions.look(request.cookies.get(COOKIE))
    if isinstance(found, Ended) and found.closed is not None:
        return found.closed
    return await provide_person(request)


def language_of(request: Request[Any, Any, Any], person: Person | None) -> str:
    """The person's saved language, else the one chosen on this browser, else the browser's."""
    saved = (person.language if person else "") or request.cookies.get("language")
    return i18n.choose(saved, request.headers.get("accept-language"))
