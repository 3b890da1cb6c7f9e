"""Drawing pages: one template for the whole and for its `main`, in the asker's language."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import MediaType, Request, Response

from server import __version__, clock, i18n
from server.features.people.actors import Person
from server.features.people.rules import OFFICER, May
from server.web.assets import Assets

TEMPLATES = Path(__file__).parents[1] / "templates"

CSP = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; "
    "connect-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'; "
    "object-src 'none'"
)

SECURITY = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(self)",
}

SMALLEST_ZIPPED = 1024

MOST_PARTS = 20_000
"""Parts of pages that are kept for each language: the floors of a thousand towers, about 30 MB."""


@dataclass(frozen=True, slots=True)
class Page:
    """What every template may ask about the page it draws."""

    language: str
    account_id: str
    account_name: str
    display: frozenset[str]
    build: str
    seq: int
    path: str
    may_lead: bool
    may_announce: bool
    may_post: bool = False  # into chat groups: keeps their bots
    version: str = __version__


class Pages:
    """Draws templates: one Jinja environment a language, so that words are found once."""

    def __init__(self, assets: Assets) -> None:
        self.assets = assets

    def draw(self, template: str, page: Page, *, only: str | None = None, **context: Any) -> str:
        """A template in the page's language; `only` names a block to draw alone."""
        found = environment(page.language, self.assets).get_template(template)
        if only is None:
            return found.render(page=page, **context)
        made = found.new_context({"page": page, **context})
        return "".join(found.blocks[only](made))


@cache
def environment(language: str, assets: Assets) -> Environment:
    """The Jinja environment of one language."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    catalogue = i18n.catalogue(language)
    made.install_gettext_translations(catalogue, newstyle=True)  # type: ignore[attr-defined]
    made.globals["asset"] = assets.url
    made.globals["languages"] = i18n.LANGUAGES
    made.globals["kept"] = Kept()
    made.globals["fill"] = _fill
    locale = language.replace("-", "_")
    zone = ZoneInfo("Asia/Shanghai")
    made.filters["label"] = catalogue.gettext
    made.filters["say"] = lambda words: i18n.say(language, words)
    made.filters["number"] = lambda value: format_decimal(value, locale=locale)
    made.filters["time"] = lambda moment: i18n.time_of(moment, language, zone, clock.now())
    # With its day always: what is printed is read on another day too.
    made.filters["dated"] = lambda moment: i18n.time_of(moment, language, zone, 0)
    made.tests["passed"] = lambda moment: moment <= clock.now()
    made.filters["ago"] = lambda moment: _ago(moment, language)
    return made


class Kept:
    """Parts of pages as they were drawn before: a floor looks the same until its doors change.

    Used as `{% call kept(what, it, depends, on) %}…{% endcall %}`; the arguments are the key.
    """

    def __init__(self) -> None:
        self._parts: dict[Hashable, str] = {}

    def __call__(self, *key: Hashable, caller: Callable[[], str]) -> str:
        part = self._parts.get(key)
        if part is None:
            if len(self._parts) >= MOST_PARTS:
                self._parts.clear()
            part = self._parts[key] = caller()
        return part

    def forget(self) -> None:
        """Draw everything anew from now on."""
        self._parts.clear()


def _fill(pattern: str, **values: object) -> str:
    """A pattern's words with values put in; escaped where it is put on a page, and only there."""
    return str(pattern).format(**values)


def _ago(moment: int, language: str) -> str:
    """How long ago, in whole minutes, hours or days."""
    gone = max(0, clock.now() - moment)
    for size, text in (
        (clock.DAY, i18n.mark("%(n)s d")),
        (clock.HOUR, i18n.mark("%(n)s h")),
        (0, i18n.mark("%(n)s min")),
    ):
        if gone >= size:
            return i18n.translate(language, text, n=gone // (size or clock.MINUTE))
    raise AssertionError("some size always fits")


def page_of(
    request: Request[Any, Any, Any], person: Person | None, language: str, seq: int
) -> Page:
    """What templates are told about a request."""
    now = clock.now()
    return Page(
        language=language,
        account_id=person.id if person else "",
        account_name=person.name if person else "",
        display=display_of(request, person),
        build=request.app.state.pages.assets.build,
        seq=seq,
        path=request.url.path,
        may_lead=bool(person and person.leads(now)),
        may_announce=bool(person and (person.leads(now) or person.is_a(OFFICER, now))),
        may_post=bool(person and person.may(May.MANAGE_CHANNELS, now)),
    )


def display_of(request: Request[Any, Any, Any], person: Person | None) -> frozenset[str]:
    """Display settings: the person's, else the browser's."""
    if person is not None:
        return frozenset(name for name, on in person.display.items() if on)
    return frozenset((request.cookies.get("display") or "").split()) & DISPLAYS


DISPLAYS = frozenset({"large", "contrast", "flip"})


def html(
    request: Request[Any, Any, Any],
    body: str | bytes,
    *,
    person: Person | None = None,
    seq: int = 0,
    status: int = 200,
    etag: str = "",
    zipped: bytes | None = None,
    store: bool = True,
) -> Response[bytes]:
    """A page as a response: compressed, tagged, and 304 where the browser has it already."""
    raw = body.encode() if isinstance(body, str) else body
    headers = {
        **SECURITY,
        "X-Stairwell": "1",
        "X-Stairwell-Seq": str(seq),
        "Vary": "Cookie, Accept-Language, Accept-Encoding, HX-Request",
        # The worker and the tag decide; a proxy between must never hand one person's page on.
        "Cache-Control": "private, no-cache" if store else "no-store",
    }
    if person is not None:
        headers["X-Stairwell-Account"] = person.id
    if status == 200 and store:
        headers["ETag"] = etag or f'"{hashlib.blake2b(raw, digest_size=9).hexdigest()}"'
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(b"", status_code=304, headers=headers)
    if len(raw) >= SMALLEST_ZIPPED and "gzip" in request.headers.get("accept-encoding", ""):
        raw = zipped if zipped is not None else gzip.compress(raw, 6, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return Response(raw, status_code=status, headers=headers, media_type=MediaType.HTML)
