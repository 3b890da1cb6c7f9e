"""Closing the incident: one steward proposes it, another agrees, and on its day everything goes."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta
from sqlalchemy import select, update

from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.estates.tables import compounds
from server.features.incidents import deleting, file, report, rules
from server.features.notices import announce
from server.features.notices.audience import Audience
from server.features.people import reads as people
from server.features.people.rules import EVERYWHERE, STAFF, STEWARD, May
from server.i18n import Words, mark
from server.oplog.envelope import Uuid
from server.oplog.events import Event
from server.oplog.kinds import NOTES, Asked, Moment, Op, Refused, operation
from server.oplog.tables import reactions

NOTICE = "notice"
KEEPS_GOING = ("retention.", "incidents.", "care.round", "push.end")
"""Reactions that have work to do when everything else has ended.

Rounds of care make themselves for whoever is in care, and for nobody while nobody is.
"""


@operation("incident.propose", label=mark("Propose to close the incident"))
class Propose(Op):
    """Have everything that is kept of people become totals; the register too, where it is said."""

    title: Annotated[str, Meta(max_length=rules.LONGEST_TITLE)]
    days: int = rules.USUAL_DAYS
    register: bool = False

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class. Those who may agree are told."""
        file.may(at, asked)
        title = self.title.strip()
        if not title:
            raise Refused(NO_TITLE)
        if not rules.LEAST_DAYS <= self.days <= rules.MOST_DAYS:
            raise Refused(NO_DAYS, least=rules.LEAST_DAYS, most=rules.MOST_DAYS)
        if file.under_way(at.connection, at.community_id) is not None:
            raise Refused(ONE_ALREADY)
        others = _others(at, asked)
        told = announce.tell(
            at, asked, "stewards",
            Words(PROPOSED, {"title": title}), Words(AGREE_OR_NOT),
            Audience(accounts=others), kind=NOTICE, opens=f"/incidents/{asked.id}",
        ) if others else []  # fmt: skip
        said = {"title": title, "days": self.days, "register": self.register, "notices": told}
        file.begin(at, asked, Event.of(asked, rules.PROPOSE, **said))


class OfIncident(Op):
    """What is said of a closing by those who may."""

    incident: Uuid

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        file.may(at, asked)
        row = file.row_of(at.connection, at.community_id, self.incident)
        if row is None:
            raise Refused(NOT_THERE)
        self.say(at, asked, row)

    def say(self, at: Moment, asked: Asked, row: AnyRow) -> None:
        """Enter it. Raises `Refused`."""
        raise NotImplementedError


@operation("incident.agree", label=mark("Agree to close the incident"))
class Agree(OfIncident):
    """A second person wants it too: everybody is told, and until its day it can be called off."""

    def say(self, at: Moment, asked: Asked, row: AnyRow) -> None:
        """See the class."""
        if row.state != rules.PROPOSED:
            raise Refused(NOT_PROPOSED)
        state = file.state_of(at.connection, at.community_id, row.id)
        if asked.actor == state.proposed_by and _others(at, asked):
            raise Refused(SOMEBODY_ELSE)
        zone = estates.zone(at.connection, at.community_id)
        due = rules.due(asked.corrected_at, state.days, zone)
        told = announce.tell(
            at, asked, "",
            Words(GOES, {"day": rules.day_of(due, zone)}),
            Words(REGISTER_GOES if state.register else TAKE_IT),
            _everybody(at), kind=NOTICE, opens="/record", until=due,
        )  # fmt: skip
        file.enter(at, asked, row, Event.of(asked, rules.AGREE, due_at=due, notices=told))
        at.react("incidents.close", row.id, due)


@operation("incident.call_off", label=mark("Do not close the incident"))
class CallOff(OfIncident):
    """It is not closed, or not yet; whoever was told that it would be is told so."""

    retention: ClassVar = {"why": NOTES}
    why: Annotated[str, Meta(max_length=rules.LONGEST_WORDS)] = ""

    def say(self, at: Moment, asked: Asked, row: AnyRow) -> None:
        """See the class."""
        if row.state not in {rules.PROPOSED, rules.AGREED}:
            raise Refused(TOO_LATE)
        told: list[str] = []
        if row.state == rules.AGREED:
            told = announce.tell(
                at, asked, "", Words(STAYS), Words(STAYS_KEPT),
                _everybody(at), kind=NOTICE, opens="/record",
            )  # fmt: skip
        said = {"why": self.why.strip(), "notices": told}
        file.enter(at, asked, row, Event.of(asked, rules.CALL_OFF, **said))


@operation("incident.begin", label=mark("Begin to delete what was kept"))
class Begin(OfIncident):
    """Its day has come. From here nothing is taken back; what waits to happen happens no more."""

    def say(self, at: Moment, asked: Asked, row: AnyRow) -> None:
        """See the class."""
        if row.state != rules.AGREED or (row.due_at or 0) > at.received_at:
            raise Refused(NOT_YET)
        if why := file.held_up(at.connection, at.community_id):
            raise Refused(why)
        table = reactions.c
        waiting = (table.community_id == at.community_id) & table.done_at.is_(None)
        for ours in KEEPS_GOING:
            waiting &= ~table.name.startswith(ours)
        at.connection.execute(update(reactions).where(waiting).values(done_at=at.received_at))
        file.enter(at, asked, row, Event.of(asked, rules.BEGIN))


@operation("incident.finish", label=mark("Sign the report of the incident"))
class Finish(OfIncident):
    """Nothing is left: the totals are signed, and every steward is told the key's fingerprint."""

    def say(self, at: Moment, asked: Asked, row: AnyRow) -> None:
        """See the class."""
        if row.state != rules.CLOSING:
            raise Refused(NOT_YET)
        state = file.state_of(at.connection, at.community_id, row.id)
        if deleting.let_go(at.connection, at.community_id, state, at.received_at):
            raise Refused(SOMETHING_LEFT)
        body = report.write(at.connection, at.community_id, state, asked.corrected_at)
        signature, public = report.sign(body)
        report.begin_anew(at.connection, at.community_id)
        told = announce.tell(
            at, asked, "",
            Words(IS_CLOSED, {"title": state.title}),
            Words(COMPARE, {"fingerprint": report.fingerprint(public)}),
            Audience(roles=[STEWARD]), kind=NOTICE, opens=f"/incidents/{row.id}",
        )  # fmt: skip
        file.enter(
            at, asked, row, Event.of(asked, rules.FINISH, notices=told),
            report=body.decode(), signature=signature, public=public,
        )  # fmt: skip


def _others(at: Moment, asked: Asked) -> list[str]:
    """Everybody else who may agree."""
    able = people.who_may(
        at.connection, at.community_id, May.KEEP_CLOCKS, [EVERYWHERE], at.received_at
    )
    return [one for one in able if one != asked.actor]


def _everybody(at: Moment) -> Audience:
    """Every household and everybody who works here."""
    ids = at.connection.execute(
        select(compounds.c.id).where(compounds.c.community_id == at.community_id)
    ).scalars()
    held = people.staff_roles(at.connection, at.community_id, at.received_at)
    duties = {role.role for some in held.values() for role in some}
    return Audience(compounds=list(ids), roles=[one for one in STAFF if one in duties])


NO_TITLE = mark("Say what the incident is called, such as “Spring 2022”.")
NO_DAYS = mark("Between %(least)s and %(most)s days: households need time to read what is kept.")
ONE_ALREADY = mark("A closing is under way already. Call that one off first.")
NOT_THERE = mark("There is no such closing.")
NOT_PROPOSED = mark("That closing is not waiting for anybody to agree.")
SOMEBODY_ELSE = mark("Somebody else has to agree: two people answer for what is deleted.")
TOO_LATE = mark("It has begun, and cannot be called off any more.")
NOT_YET = mark("Its day has not come.")
SOMETHING_LEFT = mark("Something is still left to be deleted. It goes by itself.")
PROPOSED = mark("Somebody proposes to close the incident: %(title)s")
AGREE_OR_NOT = mark("Open it to agree, or to call it off.")
GOES = mark("On %(day)s what is kept of you here is deleted")
TAKE_IT = mark(
    "Tests, requests, passes and all else becomes totals without names. Who lives where stays with"
    " the committee. Until then you can read everything, and take it away."
)
REGISTER_GOES = mark(
    "Tests, requests, passes and all else becomes totals without names. Who lives where goes too."
    " Until then you can read everything, and take it away."
)
STAYS = mark("What is kept of you is not deleted yet")
STAYS_KEPT = mark("The committee has called it off. Everything stays as it was.")
IS_CLOSED = mark("The incident is closed: %(title)s")
COMPARE = mark(
    "The report is signed. Note its key, so that no other report passes: %(fingerprint)s"
)
