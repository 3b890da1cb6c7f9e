"""What may be asked of announcements: send, acknowledge, tell, ring again, take back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from server import clock
from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.notices import audience, ledger, rules, wording
from server.features.notices.announce import Draft, announce, ring_again, withdraw
from server.features.notices.audience import Audience
from server.features.notices.reads import parts
from server.features.people.actors import Person
from server.features.people.rules import May
from server.i18n import LANGUAGES, mark
from server.oplog.envelope import Number, Numbers, Uuid
from server.oplog.kinds import NOTES, Asked, Moment, Op, Refused, operation

Texts = Annotated[dict[Annotated[str, Meta(max_length=10)], str], Meta(max_length=3)]
"""One text in each of some languages."""

LONGEST_TITLE, LONGEST_BODY = 60, 1000


@operation("notice.send", label=mark("Make an announcement"))
class Send(Op):
    """Say something to everybody it concerns, over every channel that reaches them."""

    retention: ClassVar = {"title": NOTES, "body": NOTES}
    title: Texts
    body: Texts = {}
    urgency: str = rules.NORMAL
    asks: str = rules.READ
    opens: Annotated[str, Meta(max_length=120)] = ""
    until: str = ""
    compounds: Numbers = []
    buildings: Numbers = []
    stairwells: Numbers = []
    low: Number | None = None
    high: Number | None = None
    households: Numbers = []
    roles: Annotated[list[str], Meta(max_length=10)] = []
    accounts: Annotated[list[Uuid], Meta(max_length=500)] = []
    stages: Annotated[list[str], Meta(max_length=5)] = []
    stage_minutes: Annotated[int, Meta(ge=0, le=24 * 60)] = 0

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        title, body = self._texts()
        if self.urgency not in rules.URGENCIES or self.asks not in rules.ASKS:
            raise Refused(NO_SUCH_WAY)
        if self.opens and not _is_path(self.opens):
            raise Refused(NO_SUCH_PAGE)
        meant = Audience(
            self.compounds, self.buildings, self.stairwells, self.low, self.high, self.households,
            self.roles, self.accounts,
        )  # fmt: skip
        person = _person(at, asked)
        when = asked.corrected_at
        if not audience.may_send(at.connection, at.community_id, person, meant, self.stages, when):
            raise Refused(NOT_YOURS)
        recipients = audience.resolve(
            at.connection, at.community_id, meant, self.stages, asked.actor, when
        )
        draft = Draft(
            asked.id, "notice", wording.typed(title, body), meant, asked.actor, when, asked.seq,
            self.urgency, self.asks, self.opens, self._until(at, when), self.stages,
            self.stage_minutes,
        )  # fmt: skip
        announce(at, draft, recipients)
        asked.subject = f"/notices/{asked.id}"

    def _texts(self) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """What was typed, by language, without what is empty. Raises `Refused`."""
        title = {one: text.strip() for one, text in self.title.items() if text.strip()}
        body = {one: text.strip() for one, text in self.body.items() if text.strip()}
        if not title:
            raise Refused(NO_TITLE)
        if {*title, *body} - set(LANGUAGES):
            raise Refused(NO_SUCH_LANGUAGE)
        if max(map(len, title.values())) > LONGEST_TITLE:
            raise Refused(LONG_TITLE, most=LONGEST_TITLE)
        if max(map(len, body.values()), default=0) > LONGEST_BODY:
            raise Refused(LONG_BODY, most=LONGEST_BODY)
        return title, body

    def _until(self, at: Moment, when: int) -> int:
        """Until when it matters. Raises `Refused`."""
        if not self.until:
            return when + rules.MATTERS
        try:
            until = clock.typed(self.until, estates.zone(at.connection, at.community_id))
        except ValueError:
            raise Refused(NO_MOMENT, text=self.until[:40]) from None
        if not when < until <= when + rules.LONGEST:
            raise Refused(WRONG_UNTIL)
        return until


@operation("notice.seen", label=mark("See an announcement"))
class Seen(Op):
    """That a phone showed it, or that somebody opened it."""

    notice: Uuid
    how: str = "opened"

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        if self.how not in {"shown", "opened"}:
            raise Refused(NO_SUCH_WAY)
        line = ledger.own_line(at, self.notice, asked.actor, _person(at, asked).household_id)
        name = f"{self.how}_at"
        before = getattr(line, name)
        if before is None or asked.corrected_at < before:
            ledger.change(at, line, **{name: asked.corrected_at})
        asked.subject = f"/notices/{self.notice}"


@operation("notice.answer", label=mark("Acknowledge an announcement"))
class Answer(Op):
    """Acknowledge it, or say whether one comes; with `household`, somebody says it for them.

    Of two answers the one made later stands, whichever arrives first.
    """

    notice: Uuid
    answer: str = rules.READ
    household: Number | None = None

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        notice = ledger.find(at, self.notice)
        if self.answer not in rules.ASKS[notice.asks]:
            raise Refused(NO_SUCH_WAY)
        person = _person(at, asked)
        if self.household is None or self.household == person.household_id:
            line = ledger.own_line(at, self.notice, asked.actor, person.household_id)
            told: dict[str, Any] = {}
        else:
            _must_know(at, person, notice, asked.corrected_at, self.household)
            line = ledger.line_of(at, self.notice, audience.key_of(self.household))
            _must_reach(at, person, line, asked.corrected_at)
            told = {"told_at": asked.corrected_at, "told_by": asked.actor, "outcome": rules.TOLD}
        if line.answered_at is None or line.answered_at <= asked.corrected_at:
            said = {"answer": self.answer, "answered_at": asked.corrected_at}
            ledger.change(at, line, **said, **told)
        _tell_sites(at, notice)
        _go_on_where_done(at, notice, line)
        asked.subject = f"/notices/{self.notice}"


@operation("notice.tell", label=mark("Tell somebody by telephone or in person"))
class Tell(Op):
    """What came of telling one recipient: told, no answer, to be called back."""

    notice: Uuid
    recipient: Annotated[str, Meta(max_length=40)]
    outcome: str = rules.TOLD

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        if self.outcome not in rules.OUTCOMES:
            raise Refused(NO_SUCH_WAY)
        notice = ledger.find(at, self.notice)
        person = _person(at, asked)
        _must_know(at, person, notice, asked.corrected_at)
        line = ledger.line_of(at, self.notice, self.recipient)
        _must_reach(at, person, line, asked.corrected_at)
        values: dict[str, Any] = {"outcome": self.outcome, "tried": min(line.tried + 1, 99)}
        if self.outcome == rules.TOLD:
            values |= {"told_at": asked.corrected_at, "told_by": asked.actor}
        elif line.told_at is not None:
            # Said to have been told by mistake, and put right.
            values |= {"told_at": None, "told_by": None}
        ledger.change(at, line, **values)
        _tell_sites(at, notice)
        _go_on_where_done(at, notice, line)
        asked.subject = f"/notices/{self.notice}/calls"


@operation("notice.recall", label=mark("Ring again"))
class Recall(Op):
    """Tell those again who have not acknowledged; on their phones it replaces the first."""

    notice: Uuid

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        notice = _led(at, asked, self.notice)
        if not rules.matters(notice.until, notice.withdrawn_at, at.received_at):
            raise Refused(OVER)
        if not ring_again(at, notice, asked.seq):
            raise Refused(ALL_ANSWERED)
        asked.subject = f"/notices/{notice.id}"


@operation("notice.withdraw", label=mark("Take an announcement back"))
class Withdraw(Op):
    """End it: nobody else is told, and inboxes say that it no longer holds."""

    notice: Uuid

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        notice = _led(at, asked, self.notice)
        if notice.withdrawn_at is not None:
            raise Refused(OVER)
        withdraw(at, [notice.id], asked.corrected_at, asked.seq)
        asked.subject = f"/notices/{notice.id}"


@operation("notice.go_on", label=mark("Tell the next level now"))
class GoOn(Op):
    """Tell the next level of a cascade though somebody has not acknowledged."""

    notice: Uuid
    stage: Annotated[int, Meta(ge=0, le=10)]

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        notice = _led(at, asked, self.notice)
        if notice.stage != self.stage or notice.stage >= len(notice.stages):
            raise Refused(GONE_ON)
        ledger.go_on(at, notice, at.received_at)
        asked.subject = f"/notices/{notice.id}"


def _tell_sites(at: Moment, notice: AnyRow) -> None:
    """Test sites show who said that they come."""
    if notice.kind == "call":
        at.tell("calls")


def _go_on_where_done(at: Moment, notice: AnyRow, line: AnyRow) -> None:
    """The last of a stage to acknowledge lets the next be told."""
    waits = notice.withdrawn_at is None and line.stage == notice.stage < len(notice.stages)
    if waits and rules.stage_is_done(ledger.stage_lines(at, notice.id, notice.stage)):
        ledger.go_on(at, notice, at.received_at)


def _led(at: Moment, asked: Asked, notice_id: str) -> AnyRow:
    """The announcement, for its sender or somebody who could have sent it. Raises `Refused`."""
    notice = ledger.find(at, notice_id)
    person = _person(at, asked)
    _must_know(at, person, notice, asked.corrected_at)
    where = parts.where(at.connection, notice)
    if notice.made_by != asked.actor and not person.may(May.ANNOUNCE, asked.corrected_at, where):
        raise Refused(NOT_YOURS)
    return notice


def _must_know(
    at: Moment, person: Person, notice: AnyRow, when: int, household_id: int | None = None
) -> None:
    """Raises `Refused` where this person may not know whom a private announcement is meant for."""
    if notice.kind not in rules.PRIVATE:
        return
    if notice.kind not in rules.SECRET and person.may(
        May.SEE_CASES, when, parts.where(at.connection, notice)
    ):
        return
    if household_id not in person.homes(when):
        raise Refused(NOT_YOURS)


def _must_reach(at: Moment, person: Person, line: AnyRow, when: int) -> None:
    """Raises `Refused` unless the person may tell whoever the line is about."""
    if line.household_id is None:
        allowed = person.leads(when)
    else:
        door = estates.household(at.connection, at.community_id, line.household_id)
        allowed = door is not None and person.may(May.TELL, when, door)
    if not allowed:
        raise Refused(NOT_YOURS)


def _person(at: Moment, asked: Asked) -> Person:
    return at.actors[asked.actor]  # type: ignore[return-value]


def _is_path(text: str) -> bool:
    return text.startswith("/") and not text.startswith("//") and "\\" not in text


NO_TITLE = mark("Give the announcement a title.")
LONG_TITLE = mark("A title has at most %(most)s characters: phones show no more.")
LONG_BODY = mark("An announcement has at most %(most)s characters.")
NO_SUCH_LANGUAGE = mark("There is no such language here.")
NO_SUCH_WAY = mark("This cannot be said of an announcement.")
NO_SUCH_PAGE = mark("It can open only a page of this system.")
NO_MOMENT = mark("“%(text)s” is not a time.")
WRONG_UNTIL = mark("Say until when it matters: later than now, and within seven days.")
NOT_YOURS = mark("Your role does not include everybody this is about.")
ALL_ANSWERED = mark("Everybody has acknowledged it or was told: there is nobody to ring.")
OVER = mark("This announcement is over. Make a new one.")
GONE_ON = mark("The next level is being told already.")
