"""Whom an emergency is told: everybody on duty near, the gate, and the next where nobody comes.

No announcement says what has happened or to whom: it names the stairwell and opens the page of the
steps, which says nothing of it either.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from server import clock
from server.features.notices import announce, gate
from server.features.notices import rules as notices
from server.features.notices.audience import Audience
from server.features.requests import emergency, routing, rules
from server.features.requests.emergency import Step
from server.features.requests.file import File
from server.features.requests.telling import CALLED, place
from server.i18n import Words, mark
from server.oplog.kinds import Asked

LASTS = clock.HOUR
"""How long a call matters, where nothing ends it before."""


def begin(file: File, asked: Asked, said: dict[str, Any]) -> None:
    """Tell everybody on duty near, and the gate, and have a pass made.

    `said` is what the event keeps, and is added to. Whoever was just asked to take the request is
    not rung twice.
    """
    guards = gate.guards(file.at, asked, file.place)
    held = file.held()
    near = [one for one in held if emergency.is_near(held[one], file.place, file.now)]
    near += routing.leads(file.place, held, file.now)
    rung = {*said["asked"], *guards, file.speaker}
    fresh = sorted({*near} - rung)
    where = {"place": place(file)}
    said["near"] = [*fresh, *guards]
    said["notices"] += _tell(file, asked, Words(HERE, where), Words(TAKE_A_STEP), fresh)
    said["notices"] += gate.let_in(
        file.at,
        asked,
        file.place,
        Words(OPEN_THE_GATE, where),
        Words(LET_IT_IN, where),
        file.at.received_at + LASTS,
        kind=notices.REQUEST,
        opens=page_of(file),
    )
    file.at.react("passes.vehicle", f"{file.id} {asked.id}")


def call(file: File, asked: Asked, level: int, count: int) -> list[str]:
    """Call the next for steps that nobody does: whoever leads there, then everybody on duty there.

    Returns the announcement's id in a list, which is empty where nobody is meant.
    """
    said = {"place": place(file), "count": count}
    meant = {*called(file, level)} - {file.speaker}
    return _tell(file, asked, Words(NOBODY_DOES, said), Words(TAKE_A_STEP), meant)


def called(file: File, level: int) -> list[str]:
    """Whoever is called for a step at a level."""
    held = file.held()
    leads = routing.leads(file.place, held, file.now)
    if level == rules.LEAD and leads:
        return leads
    return sorted(one for one in held if emergency.helps(held[one], file.place, file.now))


def was_first(file: File, asked: Asked, step: Step, whom: str) -> list[str]:
    """Tell somebody that another had taken their step before, whose phone could not say so."""
    said = {"name": file.person.name, "step": Words(step.label), "place": place(file)}
    return _tell(file, asked, Words(WAS_FIRST, said), Words(TAKE_ANOTHER), [whom])


def page_of(file: File) -> str:
    """The address of the steps."""
    return f"/requests/{file.id}/steps"


def _tell(
    file: File, asked: Asked, title: Words, body: Words, accounts: Collection[str]
) -> list[str]:
    return announce.tell(
        file.at,
        asked,
        CALLED[0],
        title,
        body,
        Audience(accounts=sorted(accounts)),
        kind=notices.REQUEST,
        urgency=notices.URGENT,
        opens=page_of(file),
        until=file.at.received_at + LASTS,
    )


HERE = mark("Emergency: %(place)s")
TAKE_A_STEP = mark("Open it and take a step: each is one tap.")
OPEN_THE_GATE = mark("Open the gate: an ambulance to %(place)s")
LET_IT_IN = mark("Let it in at once and show it the way to %(place)s.")
NOBODY_DOES = mark("Nobody does it yet, steps: %(count)s. Emergency: %(place)s")
WAS_FIRST = mark("%(name)s had taken it before you: %(step)s, %(place)s")
TAKE_ANOTHER = mark("Open it: perhaps another step still waits.")
