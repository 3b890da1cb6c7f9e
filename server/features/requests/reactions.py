"""What follows by itself: a clock that runs out carries a request further, once."""

from __future__ import annotations

from sqlalchemy import select

from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.people import reads as people
from server.features.people.rules import May
from server.features.requests import access, emergency, routing, rules
from server.features.requests.rules import State
from server.features.requests.tables import REQUEST_EVENTS, requests
from server.ids import derived
from server.oplog.after import Reacting, reaction


@reaction("requests.clock")
def clock(at: Reacting) -> None:
    """A clock ran out: the next is asked, or whoever has it. Once for each time it ran out.

    The id follows from the request and the moment: a restart or a second worker adds nothing.
    """
    request_id, due = at.subject.split()
    row = _request(at, request_id)
    state = rules.fold(REQUEST_EVENTS.of(at.connection, at.community_id, request_id))
    zone = estates.zone(at.connection, at.community_id)
    if row is None or rules.due_at(state, zone) != int(due):
        return
    actor = _in_whose_name(at, row, state)
    if actor is not None:
        kind = "request.escalate" if state.state == rules.ASKED else "request.nudge"
        made = derived(f"{at.subject}/clock")
        at.submit(actor, made, kind, {"request": request_id, "clock": int(due)})


@reaction("requests.steps")
def steps(at: Reacting) -> None:
    """Nobody takes a step of an emergency: the next are called, once for each time it ran out.

    All steps that wait by then make one call; the id follows from the request and the moment.
    """
    request_id, due = at.subject.split()
    row = _request(at, request_id)
    events = REQUEST_EVENTS.of(at.connection, at.community_id, request_id)
    if row is None or row.closed_at is not None:
        return
    if emergency.next_due(emergency.fold(events)) != int(due):
        return
    place = access.place_of(at.connection, row)
    held = people.staff_roles(at.connection, at.community_id, at.now)
    first = next(iter(routing.leads(place, held, at.now)), row.asked_by)
    actor = people.in_whose_name(at.connection, at.community_id, first, May.ANSWER, [place], at.now)
    made = derived(f"{at.subject}/steps")
    at.submit(actor, made, "emergency.call", {"request": request_id, "clock": int(due)})


@reaction("requests.came")
def came(at: Reacting) -> None:
    """Somebody wanted to take what was taken already: whoever has it hears that they came."""
    request_id, actor, op_id = at.subject.split()
    state = rules.fold(REQUEST_EVENTS.of(at.connection, at.community_id, request_id))
    if state.open and state.owner not in ("", actor) and actor not in state.offers:
        made = derived(f"{op_id}/came")
        at.submit(actor, made, "request.offer", {"request": request_id})


def _request(at: Reacting, request_id: str) -> AnyRow | None:
    return at.connection.execute(
        select(requests).where(
            requests.c.community_id == at.community_id, requests.c.id == request_id
        )
    ).first()


def _in_whose_name(at: Reacting, row: AnyRow, state: State) -> str | None:
    """In whose name it goes on by itself: who leads there, else anybody who may know of it.

    Nobody's holiday and no closed account leaves somebody in need alone.
    """
    place = access.place_of(at.connection, row)
    held = people.staff_roles(at.connection, at.community_id, at.now)
    able = routing.everybody(state.kind, place, held, at.now)
    leads = [one for one in routing.leads(place, held, at.now) if one in able]
    return next(iter([*leads, *able]), None)
