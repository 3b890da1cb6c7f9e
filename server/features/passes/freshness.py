"""Whether somebody's last test counts: the only thing of it that passes and trips may know."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from server import clock
from server.features.reports import reads as reports
from server.features.testing import reads as testing


def counts_until(
    connection: Connection, community_id: int, residents: Collection[int], hours: int, now: int
) -> dict[int, int]:
    """Until when the last test of each counts, in Unix milliseconds.

    Whoever's last test was not negative, is older than `hours`, or is unknown is left out, so that
    nobody learns which of these it is.
    """
    since = now - hours * clock.HOUR
    newest: dict[int, tuple[int, bool]] = {}
    for one in (testing, reports):
        for resident, tested in one.last_tested(connection, community_id, residents, since).items():
            newest[resident] = max(newest.get(resident, (0, False)), tested)
    return {
        resident: at + hours * clock.HOUR for resident, (at, negative) in newest.items() if negative
    }
