"""What follows by itself: a file is read once more; whom it says to need care is suggested."""

from __future__ import annotations

import msgspec
from sqlalchemy import select

from server.features.care import reads as care
from server.features.people import reads as people
from server.features.people.actors import actors
from server.features.register import rules, uploads
from server.features.register.known import estate_of
from server.features.register.plan import Outcome
from server.features.register.tables import import_rows
from server.ids import derived
from server.oplog.after import Reacting, reaction


@reaction("register.read")
def read(at: Reacting) -> None:
    """The register has changed since a file was read: read it once more."""
    uploads.again(at.connection, at.community_id, at.subject)
    at.topics |= {f"import:{at.subject}", "imports"}


@reaction("register.needs")
def needs(at: Reacting) -> None:
    """Suggest for care whom a register calls old, alone, disabled…; stewards confirm it.

    Whoever lives in a new flat has its number only now. Who is known to need care, or not to, is
    left alone.
    """
    row = uploads.row_of(at.connection, at.community_id, at.subject)
    if row is None or row.state != rules.APPLIED:
        return
    table = import_rows.c
    query = select(table.body).where(
        table.community_id == at.community_id,
        table.import_id == row.id,
        table.reading == row.reading,
        table.what.in_((rules.ADDED, rules.CHANGED)),
    )
    decode = msgspec.json.Decoder(Outcome).decode
    said = [one for one in map(decode, at.connection.execute(query).scalars()) if one.needs]
    actor = actors(at.connection, at.community_id, [row.applied_by])[row.applied_by]
    doors = estate_of(at.connection, actor, at.now).doors
    cared_for = care.known(at.connection, at.community_id)
    for outcome in said:
        home = outcome.household
        if home is None and outcome.where is not None:
            place = outcome.where
            key = place.compound, place.building, place.stairwell, place.label
            home = doors.get(key)
        if home is not None:
            _suggest(at, actor.id, outcome, home, cared_for)


def _suggest(
    at: Reacting, actor: str, outcome: Outcome, household: int, cared_for: frozenset[int]
) -> None:
    home = people.residents_of(at.connection, at.community_id, household)
    for name, said in outcome.needs:
        known = next((one for one in home if one.name == name), None)
        if known is not None and known.id not in cared_for:
            data = {
                "household": household,
                "resident": known.id,
                "needs": list(said),
                "source": "import",
            }
            op_id = derived(f"{at.subject}/{outcome.sheet}/{outcome.row}/{name}")
            at.submit(actor, op_id, "care.suggest", data)
