"""Counts for bulletins: no person and no flat."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Connection, select

from server.features.cases import rules
from server.features.cases.rules import State
from server.features.cases.tables import CASE_EVENTS, cases
from server.features.cases.views import BuildingProgress
from server.oplog.events import Event


def progress(
    connection: Connection, community_id: int, since: int, until: int
) -> tuple[BuildingProgress, ...]:
    """Each building's cases in figures, for those that had any before `until`.

    `new` counts what was opened from `since` up to, not including, `until`; how far transfers have
    got is as of `until`. A case that was a mistake was none. Counts only: no person and no flat;
    whoever publishes them leaves out buildings with fewer than `rules.SMALLEST` households.
    """
    rows = connection.execute(
        select(cases.c.id, cases.c.building_id).where(cases.c.community_id == community_id)
    ).all()
    said: dict[str, list[Event]] = {row.id: [] for row in rows}
    for case_id, event in CASE_EVENTS.by_thing(connection, community_id, list(said)):
        if event.at < until:
            said[case_id].append(event)
    by_building: dict[int, list[State]] = {}
    for row in rows:
        state = rules.fold(said[row.id])
        mistake = state.closed is not None and state.closed.key == rules.MISTAKE
        if state.opened is not None and not mistake:
            by_building.setdefault(row.building_id, []).append(state)
    return tuple(
        _figures(building, states, since) for building, states in sorted(by_building.items())
    )


def _figures(building: int, states: Sequence[State], since: int) -> BuildingProgress:
    """The figures of one building's cases as they stood; one closed at home waits no longer."""
    new = [one for one in states if one.opened and one.opened.at >= since]
    steps = Counter(
        one.step_key for one in states if one.closed is None or one.step_key not in rules.WAITING
    )
    return BuildingProgress(
        building=building,
        new=len(new),
        tested_at=max((one.tested_at for one in new if one.tested_at), default=None),
        awaiting=steps[rules.ASKED],
        coming=steps[rules.COMING],
        picked_up=steps[rules.PICKED_UP],
        arrived=steps[rules.ARRIVED],
        returned=steps[rules.RETURNED],
        last_case_at=max((one.opened.at for one in states if one.opened), default=None),
    )
