"""Signing in by a printed card or a personal link: looking never uses a secret up, a POST does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from server.features.people import codes
from server.features.people.tables import accounts, sessions, sign_in_codes
from server.ids import uuid7


@dataclass(frozen=True, slots=True)
class Invitation:
    """Whom a secret would sign in."""

    id: str
    community_id: int
    account_id: str
    name: str
    once: bool
    household_id: int | None


def look(connection: Connection, secret: str) -> Invitation | None:
    """Whom a secret would sign in, if it still may. Changes nothing."""
    plain = codes.normalise(secret)
    if plain is None:
        return None
    code = sign_in_codes.c
    row = connection.execute(
        select(
            code.id, code.community_id, code.account_id, accounts.c.name, code.once,
            accounts.c.household_id,
        )
        .join(
            accounts,
            (accounts.c.community_id == code.community_id) & (accounts.c.id == code.account_id),
        )
        .where(
            code.secret_hash == codes.hash_of(plain),
            code.revoked_at.is_(None),
            accounts.c.revoked_at.is_(None),
            (code.once.is_(False)) | (code.used_at.is_(None)),
        )
    ).first()  # fmt: skip
    return Invitation(*row) if row else None


def use(connection: Connection, secret: str, now: int) -> Invitation | None:
    """Use a secret; one that works once is used up, also where two people press at once."""
    found = look(connection, secret)
    if found is None:
        return None
    code = sign_in_codes.c
    taken = connection.execute(
        update(sign_in_codes)
        .where(
            code.community_id == found.community_id,
            code.id == found.id,
            code.revoked_at.is_(None),
            (code.once.is_(False)) | (code.used_at.is_(None)),
        )
        .values(used_at=now)
    )
    return found if taken.rowcount else None


def make(
    connection: Connection,
    community_id: int,
    account_ids: Iterable[str],
    purpose: str,
    now: int,
    *,
    once: bool = False,
) -> dict[str, str]:
    """New secrets, one for each account; only their hashes are stored."""
    secrets = {account_id: codes.new_secret() for account_id in account_ids}
    if secrets:
        connection.execute(
            insert(sign_in_codes),
            [
                {
                    "community_id": community_id,
                    "id": uuid7(now),
                    "account_id": account_id,
                    "secret_hash": codes.hash_of(secret),
                    "purpose": purpose,
                    "once": once,
                    "made_at": now,
                }
                for account_id, secret in secrets.items()
            ],
        )
    return secrets


def revoke_cards(
    connection: Connection, community_id: int, account_ids: Iterable[str], now: int
) -> None:
    """Make every card of these accounts worthless."""
    code = sign_in_codes.c
    connection.execute(
        update(sign_in_codes)
        .where(
            code.community_id == community_id,
            code.account_id.in_(list(account_ids)),
            code.purpose == "card",
            code.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )


def end_sessions(
    connection: Connection, community_id: int, account_ids: Iterable[str], now: int
) -> None:
    """Sign these accounts out everywhere; what waits on their phones stays there."""
    connection.execute(
        update(sessions)
        .where(
            sessions.c.community_id == community_id,
            sessions.c.account_id.in_(list(account_ids)),
            sessions.c.ended_at.is_(None),
        )
        .values(ended_at=now)
    )
