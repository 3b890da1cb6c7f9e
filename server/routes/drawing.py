"""What page routes have in common: read, draw, and the two ways a page is not there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from litestar import Request, Response
from litestar.params import FromPath

from server import clock
from server.features.people.actors import Person
from server.features.people.register import NotAllowed, NotThere
from server.features.rounds.reads import parts
from server.features.rounds.reads.parts import NotFound, NotYours
from server.i18n import mark
from server.ids import is_uuid
from server.web.asking import language_of
from server.web.errors import Problem
from server.web.page import html, page_of

T = TypeVar("T")


class Asking:
    """One person asking for one page."""

    def __init__(self, request: Request[Any, Any, Any], person: Person) -> None:
        self.request = request
        self.person = person
        self.language = language_of(request, person)
        self.now = clock.now()

    def draw(
        self, template: str, *, seq: int = 0, store: bool = True, **context: Any
    ) -> Response[bytes]:
        """The template as a response; its `main` alone where htmx asks for a part."""
        return html(
            self.request,
            self._drawn(template, seq, context),
            person=self.person,
            seq=seq,
            store=store,
        )

    def _drawn(self, template: str, seq: int, context: dict[str, Any]) -> str:
        return str(
            self.request.app.state.pages.draw(
                template, page_of(self.request, self.person, self.language, seq), **context
            )
        )

    async def draw_versioned(
        self,
        template: FromPath[str],
        name: FromPath[str],
        topics: tuple[str, ...],
        work: Callable[..., Any],
        *arguments: Any,
    ) -> Response[bytes]:
        """Draw what `work` reads, or answer with what was drawn if no topic changed since."""
        state = self.request.app.state
        community_id = self.person.community_id
        version = state.hub.versions.of(community_id, topics)
        key = (
            self.person.id, self.language, tuple(sorted(self.person.display)), template, arguments,
        )  # fmt: skip
        drawn = None
        if state.hub.database.single_process:
            drawn = state.hub.versions.find(key, version)
        if drawn is None:
            found = await read(self, work, self.person, self.language, *arguments)
            body = self._drawn(template, found.seq, {name: found})
            drawn = state.hub.versions.keep(key, version, body, found.seq)
        return html(
            self.request,
            drawn.body,
            person=self.person,
            seq=drawn.seq,
            etag=drawn.etag,
            zipped=drawn.zipped,
        )


async def read(asking: Asking, work: Callable[..., T], *arguments: Any) -> T:
    """Run a named query. Raises `Problem` 404 or 403."""
    try:
        found: T = await asking.request.app.state.hub.database.read(work, *arguments)
    except (NotFound, NotThere):
        raise not_found() from None
    except (NotYours, NotAllowed):
        raise not_yours() from None
    return found


async def newest(asking: Asking) -> int:
    """The community's newest number, for a page whose forms are about nothing that carries one."""
    found: int = await asking.request.app.state.hub.database.read(
        parts.newest, asking.person.community_id
    )
    return found


def number(text: str) -> int:
    """A number in a path, which may be negative. Raises `Problem` 404."""
    try:
        found = int(text)
    except ValueError:
        raise not_found() from None
    if not SMALLEST <= found <= LARGEST:
        raise not_found()
    return found


async def must_name_something(request: Request[Any, Any, Any]) -> None:
    """Runs before every handler: what can be no number or id names nothing. Raises `Problem` 404.

    Litestar would copy the whole handler for a guard. It waits for nothing; were it a plain
    function, every request would hop through a thread.
    """
    for name, value in request.path_params.items():
        is_id = name in IDS
        if is_id and not is_uuid(value):
            raise not_found()
        if isinstance(value, int) and not SMALLEST <= value <= LARGEST:
            raise not_found()


IDS = frozenset(
    {
        *("round_id", "account_id", "notice_id", "site_id", "case_id", "bulletin_id"),
        *("request_id", "thing_id", "relay_id", "mediation_id", "batch_id", "pass_id", "gate_id"),
        *("plan_id", "trip_id", "upload_id", "person_id", "incident_id", "arrival_id"),
        "system_id",
    }
)
"""Parts of addresses that name something made by a device or by an operation."""

SMALLEST, LARGEST = -(2**31), 2**31 - 1
"""What every database keeps as a number."""


def not_found() -> Problem:
    """There is nothing here, or not in this community."""
    return Problem(404, "not-found", NOT_HERE)


def not_yours() -> Problem:
    """It is here, but not for this person."""
    return Problem(403, "not-allowed", NO_ROLE)


NOT_HERE = mark("Nothing in this community has this address.")
NO_ROLE = mark("Your role does not include this.")
