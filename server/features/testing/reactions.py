"""The pacing, where it calls by itself."""

from __future__ import annotations

from server import clock
from server.features.estates import reads as estates
from server.features.people import reads as people
from server.features.people.rules import May
from server.features.rounds import rules as round_rules
from server.features.testing import day, pacing, rules
from server.ids import derived
from server.oplog.after import Reacting, reaction

LOOK = 20 * clock.SECOND
"""How often it is looked whether somebody can be called."""


@reaction("testing.pace")
def pace(at: Reacting) -> None:
    """Call whom the pacing proposes until told to stop, in the name of who made the day.

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
            _in_whose_name(at, found.round.made_by, stairwell),
            derived(key),
            "test.call",
            {"round": found.round.id, "stairwell": stairwell, "levels": levels},
        )


def _in_whose_name(at: Reacting, maker: str, stairwell: int) -> str:
    """Who made the day, while they may call there; else somebody else who may."""
    places = estates.places(at.connection, at.community_id, [stairwell]).values()
    return people.in_whose_name(at.connection, at.community_id, maker, May.CALL, places, at.now)
