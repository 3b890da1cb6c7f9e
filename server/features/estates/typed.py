"""The door that somebody typed as it stands on the plate, in an operation that is about one."""

from __future__ import annotations

from server.features.estates import reads as estates
from server.features.estates.records import Household
from server.i18n import mark
from server.oplog.kinds import Moment, Refused


def one_door(at: Moment, typed: str) -> Household:
    """The door it means. Raises `Refused` where it means none, or more than one."""
    found = estates.find_doors(at.connection, at.community_id, typed.strip())
    if len(found) != 1:
        raise Refused(NO_SUCH_DOOR, door=typed.strip())
    return found[0]


NO_SUCH_DOOR = mark("“%(door)s” is not one door. Write it as 12-3-1102.")
