"""Carries a schedule out on an arena, heals everything, and keeps the evidence."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select, update

from server import clock
from server.features.people.tables import accounts, sessions
from server.features.rounds import rules
from server.features.rounds.kinds import KINDS
from server.oplog.tables import operations
from tests.faults.arena import Arena
from tests.faults.estate import Estate, build
from tests.faults.phone import PATIENT, Entry, Phone, Reply, Times
from tests.faults.poison import LAST, ME, POISONS
from tests.faults.schedule import ANSWERS, CARRIERS, LEAD, PHONES, Schedule, Step

AGO = 30 * clock.HOUR
"""When the day of a schedule began: long enough ago that a daily round is due again."""

MOST_ROUNDS_OF_HEALING = 12


@dataclass
class Form:
    """A plain form that was pressed, and the last genuine reply."""

    phone: Phone
    actor: str
    kind: str
    fields: dict[str, str]
    reply: Reply | None = None


@dataclass
class Drill:
    """A schedule on its way, and what is known of it afterwards."""

    schedule: Schedule
    arena: Arena
    estate: Estate
    times: Times
    phones: list[Phone] = field(default_factory=list)
    rounds: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    day: str = ""
    """The testing day."""
    requests: list[str] = field(default_factory=list)
    taken: dict[str, str] = field(default_factory=dict)
    """What each phone wanted to take last."""
    things: dict[str, int] = field(default_factory=dict)
    """Cards that somebody took along, and the homes to which they belong."""
    revoked: set[str] = field(default_factory=set)
    forms: list[Form] = field(default_factory=list)
    server_key: dict[str, str] = field(default_factory=dict)
    still: list[str] = field(default_factory=list)
    """What healing could not heal, in sentences."""

    @property
    def operations(self) -> int:
        """How many operations phones made."""
        return sum(len(phone.made) for phone in self.phones) + len(self.forms)

    # Life

    async def run(self) -> None:
        """The rest of the day, and what it takes to heal it."""
        for step in self.schedule.steps:
            self.times.pass_by(clock.MINUTE)
            await self._do(step)
        await self._heal()

    async def begin(self) -> None:
        """Everybody signs in; Mei makes two rounds, opens them and assigns them. All is well."""
        self.dice = random.Random(f"drill {self.schedule.seed}")
        people = [
            *self.estate.stewards,
            *self.estate.volunteers[: len(CARRIERS)],
            *self.estate.households,
        ]
        for number, account in zip(range(PHONES), people, strict=True):
            phone = Phone(
                f"phone {number}",
                self.arena.server.url,
                self.arena.proxied,
                self.arena.http,
                self.times,
                random.Random(f"phone {number} of {self.schedule.seed}"),
                zips=self.schedule.zips,
                patience=PATIENT,
            )
            self.phones.append(phone)
            await self._sign_in_again(phone, account)
            assert phone.account == account, "a link did not sign in"
        lead = self.phones[LEAD]
        self.server_key = (await lead.request("GET", "/handover/key")).json()
        for kind, per in self.schedule.rounds:
            self._make(lead, kind, per)
            self.times.pass_by(clock.MINUTE)
        self._make_day(lead)
        assert await lead.flush() == 0, "the rounds could not be made"
        for phone in self.phones:
            phone.patience = PATIENT if self.schedule.calm else 1.0

    def _make(self, lead: Phone, kind: str, per: str) -> None:
        made = {"title": f"{kind} {per}", "kind": kind, "per": per, "quantity": 2}
        made["stairwells"] = list(self.estate.stairwells)
        if self.schedule.repeats:
            made["repeats"] = "daily"
        (round_id,) = lead.save("round.make", [made])
        self.rounds.append(round_id)
        lead.save("round.open", [{"round": round_id}])
        for place, account in enumerate(self.estate.volunteers):
            given = {
                "round": round_id,
                "stairwells": [self.estate.stairwells[place // 2]],
                "accounts": [account],
            }
            lead.save("round.assign", [given | ({"low": "1", "high": "3"} if place == 3 else {})])

    def _make_day(self, lead: Phone) -> None:
        """A testing day and an announcement, to be called and answered."""
        everywhere = {"stairwells": list(self.estate.stairwells)}
        (self.day,) = lead.save("test.make", [{"title": "核酸", "sites": ["东门"], **everywhere}])
        lead.save("round.open", [{"round": self.day}])
        working = list(self.estate.volunteers[:2])
        lead.save("round.assign", [{"round": self.day, "accounts": working, **everywhere}])
        said = {"title": {"zh-Hans": "下楼"}, "asks": "coming", **everywhere}
        self.notices += lead.save("notice.send", [said])
        for home in self.estate.homes[self.estate.stairwells[0]][:2]:
            self._take_from(lead, home)

    # Steps

    async def _do(self, step: Step) -> None:
        if step.who == "server":
            task = self.arena.befall(step.what, *step.how)
            if self.schedule.calm:
                await self.arena.well()
                await task
            return
        phone = self.phones[int(step.who.split()[1])]
        what = {"seen": "seen_notice", "sort": "word"}.get(step.what, step.what)
        await getattr(self, f"_{what}")(phone, *step.how)
        if not self.schedule.calm:
            # Let what is on its way come some of the way.
            await asyncio.sleep(self.dice.choice((0, 0, 0, 0.001, 0.01, 0.03)))

    async def _mark(
        self, phone: Phone, number: int, stairwell: int, door: int, answer: tuple[int, int, int]
    ) -> None:
        data = self._said(number, self._door(number, stairwell, door), answer)
        phone.save("round.mark", [data], seen=self._seen(phone, number, stairwell))

    async def _floor(self, phone: Phone, number: int, stairwell: int, floor: int) -> None:
        doors = self._doors(number, stairwell)[floor * 2 : floor * 2 + 2]
        each = [self._said(number, door, (0, 1, 0)) for door in doors]
        if each:
            phone.save("round.mark", each, seen=self._seen(phone, number, stairwell))

    async def _undo(self, phone: Phone, nth: int) -> None:
        said = _marks_of(phone)
        if nth >= len(said):
            return
        latest = said[-1 - nth]
        group = latest["group"]
        chosen = [one for one in said if group and one["group"] == group] or [latest]
        phone.save("round.undo", [{**_place(one), "mark": one["id"]} for one in chosen])

    async def _correct(self, phone: Phone, nth: int, answer: tuple[int, int, int]) -> None:
        said = _marks_of(phone)
        if nth < len(said):
            number = self.rounds.index(said[-1 - nth]["data"]["round"])
            data = self._said(number, said[-1 - nth]["data"]["door"], answer)
            phone.save("round.mark", [data])

    async def _count(
        self, phone: Phone, number: int, direction: str, stairwell: int, items: int
    ) -> None:
        data = {"round": self.rounds[number], "direction": direction, "items": items}
        if direction != "in":
            data["stairwell"] = self.estate.stairwells[stairwell]
        phone.save("round.count", [data])

    async def _form(
        self, phone: Phone, number: int, stairwell: int, door: int, answer: tuple[int, int, int]
    ) -> None:
        """Pressed without scripts; pressed again where no answer came."""
        data = self._said(number, self._door(number, stairwell, door), answer)
        fields = {name: str(value) for name, value in data.items()}
        fields["seen"] = str(self._seen(phone, number, stairwell))
        form = Form(phone, phone.account, "round.mark", fields)
        self.forms.append(form)
        for _ in range(2):
            reply = await phone.press(form.kind, fields)
            portal = reply is not None and "portal" in reply.headers.get("Location", "portal")
            if reply is not None and (reply.ours or not portal):
                form.reply = reply
                return

    async def _look(self, phone: Phone, number: int, stairwell: int) -> None:
        await phone.look(self._board(number, stairwell))

    async def _flush(self, phone: Phone, wait: bool) -> None:
        task = phone.start_flush()
        if wait:
            await asyncio.gather(task, return_exceptions=True)
        if phone.signed_out and self.dice.random() < 0.5:
            await self._sign_in_again(phone)

    async def _tabs(self, phone: Phone) -> None:
        """Two tabs flush, one after the other as Web Locks make them."""
        tasks = phone.start_flush(), phone.start_flush()
        if self.schedule.calm:
            await asyncio.gather(*tasks)

    async def _race(self, phone: Phone) -> None:
        """Two tabs flush at the same time, because a lease ran out."""
        await asyncio.gather(phone.send_all(), phone.send_all())

    async def _weather(self, phone: Phone, *coming: Any) -> None:
        phone.weather.extend(zip(coming[::2], coming[1::2], strict=True))

    async def _restart(self, phone: Phone) -> None:
        phone.restart()

    async def _clock(self, phone: Phone, milliseconds: int) -> None:
        phone.jump(milliseconds if phone.ahead == 0 else -phone.ahead)

    async def _expire(self, phone: Phone) -> None:
        """Its sessions end; within five seconds the server notices."""
        await self.arena.write(_end_sessions, self.estate.community, phone.account, clock.now())

    async def _switch(self, phone: Phone) -> None:
        """The other one takes the phone and signs in; the page shown is still the first one's."""
        both = self.estate.volunteers[3:5]
        other = both[1] if phone.account == both[0] else both[0]
        await self._sign_in_again(phone, other)

    async def _revoke(self, _phone: Phone, volunteer: int) -> None:
        account = self.estate.volunteers[volunteer]
        self.revoked.add(account)
        await self.arena.write(_revoke, self.estate.community, account, self.times.moment)

    async def _again(self, phone: Phone) -> None:
        phone.again()

    async def _carry(self, phone: Phone, other: int) -> None:
        """Another phone, which has a signal, takes what this one could not send."""
        file = phone.hand_over(self.server_key)
        if file is not None:
            await self.phones[other].carry(file)

    async def _hand_on(self, phone: Phone, number: int, stairwell: int, to: int) -> None:
        data = {
            "round": self.rounds[number],
            "stairwell": self.estate.stairwells[stairwell],
            "account": self.estate.volunteers[to],
            "low": "2",
            "high": "4",
        }
        phone.save("round.hand_on", [data])

    async def _decide(self, phone: Phone, what: str, nth: int) -> None:
        """A lead lets what was refused count after all, or discards it."""
        refused = await self.arena.read(_refused, self.estate.community)
        if refused:
            phone.save(f"op.{what}", [{"op": refused[nth % len(refused)]}])

    async def _poison(
        self, phone: Phone, which: int, number: int, stairwell: int, door: int
    ) -> None:
        kind, data, odd = POISONS[which](self.rounds[number], self._door(number, stairwell, door))
        if isinstance(data, dict) and "accounts" in data:
            mine = [phone.account if one == ME else one for one in data["accounts"]]
            data = {**data, "accounts": mine}
        if isinstance(data, dict) and data.get("mark") == LAST:
            data = {**data, "mark": (_marks_of(phone) or [{"id": LAST}])[-1]["id"]}
        if odd.get("id") in phone.made:
            return
        phone.save(kind, [data], odd=odd)

    async def _status(self, phone: Phone, number: int, status: str) -> None:
        data: dict[str, Any] = {"round": self.rounds[number]}
        if status == "close" and self.dice.random() < 0.8:
            data["explanations"] = dict.fromkeys(rules.DIFFERENCES, "下雨了")
        phone.save(f"round.{status}", [data])

    async def _assign(
        self, phone: Phone, what: str, number: int, stairwell: int, volunteer: int, part: Any
    ) -> None:
        data: dict[str, Any] = {
            "round": self.rounds[number],
            "stairwells": [self.estate.stairwells[stairwell]],
            "accounts": [self.estate.volunteers[volunteer]],
        }
        if what == "assign":
            bounds = zip(("low", "high"), part, strict=True)
            data |= {name: floor for name, floor in bounds if floor}
        phone.save(f"round.{what}", [data])

    async def _evenly(self, phone: Phone, number: int, team: str) -> None:
        phone.save("round.assign_evenly", [{"round": self.rounds[number], "team": team}])

    async def _settle(
        self, phone: Phone, number: int, stairwell: int, door: int, answer: tuple[int, int, int]
    ) -> None:
        data = self._said(number, self._door(number, stairwell, door), answer)
        phone.save("round.settle", [data], seen=self._seen(phone, number, stairwell))

    async def _claim(self, phone: Phone, number: int, stairwell: int, door: int) -> None:
        """A household telephoned: nothing came."""
        data = {"round": self.rounds[number], "door": self._door(number, stairwell, door)}
        phone.save("round.dispute", [data], seen=self._seen(phone, number, stairwell))

    async def _dispute(self, phone: Phone, number: int) -> None:
        door = self.estate.households.get(phone.account)
        phone.save(
            "round.dispute", [{"round": self.rounds[number], "door": door, "note": "没收到"}]
        )

    async def _follow(self, phone: Phone, number: int) -> None:
        phone.save("round.follow_up", [{"round": self.rounds[number]}])

    async def _announce(self, phone: Phone, stairwell: int, asks: str, stages: bool) -> None:
        data: dict[str, Any] = {
            "title": {"zh-Hans": "停水"},
            "asks": asks,
            "stairwells": [self.estate.stairwells[stairwell]],
        }
        if stages:
            data |= {"stages": ["volunteer"], "stage_minutes": 5}
        self.notices += phone.save("notice.send", [data])

    async def _ring(self, phone: Phone, nth: int, what: str) -> None:
        phone.save(f"notice.{what}", [{"notice": self._notice(nth)}])

    async def _tell(self, phone: Phone, nth: int, stairwell: int, door: int, outcome: str) -> None:
        homes = self.estate.homes[self.estate.stairwells[stairwell]]
        recipient = f"h{homes[door % len(homes)]}"
        data = {"notice": self._notice(nth), "recipient": recipient, "outcome": outcome}
        phone.save("notice.tell", [data])

    async def _call(self, phone: Phone, stairwell: int, level: int) -> None:
        """Floors go from 1 to 6; there is no seventh."""
        data = {"round": self.day, "stairwell": self.estate.stairwells[stairwell]}
        self.notices += phone.save("test.call", [{**data, "levels": [level]}])

    async def _take(self, phone: Phone, stairwell: int, door: int) -> None:
        """A card is taken along from a home."""
        homes = self.estate.homes[self.estate.stairwells[stairwell]]
        self._take_from(phone, homes[door % len(homes)])

    def _take_from(self, phone: Phone, home: int) -> None:
        (thing,) = phone.save("thing.take", [{"kind": "card", "household": home}])
        self.things[thing] = home

    async def _give(self, phone: Phone, nth: int, to: int, signed: bool) -> None:
        """To a volunteer who may have been revoked meanwhile, or to the lead."""
        whom = [*self.estate.volunteers, self.estate.stewards[0]][to]
        data = {"thing": self._thing(nth), "to": whom}
        phone.save("thing.hand", [data | ({"signed_by": "签名"} if signed else {})])

    async def _receive(self, phone: Phone, nth: int, whose: int) -> None:
        """From a volunteer who is named, or from nobody that is said."""
        data = {"thing": self._thing(nth)}
        if whose >= 0:
            data["from_"] = self.estate.volunteers[whose]
        phone.save("thing.receive", [data])

    async def _bring(self, phone: Phone, nth: int, where: str) -> None:
        """Back to its door, to another one, or to the gate."""
        thing = self._thing(nth)
        home = self.things[thing]
        if where == "put":
            phone.save("thing.put", [{"thing": thing, "place": "北门"}])
        else:
            door = home if where == "back" else home + 1
            phone.save("thing.return", [{"thing": thing, "door": door}])

    def _thing(self, nth: int) -> str:
        """One of the latest things, whether or not it has arrived."""
        return list(self.things)[-1 - nth % len(self.things)]

    async def _acknowledge(self, phone: Phone, nth: int, answer: str) -> None:
        phone.save("notice.answer", [{"notice": self._notice(nth), "answer": answer}])

    async def _seen_notice(self, phone: Phone, nth: int, how: str) -> None:
        phone.save("notice.seen", [{"notice": self._notice(nth), "how": how}])

    # Requests

    async def _ask(self, phone: Phone, need: str, stairwell: int, door: int) -> None:
        """For oneself, or for somebody behind a door."""
        data: dict[str, Any] = {"kind": need, "words": "…"}
        if phone.account not in self.estate.households:
            homes = self.estate.homes[self.estate.stairwells[stairwell]]
            data["household"] = homes[door % len(homes)]
        self.requests += phone.save("request.ask", [data])
        phone.start_flush()  # whoever needs something waits for nothing

    async def _help(self, phone: Phone, nth: int) -> None:
        """Take one of the latest requests, whether or not it arrived and somebody has it."""
        if self.requests:
            self.taken[phone.name] = self.requests[-1 - nth % len(self.requests)]
            self._of_request(phone, "take", self.taken[phone.name])

    async def _go_on(self, phone: Phone, step: str) -> None:
        """With what this phone took last."""
        why = "没货" if step == "could_not" else ""
        self._of_request(phone, "step", self.taken.get(phone.name), step=step, why=why)

    async def _pass_on(self, phone: Phone, to: int) -> None:
        """To one of the volunteers, or to whoever comes next."""
        whom = {"to": self.estate.volunteers[to]} if to < len(self.estate.volunteers) else {}
        self._of_request(phone, "pass_on", self.taken.get(phone.name), **whom)

    async def _word(self, phone: Phone, what: str, nth: int, other: int) -> None:
        """What is said by who asked, or by who leads."""
        if self.requests:
            one, two = (self.requests[-1 - one % len(self.requests)] for one in (nth, other))
            said = {"add": {"words": "还要两袋"}, "join": {"to": two}}.get(what, {})
            self._of_request(phone, what, one, **said)

    def _of_request(self, phone: Phone, what: str, request: str | None, **said: Any) -> None:
        if request is not None:
            phone.save(f"request.{what}", [{"request": request, **said}])

    def _notice(self, nth: int) -> str:
        """One of the latest announcements, whether or not it has arrived."""
        return self.notices[-1 - nth % len(self.notices)]

    # What steps speak of

    def _doors(self, number: int, stairwell: int) -> Sequence[int]:
        there = self.estate.stairwells[stairwell]
        if self.schedule.rounds[number][1] == "floor":
            return self.estate.landings(there)
        return self.estate.homes[there]

    def _door(self, number: int, stairwell: int, door: int) -> int:
        """A door of the stairwell; the last of them is one where nothing is due."""
        doors = self._doors(number, stairwell)
        return doors[door] if door < len(doors) else self.estate.empty[door % 2]

    def _said(self, number: int, door: int, answer: tuple[int, int, int]) -> dict[str, Any]:
        kind = self.schedule.rounds[number][0]
        which, count, note = answer
        keys = ANSWERS[kind]
        data: dict[str, Any] = {
            "round": self.rounds[number],
            "door": door,
            "answer": keys[which % len(keys)],
        }
        known = KINDS[kind].answer(data["answer"])
        assert known is not None
        if known.counted or which == 83:
            data["count"] = count
        if note:
            data["note"] = "字" * note
        if which % 12 == 11:
            data["source"] = "paper"
        return data

    def _board(self, number: int, stairwell: int) -> str:
        return f"/rounds/{self.rounds[number]}/stairwells/{self.estate.stairwells[stairwell]}"

    def _seen(self, phone: Phone, number: int, stairwell: int) -> int:
        """The number of the page on which the finger comes down; 0 where it was never opened."""
        page = phone.pages.get(self._board(number, stairwell))
        return page.seq if page else 0

    async def _sign_in_again(self, phone: Phone, account: str = "") -> None:
        account = account or phone.account
        if account not in self.revoked:  # wrong codes lock everybody out who shares an address
            await phone.sign_in(self.estate.secrets[account])

    # Healing

    async def _heal(self) -> None:
        """The troubles end, the weather clears, everybody signs in and sends what they have."""
        for phone in self.phones:
            await phone.settle()
        await self.arena.well()
        for phone in self.phones:
            phone.weather.clear()
            phone.patience = PATIENT
            await phone.flush()  # somebody revoked may be signed in still: their work is parked
            await self._empty(phone)

    async def _empty(self, phone: Phone) -> None:
        """Send all that this phone has of anybody who may still sign in."""
        for _ in range(MOST_ROUNDS_OF_HEALING):
            owners = sorted({one["actor"] for one in phone.entries("waiting")} - self.revoked)
            if not owners:
                return
            for owner in owners:
                phone.restart()
                await self._sign_in_again(phone, owner)
                await phone.flush()
                await self.arena.well()
        waiting = [one for one in phone.entries("waiting") if one["actor"] not in self.revoked]
        for entry in waiting:
            said = ", ".join(str(reply.status) for reply in phone.replies[-5:])
            self.still.append(
                f"{phone.name} cannot get rid of {entry['kind']} {entry['id']} "
                f"(the last replies were {said}): {str(entry['data'])[:200]}"
            )


def _marks_of(phone: Phone) -> list[Entry]:
    """The marks its person made on this phone, oldest first."""
    return [
        entry
        for entry in phone.made.values()
        if entry["kind"] == "round.mark"
        and entry["actor"] == phone.account
        and isinstance(entry["data"], dict)
        and isinstance(entry["data"].get("door"), int)
        and entry["data"].get("round") is not None
        and len(str(entry["data"]["round"])) == 36
        and abs(entry["data"]["door"]) < 10**6
        and not str(entry["data"]["round"]).startswith("00000000")
    ]


def _place(entry: Entry) -> dict[str, Any]:
    return {"round": entry["data"]["round"], "door": entry["data"]["door"]}


def _end_sessions(connection: Connection, community: int, account: str, now: int) -> None:
    connection.execute(
        update(sessions)
        .where(sessions.c.community_id == community, sessions.c.account_id == account)
        .values(ended_at=now)
    )


def _revoke(connection: Connection, community: int, account: str, now: int) -> None:
    connection.execute(
        update(accounts)
        .where(accounts.c.community_id == community, accounts.c.id == account)
        .values(revoked_at=now)
    )


def _refused(connection: Connection, community: int) -> list[str]:
    table = operations.c
    return list(
        connection.execute(
            select(table.id)
            .where(table.community_id == community, table.outcome == "refused")
            .order_by(table.seq)
        ).scalars()
    )


async def begin(schedule: Schedule, arena: Arena, community: int, now: int) -> Drill:
    """A schedule that is about to start, in a community of its own."""
    estate = await arena.write(build, community, now)
    one = Drill(schedule, arena, estate, Times(now - AGO))
    await one.begin()
    return one
