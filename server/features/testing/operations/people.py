"""Who is not expected, who may come first, and who did not come."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta
from sqlalchemy import delete, select

from server.db.bulk import upserting
from server.features.estates import reads as estates
from server.features.notices import announce, audience, wording
from server.features.notices import rules as notice_rules
from server.features.notices.audience import Audience
from server.features.people.rules import May
from server.features.people.tables import residents
from server.features.rounds import scope
from server.features.rounds.operations.knock import make_knocking
from server.features.rounds.reads.visits import unfinished
from server.features.rounds.tables import round_doors
from server.features.testing import day, rules
from server.features.testing.finding import find, must_call, must_lead, person_of
from server.features.testing.tables import excuses
from server.i18n import DEFAULT, Words, mark, translate
from server.oplog.envelope import Number, Uuid
from server.oplog.kinds import Asked, Moment, Op, Refused, operation

GROUPS = {"old": mark("people over 70"), "pupils": mark("pupils")}

Time = Annotated[str, Meta(max_length=5, pattern=r"^\d\d:\d\d$")]


@operation("test.excuse", label=mark("Say who is not expected"))
class Excuse(Op):
    """Somebody is not expected at the site, and why; an empty reason expects them again.

    Who cannot come down stays expected: they are swabbed at home, from the list for that. What
    follows `by_itself` from something else ends by itself, and tells no page which door it is.
    """

    round: Uuid
    resident: Number
    reason: str = ""
    by_itself: bool = False

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        if self.reason and self.reason not in rules.REASONS:
            raise Refused(NO_SUCH_REASON)
        find(at, self.round)
        who = at.connection.execute(
            select(residents).where(
                residents.c.community_id == at.community_id, residents.c.id == self.resident
            )
        ).first()
        door = who and estates.household(at.connection, at.community_id, who.household_id)
        if who is None or door is None:
            raise Refused(NOBODY)
        if not person_of(at, asked).may(May.SET_PRESENCE, asked.corrected_at, door):
            must_call(at, asked, self.round, door.stairwell)
        at.connection.execute(
            delete(excuses).where(
                excuses.c.community_id == at.community_id,
                excuses.c.round_id == self.round,
                excuses.c.resident_id == self.resident,
            )
        )
        if self.reason:
            said = (self.resident, who.household_id, self.reason, asked.actor, asked.corrected_at)
            _EXCUSES.run(at.connection, [(at.community_id, self.round, *said, self.by_itself)])
        self._expect(at, asked, who.household_id)
        asked.subject = f"/testing/{self.round}/doors/{who.household_id}"
        at.tell(f"testing:{self.round}")
        if not self.by_itself:
            at.tell(f"household:{who.household_id}")

    def _expect(self, at: Moment, asked: Asked, household_id: int) -> None:
        """How many of the household are expected now: those here less those excused."""
        table = round_doors.c
        answered = at.connection.execute(
            select(table.answer).where(
                table.community_id == at.community_id,
                table.round_id == self.round,
                table.household_id == household_id,
            )
        ).first()
        if answered is None:
            raise Refused(scope.NOT_IN_ROUND)
        if answered.answer not in rules.YET_TO_COME:
            raise Refused(HAS_COME)
        away = (
            select(excuses.c.resident_id)
            .where(
                excuses.c.community_id == at.community_id,
                excuses.c.round_id == self.round,
                excuses.c.household_id == household_id,
                excuses.c.reason != rules.HOME,
            )
            .scalar_subquery()
        )
        here = at.connection.execute(
            select(residents.c.id).where(
                residents.c.community_id == at.community_id,
                residents.c.household_id == household_id,
                residents.c.present,
                residents.c.id.not_in(away),
            )
        ).all()
        due = len(here)
        scope.change_due(at, self.round, household_id, due, asked.seq, quiet=self.by_itself)


_EXCUSES = upserting(
    excuses,
    "community_id",
    "round_id",
    "resident_id",
    "household_id",
    "reason",
    "actor",
    "at",
    "by_itself",
)


@operation("test.window", label=mark("Call those who may come first"))
class Window(Op):
    """Tell the households of the old, or of pupils, from when to when they may come first."""

    round: Uuid
    group: str
    opens: Time
    closes: Time

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        if self.group not in GROUPS:
            raise Refused(NO_SUCH_GROUP)
        find(at, self.round)
        must_lead(at, asked, self.round)
        zone = estates.zone(at.connection, at.community_id)
        year = datetime.fromtimestamp(asked.corrected_at / 1000, zone).year
        table = round_doors.c
        rows = at.connection.execute(
            select(residents.c.household_id, residents.c.born)
            .join(
                round_doors,
                (table.community_id == residents.c.community_id)
                & (table.household_id == residents.c.household_id),
            )
            .where(
                residents.c.community_id == at.community_id,
                residents.c.present,
                table.round_id == self.round,
                table.due > 0,
            )
        )
        homes = sorted(
            {row.household_id for row in rows if rules.in_group(self.group, row.born, year)}
        )
        if not homes:
            raise Refused(NOBODY_IN_GROUP)
        said = {"group": Words(GROUPS[self.group]), "opens": self.opens, "closes": self.closes}
        _announce(at, asked, homes, "notice", Words(WINDOW_TITLE, said), Words(WINDOW_BODY, said))
        asked.subject = f"/testing/{self.round}"


@operation("test.results_out", label=mark("Say that results are out"))
class ResultsOut(Op):
    """Tell everybody who was expected that the day's results are out; never what they are."""

    round: Uuid

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        found = find(at, self.round)
        must_lead(at, asked, self.round)
        table = round_doors.c
        homes = list(
            at.connection.execute(
                select(table.household_id).where(
                    table.community_id == at.community_id,
                    table.round_id == self.round,
                    table.due > 0,
                )
            ).scalars()
        )
        said = {"title": found.title}
        _announce(at, asked, homes, "results", Words(OUT_TITLE, said), Words(OUT_BODY, said))


def _announce(
    at: Moment, asked: Asked, homes: list[int], kind: str, title: Words, body: Words
) -> None:
    """Announce something to these households."""
    meant = Audience(households=homes)
    recipients = audience.resolve(
        at.connection, at.community_id, meant, (), asked.actor, asked.corrected_at
    )
    until = asked.corrected_at + notice_rules.MATTERS
    content = wording.worded(title, body)
    announce.announce(
        at,
        announce.Draft(
            asked.id, kind, content, meant, asked.actor, asked.corrected_at, asked.seq, until=until
        ),
        recipients,
    )
    asked.subject = f"/notices/{asked.id}"


@operation("test.knock", label=mark("Knock where somebody did not come"))
class Knock(Op):
    """Make and open a knocking round of the doors of whom somebody is missing."""

    round: Uuid

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        found = find(at, self.round)
        doors = [
            {"household_id": home, "stairwell_id": stairwell, "level": level, "due": 1}
            for home, stairwell, level, _ in unfinished(
                at.connection, at.community_id, self.round, day.FINAL
            )
        ]
        if not doors:
            raise Refused(NOBODY_MISSING)
        language = person_of(at, asked).language or DEFAULT
        title = translate(language, MISSING_AT, title=found.title)
        make_knocking(at, asked, title, doors)


NO_SUCH_REASON = mark("There is no such reason.")
NO_SUCH_GROUP = mark("There is no such group.")
NOBODY = mark("There is no such resident here.")
HAS_COME = mark("This household has come already. Correct its mark first.")
NOBODY_IN_GROUP = mark("Nobody who is expected belongs to this group.")
NOBODY_MISSING = mark("Nobody is missing: everybody came or is not expected.")
MISSING_AT = mark("Missing: %(title)s")
WINDOW_TITLE = mark("%(opens)s–%(closes)s: %(group)s first")
WINDOW_BODY = mark(
    "From %(opens)s to %(closes)s %(group)s may come to be tested without waiting for a call. "
    "Everybody else please wait until your floor is called."
)
OUT_TITLE = mark("Results are out")
OUT_BODY = mark("The results of “%(title)s” are out. Open Stairwell to see your own.")
