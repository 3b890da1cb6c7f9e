"""Keeping the register by hand: who moved in, what was written wrongly, who moved away."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar

from msgspec import Meta
from sqlalchemy import select

from server.features.estates import reads as estates
from server.features.estates.records import Household
from server.features.people import changes
from server.features.people.actors import Person
from server.features.people.changes import Change
from server.features.people.rules import May
from server.features.people.tables import residents
from server.i18n import mark
from server.oplog.envelope import Number
from server.oplog.kinds import REGISTER, Asked, Moment, Op, Refused, Stale, operation

OWNER, TENANT = "owner", "tenant"
TENURES = {OWNER: mark("Owner"), TENANT: mark("Tenant")}
"""By what right somebody lives in a flat; empty where nobody has said."""

OF_PEOPLE = {"name": REGISTER, "born": REGISTER, "phone": REGISTER}
"""What goes when the register does."""

OLDEST = 120
"""Years that nobody is older than."""

Name = Annotated[str, Meta(max_length=40)]
Phone = Annotated[str, Meta(max_length=20)]
Year = Annotated[str, Meta(max_length=8)]


@operation("resident.add", label=mark("Add somebody to the register"))
class Add(Op):
    """Somebody lives behind a door of whom the register does not know yet."""

    retention: ClassVar = OF_PEOPLE
    household: Number
    name: Name
    born: Year = ""
    phone: Phone = ""
    tenure: str = ""
    registered: bool = False

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        door = _keeper(at, asked, self.household)
        said = _said(asked, self.name, self.born, self.phone, self.tenure)
        for row in _people(at, door):
            if row.name == said["name"] and said["born"] in {None, row.born}:
                raise Refused(LIVES_HERE, name=said["name"])
        after = said | {"registered": self.registered, "present": True}
        _write(at, asked, door, Change(door.household, None, changes.ADDED, None, after))


@operation("resident.correct", label=mark("Correct the register"))
class Correct(Op):
    """What the register says of somebody was wrong, or is no longer so.

    A household corrects what is known of its own; where they are registered is not its to say.
    """

    retention: ClassVar = OF_PEOPLE
    resident: Number
    name: Name
    born: Year = ""
    phone: Phone = ""  # empty: as it was, which the form does not show in full
    no_phone: bool = False
    tenure: str = ""
    registered: bool = False

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class. Raises `Stale` where somebody has corrected the same since."""
        row = _living(at, self.resident)
        door, source = _corrector(at, asked, row.household_id)
        said = _said(asked, self.name, self.born, self.phone, self.tenure)
        if not self.phone.strip():
            said["phone"] = "" if self.no_phone else row.phone
        said["registered"] = row.registered if source == changes.OWN else self.registered
        after = {name: value for name, value in said.items() if getattr(row, name) != value}
        before = {name: getattr(row, name) for name in after}
        if not after:
            asked.subject = f"/households/{door.household}"
            return
        if _changed_since(at, asked, row.id):
            raise Stale(CHANGED, name=row.name)
        change = Change(door.household, row.id, changes.CORRECTED, before, after)
        _write(at, asked, door, change, source)


@operation("resident.leave", label=mark("Say that somebody moved away"))
class Leave(Op):
    """Somebody does not live here any more; whoever is only away for a time is said to be away."""

    resident: Number

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        row = _living(at, self.resident)
        door = _keeper(at, asked, row.household_id)
        at.react("care.moved", f"{row.id} {asked.id}")
        _write(at, asked, door, changes.left(row, asked.corrected_at))


@operation("resident.back", label=mark("Say that somebody did not move away"))
class Back(Op):
    """Take back that somebody moved away, or let them move in again."""

    resident: Number

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        row = _find(at, self.resident)
        door = _keeper(at, asked, row.household_id)
        if row.left_at is None:
            raise Refused(LIVES_HERE, name=row.name)
        before = {"left_at": row.left_at, "present": False, "registered": False}
        after = {"left_at": None, "present": True, "registered": True}
        _write(at, asked, door, Change(door.household, row.id, changes.BACK, before, after))


def _said(asked: Asked, name: str, born: str, phone: str, tenure: str) -> dict[str, Any]:
    """What a form says of somebody, as it is kept. Raises `Refused`."""
    plain = plain_name(name)
    if not plain:
        raise Refused(NO_NAME)
    if tenure not in {"", *TENURES}:
        raise Refused(NO_TENURE)
    return {
        "name": plain,
        "born": _year(asked, born),
        "phone": plain_phone(phone),
        "tenure": tenure,
    }


def _year(asked: Asked, born: str) -> int | None:
    text = unicodedata.normalize("NFKC", born).strip()
    if not text:
        return None
    this = datetime.fromtimestamp(asked.corrected_at / 1000, UTC).year
    if not text.isdecimal() or not this - OLDEST <= int(text) <= this:
        raise Refused(NO_YEAR, text=text)
    return int(text)


def plain_name(typed: str) -> str:
    """A name as it is kept and compared: narrow, with single spaces."""
    return " ".join(unicodedata.normalize("NFKC", typed).split())


def plain_phone(phone: str) -> str:
    """A telephone number as it is kept; empty for none. Raises `Refused` for what is no number."""
    text = " ".join(unicodedata.normalize("NFKC", phone).split())
    digits = sum(sign.isdigit() for sign in text)
    if text and (not 5 <= digits <= 15 or set(text) - set("0123456789+-() ")):
        raise Refused(NO_PHONE, text=text)
    return text


def _find(at: Moment, resident: int) -> Any:
    row = at.connection.execute(
        select(residents).where(
            residents.c.community_id == at.community_id, residents.c.id == resident
        )
    ).first()
    if row is None:
        raise Refused(NOBODY)
    return row


def _living(at: Moment, resident: int) -> Any:
    """Somebody who has not moved away. Raises `Refused`."""
    row = _find(at, resident)
    if row.left_at is not None:
        raise Refused(MOVED_AWAY, name=row.name)
    return row


def _people(at: Moment, door: Household) -> list[Any]:
    table = residents.c
    query = select(residents).where(
        table.community_id == at.community_id,
        table.household_id == door.household,
        table.left_at.is_(None),
    )
    return list(at.connection.execute(query))


def _keeper(at: Moment, asked: Asked, household: int) -> Household:
    """The door, for somebody who keeps the register there. Raises `Refused`.

    Whoever may not gets the same words whether there is such a door or not.
    """
    door = estates.household(at.connection, at.community_id, household)
    person: Person = at.actors[asked.actor]  # type: ignore[assignment]
    if door is None or not person.may(May.KEEP_REGISTER, asked.corrected_at, door):
        raise Refused(NOT_YOURS)
    return door


def _corrector(at: Moment, asked: Asked, household: int) -> tuple[Household, str]:
    """The door and the source of a correction: who keeps the register, or the household itself.

    Raises `Refused`, in the same words for everybody else.
    """
    person: Person = at.actors[asked.actor]  # type: ignore[assignment]
    door = estates.household(at.connection, at.community_id, household)
    if door is None or household not in person.homes(asked.corrected_at):
        return _keeper(at, asked, household), changes.HAND
    return door, changes.OWN


def _changed_since(at: Moment, asked: Asked, resident: int) -> bool:
    """True where somebody's entry has changed since the page was drawn that was corrected."""
    return changes.last_of(at.connection, at.community_id, resident) > asked.seen


def _write(
    at: Moment, asked: Asked, door: Household, change: Change, source: str = changes.HAND
) -> None:
    changes.write(at.connection, at.community_id, asked, [change], source)
    asked.subject = f"/households/{door.household}"
    at.tell(f"household:{door.household}", f"stairwell:{door.stairwell}", "register")


NOBODY = mark("There is no such resident here.")
NOT_YOURS = mark("Your role does not include this household.")
NO_NAME = mark("Give a name.")
NO_TENURE = mark("Choose owner, tenant or neither.")
NO_YEAR = mark("“%(text)s” is not a year in which somebody who lives was born.")
NO_PHONE = mark("“%(text)s” is not a telephone number.")
LIVES_HERE = mark("%(name)s is in the register already.")
MOVED_AWAY = mark("%(name)s has moved away.")
CHANGED = mark("Somebody has changed what is known of %(name)s meanwhile. Look at it first.")
