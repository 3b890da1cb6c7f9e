"""Group bots and webhooks of a community, as its stewards keep them.

Their addresses hold secrets: whoever has one can post into the group. So they are added by a plain
form and no operation, whose content stands in the history, and no page ever shows one again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.notices.tables import channels
from server.features.people.actors import Person
from server.features.people.register import NotAllowed, NotThere
from server.features.people.rules import COMMUNITY, May
from server.i18n import LANGUAGES, Words, mark, say
from server.ids import uuid7
from server.oplog.tables import counters
from server.push.addresses import NotAllowed as Unfit
from server.push.groups.answers import words
from server.push.groups.ledger import Channel
from server.push.groups.words import LONG, NO_NAME, NO_PLACE
from server.push.leases import BOT, WEBHOOK

KINDS = {BOT: mark("Group bot"), WEBHOOK: mark("Short messages")}

LONGEST_NAME, LONGEST_ADDRESS = 40, 1000


@dataclass(frozen=True, slots=True)
class Adding:
    """What was typed to add one; the address is as it will be kept."""

    kind: str
    name: str
    address: str
    scope: str
    scope_id: int
    language: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A channel as its stewards see it."""

    id: str
    kind: str  # marked words
    name: str
    place: str
    language: str  # its tag, or nothing for the community's
    worked_at: int | None
    failed_at: int | None
    failed: Words | None  # what went wrong, while it has not worked since
    quiet_until: int | None


@dataclass(frozen=True, slots=True)
class Offered:
    """A place that a channel may be for."""

    value: str  # as the form has it: building:12
    label: str


@dataclass(frozen=True, slots=True)
class ChannelPage:
    """Every channel, and what a new one may be for."""

    channels: tuple[Shown, ...]
    places: tuple[Offered, ...]
    seq: int


def page(connection: Connection, person: Person, language: str, now: int) -> ChannelPage:
    """What stewards see. Raises `NotAllowed`."""
    _must_manage(person, now)
    places = _places(connection, person.community_id, language)
    names = {one.value: one.label for one in places}
    rows = connection.execute(
        select(channels)
        .where(channels.c.community_id == person.community_id, channels.c.revoked_at.is_(None))
        .order_by(channels.c.made_at, channels.c.id)
    )
    shown = tuple(_shown(row, names.get(f"{row.scope}:{row.scope_id}", ""), now) for row in rows)
    return ChannelPage(shown, places, _newest(connection, person.community_id))


def _shown(row: AnyRow, place: str, now: int) -> Shown:
    broken = row.failures > 0
    quiet = row.quiet_until if row.quiet_until is not None and row.quiet_until > now else None
    return Shown(
        row.id, KINDS[row.kind], row.name, place, row.language, row.worked_at,
        row.failed_at if broken else None, words(row.failed or "") if broken else None, quiet,
    )  # fmt: skip


def _places(connection: Connection, community_id: int, language: str) -> tuple[Offered, ...]:
    """The community, its compounds, and within each its buildings and their stairwells."""
    community = estates.community(connection, community_id)
    found = [Offered(f"{COMMUNITY}:0", community.name if community else "")]
    for compound in estates.tree(connection, community_id):
        found.append(Offered(f"compound:{compound.id}", compound.name))
        for building in compound.buildings:
            if not building.stairwells:
                continue
            first = building.stairwells[0].place
            label = f"{compound.name} {say(language, first.building_words)}"
            found.append(Offered(f"building:{building.id}", label))
            if len(building.stairwells) > 1:
                found += [
                    Offered(f"stairwell:{one.id}", say(language, one.place.words))
                    for one in building.stairwells
                ]
    return tuple(found)


def checked(
    connection: Connection, person: Person, given: dict[str, str], now: int
) -> tuple[str, str, int, str]:
    """Name, scope, its id and language, as typed. Raises `Unfit` with words, or `NotAllowed`."""
    _must_manage(person, now)
    name = given.get("name", "").strip()
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise Unfit(NO_NAME)
    if len(given.get("address", "").strip()) > LONGEST_ADDRESS:
        raise Unfit(LONG)
    place = given.get("place", "")
    if place not in {one.value for one in _places(connection, person.community_id, "en")}:
        raise Unfit(NO_PLACE)
    scope, _, scope_id = place.partition(":")
    language = given.get("language", "")
    return name, scope, int(scope_id), language if language in LANGUAGES else ""


def add(connection: Connection, person: Person, made: Adding, now: int) -> str:
    """Keep a new one; returns its id. Raises `NotAllowed`."""
    _must_manage(person, now)
    channel_id = uuid7(now)
    connection.execute(
        insert(channels),
        {
            "community_id": person.community_id, "id": channel_id, "kind": made.kind,
            "name": made.name, "address": made.address, "scope": made.scope,
            "scope_id": made.scope_id, "language": made.language, "made_by": person.id,
            "made_at": now,
        },
    )  # fmt: skip
    return channel_id


def take_away(connection: Connection, person: Person, channel_id: str, now: int) -> None:
    """Use it no more, and forget its address. Raises `NotThere`, `NotAllowed`."""
    _must_manage(person, now)
    table = channels.c
    found = connection.execute(
        update(channels)
        .where(
            table.community_id == person.community_id, table.id == channel_id,
            table.revoked_at.is_(None),
        )
        .values(revoked_at=now, address="")
    )  # fmt: skip
    if not found.rowcount:
        raise NotThere(channel_id)


def must_be_there(connection: Connection, person: Person, channel_id: str, now: int) -> None:
    """Raises `NotThere`, `NotAllowed`."""
    _must_manage(person, now)
    if find(connection, person.community_id, channel_id) is None:
        raise NotThere(channel_id)


def find(connection: Connection, community_id: int, channel_id: str) -> Channel | None:
    """A channel that is in use."""
    table = channels.c
    row = connection.execute(
        select(channels).where(
            table.community_id == community_id, table.id == channel_id, table.revoked_at.is_(None)
        )
    ).first()
    if row is None:
        return None
    community = estates.community(connection, community_id)
    language = row.language or (community.language if community else "")
    return Channel(community_id, row.id, row.kind, row.address, language, row.failures)


def _must_manage(person: Person, now: int) -> None:
    if not person.may(May.MANAGE_CHANNELS, now):
        raise NotAllowed("channels")


def _newest(connection: Connection, community_id: int) -> int:
    found: Sequence[int] = list(
        connection.execute(
            select(counters.c.value).where(
                counters.c.community_id == community_id, counters.c.name == "seq"
            )
        ).scalars()
    )
    return found[0] if found else 0
