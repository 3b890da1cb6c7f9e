"""The demo's first days: what somebody who tries it finds, and that all of it was told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, func, select

from server import clock, seeds, story
from server.app import FEATURES
from server.db.migrate import upgrade
from server.db.session import sqlite_engine
from server.features.bulletins import check
from server.features.bulletins import reads as bulletin_reads
from server.features.bulletins.tables import bulletins
from server.features.care import reads as care
from server.features.cases import reads as cases
from server.features.cases.tables import cases as case_table
from server.features.custody import reads as custody
from server.features.estates.tables import controls
from server.features.medicine import reads as medicine
from server.features.people.actors import Person, actors
from server.features.people.rules import HOUSEHOLD, MEDICAL, STEWARD
from server.features.reports import pages
from server.features.reports.tables import report_states
from server.features.requests import emergency
from server.features.requests import reads as requests
from server.features.requests.rules import FIRST
from server.features.requests.tables import requests as request_table
from server.features.rounds.tables import round_stairwells, rounds
from server.features.trips import reads as trips
from server.features.vacancies import reads as vacancies
from server.seeds import BLOCK
from server.settings import Settings
from server.story.outbreak import PHONE
from tests.support import replay

assert FEATURES, "importing the app registers every kind"

KEY = b"the key of the demo's operations"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("demo"))
    upgrade(settings)
    engine = sqlite_engine(settings.sqlite_path)
    with engine.begin() as connection:
        now = clock.now()
        seeds.build_demo(connection, now)
        story.tell(connection, BLOCK, now, KEY)
        yield connection
    engine.dispose()


def one_with(connection: Connection, role: str) -> Person:
    """Whom the demo's link of a role signs in."""
    account, _ = seeds._first_with(connection, BLOCK, role, "")
    return actors(connection, BLOCK, [account])[account]


def the_round(connection: Connection, kind: str) -> str:
    """The id of the only round of a kind."""
    query = select(rounds.c.id).where(rounds.c.community_id == BLOCK, rounds.c.kind == kind)
    return str(connection.execute(query).scalar_one())


def test_everything_in_it_was_told_in_operations(demo: Connection) -> None:
    assert replay.problems(demo) == []


def test_telling_it_twice_tells_it_once(demo: Connection) -> None:
    before = demo.execute(select(func.count()).select_from(rounds)).scalar_one()
    story.tell(demo, BLOCK, clock.now(), KEY)
    assert demo.execute(select(func.count()).select_from(rounds)).scalar_one() == before


def test_most_have_reported_todays_test_and_two_results_need_somebody(demo: Connection) -> None:
    antigen = the_round(demo, "antigen")
    found = Counter(
        demo.execute(
            select(report_states.c.finding).where(report_states.c.round_id == antigen)
        ).scalars()
    )
    assert (found["positive"], found["invalid"]) == (1, 1)
    table = round_stairwells.c
    due = demo.execute(select(func.sum(table.due)).where(table.round_id == antigen)).scalar_one()
    assert 0.8 < found.total() / due < 0.97


def test_one_person_was_fetched_and_for_another_the_vehicle_is_on_its_way(demo: Connection) -> None:
    desk = cases.desk(demo, one_with(demo, MEDICAL), "en")
    lines = {line.step: line for building in desk.buildings for line in building.lines}
    assert set(lines) == {"Vehicle coming", "At the hospital or shelter"}
    assert {line.owner for line in lines.values()} == {one_with(demo, MEDICAL).name}
    page = cases.case(demo, one_with(demo, STEWARD), "en", lines["Vehicle coming"].id)
    assert [one.line.isolated for one in page.contacts] == [True] * len(page.contacts) != []


def test_the_household_that_is_signed_in_is_well_and_has_two_things_to_report(
    demo: Connection,
) -> None:
    sun = one_with(demo, HOUSEHOLD)
    assert cases.mine(demo, sun, "en").cases == ()
    own = pages.own(demo, sun, "en").rounds
    assert {one.asked.round.kind.key for one in own} == {"antigen", "isolation"}
    assert not any(person.reported for one in own for person in one.people)


def test_home_isolation_goes_on_by_itself(demo: Connection) -> None:
    query = select(rounds.c.repeats).where(rounds.c.id == the_round(demo, "isolation"))
    assert demo.execute(query).scalar_one() == "daily"


def test_yesterdays_bulletin_is_out_and_todays_is_being_written(demo: Connection) -> None:
    rows = demo.execute(select(bulletins).order_by(bulletins.c.day)).all()
    assert [row.status for row in rows] == ["published", "draft"]
    page = bulletin_reads.public(demo, "en", BLOCK, rows[0].day)
    assert page.figures.new == 1
    assert [one.number for one in page.phones] == [PHONE]
    assert [one.what for one in page.unknown] == ["12号楼何时解封"]
    known = bulletin_reads.known(demo, BLOCK)
    texts = [text for row in rows for one in row.content.values() if isinstance(one, dict)
             for text in one.values()]  # fmt: skip
    assert check.find_all(texts, known) == ()


def test_a_building_has_become_stricter_step_by_step(demo: Connection) -> None:
    rows = demo.execute(select(controls.c.building_id, controls.c.status).order_by(controls.c.seq))
    said: dict[int, list[str]] = {}
    for building, status in rows:
        said.setdefault(building, []).append(status)
    assert ["precaution", "controlled", "sealed"] in said.values()
    assert ["precaution", "sealed"] in said.values()
    assert all(statuses[0] == "precaution" for statuses in said.values())


def test_nobody_falls_ill_who_is_known_by_name(demo: Connection) -> None:
    homes = demo.execute(select(case_table.c.household_id)).scalars()
    assert one_with(demo, HOUSEHOLD).household_id not in set(homes)


def test_at_a_birth_the_vehicle_was_there_within_fifteen_minutes(demo: Connection) -> None:
    [birth] = demo.execute(
        select(request_table.c.id).where(request_table.c.kind == emergency.KIND)
    ).scalars()
    page = requests.steps(demo, one_with(demo, STEWARD), "en", birth)
    assert (page.progress.minutes, page.progress.late, page.open) == (13, False, False)
    assert sum(one.done for one in page.progress.taken) == 5


def test_help_was_given_at_night_and_two_requests_of_today_are_in_good_hands(
    demo: Connection,
) -> None:
    states = Counter(demo.execute(select(request_table.c.state)).scalars())
    assert states == {"done": 2, "under_way": 1, "taken": 1, "asked": 2}
    own = requests.mine(demo, one_with(demo, HOUSEHOLD), "en").lines
    assert [(line.kind.key, line.state) for line in own] == [("medicine", "taken")]


def test_what_nobody_took_has_gone_on_to_the_next(demo: Connection) -> None:
    lift = demo.execute(select(request_table.c.level).where(request_table.c.kind == "power"))
    assert lift.scalar_one() > FIRST


def test_a_batch_of_medicine_is_on_its_way_back_and_one_bag_waits_for_the_steward(
    demo: Connection,
) -> None:
    steward = one_with(demo, STEWARD)
    index = medicine.index(demo, steward)
    assert (index.pressing, index.count) == (3, 5)
    [line] = index.batches
    assert line.step == "out"
    page = medicine.batch(demo, steward, line.id)
    assert sorted((door.packed, door.mine) for door in page.doors) == [
        (False, False), (True, True), (True, True),
    ]  # fmt: skip


def test_the_doctor_has_two_things_and_is_handed_a_third(demo: Connection) -> None:
    doctor = custody.mine(demo, one_with(demo, MEDICAL))
    assert sorted(one.kind.key for one in doctor.held) == ["card", "cash"]
    assert [one.kind.key for one in doctor.offered] == ["card"]
    assert len(custody.ours(demo, one_with(demo, HOUSEHOLD)).lines) == 2


def test_somebody_is_on_the_way_and_grandma_goes_tomorrow(demo: Connection) -> None:
    found = trips.index(demo, one_with(demo, STEWARD))
    [away] = [one for one in found.trips if one.state == "away"]
    assert away.clearance.allowed
    assert "孙奶奶" in {one.name for one in found.trips if one.state == "planned"}
    assert len(found.plans) == 2


def test_a_handful_of_people_are_in_care_and_one_waits_to_be_confirmed(demo: Connection) -> None:
    found = care.board(demo, one_with(demo, STEWARD))
    assert (found.people, len(found.suggested), len(found.unkept)) == (5, 1, 1)
    assert len(care.ours(demo, one_with(demo, HOUSEHOLD)).lines) == 1


def test_two_flats_are_vacant_and_one_should_have_been_looked_at(demo: Connection) -> None:
    found = vacancies.index(demo, one_with(demo, STEWARD))
    assert (found.total, [one.late for one in found.due]) == (2, [True])


def test_a_door_system_suggests_one_flat_of_each_kind(demo: Connection) -> None:
    found = vacancies.index(demo, one_with(demo, STEWARD)).suggestions
    assert [one.what for one in found.lines] == ["lived_in", "vacant"]
    assert found.lines[0].days == 3
