"""Setting up a testing day: its sites, who works there, who calls."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Annotated

from msgspec import Meta
from sqlalchemy import insert, select, update

from server.features.estates import reads as estates
from server.features.rounds import scope
from server.features.rounds.operations import assign, life
from server.features.testing import finding, rules
from server.features.testing.finding import find, must_lead
from server.features.testing.tables import sites, test_rounds, test_stairwells
from server.i18n import mark
from server.ids import derived
from server.oplog.envelope import Numbers, Uuid
from server.oplog.kinds import Asked, Moment, Op, Refused, operation

Name = Annotated[str, Meta(max_length=40)]

MOST_SITES = 30


@operation("test.make", label=mark("Set up a testing day"))
class Make(Op):
    """A round for which people come to a site: who is expected, the tubes, and the sites."""

    title: Annotated[str, Meta(max_length=80)]
    tube: str = rules.TEN
    compounds: Numbers = []
    buildings: Numbers = []
    stairwells: Numbers = []
    deadline: str = ""
    most: Annotated[int, Meta(ge=5, le=500)] = 30
    sites: Annotated[list[Name], Meta(max_length=MOST_SITES)] = []

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        names = [name.strip() for name in self.sites if name.strip()]
        if self.tube not in rules.TUBES:
            raise Refused(NO_SUCH_TUBE)
        if not names:
            raise Refused(NO_SITE_NAMED)
        life.Make(
            self.title, "nucleic", per="person", compounds=self.compounds,
            buildings=self.buildings, stairwells=self.stairwells, deadline=self.deadline,
        ).apply(at, asked)  # fmt: skip
        at.connection.execute(
            insert(test_rounds),
            {
                "community_id": at.community_id,
                "round_id": asked.id,
                "tube": self.tube,
                "pace": rules.HAND,
                "most": self.most,
            },
        )
        self._sites(at, asked.id, names)
        asked.subject = f"/testing/{asked.id}"

    @staticmethod
    def _sites(at: Moment, round_id: str, names: Sequence[str]) -> None:
        """Make the sites and deal the stairwells out to them."""
        ids = scope.stairwells_of(at.connection, at.community_id, round_id)
        order = [one for one in estates.places(at.connection, at.community_id) if one in set(ids)]
        people = scope.present_in(at.connection, at.community_id, order)
        homes = estates.households_by_stairwell(at.connection, at.community_id)
        loads = [(one, sum(people.get(home, 0) for home in homes.get(one, ()))) for one in order]
        made = [derived(f"{round_id}/{nth}") for nth in range(len(names))]
        here = {"community_id": at.community_id, "round_id": round_id}
        at.connection.execute(
            insert(sites),
            [
                {**here, "id": site, "name": name, "position": nth}
                for nth, (site, name) in enumerate(zip(made, names, strict=True))
            ],
        )
        rows = [
            {**here, "stairwell_id": stairwell, "site_id": site, "position": position}
            for site, dealt in zip(made, rules.deal(loads, len(names)), strict=True)
            for position, stairwell in enumerate(dealt)
        ]
        at.connection.execute(insert(test_stairwells), rows)


@operation("test.site", label=mark("Set up a site"))
class Site(Op):
    """Say where a site is, who works there, and which stairwells come to it."""

    round: Uuid
    site: Uuid
    name: Name
    place: Annotated[str, Meta(max_length=80)] = ""
    hours: Name = ""
    medics: Annotated[int, Meta(ge=1, le=20)] = 1
    stairwells: Numbers = []
    accounts: Annotated[list[Uuid], Meta(max_length=50)] = []

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        find(at, self.round)
        must_lead(at, asked, self.round)
        if not self.name.strip():
            raise Refused(NO_SITE_NAMED)
        known = set(scope.stairwells_of(at.connection, at.community_id, self.round))
        if not set(self.stairwells) <= known:
            raise Refused(scope.NOT_IN_ROUND)
        table = sites.c
        changed = at.connection.execute(
            update(sites)
            .where(
                table.community_id == at.community_id,
                table.round_id == self.round,
                table.id == self.site,
            )
            .values(
                name=self.name.strip(),
                place=self.place.strip(),
                hours=self.hours.strip(),
                medics=self.medics,
            )
        )
        if not changed.rowcount:
            raise Refused(finding.NO_SUCH_SITE)
        if self.stairwells:
            _move(at, self.round, self.site, self.stairwells)
        if self.accounts:
            mine = self.stairwells or _stairwells(at, self.round, self.site)
            assign.Assign(self.round, mine, self.accounts).apply(at, asked)
        asked.subject = f"/testing/{self.round}/sites/{self.site}"
        at.tell(f"testing:{self.round}")


def _move(at: Moment, round_id: str, site_id: str, ids: Collection[int]) -> None:
    """Have stairwells come to a site from now on; those left out stay where they are."""
    table = test_stairwells.c
    at.connection.execute(
        update(test_stairwells)
        .where(
            table.community_id == at.community_id,
            table.round_id == round_id,
            table.stairwell_id.in_(list(ids)),
        )
        .values(site_id=site_id)
    )


def _stairwells(at: Moment, round_id: str, site_id: str) -> list[int]:
    table = test_stairwells.c
    return list(
        at.connection.execute(
            select(table.stairwell_id).where(
                table.community_id == at.community_id,
                table.round_id == round_id,
                table.site_id == site_id,
            )
        ).scalars()
    )


@operation("test.pace", label=mark("Say who calls"))
class Pace(Op):
    """Call by hand, let the pacing call by itself, or pause; and how many may wait at a site."""

    round: Uuid
    pace: str
    most: Annotated[int, Meta(ge=5, le=500)] | None = None

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        if self.pace not in rules.PACES:
            raise Refused(NO_SUCH_PACE)
        find(at, self.round)
        must_lead(at, asked, self.round)
        values: dict[str, object] = {"pace": self.pace}
        if self.most is not None:
            values["most"] = self.most
        at.connection.execute(
            update(test_rounds)
            .where(
                test_rounds.c.community_id == at.community_id,
                test_rounds.c.round_id == self.round,
            )
            .values(**values)
        )
        if self.pace == rules.AUTO:
            at.react("testing.pace", self.round)
        asked.subject = f"/testing/{self.round}"
        at.tell(f"testing:{self.round}")


NO_SUCH_TUBE = mark("There is no such kind of tube.")
NO_SITE_NAMED = mark("Name at least one site.")
NO_SUCH_PACE = mark("Floors are called by hand, by the pacing, or not for now.")
