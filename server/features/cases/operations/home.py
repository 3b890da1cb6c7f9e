"""The home they leave: who looks after what is left behind, and its disinfection."""

from __future__ import annotations

from typing import ClassVar

from server.features.cases import rules
from server.features.cases.file import File
from server.features.cases.operations.saying import (
    NO_SUCH_ANSWER,
    Key,
    Line,
    OfCase,
    When,
    typed,
)
from server.i18n import mark
from server.oplog.envelope import Uuid
from server.oplog.events import Event
from server.oplog.kinds import HEALTH, Asked, Refused, operation


@operation("case.care", label=mark("Say who looks after what was left behind"))
class Care(OfCase):
    """Who looks after a child, a pet, a medicine or an old person, until when; or that it is done.

    With `care`, the id of an earlier one, it takes that one's place.
    """

    retention: ClassVar = dict.fromkeys(("whom", "who", "until", "done"), HEALTH)
    whom: Key = ""
    who: Line = ""
    until: When = ""
    done: bool = False
    care: Uuid | None = None

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        before = file.state.cares.get(self.care or "")
        if self.care is not None and before is None:
            raise Refused(NO_SUCH_CARE)
        had = before.said if before else {}
        whom = self.whom or had.get("whom", "")
        if whom not in rules.LEFT_BEHIND:
            raise Refused(NO_SUCH_CARE)
        said = Event.of(
            asked,
            "care",
            self.care or asked.id,
            whom=whom,
            who=self.who.strip() or had.get("who", ""),
            until=typed(file, self.until) if self.until else had.get("until"),
            done=self.done,
        )
        file.enter(asked, said)


@operation("case.disinfect", label=mark("Have a home disinfected"))
class Disinfect(OfCase):
    """The home is to be disinfected after they left, or was, and by whom."""

    retention: ClassVar = {"state": HEALTH, "by": HEALTH}
    state: Key
    by: Line = ""

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        if self.state not in rules.DISINFECTING:
            raise Refused(NO_SUCH_ANSWER)
        file.enter(asked, Event.of(asked, "disinfect", self.state, by=self.by.strip()))


NO_SUCH_CARE = mark("Say whom or what somebody looks after.")
