"""Where the frozen samples are posted: everything they name is there, under ids that never change.

At noon Mei makes three rounds of the walk-up and gives two of them to Hao, who marks some doors;
she announces something twice, once by way of the gate, opens a case, publishes a bulletin and
drafts another; a round of reports is under way. Grandma Sun has asked for help four times: Hao has
one request, one is done, one is joined to another; then she fell, and he meets the vehicle. Three
days a week he drives her to dialysis. Half an hour later the samples are made.
"""

from __future__ import annotations

import msgspec
from sqlalchemy import insert, select, update

from server import clock
from server.features.passes import token
from server.features.passes.file import claims
from server.features.passes.tables import pass_keys, passes
from server.features.people import changes
from server.features.people import reads as people
from server.features.people.tables import accounts, roles
from server.features.register import keeping, uploads
from server.features.register.plan import Outcome, Part
from server.features.register.work import Piece
from server.features.relays import codes
from server.features.relays.tables import relay_codes, relays
from server.features.trips.operations.planning import id_of
from server.p256 import SigningKey
from tests.support.told import Told
from tests.world import NOON

PLANNED = "00000000-0000-7000-8000-0000000000a1"
OPEN = "00000000-0000-7000-8000-0000000000a2"
UNGIVEN = "00000000-0000-7000-8000-0000000000a3"
MARKED = "00000000-0000-7000-8000-0000000000b1"
NOTICE = "00000000-0000-7000-8000-0000000000c1"
CASCADE = "00000000-0000-7000-8000-0000000000c2"
DAY = "00000000-0000-7000-8000-0000000000d1"
ANTIGEN = "00000000-0000-7000-8000-0000000000e1"
REPORTED = "00000000-0000-7000-8000-0000000000e2"
BULLETIN = "00000000-0000-7000-8000-0000000000e5"
OUT = "00000000-0000-7000-8000-0000000000e6"
KEPT = "00000000-0000-7000-8000-0000000000b2"

CASE = "00000000-0000-7000-8000-0000000000f1"
ASKED = "00000000-0000-7000-8000-0000000000f2"
RESIDENT = 2
"""Of 401: their number never changes."""

CHILD = "00000000-0000-7000-8000-0000000000f3"
CLEANED = "00000000-0000-7000-8000-0000000000a4"

ASKED_FOR = "00000000-0000-7000-8000-0000000000fa"
IN_HAND = "00000000-0000-7000-8000-0000000000fb"
HELPED = "00000000-0000-7000-8000-0000000000fc"
SAME = "00000000-0000-7000-8000-0000000000fd"
EMERGENCY = "00000000-0000-7000-8000-0000000000fe"

HELD = "00000000-0000-7000-8000-0000000c0101"
OFFERED = "00000000-0000-7000-8000-0000000c0102"
CLAIMED = "00000000-0000-7000-8000-0000000c0103"
LOST = "00000000-0000-7000-8000-0000000c0104"
LATE = "00000000-0000-7000-8000-0000000c0105"

GOING = "00000000-0000-7000-8000-0000000c0111"
GOING_OUT = "00000000-0000-7000-8000-0000000c0112"
COMING = "00000000-0000-7000-8000-0000000c0113"
THERE = "00000000-0000-7000-8000-0000000c0114"
BROUGHT = "00000000-0000-7000-8000-0000000c0115"
CODES = {GOING_OUT: ("K7PM", "4TXD"), THERE: ("R3WN", "8HCQ")}
"""Halves of relay codes that never change."""

GUEST = "00000000-0000-7000-8000-0000000c0121"
GONE = "00000000-0000-7000-8000-0000000c0122"
MISTAKEN = "00000000-0000-7000-8000-0000000c0123"

MOVED_IN = "00000000-0000-7000-8000-0000000c0203"
HUNG = "00000000-0000-7000-8000-0000000c0202"
"""The operation that hung a poster in the walk-up."""
TO_CLOSE = "00000000-0000-7000-8000-0000000c0201"

LED = "00000000-0000-7000-8000-0000000c0131"
STOOD_BY = "00000000-0000-7000-8000-0000000c0132"

WANTED, WANTED_TOO, GIVEN, GIVEN_TOO, OUT_WITH = (
    f"00000000-0000-7000-8000-0000000c014{one}" for one in range(1, 6)
)
EAST = "00000000-0000-7000-8000-0000000c0147"
CROSSED = "00000000-0000-7000-8000-0000000c0148"
NUMBERS = {GIVEN: "00000000", OUT_WITH: "11111114"}
"""Numbers of passes that never change."""
NEEDED = "00000000-0000-7000-8000-0000000c0161"
TO_BUY = "00000000-0000-7000-8000-0000000c0162"
TO_CHECK = "00000000-0000-7000-8000-0000000c0163"
TO_PACK = "00000000-0000-7000-8000-0000000c0164"
TO_ANSWER = "00000000-0000-7000-8000-0000000c0165"
FREE = "00000000-0000-7000-8000-0000000c0166"
BUYING = "00000000-0000-7000-8000-0000000c0151"
PACKING = "00000000-0000-7000-8000-0000000c0152"
SHUTTING = "00000000-0000-7000-8000-0000000c0153"
DOCTOR = "00000000-0000-7000-8000-0000000c015d"
DRIVEN = "00000000-0000-7000-8000-0000000c0171"
UNTESTED = "00000000-0000-7000-8000-0000000c0172"

SCREENED = "00000000-0000-7000-8000-0000000c01d0"

TO_CONFIRM, TO_DECLINE, TO_CHANGE, TO_END, TO_ALARM, ALARMED, TO_REOPEN, OURS = (
    f"00000000-0000-7000-8000-0000000c01a{one}" for one in range(8)
)
ALARM = "00000000-0000-7000-8000-0000000c01a9"
"""What opened the alarm for one of them."""
TO_ERASE = "00000000-0000-7000-8000-0000000c01f0"
NOT_TO_ERASE = "00000000-0000-7000-8000-0000000c01f1"

SEALED = "00000000-0000-7000-8000-0000000c01c0"
CONNECTED = "00000000-0000-7000-8000-0000000c01e0"
READ = "00000000-0000-7000-8000-0000000c0180"
TAKEN = "00000000-0000-7000-8000-0000000c0181"
MOVED = 3
"""Of 401: they moved away."""

SAMPLED = NOON + 30 * clock.MINUTE


def set_up(told: Told) -> None:
    """Make the rounds and the marks."""
    made = {"title": "Vegetables", "kind": "delivery", "quantity": 2,
            "stairwells": [told.world.walk_up]}  # fmt: skip
    for round_id in (PLANNED, OPEN, UNGIVEN):
        told.ask("mei", "round.make", made, id=round_id)
    told.assign(OPEN, "hao", "walk_up")
    told.change(OPEN, "open")
    told.mark("hao", OPEN, "302", "delivered", id=MARKED)
    told.mark("hao", OPEN, "401", "nobody")
    told.mark("hao", OPEN, "402", "owed", count=99, id=KEPT)
    said = {"title": {"en": "No water"}, "stairwells": [told.world.walk_up], "asks": "coming"}
    told.ask("mei", "notice.send", said, id=NOTICE)
    told.ask("mei", "notice.send", {**said, "stages": ["gate"]}, id=CASCADE)
    day = {"title": "Round 3", "stairwells": [told.world.walk_up], "sites": ["East gate"]}
    told.ask("mei", "test.make", day, id=DAY)
    told.change(DAY, "open")
    told.assign(DAY, "hao", "walk_up")
    told.ask("hao", "tube.fill", {"round": DAY, "code": "T1", "households": [told.world.sun_door]})
    told.open_round("walk_up", title="Day 3", kind="antigen", per="person", id=ANTIGEN)
    sun = {"door": told.world.sun_door, "resident": told.world.sun_resident}
    said = {"round": ANTIGEN, **sun, "finding": "negative", "photo": "5a" * 32}
    told.ask("hao", "report.make", said, id=REPORTED)
    who = {"resident": RESIDENT, "household": told.world.one_away}
    told.ask("mei", "case.open", who, id=CASE)
    told.ask("mei", "case.step", {"case": CASE, "step": "asked"}, id=ASKED)
    told.ask("mei", "case.care", {"case": CASE, "whom": "child"}, id=CHILD)
    told.ask("mei", "bulletin.draft", {"day": "2022-04-20"}, id=OUT)
    told.ask("mei", "bulletin.publish", {"bulletin": OUT})
    told.ask("mei", "bulletin.draft", {"day": "2022-04-21"}, id=BULLETIN)
    cleaned = made | {"kind": "disinfect", "per": "floor", "quantity": 1}
    told.ask("mei", "round.make", cleaned, id=CLEANED)
    told.assign(CLEANED, "hao", "walk_up")
    told.change(CLEANED, "open")
    ask_for_help(told)
    take_things_along(told)
    relay(told)
    shut_in(told)
    mediate(told)
    give_registers_in(told)
    pass_gates(told)
    need_medicine(told)
    drive(told)
    look_after(told)
    ask_to_erase(told)
    seal(told)
    said = {"way": "in", "names": ["许静"], "household": told.door("walk_up", "601")}
    told.ask("mei", "arrival.claim", said, id=MOVED_IN)
    told.ask("mei", "access.connect", {"compound": 1, "name": "东门门禁"}, id=CONNECTED)
    said = {"title": "Spring 2022", "days": 7}
    told.ask("mei", "incident.propose", said, id=TO_CLOSE)
    told.open_round("walk_up", title="Screening", kind="screening", quantity=1, id=SCREENED)
    said = {"purpose": "screening", "buildings": [1], "round": SCREENED}
    told.ask("mei", "poster.make", said, id=HUNG)
    told.now = SAMPLED + clock.MINUTE


def ask_for_help(told: Told) -> None:
    """Grandma Sun asks, and Hao goes."""
    for request in (ASKED_FOR, IN_HAND, HELPED, SAME):
        told.ask("sun", "request.ask", {"kind": "food"}, id=request)
    for request in (IN_HAND, HELPED):
        told.ask("hao", "request.take", {"request": request})
    told.ask("hao", "request.step", {"request": HELPED, "step": "done"})
    told.ask("mei", "request.join", {"request": SAME, "to": ASKED_FOR})
    told.ask("sun", "request.ask", {"kind": "emergency", "quick": "fall"}, id=EMERGENCY)
    told.ask("hao", "emergency.do", {"request": EMERGENCY, "step": "meet"})


def take_things_along(told: Told) -> None:
    """Hao takes things of Grandma Sun's along."""
    bag = {"kind": "bag", "household": told.world.sun_door}
    for thing in (HELD, OFFERED, CLAIMED, LOST, LATE):
        due = {"due_at": NOON + 10 * clock.MINUTE} if thing == LATE else {}
        told.ask("hao", "thing.take", bag | due, id=thing)
    told.ask("hao", "thing.hand", {"thing": OFFERED, "to": told.who("yun")})
    told.ask("yun", "thing.receive", {"thing": CLAIMED})
    told.ask("hao", "thing.missing", {"thing": LOST})


def relay(told: Told) -> None:
    """Hao and Bo start relays; what is random of their codes is settled."""
    made = {"what": "baby food", "household": told.world.sun_door}
    for one in (GOING, BROUGHT):
        told.ask("hao", "relay.make", made | {"way": "within"}, id=one)
    told.ask("hao", "relay.make", made | {"way": "out", "gate": "东门"}, id=GOING_OUT)
    home = {"household": told.world.doors["outside"]["301"]}
    told.ask("bo", "relay.make", made | home | {"way": "out", "gate": "东门"}, id=THERE)
    for one, (ours, theirs) in CODES.items():
        [row] = told.rows(select(relays).where(relays.c.id == one))
        key = {"code_key": codes.key_of(ours, theirs)}
        halves = {"half": ours, "other_half": theirs}
        told.execute(update(relays).where(relays.c.id == one).values(**halves, **key))
        told.execute(
            update(relay_codes).where(relay_codes.c.key == row.code_key).values(key=key["code_key"])
        )
    coming = {"way": "in", "gate": "东门", "half": CODES[THERE][1]}
    told.ask("hao", "relay.make", made | coming, id=COMING)
    for one in (GOING_OUT, BROUGHT):
        parcel = {"kind": "parcel", "about": f"/relays/{one}", "disinfect": True}
        here = {"household": told.world.sun_door}
        thing = told.ask("hao", "thing.take", parcel | here).id
        told.ask("hao", "thing.disinfect", {"thing": thing})
        if one == BROUGHT:
            told.ask("hao", "thing.return", {"thing": thing, "typed": "302"})


def shut_in(told: Told) -> None:
    """Three people cannot go home from Grandma Sun's."""
    for stay, name in ((GUEST, "李阿姨"), (GONE, "王叔"), (MISTAKEN, "小周")):
        told.ask("mei", "stranded.come", {"name": name, "household": told.world.sun_door}, id=stay)


def mediate(told: Told) -> None:
    """Min mediates between Grandma Sun and 401 twice; of one Mei is deputy."""
    doors = ["8-1-302", "8-1-401"]
    told.ask("min", "mediation.open", {"about": "noise", "doors": doors}, id=LED)
    said = {"about": "water", "doors": doors, "deputy": told.who("mei")}
    told.ask("min", "mediation.open", said, id=STOOD_BY)


def pass_gates(told: Told) -> None:
    """Grandma Sun asks for passes and Min makes some; with one of them somebody is out."""
    for one in (WANTED, WANTED_TOO):
        wanted = {"reason": "hospital", "resident": told.world.sun_resident}
        told.ask("sun", "pass.ask", wanted, id=one)
    until = {"until": "2022-04-21T12:10"}
    for one in (GIVEN, GIVEN_TOO, OUT_WITH):
        made = {"reason": "hospital", "name": "孙奶奶", "household": told.world.sun_door}
        told.ask("min", "pass.make", made | (until if one == OUT_WITH else {}), id=one)
    for one, number in NUMBERS.items():
        told.execute(update(passes).where(passes.c.id == one).values(number=number))
        [row] = told.rows(select(passes).where(passes.c.id == one))
        [key] = told.rows(select(pass_keys.c.private))
        signing = SigningKey.stored(bytes(key.private))
        signed = token.sign(signing, claims(row, signing.id))
        told.execute(update(passes).where(passes.c.id == one).values(token=signed))
    told.ask("mei", "gate.set", {"name": "东门"}, id=EAST)
    for number in range(2):
        said = {"gate": EAST, "number": NUMBERS[OUT_WITH], "way": "out"}
        crossed = told.ask(
            "qian" if number else "mei", "pass.cross", said, id=CROSSED if number else None
        )
        assert crossed.outcome == "applied", crossed


def need_medicine(told: Told) -> None:
    """Grandma Sun needs medicine of six kinds; Hao buys some of it, Min and a doctor check."""
    community, doctor = told.world.community, {"id": DOCTOR, "name": "陆医生"}
    told.execute(insert(accounts).values(community_id=community, made_at=NOON, **doctor))
    duty = {"role": "medical", "scope": "community", "scope_id": community, "since": NOON}
    told.execute(insert(roles).values(community_id=community, account_id=DOCTOR, **duty))
    for need in (NEEDED, TO_BUY, TO_CHECK, TO_PACK, TO_ANSWER, FREE):
        told.ask("sun", "need.say", {"name": f"medicine {need[-1]}", "left": 20}, id=need)
    people = {"buyer": told.who("hao"), "checkers": [told.who("min"), DOCTOR], "within": 60}
    for batch, inside in (
        (BUYING, [TO_BUY, TO_CHECK, TO_ANSWER]),
        (PACKING, [TO_PACK]),
        (SHUTTING, [NEEDED]),
    ):
        said = {"title": "Wednesday", "needs": inside, **people}
        told.ask("mei", "batch.make", said, id=batch)
    told.ask("hao", "need.offer", {"need": TO_ANSWER, "instead": "another"})
    told.ask("hao", "batch.bought", {"batch": BUYING, "need": TO_CHECK})
    told.ask("hao", "batch.bought", {"batch": PACKING, "need": TO_PACK})
    for who in ("min", DOCTOR):
        told.ask(who, "batch.check", {"batch": PACKING, "needs": [TO_PACK]})
    told.ask("hao", "batch.bag", {"batch": PACKING, "door": told.world.sun_door})
    none = {"batch": SHUTTING, "need": NEEDED, "what": "none", "why": "sold out"}
    told.ask("hao", "batch.bought", none)


def drive(told: Told) -> None:
    """Hao drives Grandma Sun; one trip is made ready, one does not take place. He drives somebody
    of 401 too, of whom no test is known."""
    plan = {
        "household": told.world.sun_door, "resident": told.world.sun_resident,
        "kind": "dialysis", "hospital": "中山医院", "days": [1, 3, 5], "leaves": "07:00",
        "back": "13:00", "driver": told.who("hao"), "deputy": told.who("yun"),
    }  # fmt: skip
    told.ask("min", "plan.make", plan, id=DRIVEN)
    for day in ("2022-04-22", "2022-04-25", "2022-04-27"):
        told.ask("min", "trip.make", {"plan": DRIVEN, "day": day})
    other = {"household": told.world.one_away, "resident": RESIDENT}
    told.ask("min", "plan.make", plan | other, id=UNTESTED)
    told.ask("min", "trip.make", {"plan": UNTESTED, "day": "2022-04-22"})
    told.ask("hao", "trip.step", {"trip": id_of(DRIVEN, "2022-04-25"), "step": "ready"})
    told.ask("sun", "trip.skip", {"trip": id_of(DRIVEN, "2022-04-27"), "why": "moved"})


def look_after(told: Told) -> None:
    """Hao suggests people behind one door and Grandma Sun; Min confirms most of them."""
    for number, one in enumerate(
        (TO_CONFIRM, TO_DECLINE, TO_CHANGE, TO_END, TO_ALARM, ALARMED, TO_REOPEN, OURS)
    ):
        door = told.world.sun_door if one == OURS else told.world.one_away
        said = {"household": door, "name": f"阿婆{number}", "needs": ["old"]}
        told.ask("hao", "care.suggest", said, id=one)
        plan = {"person": one, "needs": ["old"], "keeper": told.who("hao"), "visits": 1}
        if one not in (TO_CONFIRM, TO_DECLINE):
            told.ask("min", "care.confirm", plan)
    told.ask("min", "care.end", {"person": TO_REOPEN, "why": "better"})
    told.ask("min", "care.alert", {"person": ALARMED, "what": "unanswered"}, id=ALARM)


def seal(told: Told) -> None:
    """Min found a flat in which nobody lives four days ago, and nobody has looked since."""
    said = {"household": told.world.vacant, "evidence": "seal", "seal": "0412"}
    told.ask("min", "vacancy.find", said, id=SEALED, made=NOON - 4 * clock.DAY)


def give_registers_in(told: Told) -> None:
    """Mei gives two registers in and takes one over; the other was read. Somebody moved away."""
    told.ask("mei", "resident.leave", {"resident": MOVED})
    for upload, door in ((TAKEN, "501"), (READ, "502")):
        told.write(uploads.begin, told.person("mei"), upload, "register.xlsx", 0, told.now)
        claim = told.write(keeping.claim, told.now, upload)
        part = Part(changes.ADDED, "冯听雨", None, (("name", None, "冯听雨"),))
        row = Outcome(0, 2, "added", told.door("walk_up", door), parts=(part,))
        piece = Piece(rows=[(0, 2, "added", msgspec.json.encode(row))], ended=True)
        told.write(keeping.keep, claim, piece, {"added": 1}, told.now)
        if upload == TAKEN:
            told.ask("mei", "register.import", {"upload": TAKEN, "reading": claim.reading})


def ask_to_erase(told: Told) -> None:
    """Two households have asked to have something erased."""
    for label, one in (("401", TO_ERASE), ("402", NOT_TO_ERASE)):
        home = told.door("walk_up", label)
        own = told.read(people.household_accounts, told.world.community, [home])[home]
        said = {"household": home, "what": "births"}
        told.ask(own.id, "record.erase_ask", said, id=one)
