"""On its day everything that is kept of people goes, piece by piece; then the report is signed."""

from __future__ import annotations

from server import clock
from server.features.incidents import deleting, file, rules
from server.features.people import reads as people
from server.features.people.rules import EVERYWHERE, May
from server.ids import derived
from server.oplog.after import Reacting, reaction
from server.web.versions import EVERYTHING

WAIT = clock.HOUR
"""Between looks whether what holds it up is over."""


@reaction("incidents.close")
def close(at: Reacting) -> None:
    """Begin once its day has come and nothing holds it up; then let everything go, and finish."""
    state = file.state_of(at.connection, at.community_id, at.subject)
    if state.state == rules.AGREED and state.due_at is not None:
        _begin(at, state)
    elif state.state == rules.CLOSING:
        _go_on(at, state)


def _begin(at: Reacting, state: rules.State) -> None:
    assert state.due_at is not None
    if state.due_at > at.now or file.held_up(at.connection, at.community_id):
        at.again_at = max(state.due_at, at.now + WAIT)
        return
    _submit(at, state, "begin")


def _go_on(at: Reacting, state: rules.State) -> None:
    at.topics.add(EVERYTHING)
    if deleting.let_go(at.connection, at.community_id, state, at.now):
        at.again_at = at.now
        return
    _submit(at, state, "finish")


def _submit(at: Reacting, state: rules.State, what: str) -> None:
    """Say it in the name of whoever agreed, and again later where that was refused."""
    actor = people.in_whose_name(
        at.connection,
        at.community_id,
        state.agreed_by or state.proposed_by,
        May.KEEP_CLOCKS,
        [EVERYWHERE],
        at.now,
    )
    op_id = derived(f"{at.subject}/{what}/{at.now}")
    at.submit(actor, op_id, f"incident.{what}", {"incident": at.subject})
    now = file.state_of(at.connection, at.community_id, at.subject)
    if now.state != rules.CLOSED:
        at.again_at = at.now if now.state != state.state else at.now + WAIT
