"""A database, a push service beside it, and short ways to subscribe, to announce and to send."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, insert, select, update

from server import clock
from server.features.notices.tables import notices, reach
from server.features.notices.wording import typed
from server.features.people.tables import accounts
from server.ids import uuid7
from server.push import keys, spread, subscriptions
from server.push.intake import Subscription
from server.push.sender import Sender
from server.push.subscriptions import Holder
from server.push.tables import deliveries, push_subscriptions
from tests.support.push_service import Phone

BASE = "https://stairwell.example.org"


class Pushing:
    """What is told here is pushed."""

    def __init__(self, told, service, **settings):
        self.told, self.service = told, service
        also = (service.origin,) if service else ()
        given = {"base_url": BASE, "push_also": also} | settings
        self.settings = replace(told.settings, **given)
        self.sender = self.new_sender()
        self.key = told.write(keys.current)
        self.others = []

    def new_sender(self):
        async def made():
            sender = Sender(self.told.hub, self.settings)
            await sender.prepare()
            return sender

        return self.told.wait(made())

    def close(self):
        for sender in (self.sender, *self.others):
            self.told.wait(sender.close())

    # Subscribing

    def phone(self, who, *, service=None, key=None, origin=""):
        """A phone of one of the cast, subscribed."""
        made = (service or self.service).phone((key or self.key).public, origin=origin)
        self.keep(who, made, key)
        return made

    def keep(self, who, phone: Phone, key=None):
        kept = Subscription(phone.endpoint, phone.p256dh, phone.auth, (key or self.key).id)
        return self.told.write(subscriptions.keep, self.holder(who), kept, self.told.now)

    def holder(self, who):
        return Holder(self.told.community_of(who), self.told.who(who))

    def subscriptions(self, who=None):
        query = select(push_subscriptions).order_by(push_subscriptions.c.id)
        if who is not None:
            query = query.where(push_subscriptions.c.account_id == self.told.who(who))
        return self.told.rows(query)

    def in_force(self, who=None):
        return [row for row in self.subscriptions(who) if row.ended_at is None]

    # Announcing

    def announce(self, *to, title="买菜", body="三号楼请下楼", queue=True, **more):
        """A notice for some of the cast, queued as the feature would; returns its id."""
        told = self.told
        community = told.community_of(to[0]) if to else told.world.community
        made_by = told.world.anna if community == told.world.elsewhere else told.world.mei
        notice = {
            "community_id": community, "id": uuid7(told.now), "kind": "notice",
            "content": typed({"zh-Hans": title}, {"zh-Hans": body}), "audience": {},
            "urgency": "normal", "asks": "read", "opens": "", "stages": [], "made_by": made_by,
            "made_at": told.now, "version": 1, "until": told.now + clock.HOUR,
        } | more  # fmt: skip
        rows = [
            {
                "community_id": community, "notice_id": notice["id"], "recipient": who,
                "account_id": told.who(who), "stage": 0, "queued_at": told.now,
            }
            for who in to
        ]  # fmt: skip

        def write(connection):
            connection.execute(insert(notices), notice)
            if rows:
                connection.execute(insert(reach), rows)

        told.write(write)
        if queue:
            self.queue(notice["id"], community)
        return notice["id"]

    def queue(self, notice_id, community=None):
        community = community or self.told.world.community
        return self.told.write(spread.queue, community, notice_id, self.told.now)

    def change(self, notice_id, **values):
        self.told.execute(update(notices).where(notices.c.id == notice_id).values(**values))

    def change_reach(self, notice_id, who, **values):
        mine = (reach.c.notice_id == notice_id) & (reach.c.recipient == who)
        self.told.execute(update(reach).where(mine).values(**values))

    def speaks(self, who, language):
        mine = accounts.c.id == self.told.who(who)
        self.told.execute(update(accounts).where(mine).values(language=language))

    # Sending

    def send(self):
        """Send what is due, until it is written down."""
        self.told.wait(self.sender.send_due())

    def results(self, notice_id=None):
        """How many deliveries came to what; None for those that wait."""
        query = select(deliveries.c.result, func.count()).group_by(deliveries.c.result)
        if notice_id:
            query = query.where(deliveries.c.notice_id == notice_id)
        return {row.result: row[1] for row in self.told.rows(query)}

    def deliveries(self):
        return self.told.rows(select(deliveries).order_by(deliveries.c.target))

    def reached(self, notice_id):
        mine = reach.c.notice_id == notice_id
        return {row.recipient: row.sent_at for row in self.told.rows(select(reach).where(mine))}


@pytest.fixture
def make_pushing(told):
    """Makes a `Pushing` with further settings."""
    made = []

    def make(service, **settings):
        made.append(Pushing(told, service, **settings))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def pushing(make_pushing, push_service):
    """A database, a push service and a sender between them."""
    return make_pushing(push_service)
