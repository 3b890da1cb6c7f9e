"""What follows of a case by itself.

A positive opens one, one that no longer stands is said, clocks run out, and testing days do not
call whoever has one.
"""

from __future__ import annotations

from sqlalchemy import select

from server.clock import rfc3339
from server.db.base import AnyRow
from server.features.cases import rules
from server.features.cases.tables import CASE_EVENTS, cases
from server.features.estates import reads as estates
from server.features.people import reads as people
from server.features.people.rules import May
from server.features.people.tables import residents
from server.features.reports import reads as reports
from server.features.rounds.reactions import following, next_day
from server.features.testing import reads as testing
from server.features.testing import rules as testing_rules
from server.ids import derived
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
    home = _home(at, resident)
    maker = reports.made_by(at.connection, at.community_id, round_id)
    actor = None if home is None else _in_whose_name(at, home, maker)
    last = _last_case(at, resident)
    if actor is None or not said.positive or _knows(at, last, said.op_id):
        return
    at.submit(
        actor,
        derived(f"{said.op_id}/{resident}/case/{last.version if last else 0}"),
        "case.open",
        {
            "resident": resident,
            "household": home,
            "why": rules.ANTIGEN,
            "round": round_id,
            "report": said.op_id,
        },
    )


def _home(at: Reacting, resident: int) -> int | None:
    """The household in which somebody lives now."""
    home: int | None = at.connection.execute(
        select(residents.c.household_id).where(
            residents.c.community_id == at.community_id, residents.c.id == resident
        )
    ).scalar()
    return home


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
    state = rules.fold(CASE_EVENTS.of(at.connection, at.community_id, row.id))
    return state.doubted is None and any(
        one.said.get("report") == report for one in state.positives
    )


def _doubt(at: Reacting, round_id: str, resident: int) -> None:
    """Have a case ask to be closed as a mistake, where no other positive speaks for it."""
    row = _last_case(at, resident)
    if row is None or row.closed_at is not None:
        return
    state = rules.fold(CASE_EVENTS.of(at.connection, at.community_id, row.id))
    ours = [one for one in state.positives if one.said.get("round") == round_id]
    if not ours or state.sure or state.doubted is not None or _still_positive(at, state, resident):
        return
    actor = _in_whose_name(at, row.household_id, ours[-1].actor)
    if actor is not None:
        made = derived(f"{ours[-1].op_id}/doubt")
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


@reaction("cases.spare")
def spare(at: Reacting) -> None:
    """Testing days under way do not expect whoever has a case, and do again once they are back.

    They say no more than why somebody is not expected, in words that may be said by hand too; what
    somebody did say by hand stays. Looking twice changes nothing.
    """
    _spare(at, int(at.subject))


@reaction("cases.spare_day")
def spare_day(at: Reacting) -> None:
    """A testing day that is opened does not expect those who have a case already."""
    rows = at.connection.execute(
        select(cases.c.resident_id).where(
            cases.c.community_id == at.community_id, cases.c.closed_at.is_(None)
        )
    )
    for resident in rows.scalars().all():
        _spare(at, resident)


def _spare(at: Reacting, resident: int) -> None:
    row, home = _last_case(at, resident), _home(at, resident)
    if row is None or home is None:
        return
    state = rules.fold(CASE_EVENTS.of(at.connection, at.community_id, row.id))
    step = rules.apart(state)
    reason = "" if step is None else _WHY_NOT[step]
    actor = _in_whose_name(at, home, state.opened.actor if state.opened else None)
    for day in testing.spared(at.connection, at.community_id, resident):
        # Who is swabbed at home is expected all the same, whoever said so.
        by_hand = not day.by_itself and not (reason and day.reason == testing_rules.HOME)
        if actor is None or by_hand or day.reason == reason:
            continue
        at.submit(
            actor,
            derived(f"{row.id}/{row.version}/{day.round}/spare"),
            "test.excuse",
            {"round": day.round, "resident": resident, "reason": reason, "by_itself": True},
        )


_WHY_NOT = {
    "": testing_rules.TRANSFER,
    rules.ASKED: testing_rules.TRANSFER,
    rules.COMING: testing_rules.TRANSFER,
    rules.HOME: testing_rules.ELSEWHERE,
    rules.PICKED_UP: testing_rules.AWAY,
    rules.ARRIVED: testing_rules.AWAY,
}
"""What a testing day says of somebody at each step; none of it says that there is a case."""


@reaction("cases.clock")
def clock(at: Reacting) -> None:
    """A clock ran out: whoever follows the case up hears of it, once for each time it ran out."""
    case_id, what, since = at.subject.split()
    row = _case(at, case_id)
    state = rules.fold(CASE_EVENTS.of(at.connection, at.community_id, case_id))
    if row is None or rules.Danger(what, int(since)) not in rules.deadlines(state):
        return
    opener = state.opened.actor if state.opened else None
    actor = _in_whose_name(at, row.household_id, opener)
    if actor is not None:
        made = derived(f"{at.subject}/clock")
        at.submit(actor, made, "case.remind", {"case": case_id, "what": what})


@next_day
def keep_contacts(at: Reacting, today: AnyRow, tomorrow: str, leads: str) -> None:
    """Close contacts of open cases who are asked after in a round of isolation are so tomorrow.

    Unless their time at home is over by then.
    """
    if today.kind != "isolation":
        return
    rows = at.connection.execute(
        select(cases.c.id, cases.c.household_id).where(
            cases.c.community_id == at.community_id, cases.c.closed_at.is_(None)
        )
    ).all()
    homes = {row.id: row.household_id for row in rows}
    said: dict[str, list[rules.Event]] = {}
    for case_id, event in CASE_EVENTS.by_thing(at.connection, at.community_id, list(homes)):
        said.setdefault(case_id, []).append(event)
    for case_id, events in said.items():
        actor = _in_whose_name(at, homes[case_id], leads)
        for key, event in rules.fold(events).contacts.items():
            until = event.said.get("until")
            over = until is not None and until <= at.now
            if actor is None or over or event.said.get("round") != today.id:
                continue
            asked = {
                "case": case_id,
                "resident": event.said["resident"],
                "round": tomorrow,
                "until": rfc3339(until) if until else "",
            }
            made = following(tomorrow, f"contact/{case_id}/{key}")
            at.submit(actor, made, "case.contact", asked)


def _case(at: Reacting, case_id: str) -> AnyRow | None:
    return at.connection.execute(
        select(cases).where(cases.c.community_id == at.community_id, cases.c.id == case_id)
    ).first()


def _in_whose_name(at: Reacting, household_id: int, first: str | None) -> str | None:
    """In whose name a case is run by itself: who made the round, else somebody else who may."""
    door = estates.household(at.connection, at.community_id, household_id)
    if door is None:
        return None
    able = people.who_may(at.connection, at.community_id, May.RUN_CASES, [door], at.now)
    return first if first in able else next(iter(able), None)
