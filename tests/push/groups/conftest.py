"""Announcements of the small world, bots and webhooks in it, and the services behind them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select, update

from server.features.notices.tables import channels, reach
from server.features.people.tables import residents
from server.push.groups import channels as kept
from server.push.groups import reach as reached
from server.push.groups.channels import Adding
from server.push.groups.sender import Groups
from server.push.tables import deliveries

BASE = "https://stairwell.example.org"
WECOM = "https://qyapi.weixin.qq.com"
DINGTALK = "https://oapi.dingtalk.com"
FEISHU = "https://open.feishu.cn"


class Grouping:
    """What is announced here is posted."""

    def __init__(self, told, services):
        self.told, self.services, self.world = told, services, told.world
        relays = tuple((one, services.origin) for one in (WECOM, DINGTALK, FEISHU))
        self.settings = replace(
            told.settings, base_url=BASE, push_relays=relays, push_also=(services.origin,)
        )
        self.sender = self.new_sender()
        self.others = []

    def new_sender(self):
        async def made():
            sender = Groups(self.told.hub, self.settings)
            await sender.prepare()
            return sender

        return self.told.wait(made())

    def close(self):
        for sender in (self.sender, *self.others):
            self.told.wait(sender.close())

    # Channels

    def bot(self, key="key", *, place="community:0", address="", name="", language="", by="mei"):
        """A bot of WeCom's, or of another address; returns its id."""
        return self.keep("bot", address or f"wecombot://{key}", name or key, place, language, by)

    def hook(self, key="sms", *, place="community:0", by="mei"):
        """A webhook; returns its id."""
        return self.keep("webhook", f"{self.services.origin}/{key}", key, place, "", by)

    def keep(self, kind, address, name, place, language, by):
        scope, _, number = place.partition(":")
        made = Adding(kind, name, address, scope, int(number), language)
        return self.told.write(kept.add, self.told.person(by), made, self.told.now)

    def channel(self, channel_id):
        [row] = self.told.rows(select(channels).where(channels.c.id == channel_id))
        return row

    def place(self, stairwell, scope):
        """A place as a form has it: what holds a stairwell."""
        from server.features.estates import reads

        found = self.told.read(reads.places, self.world.community)
        return f"{scope}:{getattr(found[getattr(self.world, stairwell)], scope)}"

    # Announcing

    def send(self, actor="mei", *, places=("walk_up",), **data):
        """An announcement made and queued; returns its id."""
        where = [getattr(self.world, place) for place in places]
        said = {"title": {"zh-Hans": "停水"}, "body": {"zh-Hans": "今晚八点"}}
        answer = self.told.ask(actor, "notice.send", said | {"stairwells": where} | data)
        assert answer.outcome == "applied", answer
        self.told.react()
        return answer.id

    def post(self):
        """Post what is due, until it is written down."""
        self.told.wait(self.sender.send_due())

    def rows(self, channel="bot"):
        mine = deliveries.c.channel == channel
        return self.told.rows(select(deliveries).where(mine).order_by(deliveries.c.target))

    def results(self, channel="bot"):
        """How many deliveries came to what; None for those that wait."""
        query = select(deliveries.c.result, func.count()).where(deliveries.c.channel == channel)
        return {row.result: row[1] for row in self.told.rows(query.group_by(deliveries.c.result))}

    def posted(self, notice):
        return self.told.read(reached.posted, self.world.community, notice)

    def has_phone(self, label, number="13800001234", place="walk_up"):
        """Somebody behind a door gave a telephone number."""
        mine = residents.c.household_id == self.told.door(place, label)
        here = residents.c.community_id == self.world.community
        self.told.execute(update(residents).where(mine, here).values(phone=number))

    def has_no_phones(self):
        """Nobody gave a telephone number."""
        self.told.execute(update(residents).values(phone=""))

    def change_reach(self, notice, label, **values):
        mine = (reach.c.notice_id == notice) & (
            reach.c.recipient == f"h{self.told.door('walk_up', label)}"
        )
        self.told.execute(update(reach).where(mine).values(**values))


@pytest.fixture
def groups(told, services):
    """A database, a sender and the services it posts to."""
    made = Grouping(told, services)
    yield made
    made.close()
