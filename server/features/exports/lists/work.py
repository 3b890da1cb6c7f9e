"""Who worked when: from the first to the last thing that somebody entered on a day, and how much.

A street office asks how long volunteers were at work. Nobody clocks in here, and nobody should
have to with a glove on: what is written down is what was done.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, exists, select

from server import clock
from server.features.estates import reads as estates
from server.features.exports.listing import DAYS, MOMENT, NUMBER, Asked, Column, Listing, Row
from server.features.exports.lists.people import NAME
from server.features.exports.rules import Spell, spells
from server.features.people.rules import HOUSEHOLD, May
from server.features.people.tables import accounts, roles
from server.i18n import mark
from server.oplog.tables import operations


def _work(connection: Connection, asked: Asked, _: Sequence[int]) -> Iterable[Row]:
    since, until = asked.about
    made = operations.c
    rows = connection.execute(
        select(made.actor, made.corrected_at, accounts.c.name, accounts.c.team)
        .join(
            accounts,
            (accounts.c.community_id == made.community_id) & (accounts.c.id == made.actor),
        )
        .where(
            made.community_id == asked.community_id,
            made.outcome == "applied",
            made.device.is_not(None),  # what goes on by itself is nobody's work
            made.corrected_at >= since,
            made.corrected_at < until,
            exists().where(
                roles.c.community_id == made.community_id,
                roles.c.account_id == made.actor,
                roles.c.role != HOUSEHOLD,
            ),
        )
        .order_by(accounts.c.name, made.actor, made.corrected_at)
    )
    zone = estates.zone(connection, asked.community_id)
    names: dict[str, tuple[str, str]] = {}
    entered: list[tuple[str, int]] = []
    for row in rows:
        names[row.actor] = row.name, row.team
        entered.append((row.actor, row.corrected_at))
    for spell in spells(entered, zone):
        name, team = names[spell.who]
        yield spell.day, name, team, spell.first, spell.last, _hours(spell), spell.entries


def _hours(spell: Spell) -> float:
    """Hours from the first to the last entry, to a quarter."""
    return round((spell.last - spell.first) / clock.HOUR * 4) / 4


LISTINGS = (
    Listing(
        "work",
        mark("Who worked when"),
        May.SEE_STAFF,
        lambda _: (
            Column(mark("Day"), width=12), NAME, Column(mark("Team"), width=8),
            Column(mark("First entry"), MOMENT, 18), Column(mark("Last entry"), MOMENT, 18),
            Column(mark("Hours between"), NUMBER, 10, total=True),
            Column(mark("Entries"), NUMBER, 10, total=True),
        ),
        _work,
        about=DAYS,
        whole=True,
    ),
)  # fmt: skip
