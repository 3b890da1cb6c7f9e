"""A row of a file in words: what would become of it, why not, and what is asked."""

from __future__ import annotations

from collections.abc import Mapping

from server.features.estates import rules as estates
from server.features.estates.records import Household
from server.features.people import changes
from server.features.people.history import LABELS, said
from server.features.register import headers
from server.features.register.plan import LEFT_NOW, Outcome, Part, Question
from server.features.register.views import Choice, Difference, Person, RowView
from server.i18n import Words, mark, say

FIELDS = tuple((str(field), label) for field, label in headers.LABELS.items())
"""What a column may mean: key and marked words."""


def row(
    outcome: Outcome,
    sheets: Mapping[int, str],
    doors: Mapping[int, Household],
    compounds: Mapping[int, str],
) -> RowView:
    """One row, to be drawn."""
    question = outcome.question
    return RowView(
        sheets.get(outcome.sheet, ""),
        outcome.row,
        outcome.cell,
        outcome.what,
        _place(outcome, doors, compounds),
        outcome.place is not None,
        tuple(person for part in outcome.parts if (person := _person(part)) is not None),
        Words.of(outcome.reason),
        question.key if question else "",
        _question(question, doors) if question else None,
        tuple(
            Choice(key, words)
            for key, recorded in (question.choices if question else ())
            if (words := Words.of(recorded)) is not None
        ),
    )


def sentence(language: str, outcome: Outcome) -> str:
    """Why a row is not taken over, on one line of a terminal."""
    recorded = outcome.question.words if outcome.question else outcome.reason
    words = Words.of(recorded)
    where = outcome.cell or outcome.row
    return f"{outcome.sheet + 1}!{where}: {say(language, words) if words else outcome.what}"


def _place(
    outcome: Outcome, doors: Mapping[int, Household], compounds: Mapping[int, str]
) -> Words | str:
    door = doors.get(outcome.household or 0)
    if door is not None:
        return door.words
    if outcome.where is None:
        return outcome.text
    where = outcome.where
    said_ = estates.short_label(where.building, where.stairwell, where.label)
    return f"{compounds.get(where.compound, '')} {said_}".strip()


def _person(part: Part) -> Person | None:
    if part.what == changes.DOOR:
        return Person("", part.what, _differences(part))
    if part.what == changes.LEFT:
        return Person(part.name, part.what, (Difference(MOVED_AWAY, "", ""),))
    if not part.name:
        return None
    return Person(part.name, part.what, _differences(part))


def _differences(part: Part) -> tuple[Difference, ...]:
    return tuple(
        Difference(LABELS[field], said(field, before), said(field, after))
        for field, before, after in part.changes
        if field in LABELS and field not in {"name", "household_id"} and after != LEFT_NOW
    )


def _question(question: Question, doors: Mapping[int, Household]) -> Words | None:
    """A question; where it is about another door, it says which."""
    words = Words.of(question.words)
    door = doors.get(question.household or 0)
    if words is None or door is None:
        return words
    return Words(words.text, {**words.params, "place": door.words})


MOVED_AWAY = mark("moved away")
