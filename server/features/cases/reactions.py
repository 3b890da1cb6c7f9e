"""What follows: a positive opens a case, one that no longer stands is said, clocks run out."""

from __future__ import annotations

from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import select

from server.db.base import AnyRow
from server.features.cases import rules
from server.features.cases.file import events_by_case, events_of
from server.features.cases.tables import cases
from server.features.estates import reads as estates
from server.features.people import reads as people
from server.features.people.rules import May, may
from server.features.people.tables import residents
from server.features.reports import reads as reports
from server.features.rounds.reactions import following, next_day
from server.oplog.after import Reacting, reaction


@reaction("cases.consider")
def consider(at: Reacting) -> None:
    """What a person has come to in a round of antigen tests is, or stops being, positive.

    The ids follow from the report and from what the person's file said, so that looking twice opens
    one case. It is opened where the person lives now, whichever door reported them.
    """
    round_id, resident_text = at.subject.split()
    resident = int(resident_text)
    said = reports.standing(at.connection, at.community_id, round_id, resident)
    if said is None or not (said.positive or said.disputed):
        _doubt(at, round_id, resident)
        return
    home = at.connection.execute(
        select(residents.c.household_id).where(
            residents.c.community_id == at.community_id, residents.c.id == resident
        )
    ).scalar()
    maker = reports.made_by(at.connection, at.community_id, round_id)
    actor = None if home is None else _in_whose_name(at, home, maker)
    last = _last_case(at, resident)
    if actor is None or not said.positive or _knows(at, last, said.op_id):
        return
    at.submit(
        actor,
        str(uuid5(NAMESPACE_OID, f"{said.op_id}/{resident}/case/{last.version if last else 0}")),
        "case.open",
        {
            "resident": resident,
            "household": home,
            "why": rules.ANTIGEN,
            "round": round_id,
            "report": said.op_id,
        },
    )


def _last_case(at: Reacting, resident: int) -> AnyRow | None:
    """The person's newest case, open or closed."""
    return at.connection.execute(
        select(cases)
        .where(cases.c.community_id == at.community_id, cases.c.resident_id == resident)
        .order_by(cases.c.closed_at.is_not(None), cases.c.opened_at.desc())
        .limit(1)
    ).first()


def _knows(at: Reacting, row: AnyRow | None, report: str) -> bool:
    """True where an open case was opened or joined by this report and nobody doubts it."""
    if row is None or row.closed_at is not None:
        return False
    state = rules.fold(events_of(at.connection, at.community_id, [row.id]))
    return state.doubted is None and any(
        one.said.get("report") == report for one in state.positives
    )


def _doubt(at: Reacting, round_id: str, resident: int) -> None:
    """Have a case ask to be closed as a mistake, where no other positive speaks for it."""
    row = _last_case(at, resident)
    if row is None or row.closed_at is not None:
        return
    state = rules.fold(events_of(at.connection, at.community_id, [row.id]))
    ours = [one for one in state.positives if one.said.get("round") == round_id]
    if not ours or state.sure or state.doubted is not None or _still_positive(at, state, resident):
        return
    actor = _in_whose_name(at, row.household_id, ours[-1].actor)
    if actor is not None:
        made = str(uuid5(NAMESPACE_OID, f"{ours[-1].op_id}/doubt"))
        at.submit(actor, made, "case.doubt", {"case": row.id})


def _still_positive(at: Reacting, state: rules.State, resident: int) -> bool:
    """True where another test of the case is positive as before."""
    for one in state.positives:
        if one.key != rules.ANTIGEN:
            return True
        said = reports.standing(at.connection, at.community_id, one.said["round"], resident)
        if said is not None and said.positive:
            return True
    return False


@reaction("cases.clock")
def clock(at: Reacting) -> None:
    """A clock ran out: whoever follows the case up hears of it, once for each time it ran out."""
    case_id, what, since = at.subject.split()
    row = _case(at, case_id)
    state = rules.fold(events_of(at.connection, at.community_id, [case_id]))
    if row is None or rules.Danger(what, int(since)) not in rules.deadlines(state):
        return
    opener = state.opened.actor if state.opened else None
    actor = _in_whose_name(at, row.household_id, opener)
    if actor is not None:
        made = str(uuid5(NAMESPACE_OID, f"{at.subject}/clock"))
        at.submit(actor, made, "case.remind", {"case": case_id, "what": what})


@next_day
def keep_contacts(at: Reacting, today: AnyRow, tomorrow: str) -> None:
    """Close contacts of open cases who are asked after in a round of isolation are so tomorrow."""
    if today.kind != "isolation":
        return
    rows = at.connection.execute(
        select(cases.c.id, cases.c.household_id).where(
            cases.c.community_id == at.community_id, cases.c.closed_at.is_(None)
        )
    ).all()
    homes = {row.id: row.household_id for row in rows}
    said: dict[str, list[rules.Event]] = {}
    for case_id, event in events_by_case(at.connection, at.community_id, list(homes)):
        said.setdefault(case_id, []).append(event)
    for case_id, events in said.items():
        actor = _in_whose_name(at, homes[case_id], today.made_by)
        for key, event in rules.fold(events).contacts.items():
            if actor is not None and event.said.get("round") == today.id:
                made = following(tomorrow, f"contact/{case_id}/{key}")
                asked = {"case": case_id, "resident": event.said["resident"], "round": tomorrow}
                at.submit(actor, made, "case.contact", asked)


def _case(at: Reacting, case_id: str) -> AnyRow | None:
    return at.connection.execute(
        select(cases).where(cases.c.community_id == at.community_id, cases.c.id == case_id)
    ).first()


def _in_whose_name(at: Reacting, household_id: int, first: str | None) -> str | None:
    """In whose name a case is run by itself: who made the round, else somebody else who may.

    Nobody's holiday and no closed account leaves a positive without a case.
    """
    door = estates.household(at.connection, at.community_id, household_id)
    if door is None:
        return None
    held = people.staff_roles(at.connection, at.community_id, at.now)
    able = sorted(one for one, roles in held.items() if may(roles, May.RUN_CASES, door, at.now))
    return first if first in able else next(iter(able), None)
