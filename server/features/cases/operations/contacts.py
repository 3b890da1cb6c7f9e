"""Close contacts, and their being asked after every day."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from msgspec import Meta
from sqlalchemy import select

from server.features.cases import reads, rules, telling
from server.features.cases.file import File
from server.features.cases.operations.saying import OfCase, When, resident_of, typed
from server.features.rounds import scope
from server.features.rounds.tables import round_doors
from server.i18n import mark
from server.oplog.envelope import Number, Uuid
from server.oplog.events import Event
from server.oplog.kinds import HEALTH, Asked, Refused, operation


@operation("case.contact", label=mark("Say who is a close contact"))
class Contact(OfCase):
    """Somebody of the household, of another, or from elsewhere is a close contact, or is not.

    With a round of home isolation, its board then expects them to be asked after every day. The
    household of somebody who lives elsewhere hears that there is news for it, and not of whom.
    """

    retention: ClassVar = dict.fromkeys(
        ("resident", "name", "round", "until", "is_contact"), HEALTH
    )
    resident: Number | None = None
    name: Annotated[str, Meta(max_length=40)] = ""
    round: Uuid | None = None
    until: When = ""
    is_contact: bool = True

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        who = None if self.resident is None else resident_of(file.at, self.resident)
        if self.resident == file.row.resident_id:
            raise Refused(THEMSELVES)
        if who is None and (self.resident is not None or not self.name.strip()):
            raise Refused(NOBODY)
        said = Event.of(
            asked,
            "contact",
            self.name.strip() if who is None else f"r{who.id}",
            resident=self.resident,
            household=who.household_id if who else None,
            round=self.round if who and self.is_contact else None,
            until=typed(file, self.until) if self.until and self.is_contact else None,
            is_contact=self.is_contact,
        )
        moved = bool(said.said["round"]) and isolate(file, asked, said)
        before = file.state.contacts.get(said.key)
        again = before is not None and self.is_contact and _news(before) == _news(said)
        # Who hears that a board changes and that a case changes at once could put them together.
        told = [] if file.closed else _tell(file, asked, said, before, again=again, quiet=moved)
        said = said._replace(again=again, said={**said.said, "notices": told})
        file.enter(asked, said, quiet=moved)


def _news(said: Event) -> tuple[Any, ...]:
    """What a contact's household is told of; on another day it is another round."""
    return said.said["household"], bool(said.said["round"]), said.said.get("until")


def _tell(
    file: File, asked: Asked, said: Event, before: Event | None, *, again: bool, quiet: bool
) -> list[str]:
    """The announcements by which a contact's household knows what stands now.

    Who was told the same already is not told again; who is no contact after all need not know.
    """
    stands = rules.fold([*file.events, said]).contacts.get(said.key)
    if stands is not None and stands is not said:
        return []  # what was made later stands already
    known = list(before.said.get("notices") or ()) if before else []
    if again and known:
        return known
    telling.take_back(file, asked, known, quiet=quiet)
    home = said.said["household"]
    return telling.contacts(file, asked, [home], quiet=quiet) if stands and home else []


def isolate(file: File, asked: Asked, said: Event) -> bool:
    """Have a close contact expected at their door of a round of isolation; True where it changed.

    Raises `Refused` where there is no such round, or where it cannot expect more people there.
    """
    at, household, round_id = file.at, said.said["household"], said.said["round"]
    found = scope.find(at, round_id)
    if found.kind != "isolation" or found.status != "open":
        raise Refused(NO_ISOLATION)
    door = at.connection.execute(
        select(round_doors).where(
            round_doors.c.community_id == at.community_id,
            round_doors.c.round_id == round_id,
            round_doors.c.household_id == household,
        )
    ).first()
    if door is None:
        raise Refused(NOT_ON_ROUND)
    known = reads.contacts_on(at.connection, at.community_id, round_id, household)
    expected = len(known | {said.said["resident"]})
    if expected <= door.due:
        return False  # the round expects everybody who is there anyway
    if door.answer is not None:
        raise Refused(HAS_REPORTED)
    scope.change_due(at, round_id, household, expected, asked.seq)
    return True


THEMSELVES = mark("A person is no contact of their own.")
NOBODY = mark("Say who the contact is.")
NO_ISOLATION = mark("Choose a round of home isolation that is open.")
NOT_ON_ROUND = mark("That round does not go to this contact's door. Tell its lead about them.")
HAS_REPORTED = mark(
    "People behind that door have reported in this round already. Add the contact without the "
    "round, and tell its lead about them."
)
