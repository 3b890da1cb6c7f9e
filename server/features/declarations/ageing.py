"""What households declared ages: who is ill sooner than who lives where."""

from __future__ import annotations

from sqlalchemy import and_

from server.db.base import AnyRow
from server.features.declarations.tables import declarations, declared_symptoms
from server.features.retention import ageing
from server.features.retention.ageing import Over, ages
from server.features.rounds.ageing import forgotten, of_closed
from server.i18n import mark


@ages("results", {"ill": mark("Households that declared symptoms")})
def symptoms(over: Over) -> int:
    """Who was declared ill."""

    def one(row: AnyRow) -> None:
        over.count("ill", row.at)

    old = over.older(declared_symptoms.c.at)
    return ageing.said(over, declared_symptoms, old, one, "op_id")


@ages("doors", {"declared": mark("Declarations in screenings")})
def declared(over: Over) -> int:
    """Who was said to live where, since when, and who was away."""
    rounds: set[str] = set()

    def one(row: AnyRow) -> None:
        over.count("declared", row.at)
        rounds.add(row.round_id)

    old = and_(over.older(declarations.c.at), of_closed(declarations))
    gone = ageing.said(over, declarations, old, one, "op_id")
    forgotten(over, rounds)
    return gone
