"""The demo's outbreak: a case of yesterday, a bulletin, and a morning of antigen tests.

Who falls ill lives in 梅园 and is nobody known by name. The household that the demo signs in is
well, isolates at home with its stairwell, and has today's test to report.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import select

from server import clock
from server.features.bulletins.tables import bulletins
from server.story import neighbours
from server.story.neighbours import KNOWN, Someone, Stairwell
from server.story.telling import Story

CHANCE = 20260401

FIRST_ILL, ISOLATED, ILL_TODAY = "12-1", "12-3", "11-2"
"""Stairwells of 梅园: whence somebody was fetched yesterday, who isolates, where it goes on."""

PRECAUTION = "可在小区内活动，不聚集。"
SEALED = "足不出户，物资送到门口。"
CONTROLLED = "可到楼下取物资，错峰、戴口罩。"
PHONE = "000-0000 0100"
"""Of the committee; nobody has it in earnest."""

CHANGES = "7天无新增，且两轮检测全部阴性。"

MORE = {
    "zh-Hans": "明天上午在家做抗原，中午前上报结果。蔬菜包下午送到门口。",
    "zh-Hant": "明天上午在家做抗原，中午前上報結果。蔬菜包下午送到門口。",
    "en": "Test at home tomorrow and report by noon. Vegetables come to your door.",
}


def yesterday(story: Story) -> None:
    """One person was fetched from building 12, which was sealed; in the evening came a bulletin."""
    steward, [doctor, *_] = story.steward, neighbours.doctors(story)
    places = neighbours.places(story)
    home = places[FIRST_ILL]
    story.ask(steward, "estate.phone", {"phone": PHONE}, story.since(10, 8))
    _set(story, "precaution", PRECAUTION, story.since(10, 9), compounds=story.compounds)
    _set(
        story, "controlled", CONTROLLED, story.since(4, 16), CHANGES, 3,
        buildings=[home.building, places["8-1"].building],
    )  # fmt: skip
    ill = neighbours.at_home(story, home)[0]
    case = story.ask(
        steward,
        "case.open",
        {"resident": ill.resident, "household": ill.door, "why": "told"},
        story.since(1, 9, 40),
    )
    told = (
        ("own", {"owner": doctor}, 9, 50),
        ("step", {"step": "asked"}, 10, 0),
        ("call", {"how": "well", "words": "有点咳嗽，胃口还好"}, 11, 15),
        ("care", {"whom": "pet", "who": "对门邻居喂猫"}, 11, 20),
        ("step", {"step": "coming", "minutes": 40, "bring": "身份证、充电器、三天衣物"}, 13, 10),
        ("step", {"step": "picked_up"}, 14, 5),
        ("step", {"step": "arrived", "where": "方舱医院"}, 15, 30),
        ("disinfect", {"state": "asked", "by": "消毒队"}, 15, 45),
    )
    for what, said, hour, minute in told:
        story.ask(doctor, f"case.{what}", {"case": case, **said}, story.since(1, hour, minute))
    _set(story, "sealed", SEALED, story.since(1, 10, 30), CHANGES, 7, buildings=[home.building])
    _publish(story, steward)


def today(story: Story) -> None:
    """Most have reported their test by now; one was positive, and the vehicle is on its way."""
    doctors, places = neighbours.doctors(story), neighbours.places(story)
    chance = random.Random(CHANCE)  # noqa: S311
    ill, unclear, *_ = neighbours.at_home(story, places[ILL_TODAY])
    antigen = _round(
        story, doctors, places.values(), 3 * clock.HOUR,
        title="抗原检测 今日", kind="antigen", deadline=clock.rfc3339(story.now + 3 * clock.HOUR),
    )  # fmt: skip
    for place in places.values():
        them = _sample(story, chance, place, 0.9, without={ill.door, unclear.door})
        _chain(story, antigen, place, them, "negative", chance.randrange(20, 160) * clock.MINUTE)
    _report(story, unclear, antigen, "invalid", 80 * clock.MINUTE)
    case = _open(story, ill, antigen)
    isolated = [places[ISOLATED], places[ILL_TODAY]]
    isolation = _round(
        story, doctors, isolated, 55 * clock.MINUTE,
        title="居家健康监测", kind="isolation", repeats="daily",
        deadline=clock.rfc3339(story.now + 8 * clock.HOUR),
    )  # fmt: skip
    for place in isolated:
        them = _sample(story, chance, place, 0.5, without={ill.door})
        _chain(story, isolation, place, them, "feels_well", 30 * clock.MINUTE)
    contacts = neighbours.others(story, ill, places[ILL_TODAY])
    _fetch(story, doctors[0], case, [(one, isolation) for one in contacts])
    sealed = [places[ILL_TODAY].building]
    _set(story, "sealed", SEALED, 60 * clock.MINUTE, CHANGES, 7, buildings=sealed)
    story.ask(story.steward, "bulletin.draft", {"day": story.day(0)})


def _open(story: Story, ill: Someone, antigen: str) -> str:
    """Somebody reports a positive test, and the committee opens a case; returns its id."""
    report = _report(story, ill, antigen, "positive", 70 * clock.MINUTE)
    known = {"why": "antigen", "round": antigen, "report": report}
    who = {"resident": ill.resident, "household": ill.door}
    return story.ask(story.steward, "case.open", {**who, **known}, 65 * clock.MINUTE)


def _fetch(story: Story, doctor: str, case: str, contacts: list[tuple[int, str]]) -> None:
    """A doctor follows the case up: who isolates in which round, how they are, what comes."""
    told: list[tuple[str, dict[str, Any], int]] = [
        ("own", {"owner": doctor}, 50),
        ("step", {"step": "asked"}, 48),
        *(("contact", {"resident": one, "round": isolation}, 45) for one, isolation in contacts),
        ("call", {"how": "well", "words": "低热，能吃能睡"}, 40),
        ("step", {"step": "coming", "minutes": 45, "bring": "身份证、充电器、常用药"}, 10),
    ]
    for what, said, minutes in told:
        story.ask(doctor, f"case.{what}", {"case": case, **said}, minutes * clock.MINUTE)


def _set(
    story: Story,
    status: str,
    allows: str,
    ago: int,
    changes_when: str = "",
    days: int = 0,
    **where: list[int],
) -> None:
    """Have buildings under a control since then, perhaps for so many days at least."""
    earliest = clock.rfc3339(story.now - ago + days * clock.DAY) if days else ""
    said = {"status": status, "allows": allows, "changes_when": changes_when}
    story.ask(story.steward, "control.set", {**said, "changes_at": earliest, **where}, ago)


def _publish(story: Story, steward: str) -> None:
    """The bulletin of yesterday: what the records said, and what nobody knew yet."""
    day, evening = story.day(1), story.since(1, 20)
    bulletin = story.ask(steward, "bulletin.draft", {"day": day}, evening + 20 * clock.MINUTE)
    drafted = story.connection.execute(
        select(bulletins.c.content).where(
            bulletins.c.community_id == story.community_id, bulletins.c.id == bulletin
        )
    ).scalar_one()
    said = {
        **{section: texts for section, texts in drafted.items() if section != "unknown"},
        "more": MORE,
        "what": {"0": "12号楼何时解封"},
        "asked": {"0": "街道防疫办"},
        "when": {"0": f"{day}T17:30"},
    }
    written = evening + 5 * clock.MINUTE
    story.ask(steward, "bulletin.edit", {"bulletin": bulletin, **said}, written)
    story.ask(steward, "bulletin.publish", {"bulletin": bulletin}, evening)


# Rounds of reports


def _round(
    story: Story, people: list[str], places: Iterable[Stairwell], ago: int, **data: Any
) -> str:
    """A round by person of some stairwells, given to these people and open; returns its id."""
    ids = [place.id for place in places]
    made = {"per": "person", "stairwells": ids, **data}
    round_id = story.ask(story.steward, "round.make", made, ago)
    given = {"round": round_id, "stairwells": ids, "accounts": people}
    story.ask(story.steward, "round.assign", given, ago)
    story.ask(story.steward, "round.open", {"round": round_id}, ago)
    return round_id


def _chain(
    story: Story,
    round_id: str,
    place: Stairwell,
    people: Iterable[Someone],
    finding: str,
    ago: int,
) -> None:
    """What the officer of a stairwell read in its chat group."""
    entries = [f"{one.door}/{one.resident}/{finding}" for one in people]
    story.ask(place.officer, "report.chain", {"round": round_id, "entries": entries}, ago)


def _report(story: Story, who: Someone, round_id: str, finding: str, ago: int) -> str:
    """What a household reports itself; returns the report's id."""
    said = {"round": round_id, "door": who.door, "resident": who.resident, "finding": finding}
    return story.ask(who.account, "report.make", said, ago)


def _sample(
    story: Story, chance: random.Random, place: Stairwell, share: float, without: Collection[int]
) -> list[Someone]:
    """The people of a share of a stairwell's homes; those who are known by name report later."""
    homes: dict[int, list[Someone]] = {}
    for one in neighbours.people(story, place):
        homes.setdefault(one.door, []).append(one)
    return [
        one
        for door, people in homes.items()
        if door not in without and people[0].name != KNOWN and chance.random() < share
        for one in people
    ]
