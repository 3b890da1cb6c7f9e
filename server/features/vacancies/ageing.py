"""What was said of vacant flats ages once somebody lives there again."""

from __future__ import annotations

from sqlalchemy import false

from server.db.base import AnyRow
from server.features.retention import ageing
from server.features.retention.ageing import Over, ages
from server.features.vacancies.tables import VACANCY_EVENTS, vacancies
from server.i18n import mark


@ages("doors", {"vacant": mark("Flats found vacant")})
def lived_in(over: Over) -> int:
    """Flats that were vacant, with the evidence."""

    def one(row: AnyRow) -> None:
        if row.checked_at is not None:  # otherwise a suggestion was put aside, and no more
            over.count("vacant", row.checked_at)

    return ageing.things(over, vacancies, VACANCY_EVENTS, vacancies.c.vacant == false(), one)
