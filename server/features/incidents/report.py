"""The report of a closed incident: totals, what went and what stays, signed.

It is signed (ECDSA on P-256, FIPS 186-5) with a key that is made for it alone and whose private
half is never written down: nobody, not even whoever runs the server, can sign another report that
the same key vouches for. Its fingerprint goes to every steward at once.
"""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select, update

from server import clock
from server.features.estates import reads as estates
from server.features.estates.tables import households
from server.features.incidents.rules import State
from server.features.people.ageing import NOBODY
from server.features.people.tables import accounts, residents
from server.features.retention.tables import retention_clocks, totals
from server.oplog.tables import operations
from server.p256 import SigningKey, decode, encode, verified

VERSION = 1


def write(connection: Connection, community_id: int, state: State, closed_at: int) -> bytes:
    """The report as the bytes that are signed; the sums of this incident end with it."""
    people = [one for one in (state.proposed_by, state.agreed_by) if one]
    names = {
        row.id: row.name
        for row in connection.execute(
            select(accounts.c.id, accounts.c.name).where(
                accounts.c.community_id == community_id, accounts.c.id.in_(people)
            )
        )
    }
    community = estates.community(connection, community_id)
    report = {
        "version": VERSION,
        "community": community.name if community else "",
        "incident": state.title,
        "proposed_by": names.get(state.proposed_by, ""),
        "proposed_at": clock.rfc3339(state.proposed_at),
        "agreed_by": names.get(state.agreed_by or "", ""),
        "agreed_at": clock.rfc3339(state.agreed_at or closed_at),
        "began_at": clock.rfc3339(state.began_at or closed_at),
        "closed_at": clock.rfc3339(closed_at),
        "totals": _totals(connection, community_id),
        "deleted": _deleted(connection, community_id),
        "kept": _kept(connection, community_id),
    }
    return msgspec.json.encode(report, order="sorted")


def sign(report: bytes) -> tuple[bytes, bytes]:
    """The signature and the public half of the key that made it."""
    key = SigningKey.new()
    return key.sign(report), key.raw


def fingerprint(public: bytes) -> str:
    """What people compare: the first half of the key's SHA-256, in groups of four."""
    whole = hashlib.sha256(public).hexdigest()[:32].upper()
    return " ".join(whole[at : at + 4] for at in range(0, len(whole), 4))


def document(report: str, signature: bytes, public: bytes) -> bytes:
    """The file that is taken away: the report as text, so that its bytes stay what was signed."""
    return msgspec.json.format(
        msgspec.json.encode(
            {"report": report, "signature": encode(signature), "key": encode(public)}
        )
    )


def check(body: bytes) -> dict[str, Any]:
    """The report in such a file, with the key's fingerprint. Raises `ValueError` if it is false."""
    try:
        said = msgspec.json.decode(body, type=dict[str, str])
        public, signature = decode(said["key"]), decode(said["signature"])
        report = said["report"].encode()
        true = verified(public, signature, report)
    except (KeyError, msgspec.DecodeError, ValueError) as error:
        raise ValueError("this is no report of a closed incident") from error
    if not true:
        raise ValueError("the signature is not of this report: it was changed")
    read: dict[str, Any] = msgspec.json.decode(report)
    return read | {"fingerprint": fingerprint(public)}


def begin_anew(connection: Connection, community_id: int) -> None:
    """What is counted from now on is of the next incident."""
    connection.execute(totals.delete().where(totals.c.community_id == community_id))
    table = retention_clocks.c
    connection.execute(
        update(retention_clocks).where(table.community_id == community_id).values(gone=0)
    )


def _totals(connection: Connection, community_id: int) -> list[dict[str, Any]]:
    rows = connection.execute(
        select(totals.c.month, totals.c.clock, totals.c.what, totals.c.n)
        .where(totals.c.community_id == community_id)
        .order_by(totals.c.month, totals.c.clock, totals.c.what)
    )
    return [dict(row._mapping) for row in rows]


def _deleted(connection: Connection, community_id: int) -> dict[str, int]:
    table = retention_clocks.c
    rows = connection.execute(
        select(table.key, table.gone).where(table.community_id == community_id, table.gone > 0)
    )
    return {row.key: row.gone for row in rows}


def _kept(connection: Connection, community_id: int) -> dict[str, int]:
    """How much of what is about places, people and work stays, counted when all else had gone."""

    def count(table: Any, *where: Any) -> int:
        query = select(func.count()).select_from(table)
        found: int = connection.execute(
            query.where(table.c.community_id == community_id, *where)
        ).scalar_one()
        return found

    return {
        "doors": count(households),
        "people": count(residents, residents.c.name != NOBODY),
        "accounts": count(accounts, accounts.c.household_id.is_(None)),
        "operations": count(operations),
    }
