"""How far a transfer has got, and whom that is told."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from msgspec import Meta

from server import clock
from server.features.cases import rules, telling
from server.features.cases.file import File
from server.features.cases.operations.saying import Key, Line, OfCase
from server.i18n import mark
from server.oplog.events import Event
from server.oplog.kinds import HEALTH, Asked, Refused, operation

Plate = Annotated[str, Meta(max_length=16)]
Minutes = Annotated[int, Meta(ge=0, le=600)]


@operation("case.step", label=mark("Say how far a transfer has got"))
class Step(OfCase):
    """One step of a transfer. Said twice it happened once; said late it stands in its place."""

    retention: ClassVar = dict.fromkeys(("step", "minutes", "bring", "plate", "where"), HEALTH)
    step: Key
    minutes: Minutes = 0
    bring: Line = ""
    plate: Plate = ""
    where: Line = ""

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        if self.step not in rules.STEPS:
            raise Refused(NO_SUCH_STEP)
        said = Event.of(asked, "step", self.step, **self._details(asked))
        again = rules.said_before(file.events, said)
        if again or file.closed or rules.fold([*file.events, said]).step is not said:
            told = telling.NOBODY  # nobody is told twice, or of what is past already
        else:
            told = self._tell(file, asked, said)
        more = {"notices": told.notices, "building": told.building}
        file.enter(asked, said._replace(again=again, said={**said.said, **more}))

    def _details(self, asked: Asked) -> dict[str, Any]:
        if self.step != rules.COMING:
            return {"where": self.where.strip()}
        return {
            "minutes": self.minutes,
            "expected": asked.corrected_at + self.minutes * clock.MINUTE,
            "bring": self.bring.strip(),
            "plate": self.plate.strip().upper(),
        }

    def _tell(self, file: File, asked: Asked, said: Event) -> telling.Told:
        """Tell whom it concerns, in place of what they were told of a vehicle that is not so."""
        before = file.state.step
        if before is not None and before.key == rules.COMING and self.step in _NOT_COMING:
            telling.take_back(file, asked, before.said["notices"])
        if self.step == rules.COMING:
            return telling.vehicle(file, asked, said.said["expected"], said.said["plate"])
        return telling.household(file, asked)


_NOT_COMING = (rules.COMING, rules.HOME)
"""Steps after which a vehicle does not come as it was said."""


NO_SUCH_STEP = mark("There is no such step of a transfer.")
