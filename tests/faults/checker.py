"""What must hold when everything is healed, whatever happened before. Each flaw is one sentence."""

from __future__ import annotations

import asyncio
import html
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, func, select

from server import clock
from server.app import FEATURES
from server.db.base import AnyRow
from server.features.custody.tables import thing_events, things
from server.features.notices.tables import reach
from server.features.rounds import rules
from server.features.rounds.operations.mark import Mark as MarkOp
from server.features.rounds.tables import marks, round_doors, round_states, rounds
from server.i18n import say
from server.oplog.tables import operations, reactions
from server.web.forms import envelopes
from tests.faults.arena import Arena
from tests.faults.drill import Drill, Form
from tests.faults.phone import LANGUAGE, Page, Phone
from tests.support import replay

assert FEATURES, "importing the app registers every kind"

Known = Mapping[tuple[int, str], AnyRow]


async def check(arena: Arena, drills: Iterable[Drill]) -> list[str]:
    """Everything that does not hold on this arena."""
    every = list(drills)
    await _reacted(arena)
    flaws = [sentence for one in every for sentence in one.still]
    flaws += await arena.read(in_database, every)
    for one in every:
        flaws += await _pages(one)
    flaws += list(_server_said(arena))
    return flaws


def in_database(connection: Connection, drills: Iterable[Drill]) -> list[str]:
    """What does not hold between the database, its history and what phones know."""
    flaws = list(_sound(connection)) + replay.problems(connection) + list(_statuses(connection))
    known = {
        (row.community_id, row.id): row for row in connection.execute(select(operations)).all()
    }
    flaws += list(_outcomes(known))
    flaws += list(_judged(connection, known))
    for one in drills:
        community = one.estate.community
        for phone in one.phones:
            where = f"schedule {one.schedule.seed}, {phone.name}"
            found = [
                *_kept(phone, one.revoked),
                *_told(phone, known, community),
                *_in_order(phone),
                *_answered(phone),
                *phone.stale,
            ]
            flaws += [f"{where}: {flaw}" for flaw in found]
            if not phone.jumped:
                found = list(_last_word(connection, phone, known, community))
                flaws += [f"{where}: {flaw}" for flaw in found]
        flaws += [f"schedule {one.schedule.seed}: {flaw}" for flaw in _real_time(one)]
        flaws += [f"schedule {one.schedule.seed}: {flaw}" for flaw in _forms(one, known)]
    return flaws


async def _reacted(arena: Arena) -> None:
    """Until nothing is left to react to that is due; 20 s are for a retry that waits its turn."""
    for _ in range(400):
        if not await arena.read(_due):
            return
        await asyncio.sleep(0.05)


def _due(connection: Connection) -> int:
    table = reactions.c
    due = table.done_at.is_(None) & (table.due_at <= clock.now())
    return connection.execute(select(func.count()).select_from(reactions).where(due)).scalar_one()


# The database alone


def _sound(connection: Connection) -> Iterator[str]:
    if connection.dialect.name == "sqlite":
        for pragma, well in (("integrity_check", [("ok",)]), ("foreign_key_check", [])):
            said = [tuple(row) for row in connection.exec_driver_sql(f"PRAGMA {pragma}")]
            if said != well:
                yield f"{pragma} says {said[:5]}"
    if due := _due(connection):
        yield f"{due} reactions were never run"


def _statuses(connection: Connection) -> Iterator[str]:
    """What a round is said to be is what marks made now are judged by."""
    changes = defaultdict(list)
    for row in connection.execute(select(round_states).order_by(round_states.c.seq)):
        key = (row.community_id, row.round_id)
        changes[key].append(rules.Change(row.at, row.seq, row.status))
    for row in connection.execute(select(rounds)):
        judged = rules.status_at(changes[row.community_id, row.id], clock.now())
        if judged != row.status:
            yield f"round {row.id} is {row.status} and marks made now are judged as {judged}"


def _judged(connection: Connection, known: Known) -> Iterator[str]:
    """A mark counted where its round was open when it was made, as far as was known by then."""
    changes = defaultdict(list)
    for row in connection.execute(select(round_states).order_by(round_states.c.seq)):
        key = (row.community_id, row.round_id)
        changes[key].append(rules.Change(row.at, row.seq, row.status))
    said = {(row.community_id, row.op_id): row for row in connection.execute(select(marks)).all()}
    for key, row in known.items():
        mark = said.get(key)
        if row.kind != "round.mark" or row.outcome != "applied" or mark is None:
            continue
        before = [change for change in changes[key[0], mark.round_id] if change.seq < row.seq]
        if (status := rules.status_at(before, row.corrected_at)) != rules.OPEN:
            yield f"mark {row.id} counts and its round was {status} when it was made"


def _outcomes(known: Known) -> Iterator[str]:
    for row in known.values():
        if row.outcome == "failed":
            yield f"operation {row.id} ({row.kind}) failed: a handler raised"
        if row.outcome != "applied" and not row.message:
            yield f"operation {row.id} ({row.kind}) was {row.outcome} without a word"


# What phones know


def _kept(phone: Phone, revoked: set[str]) -> Iterator[str]:
    """Nothing left an outbox but by its own acknowledgement or a person's hand."""
    acknowledged = {told.id for told in phone.told}
    for one, entry in phone.made.items():
        if one not in phone.disk and one not in phone.discarded:
            yield f"{entry['kind']} {one} was lost from the outbox"
    for entry in phone.entries():
        if entry["state"] == "acked" and entry["id"] not in acknowledged:
            yield f"{entry['kind']} {entry['id']} counts as acknowledged and nobody said so"
        if entry["state"] == "waiting" and entry["actor"] not in revoked:
            yield f"{entry['kind']} {entry['id']} still waits"


def _told(phone: Phone, known: Known, community: int) -> Iterator[str]:
    """Every answer a phone was given is the one that was recorded, whenever it was asked."""
    for told in phone.told:
        answer, row = told.answer, known.get((community, told.id))
        if row is None:
            if answer["outcome"] == "applied" or answer["seq"] is not None:
                yield f"{told.id} was acknowledged as {answer} and is not in the history"
            continue
        recorded = {
            "outcome": row.outcome,
            "seq": row.seq,
            "subject": row.subject,
            "message": say(LANGUAGE, row.message) if row.message else None,
        }
        heard = {name: answer[name] for name in recorded}
        if heard != recorded and not _reused(answer, row):
            yield f"{told.id} was told {heard} and the history says {recorded}"


def _reused(answer: Mapping[str, Any], row: AnyRow) -> bool:
    """An id that already named something else: refused under a number of its own."""
    return answer["outcome"] == "refused" and answer["seq"] != row.seq


def _in_order(phone: Phone) -> Iterator[str]:
    """One answer brings the operations of a batch in the order they were sent."""
    batches: dict[float, list[int]] = defaultdict(list)
    for told in phone.told:
        if not told.answer["repeat"] and told.answer["seq"] is not None:
            batches[told.heard].append(told.answer["seq"])
    for numbers in batches.values():
        if numbers != sorted(set(numbers)):
            yield f"a batch was numbered {numbers}"


def _answered(phone: Phone) -> Iterator[str]:
    """The server itself never says 500, whatever is asked of it and whatever befalls it."""
    for reply in phone.replies:
        if reply.ours and reply.status >= 500 and reply.status != 503:
            yield f"the server said {reply.status}: {reply.body[:300]!r}"
        if reply.ours and b"Traceback" in reply.body:
            yield f"the server showed a traceback: {reply.body[:300]!r}"


def _real_time(one: Drill) -> Iterator[str]:
    """Numbers are commit order: what was answered before another was asked has the lower one."""
    fresh = sorted(
        (told.heard, told.asked, told.answer["seq"], told.id)
        for phone in one.phones
        for told in phone.told
        if not told.answer["repeat"] and told.answer["seq"] is not None
    )
    highest = 0
    pending = sorted(fresh, key=lambda told: told[1])
    place = 0
    for _, asked, number, which in pending:
        while place < len(fresh) and fresh[place][0] < asked:
            highest = max(highest, fresh[place][2])
            place += 1
        if number < highest:
            yield f"{which} has number {number} and was asked after {highest} was answered"


def _last_word(connection: Connection, phone: Phone, known: Known, community: int) -> Iterator[str]:
    """Where one person on one phone spoke twice of a door, the later word replaced the earlier."""
    said: dict[tuple[str, str, int], list[str]] = defaultdict(list)
    kept = {
        row.op_id: row
        for row in connection.execute(select(marks).where(marks.c.community_id == community))
    }
    for one, entry in phone.made.items():
        row = kept.get(one)
        if row is not None and row.source in {"door", "paper"} and row.undone_seq is None:
            said[entry["actor"], row.round_id, row.household_id].append(one)
    doors = {
        (row.round_id, row.household_id): row.mark_id
        for row in connection.execute(
            select(round_doors).where(round_doors.c.community_id == community)
        )
    }
    for (_, round_id, door), words in said.items():
        if (stands := doors.get((round_id, door))) in words[:-1]:
            yield f"door {door} stands as {stands} said, and {words[-1]} was later"


def _forms(one: Drill, known: Known) -> Iterator[str]:
    """A form pressed again is one operation, and what was answered is in the history."""
    for form in one.forms:
        # On a shared phone it may be done in the name of who signed in last.
        names = (form.actor, *one.estate.volunteers)
        keys = ((one.estate.community, _id_of(form, name)) for name in names)
        found = next((known[key] for key in keys if key in known), None)
        if form.reply is None:
            continue
        if form.reply.status == 303 and (found is None or found.outcome != "applied"):
            if form.reply.headers.get("Location", "").startswith("/in"):
                continue  # signed out: nothing was done
            yield f"the form {form.fields} was done and the history says {found}"
        if form.reply.status == 409 and (found is None or found.outcome == "applied"):
            yield f"the form {form.fields} was refused and the history says {found}"
        if form.reply.status not in {303, 400, 401, 409, 503}:
            yield f"the form {form.fields} was answered {form.reply.status}"


def _id_of(form: Form, actor: str) -> str:
    class Fields(dict):  # type: ignore[type-arg]
        def multi_items(self) -> Iterable[tuple[str, str]]:
            return self.items()

    (made,) = envelopes(MarkOp, Fields(form.fields), actor)  # type: ignore[arg-type]
    return made.id


# Pages


async def _pages(one: Drill) -> list[str]:
    """Every page of every round opens, and boards show what the database holds."""
    flaws = []
    lead = one.phones[0]
    await one._sign_in_again(lead, one.estate.stewards[0])
    doors = await one.arena.read(_doors_of, one.estate.community)
    for round_id in {round_id for round_id, _ in doors}:
        pages = ("", "/assign", "/close", "/needs") if round_id in one.rounds else ("", "/needs")
        paths = [f"/rounds/{round_id}{page}" for page in pages]
        boards = [f"/rounds/{round_id}/stairwells/{stair}" for stair in one.estate.stairwells]
        boards = boards if round_id in one.rounds else []
        for path in [*paths, *boards]:
            page = await lead.look(path)
            if page is None or (page.status != 200 and path not in boards):
                status = page.status if page else "not at all"
                flaws.append(f"schedule {one.schedule.seed}: {path} was answered {status}")
            elif path in boards and page.status == 200:
                drawn = _drawn(page)
                wrong = {door for door in drawn if drawn[door] != doors[round_id, door]}
                flaws += [
                    f"schedule {one.schedule.seed}: {path} shows door {door} as {drawn[door]} "
                    f"and it is {doors[round_id, door]}"
                    for door in wrong
                ]
    for path in ("/", "/rounds", f"/open/{one.estate.community}/rounds/{one.rounds[0]}"):
        page = await lead.look(path)
        if page is None or page.status != 200:
            flaws.append(f"schedule {one.schedule.seed}: {path} was answered {page}")
    return flaws


def _doors_of(
    connection: Connection, community: int
) -> dict[tuple[str, int], tuple[str, int, bool]]:
    return {
        # A claim about a door that nobody marked is on the round's page, not on the board.
        (row.round_id, row.household_id): (
            row.answer or "",
            row.owed,
            bool(row.disputed and row.answer),
        )
        for row in connection.execute(
            select(round_doors).where(round_doors.c.community_id == community)
        )
    }


_DOOR = re.compile(r'<(?:a|button) class="door[^>]*data-door="(-?\d+)"[^>]*>')


def _drawn(page: Page) -> dict[int, tuple[str, int, bool]]:
    """The doors of a board as its markup has them."""
    found = {}
    for tag in _DOOR.finditer(page.body):
        said = dict(re.findall(r'data-(\w+)="([^"]*)"', tag[0]))
        answer = html.unescape(said["answer"])
        found[int(tag[1])] = (answer, int(said.get("owed", 0)), " data-disputed" in tag[0])
    return found


def _server_said(arena: Arena) -> Iterator[str]:
    """Its log holds no error: what goes wrong outside of it is a warning."""
    for entry in re.findall(r"(?m)^[^\n]*\[error[^\n]*\n(?:(?!\d{4}-)[^\n]*\n)*", arena.server.log)[
        :3
    ]:
        yield f"the server's log: {entry[:300]} … {entry[-1200:]}"


Shown = dict[str, tuple[Any, ...]]


def board(connection: Connection, community: int) -> Shown:
    """What two databases that were told the same must agree on: every door, every answer."""
    doors = {
        f"door {key[2]} of round {key[1]}": value
        for key, value in replay.board(connection).items()
        if key[0] == community
    }
    # What follows by itself comes when it comes, and tells whoever has the thing by then.
    by_itself = _made_by_itself(connection, community)
    doors |= {
        f"{row.recipient} of announcement {row.notice_id}": (row.answer, row.outcome, row.tried)
        for row in connection.execute(select(reach).where(reach.c.community_id == community))
        if row.notice_id not in by_itself
    }
    doors |= {
        f"thing {row.id}": (row.holder_kind, row.holder, row.offered_to)
        for row in connection.execute(select(things).where(things.c.community_id == community))
    }
    rows = connection.execute(
        select(operations)
        # What people said is in the same order.
        .where(operations.c.community_id == community, operations.c.kind != "thing.check")
        .order_by(operations.c.seq)
    )
    return doors | {
        f"{row.kind} {row.id}": (place, row.outcome, _timeless(row.message), row.subject)
        for place, row in enumerate(rows)
    }


def _made_by_itself(connection: Connection, community: int) -> set[str]:
    """Announcements of hand-overs that did not count."""
    table = thing_events.c
    checks = connection.execute(
        select(table.said).where(table.community_id == community, table.what == "check")
    )
    return {one for said in checks.scalars() for one in said.get("notices", ())}


def _timeless(message: Any) -> Any:
    """Words of an answer without the moment they name, which no two runs share."""
    if not message or "since" not in message.get("params", {}):
        return message
    return message | {"params": message["params"] | {"since": ""}}


def differences(one: Shown, other: Shown) -> list[str]:
    """Where two databases do not agree."""
    return [
        f"{what} is {one.get(what)} and {other.get(what)}"
        for what in sorted(one.keys() | other.keys())
        if one.get(what) != other.get(what)
    ]
