"""Whom a request is told: by place, duty, skill and load. Pure functions.

What somebody is good at is their role: a doctor is `medical`, a locksmith `property`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from server.features.people.rules import SCOPES, STEWARD, May, Role, Somewhere, covers, may
from server.features.requests.kinds import RequestKind
from server.features.requests.rules import EVERYBODY, FIRST, LEAD, NEXT, WIDTH

Held = Mapping[str, tuple[Role, ...]]
"""The roles in force of everybody who works here, by account."""


class Choice(NamedTuple):
    """How far a request is carried, and to whom."""

    level: int
    accounts: list[str]


def may_take(kind: RequestKind, roles: Iterable[Role], place: Somewhere, at: int) -> bool:
    """True where one of the roles answers requests of this kind there and then."""
    held = list(roles)
    return (
        may(held, May.ANSWER, place, at)
        and may(held, kind.sees, place, at)
        and any(one.role in kind.takers and one.holds(at) and covers(one, place) for one in held)
    )


def carry(
    kind: RequestKind,
    place: Somewhere,
    held: Held,
    load: Mapping[str, int],
    asked: Collection[str],
    besides: Collection[str],
    level: int,
    at: int,
) -> Choice:
    """The first level from `level` on that has anybody who was not asked; beyond it everybody.

    `besides` are left out among those who may take it, and not where they lead.
    """
    for wanted in (FIRST, NEXT, LEAD):
        if wanted < level:
            continue
        if wanted == LEAD:
            fresh = [one for one in leads(place, held, at) if one not in asked]
        else:
            able = ranked(kind, place, held, load, at)
            fresh = [one for one in able if one not in asked and one not in besides]
            fresh = fresh[: WIDTH[kind.urgency]]
        if fresh:
            return Choice(wanted, fresh)
    return Choice(EVERYBODY, everybody(kind, place, held, at))


def ranked(
    kind: RequestKind, place: Somewhere, held: Held, load: Mapping[str, int], at: int
) -> list[str]:
    """Who may take it, whom to ask first first: by skill, nearness, and how much they have."""

    def order(account: str) -> tuple[int, int, int, str]:
        ways = [
            (kind.takers.index(one.role), -SCOPES.index(one.scope))
            for one in held[account]
            if one.role in kind.takers and one.holds(at) and covers(one, place)
        ]
        return (*min(ways), load.get(account, 0), account)

    return sorted((one for one in held if may_take(kind, held[one], place, at)), key=order)


def leads(place: Somewhere, held: Held, at: int) -> list[str]:
    """Whoever leads there, of those whose part of the community is smallest."""
    nearest: dict[int, list[str]] = {}
    for account in sorted(held):
        ranks = [
            SCOPES.index(one.scope)
            for one in held[account]
            if one.role == STEWARD and one.holds(at) and covers(one, place)
        ]
        if ranks:
            nearest.setdefault(max(ranks), []).append(account)
    return nearest[max(nearest)] if nearest else []


def everybody(kind: RequestKind, place: Somewhere, held: Held, at: int) -> list[str]:
    """Everybody on duty there who may know of it."""
    return sorted(
        one
        for one, roles in held.items()
        if may(roles, May.ANSWER, place, at) and may(roles, kind.sees, place, at)
    )
