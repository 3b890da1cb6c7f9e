"""The pacing, where it calls by itself."""

from __future__ import annotations

from uuid import NAMESPACE_OID, uuid5

from server import clock
from server.features.rounds import rules as round_rules
from server.features.testing import day, pacing, rules
from server.oplog.after import Reacting, reaction

LOOK = 20 * clock.SECOND
"""How often it is looked whether somebody can be called."""


@reaction("testing.pace")
def pace(at: Reacting) -> None:
    """Call whom the pacing proposes, in the name of who made the day, until told to stop.

    A call's id follows from its floors and how often they were called, so that looking twice
    calls once.
    """
    found = day.load(at.connection, at.community_id, at.subject)
    if found is None or found.test.pace != rules.AUTO or found.round.status == round_rules.CLOSED:
        return
    at.again_at = at.now + LOOK
    if found.round.status != round_rules.OPEN:
        return
    for site in found.sites:
        proposal = pacing.propose(site.seen, site.queue, at.now, site.limits)
        if proposal is None or not proposal.floors or proposal.at > at.now:
            continue
        stairwell = proposal.floors[0].stairwell
        levels = sorted(level for floor in proposal.floors for level in floor.levels)
        times = [
            found.calls[stairwell, one].times for one in levels if (stairwell, one) in found.calls
        ]
        key = f"{found.round.id}/{stairwell}/{levels}/{max(times, default=0)}"
        at.submit(
            found.round.made_by,
            str(uuid5(NAMESPACE_OID, key)),
            "test.call",
            {"round": found.round.id, "stairwell": stairwell, "levels": levels},
        )
