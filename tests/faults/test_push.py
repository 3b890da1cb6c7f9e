"""The power goes while calls are sent: each of them arrives, and what comes twice replaces."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable

import pytest
from sqlalchemy import Connection, func, insert, select

from server import clock
from server.db.session import open_database
from server.features.notices.tables import notices, reach
from server.features.notices.wording import typed
from server.features.people.tables import accounts
from server.ids import uuid7
from server.push import keys, spread, subscriptions
from server.push.intake import Subscription
from server.push.subscriptions import Holder
from server.push.tables import deliveries
from server.settings import Settings

PHONES = 4
"""Of each of the cast."""


def _fill(connection: Connection, service, people) -> list:
    """Everybody subscribes, and is announced to."""
    now, key, phones = clock.now(), keys.current(connection), []
    for who in people:
        for _ in range(PHONES):
            phone = service.phone(key.public)
            made = Subscription(phone.endpoint, phone.p256dh, phone.auth, key.id)
            subscriptions.keep(connection, Holder(1, who), made, now)
            phones.append(phone)
    notice = {
        "community_id": 1, "id": uuid7(now), "kind": "call", "content": typed({"en": "Down"}, {}),
        "audience": {}, "urgency": "urgent", "asks": "coming", "opens": "", "stages": [],
        "until": now + clock.HOUR, "made_by": people[0], "made_at": now, "version": 1,
    }  # fmt: skip
    connection.execute(insert(notices), notice)
    told = {"community_id": 1, "notice_id": notice["id"], "queued_at": now}
    connection.execute(
        insert(reach), [told | {"recipient": who, "account_id": who} for who in people]
    )
    assert spread.queue(connection, 1, notice["id"], now) == len(phones)
    return phones


def _people(connection: Connection) -> list[str]:
    return list(
        connection.execute(select(accounts.c.id).where(accounts.c.community_id == 1)).scalars()
    )


def _results(connection: Connection) -> dict[str | None, int]:
    counted = select(deliveries.c.result, func.count()).group_by(deliveries.c.result)
    return {row.result: row[1] for row in connection.execute(counted)}


def _wait(there: Callable[[], bool], patience: float = 60) -> None:
    give_up = time.monotonic() + patience
    while not there():
        assert time.monotonic() < give_up
        time.sleep(0.01)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_server_killed_in_the_middle_of_sending_loses_no_call(
    share, sqlite_settings: Settings, make_server, push_service, runner
):
    server = make_server(environment={"STAIRWELL_PUSH_ALSO": push_service.origin})
    server.data.mkdir(parents=True)
    settings = Settings(data_dir=server.data)
    shutil.copyfile(sqlite_settings.sqlite_path, settings.sqlite_path)
    database = open_database(settings)
    people = runner.run(database.read(_people))
    phones = runner.run(database.write(_fill, push_service, people))
    server.start()
    _wait(lambda: push_service.asked >= share * len(phones))
    server.kill()
    server.start()
    _wait(lambda: runner.run(database.read(_results)) == {"sent": len(phones)})
    server.stop()
    runner.run(database.close())
    assert push_service.wrong == []
    assert all(phone.calls for phone in phones), "a call was lost"
    for phone in phones:
        assert len(phone.calls) <= 2
        assert len({call.headers["Topic"] for call in phone.calls}) == 1
        assert len({call.message["notification"]["tag"] for call in phone.calls}) == 1


@pytest.mark.slow
def test_another_process_takes_over_from_one_that_was_killed(
    make_server, postgres_settings: Settings, push_service, runner
):
    """On PostgreSQL a lease has to run out first; what the dead process had waits that long."""
    environment = {
        "STAIRWELL_PUSH_ALSO": push_service.origin,
        "STAIRWELL_DATABASE_URL": postgres_settings.database_url,
    }
    first, second = (make_server(name, environment=environment) for name in ("first", "second"))
    database = open_database(postgres_settings)
    people = runner.run(database.read(_people))
    phones = runner.run(database.write(_fill, push_service, people))
    first.start()
    _wait(lambda: push_service.asked >= len(phones) // 4)
    first.kill()
    second.start()
    _wait(lambda: runner.run(database.read(_results)) == {"sent": len(phones)}, 90)
    second.stop()
    runner.run(database.close())
    assert push_service.wrong == []
    assert all(1 <= len(phone.calls) <= 2 for phone in phones)
