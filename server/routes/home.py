"""The first page, by what a person is here for."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get

from server.features.custody import reads as custody
from server.features.notices import reads as notices
from server.features.people.rules import VOLUNTEER
from server.features.photos import reads as photos
from server.features.reports import pages as reports
from server.features.requests import reads as requests
from server.features.rounds import reads
from server.features.testing import reads as testing
from server.features.upkeep import reads as upkeep
from server.routes.drawing import Asking, read
from server.web import menu
from server.web.asking import Asker


@get("/", status_code=200)
async def home(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """My work, my committee's rounds, or what concerns my household."""
    asking = Asking(request, person)
    inbox = await read(asking, notices.inbox, person, asking.language)
    reporting = await read(asking, reports.asked, person, asking.language)
    asked = await read(asking, requests.waiting, person)
    handed = await read(asking, custody.waiting, person)
    if person.leads(asking.now):
        cards = await read(asking, reads.round_cards, person)
        needs = await read(asking, reads.pressing, person, asking.language, cards)
        late = await read(asking, notices.overdue, person, asking.language)
        return asking.draw(
            "home/steward.html",
            needs=needs, late=late, rounds=cards, reporting=reporting, inbox=inbox, asked=asked,
            handed=handed, duties=menu.duties(person, asking.now), seq=inbox.seq,
        )  # fmt: skip
    if person.household_id is not None and not person.is_a(VOLUNTEER, asking.now):
        found = await read(asking, reads.household_home, person, asking.language)
        turns = await read(asking, testing.turns, person)
        taken = await read(asking, photos.of_building, person)
        question = await read(asking, upkeep.question, person)
        return asking.draw(
            "home/household.html",
            home=found, inbox=inbox, turns=turns, photos=taken, reporting=reporting, asked=asked,
            question=question, own=menu.own(person, asking.now), seq=found.seq,
        )  # fmt: skip
    work = await read(asking, reads.work, person, asking.language)
    sites = await read(asking, testing.sites_of, person)
    chasing = await read(asking, reports.chasing, person)
    return asking.draw(
        "home/volunteer.html",
        work=work,
        sites=sites,
        chasing=chasing,
        reporting=reporting,
        inbox=inbox,
        asked=asked,
        handed=handed,
        duties=menu.duties(person, asking.now),
        seq=inbox.seq,
    )
