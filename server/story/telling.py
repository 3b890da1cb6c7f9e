"""How the demo's story is told: operations of its people, each made at its time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, select

from server import clock
from server.features.estates import reads as estates
from server.features.estates.tables import compounds
from server.features.people.actors import actors
from server.features.people.rules import STEWARD
from server.features.people.tables import roles
from server.oplog import after
from server.oplog.apply import Received, apply
from server.oplog.envelope import Envelope
from server.oplog.kinds import newest
from server.web.hub import of_server

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Story:
    """Tells operations as their actors would have made them."""

    connection: Connection
    community_id: int
    now: int
    key: bytes

    def ask(self, actor: str, kind: str, data: Data, ago: int = 0) -> str:
        """One operation, made some time ago; returns its id. Raises where it is not applied."""
        return self.ask_all(actor, [(kind, data)], ago)[0]

    def ask_all(self, actor: str, asked: Sequence[tuple[str, Data]], ago: int) -> list[str]:
        """Several operations of one actor in one batch."""
        moment = self.now - ago
        made = [item for kind, data in asked for item in self._envelopes(actor, kind, data)]
        received = Received(self.community_id, actor, None, moment, moment, made)
        applied = apply(self.connection, received, actors, self.key)
        wrong = next((one for one in applied.answers if one.outcome != "applied"), None)
        if wrong is not None:
            raise RuntimeError(f"The demo's {asked[0][0]} was {wrong.outcome}: {wrong.message}")
        return [str(one.id) for one in applied.answers]

    def _envelopes(self, actor: str, kind: str, data: Data) -> Iterable[Envelope]:
        for item in of_server(self.community_id, actor, None, kind, data).items:
            assert isinstance(item, Envelope)
            cls = newest(kind)
            yield replace(item, v=cls.op_version) if cls else item

    def react(self) -> None:
        """Have everything follow that is due by now."""

        def submitter(connection: Connection, community_id: int) -> Any:
            def submit(actor: str, op_id: str, kind: str, data: Data) -> None:
                apply(
                    connection, of_server(community_id, actor, op_id, kind, data), actors, self.key
                )

            return submit

        while after.run_next(self.connection, self.now, submitter) is not None:
            pass

    # Time

    def since(self, days_ago: int, hour: int, minute: int = 0) -> int:
        """How long ago a time of one of the days before was, where people live."""
        zone = estates.zone(self.connection, self.community_id)
        day = datetime.fromtimestamp(self.now / 1000, zone).date() - timedelta(days=days_ago)
        then = datetime.combine(day, time(hour, minute), zone)
        return self.now - clock.from_datetime(then)

    def day(self, days_ago: int) -> str:
        """A day before this one: 2022-04-20."""
        zone = estates.zone(self.connection, self.community_id)
        today = datetime.fromtimestamp(self.now / 1000, zone).date()
        return (today - timedelta(days=days_ago)).isoformat()

    # People and places

    def all_with(self, role: str, scope: str = "community") -> list[str]:
        """The accounts with a role; who is known by name comes first."""
        return list(
            self.connection.execute(
                select(roles.c.account_id)
                .where(
                    roles.c.community_id == self.community_id,
                    roles.c.role == role,
                    roles.c.scope == scope,
                )
                .order_by(roles.c.account_id)
            ).scalars()
        )

    @property
    def steward(self) -> str:
        """Who leads the whole block."""
        return self.all_with(STEWARD)[0]

    @property
    def compounds(self) -> list[int]:
        """All compounds, in order."""
        return list(
            self.connection.execute(
                select(compounds.c.id)
                .where(compounds.c.community_id == self.community_id)
                .order_by(compounds.c.position)
            ).scalars()
        )
