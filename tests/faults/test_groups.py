"""The power goes while groups are posted to: none is left out, only what was in flight repeats."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Callable

from sqlalchemy import Connection, func, insert, select

from server import clock
from server.db.session import open_database
from server.features.notices.tables import channels, notices, reach
from server.features.notices.wording import typed
from server.features.people.tables import accounts
from server.ids import uuid7
from server.push.groups import spread
from server.push.tables import deliveries
from server.settings import Settings

BOTS, NOTICES = 8, 3


def _fill(connection: Connection, origin: str) -> int:
    """Bots and a webhook, and announcements for all of them; returns how many rows they make."""
    now = clock.now()
    [by] = connection.execute(
        select(accounts.c.id).where(accounts.c.community_id == 1).limit(1)
    ).scalars()
    ways = [("bot", f"wecombot://bot-{number}") for number in range(BOTS)]
    for kind, address in [*ways, ("webhook", f"{origin}/sms")]:
        connection.execute(
            insert(channels),
            {
                "community_id": 1, "id": uuid7(now), "kind": kind, "name": address[-6:],
                "address": address, "scope": "community", "scope_id": 0, "made_by": by,
                "made_at": now,
            },
        )  # fmt: skip
    homes = connection.execute(
        select(spread.residents.c.household_id)
        .distinct()
        .where(spread.residents.c.community_id == 1, spread.residents.c.phone != "")
    ).scalars()
    homes = list(homes)
    rows = 0
    for number in range(NOTICES):
        notice = {
            "community_id": 1, "id": uuid7(now + number), "kind": "call",
            "content": typed({"en": f"Down {number}"}, {}), "audience": {}, "urgency": "urgent",
            "asks": "coming", "opens": "", "stages": [], "until": now + clock.HOUR,
            "made_by": by, "made_at": now + number, "version": 1,
        }  # fmt: skip
        connection.execute(insert(notices), notice)
        told = {"community_id": 1, "notice_id": notice["id"], "queued_at": now, "stairwell_id": 1}
        lines = [told | {"recipient": f"h{one}", "household_id": one} for one in homes]
        connection.execute(insert(reach), lines)
        rows += spread.queue(connection, 1, notice["id"], now)
    assert rows == NOTICES * (BOTS + len(homes))
    return rows


def _results(connection: Connection) -> dict[str | None, int]:
    counted = select(deliveries.c.result, func.count()).group_by(deliveries.c.result)
    return {row.result: row[1] for row in connection.execute(counted)}


def _wait(there: Callable[[], bool], patience: float = 60) -> None:
    give_up = time.monotonic() + patience
    while not there():
        assert time.monotonic() < give_up
        time.sleep(0.01)


def test_a_server_killed_while_it_posts_leaves_no_group_out(
    sqlite_settings: Settings, make_server, services, runner
):
    relay = f"https://qyapi.weixin.qq.com={services.origin}"
    server = make_server(
        environment={
            "STAIRWELL_PUSH_RELAYS": relay,
            "STAIRWELL_PUSH_ALSO": services.origin,
        }
    )
    server.data.mkdir(parents=True)
    settings = Settings(data_dir=server.data)
    shutil.copyfile(sqlite_settings.sqlite_path, settings.sqlite_path)
    database = open_database(settings)
    rows = runner.run(database.write(_fill, services.origin))
    services.pause = 0.3
    server.start()
    _wait(lambda: len(services.posts) >= BOTS)
    server.kill()
    came = len(services.posts)
    services.pause = 0.0
    server.start()
    _wait(lambda: runner.run(database.read(_results)) == {"sent": rows})
    server.stop()
    runner.run(database.close())
    said = Counter(
        (post.path, number)
        for post in services.posts
        if "bot-" in post.path
        for number in range(NOTICES)
        if f"Down {number}" in post.text
    )
    assert len(said) == BOTS * NOTICES, "a group was left out"
    repeated = sum(said.values()) - len(said)
    assert repeated <= came
    assert max(said.values()) <= 2
    messages = Counter(post.json["id"] for post in services.to("/sms"))
    assert len(messages) == rows - BOTS * NOTICES
    assert max(messages.values()) <= 2
