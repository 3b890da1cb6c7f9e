"""What taking a register over would do: each row compared with who is known behind its door.

Nobody is deleted: whom the file does not name stays. What a file leaves blank changes nothing. Two
people of one name behind one door, somebody who is known behind another, a flat that is empty here
and lived in there: these are asked about, and left out until somebody has answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from server.features.people import changes
from server.features.register.addresses import Place
from server.features.register.persons import HOME, LEFT, REFUSED, Line, Said
from server.i18n import Words, mark

ADDED, CHANGED, SAME, ASKED = "added", "changed", "same", "asked"

STRONGEST = (ASKED, REFUSED, CHANGED, ADDED, SAME, LEFT)
"""What a row counts as that names several people, the first that any of them is."""

SAME_PERSON, ANOTHER, MOVED, LEAVE, EMPTY = "same", "another", "moved", "leave", "empty"
"""Answers to questions; `same` may name whom, as in `same-17`."""


class Known(msgspec.Struct, array_like=True):
    """Somebody in the register."""

    id: int
    name: str
    born: int | None
    phone: str
    registered: bool
    present: bool
    tenure: str


class Home(msgspec.Struct, array_like=True):
    """A door in the register, with who lives behind it."""

    household: int
    vacant: bool
    shop: bool
    residents: tuple[Known, ...] = ()


class Part(msgspec.Struct, array_like=True):
    """What becomes of one person, or of the door: fields with what was there and what will be."""

    what: str  # see people.changes; empty where nothing changes
    name: str = ""
    resident: int | None = None
    changes: tuple[tuple[str, Any, Any], ...] = ()


class Question(msgspec.Struct):
    """What has to be answered before a row can be taken over."""

    key: str
    words: dict[str, Any]
    choices: tuple[tuple[str, dict[str, Any]], ...]
    household: int | None = None  # another door that it is about


class Outcome(msgspec.Struct, omit_defaults=True):
    """What becomes of one row."""

    sheet: int
    row: int
    what: str
    household: int | None = None
    place: tuple[int, str, str, str, str, bool] | None = None  # estates.laying.NewDoor, to be made
    parts: tuple[Part, ...] = ()
    cell: str = ""
    reason: dict[str, Any] | None = None
    question: Question | None = None
    where: Place | None = None
    text: str = ""  # how the row begins, where nothing is made of it
    needs: tuple[tuple[str, tuple[str, ...]], ...] = ()  # name and what they need


def compare(
    lines: Iterable[Line], homes: Mapping[int, Home], answers: Mapping[str, str]
) -> Iterator[Outcome]:
    """What becomes of each line; one outcome each, in their order."""
    comparing = _Comparing(homes, answers)
    for line in lines:
        yield comparing.outcome(line)


class _Asked(Exception):
    """A question comes up."""

    def __init__(self, question: Question) -> None:
        super().__init__(question.key)
        self.question = question


class _Left(Exception):
    """Somebody has answered that this is to be left."""


class _Comparing:
    """Compares line after line, remembering whom the file has named so far."""

    def __init__(self, homes: Mapping[int, Home], answers: Mapping[str, str]) -> None:
        self._homes = homes
        self._answers = answers
        self._named: dict[int, Said] = {}  # by resident: what the file has said of them
        self._new: dict[tuple[Any, str], list[Said]] = {}  # by door and name: whom the file adds
        self._doors: set[Any] = set()  # that are to be made
        self._elsewhere: dict[tuple[str, Any], list[tuple[int, Known]]] = {}
        for home in homes.values():
            for known in home.residents:
                for mark_ in _marks(known.phone, known.born):
                    key = _plain(known.name), mark_
                    self._elsewhere.setdefault(key, []).append((home.household, known))

    def outcome(self, line: Line) -> Outcome:
        """What becomes of one line."""
        made = Outcome(
            line.sheet, line.row, line.what, line.household, cell=line.cell, reason=line.reason,
            where=line.place, text=line.text,
        )  # fmt: skip
        if line.what in {LEFT, REFUSED}:
            return made
        if line.household is None and line.place is not None:
            made.place = (
                line.place.compound, line.place.building, line.place.stairwell, line.place.label,
                line.place.floor, bool(line.shop),
            )  # fmt: skip
        whats = []
        parts: list[Part] = []
        try:
            door, what = self._door(line)
            if what != SAME or not line.people:
                whats.append(what)
            parts += door
        except _Asked as asked:
            made.what, made.question = ASKED, asked.question
            return made
        except _Left:
            made.what, made.reason = LEFT, {"text": AS_ANSWERED}
            return made
        for nth, said in enumerate(line.people):
            try:
                part = self._person(line, nth, said)
            except _Asked as asked:
                made.what, made.question = ASKED, asked.question
                made.parts = (Part("", said.name),)
                return made
            except _Left:
                whats.append(LEFT)
                continue
            parts.append(part)
            whats.append(
                SAME if not part.what else ADDED if part.what == changes.ADDED else CHANGED
            )
        made.what = next(one for one in STRONGEST if one in whats)
        made.parts = tuple(parts)
        if made.what == LEFT:
            made.reason = {"text": AS_ANSWERED}
        made.needs = tuple((said.name, said.needs) for said in line.people if said.needs)
        return made

    # The door.

    def _door(self, line: Line) -> tuple[list[Part], str]:
        """What becomes of the door itself."""
        home = self._homes.get(line.household) if line.household is not None else None
        if home is None:
            first = line.place not in self._doors
            self._doors.add(line.place)
            fresh = ADDED if first else SAME
            return [], fresh if line.what == HOME else SAME
        if line.vacant and not home.vacant:
            return self._emptied(line, home), CHANGED
        if line.what == HOME and line.shop and not home.shop:
            return [Part(changes.DOOR, "", None, (("use", "home", "shop"),))], CHANGED
        return [], SAME

    def _emptied(self, line: Line, home: Home) -> list[Part]:
        """A flat that the file says is empty; asked about where somebody is known to live there."""
        if home.residents:
            self._choose(
                line, 0, Words(LIVED_IN, {"n": len(home.residents)}),
                ((EMPTY, Words(ALL_MOVED)), (LEAVE, Words(LEAVE_IT))),
            )  # fmt: skip
        gone = (("left_at", None, LEFT_NOW), ("present", True, False), ("registered", True, False))
        return [
            *(Part(changes.LEFT, known.name, known.id, gone) for known in home.residents),
            Part(changes.DOOR, "", None, (("vacant", False, True),)),
        ]

    # A person.

    def _person(self, line: Line, nth: int, said: Said) -> Part:
        home = self._homes.get(line.household) if line.household is not None else None
        alike = [one for one in (home.residents if home else ()) if _same_name(one.name, said.name)]
        if alike:
            known = self._who(line, nth, said, alike)
            if known is not None:
                return self._known(line, nth, said, known)
        elif not self._is_new_already(line, said):
            moved = self._moved(line, nth, said)
            if moved is not None:
                return moved
        return self._added(line, nth, said)

    def _who(self, line: Line, nth: int, said: Said, alike: list[Known]) -> Known | None:
        """Which of those of this name is meant; None for somebody else. Raises `_Asked`."""
        fits = [one for one in alike if _fits(one, said)]
        sure = [one for one in fits if _is_sure(one, said)]
        if len(sure) == 1:
            return sure[0]
        if len(alike) == 1 and len(fits) == 1:
            return fits[0]
        choices = [
            (f"{SAME_PERSON}-{one.id}", Words(SAME_AS, {"name": one.name, "tail": _tail(one)}))
            for one in alike
        ]
        answer = self._choose(
            line, nth, Words(WHICH, {"name": said.name, "tail": _tail_of(said)}),
            (*choices, (ANOTHER, Words(SOMEBODY_ELSE)), (LEAVE, Words(LEAVE_IT))),
        )  # fmt: skip
        return next((one for one in alike if answer == f"{SAME_PERSON}-{one.id}"), None)

    def _known(self, line: Line, nth: int, said: Said, known: Known) -> Part:
        """What changes of somebody who lives here."""
        before = self._named.get(known.id)
        if before is not None and _differ(before, said):
            self._choose(
                line, nth, Words(TWICE, {"name": said.name}),
                ((SAME_PERSON, Words(THIS_ROW)), (LEAVE, Words(LEAVE_IT))),
            )  # fmt: skip
        self._named[known.id] = said
        found = tuple(_changes(known, said))
        return Part(changes.CORRECTED if found else "", said.name, known.id, found)

    def _is_new_already(self, line: Line, said: Said) -> bool:
        """True where a row before has added somebody of this name here."""
        return self._key(line, said) in self._new

    def _moved(self, line: Line, nth: int, said: Said) -> Part | None:
        """Somebody who is known behind another door. Raises `_Asked`."""
        found = [
            (home, known)
            for mark_ in _marks(said.phone, None if said.about else said.born)
            for home, known in self._elsewhere.get((_plain(said.name), mark_), ())
            if home != line.household and _fits(known, said)
        ]
        if not found:
            return None
        home, known = found[0]
        answer = self._choose(
            line, nth,
            Words(MOVED_HERE, {"name": said.name, "tail": _tail(known), "place": Words(ELSEWHERE)}),
            (
                (MOVED, Words(THEY_MOVED)), (ANOTHER, Words(SOMEBODY_ELSE)),
                (LEAVE, Words(LEAVE_IT)),
            ),
            elsewhere=home,
        )  # fmt: skip
        if answer != MOVED:
            return None
        self._named[known.id] = said
        return Part(
            changes.MOVED, said.name, known.id,
            (("household_id", home, line.household), *_changes(known, said)),
        )  # fmt: skip

    def _added(self, line: Line, nth: int, said: Said) -> Part:
        """Somebody new; the same person on another row of the file is no second one."""
        key = self._key(line, said)
        for one in self._new.get(key, ()):
            if not _differ(one, said) and not _says_more(one, said):
                return Part("", said.name)
            if one.born is None or said.born is None or one.born == said.born:
                answer = self._choose(
                    line, nth, Words(TWICE, {"name": said.name}),
                    ((ANOTHER, Words(SOMEBODY_ELSE)), (LEAVE, Words(LEAVE_IT))),
                )  # fmt: skip
                assert answer == ANOTHER
        self._new.setdefault(key, []).append(said)
        return Part(changes.ADDED, said.name, None, tuple(_new_fields(said)))

    @staticmethod
    def _key(line: Line, said: Said) -> tuple[Any, str]:
        door = line.household if line.household is not None else line.place
        return door, _plain(said.name)

    def _choose(
        self,
        line: Line,
        nth: int,
        words: Words,
        choices: Iterable[tuple[str, Words]],
        *,
        elsewhere: int | None = None,
    ) -> str:
        """What somebody has answered to a question. Raises `_Asked` and `_Left`."""
        key = f"{line.sheet}:{line.row}" + (f":{nth}" if nth else "")
        offered = tuple((name, said.as_json()) for name, said in choices)
        answer = self._answers.get(key, "")
        if answer == LEAVE:
            raise _Left
        if answer not in {name for name, _ in offered}:
            raise _Asked(Question(key, words.as_json(), offered, elsewhere))
        return answer


# Comparing two of them.


def _plain(name: str) -> str:
    return re.sub(r"[\s·.]", "", name).casefold()


def _same_name(one: str, other: str) -> bool:
    return _plain(one) == _plain(other)


def _digits(phone: str) -> str:
    return re.sub(r"\D", "", phone)


def _marks(phone: str, born: int | None) -> Iterator[Any]:
    """What tells people of one name apart: their telephone, and with it their year."""
    if len(_digits(phone)) >= 7:
        yield "phone", _digits(phone)
    if born is not None:
        yield "born", born


def _near(one: int, said: Said) -> bool:
    """True where a year is the one a row says; an age may be a year more or less."""
    return said.born is not None and abs(one - said.born) <= int(said.about)


def _fits(known: Known, said: Said) -> bool:
    """True where nothing speaks against their being the same person."""
    return known.born is None or said.born is None or _near(known.born, said)


def _is_sure(known: Known, said: Said) -> bool:
    """True where a year or a telephone number says that they are the same."""
    if known.born is not None and said.born is not None:
        return _near(known.born, said)
    return bool(said.phone) and _digits(known.phone) == _digits(said.phone)


def _differ(one: Said, other: Said) -> bool:
    """True where two rows say different things of somebody."""
    return any(
        a not in (None, "") and b not in (None, "") and a != b for a, b in _facts(one, other)
    )


def _says_more(one: Said, other: Said) -> bool:
    """True where the second row says something that the first did not."""
    return any(a in (None, "") and b not in (None, "") for a, b in _facts(one, other))


def _facts(one: Said, other: Said) -> Iterator[tuple[Any, Any]]:
    """What two rows say of the same things."""
    for field in ("born", "phone", "registered", "present", "tenure"):
        yield getattr(one, field), getattr(other, field)


def _changes(known: Known, said: Said) -> Iterator[tuple[str, Any, Any]]:
    """What a row says of somebody that the register does not."""
    if said.born is not None and known.born is None:
        yield "born", None, said.born
    if said.phone and _digits(said.phone) != _digits(known.phone):
        yield "phone", known.phone, said.phone
    for field in ("registered", "present"):
        wanted = getattr(said, field)
        if wanted is not None and wanted != getattr(known, field):
            yield field, getattr(known, field), wanted
    if said.tenure and said.tenure != known.tenure:
        yield "tenure", known.tenure, said.tenure


def _new_fields(said: Said) -> Iterator[tuple[str, Any, Any]]:
    """What is written down of somebody new."""
    yield "name", None, said.name
    if said.born is not None:
        yield "born", None, said.born
    if said.phone:
        yield "phone", None, said.phone
    if said.registered is not None:
        yield "registered", None, said.registered
    if said.present is not None:
        yield "present", None, said.present
    if said.tenure:
        yield "tenure", None, said.tenure


def _tail(known: Known) -> str:
    return _described(known.born, known.phone)


def _tail_of(said: Said) -> str:
    return _described(said.born, said.phone)


def _described(born: int | None, phone: str) -> str:
    """What tells somebody apart without saying a telephone number in full."""
    parts = [str(born)] if born is not None else []
    parts += [f"…{phone[-4:]}"] if phone else []
    return " ".join(parts) or "?"


LEFT_NOW = "now"
"""Stands for the moment at which an import is taken over."""

AS_ANSWERED = mark("left, as somebody has answered")
LIVED_IN = mark("The file says that this flat is empty; %(n)s people are known to live there.")
ALL_MOVED = mark("It is empty: they have moved away")
LEAVE_IT = mark("Leave it as it is")
WHICH = mark("Who is %(name)s (%(tail)s)? Somebody of that name is known here.")
SAME_AS = mark("%(name)s who is known (%(tail)s)")
SOMEBODY_ELSE = mark("Somebody else of the same name")
TWICE = mark("Two rows say different things of %(name)s.")
THIS_ROW = mark("What this row says")
MOVED_HERE = mark("%(name)s (%(tail)s) is known to live at %(place)s. Have they moved here?")
ELSEWHERE = mark("another door")
THEY_MOVED = mark("They have moved here")
