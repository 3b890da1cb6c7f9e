"""What goes to the doors and back: both ways are rounds, and everything carried is in custody."""

from __future__ import annotations

from typing import ClassVar

from server.features.medicine import access, telling
from server.features.medicine.file import BatchFile
from server.features.medicine.operations.saying import OfBatch
from server.i18n import mark
from server.oplog.envelope import Number
from server.oplog.events import Event
from server.oplog.kinds import HEALTH, Asked, Refused, operation


@operation("batch.collect", label=mark("Begin to collect for a batch"))
class Collect(OfBatch):
    """Cards, cash and empty boxes are collected in a round that is made and opened by itself.

    Doors of controlled medicine are on no board: the people named go there by the batch's page.
    """

    def say(self, file: BatchFile, asked: Asked) -> None:
        """See the class."""
        file.must_run()
        file.must_be_open()
        again = file.state.collecting is not None
        file.enter(asked, Event.of(asked, "collect")._replace(again=again))
        if not again:
            file.at.react("medicine.collect", str(file.row.id))


@operation("batch.bag", label=mark("Pack the bag for a door"))
class Bag(OfBatch):
    """What was bought for a door is in one bag, with whoever says so, once two have checked it.

    It becomes a thing in custody that goes back to this door and no other; so does the change,
    where all the money of the door was with whoever packs.
    """

    retention: ClassVar = {"door": HEALTH}
    door: Number

    def say(self, file: BatchFile, asked: Asked) -> None:
        """See the class."""
        if file.person.id not in access.named(file.row):
            raise Refused(NAMED_ONLY)
        file.must_be_open()
        inside = file.at_door(self.door)
        packed = file.state.to_pack(inside)
        if not packed or not all(file.state.came_of(one) for one in inside):
            raise Refused(SAY_FIRST)
        if not all(file.state.is_checked(one) for one in packed):
            raise Refused(CHECK_FIRST)
        again = self.door in file.state.bags
        told: list[str] = []
        file.enter(
            asked, Event.of(asked, "bag", str(self.door), notices=told)._replace(again=again)
        )
        if not again:
            file.at.react("medicine.bag", f"{file.row.id} {self.door}")


@operation("batch.out", label=mark("Bring a batch back to the doors"))
class Out(OfBatch):
    """The bags go to their doors in a round that is made and opened by itself; households hear."""

    def say(self, file: BatchFile, asked: Asked) -> None:
        """See the class."""
        file.must_run()
        file.must_be_open()
        if not file.state.bags:
            raise Refused(PACK_FIRST)
        again = file.state.out is not None
        told: list[str] = []
        if not again:
            for home in sorted(file.state.bags):
                told += telling.brought(file.at, asked, home)
        file.enter(asked, Event.of(asked, "out", notices=told)._replace(again=again))
        if not again:
            file.at.react("medicine.out", str(file.row.id))


NAMED_ONLY = mark("Only the people who were named for this batch pack its bags.")
SAY_FIRST = mark(
    "The buyer says of each medicine for this door what was bought, before it is packed."
)
CHECK_FIRST = mark(
    "Two people look at it before it goes out, one of them medical. Ask them to check."
)
PACK_FIRST = mark("No bag is packed yet. Pack those that are checked.")
