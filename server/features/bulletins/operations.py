"""What may be asked of bulletins: draft, edit, publish, correct, withdraw."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta
from sqlalchemy import insert, select, update

from server.db.base import AnyRow
from server.features.bulletins import figures, proposal, reads, rules, wording
from server.features.bulletins.check import Finding, find, find_all
from server.features.bulletins.tables import bulletin_corrections, bulletins
from server.features.estates import reads as estates
from server.features.notices import announce, audience
from server.features.notices import reads as notices
from server.features.notices import wording as notice_wording
from server.features.notices.audience import Audience, Recipient
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.rules import May
from server.i18n import LANGUAGES, Words, mark, translate
from server.oplog.envelope import Uuid
from server.oplog.kinds import NOTES, Asked, Moment, Op, Refused, Stale, operation

Texts = Annotated[
    dict[Annotated[str, Meta(max_length=10)], Annotated[str, Meta(max_length=3000)]],
    Meta(max_length=3),
]
"""One text in each of some languages."""

Lines = Annotated[
    dict[
        Annotated[str, Meta(max_length=2, pattern=r"^\d+$")],
        Annotated[str, Meta(max_length=400)],
    ],
    Meta(max_length=20),
]
"""Short texts by the number of the line they stand in."""


@operation("bulletin.draft", label=mark("Draft a bulletin"))
class Draft(Op):
    """Begin the bulletin of a day with what the records say."""

    day: Annotated[str, Meta(max_length=10)]

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        _must_publish(at, asked)
        zone = estates.zone(at.connection, at.community_id)
        day = rules.must_be_a_day(self.day, figures.day_of(asked.corrected_at, zone))
        there = at.connection.execute(
            select(bulletins.c.id).where(
                bulletins.c.community_id == at.community_id,
                bulletins.c.day == day,
                bulletins.c.status != rules.WITHDRAWN,
            )
        ).first()
        if there is not None:
            asked.subject = f"/bulletins/{there.id}"
            raise Refused(THERE_IS_ONE)
        counted = figures.collect(at.connection, at.community_id, day, asked.corrected_at)
        at.connection.execute(
            insert(bulletins),
            {
                "community_id": at.community_id,
                "id": asked.id,
                "day": day,
                "status": rules.DRAFT,
                "content": {**proposal.propose(counted, zone), wording.UNKNOWN: []},
                **_changed(asked),
            },
        )
        _tell(at, asked, asked.id)


@operation("bulletin.edit", label=mark("Edit a bulletin"))
class Edit(Op):
    """Write the text of a draft anew, as somebody did who had seen it as it was."""

    retention: ClassVar = dict.fromkeys((*wording.SECTIONS, "what", "asked"), NOTES)
    bulletin: Uuid
    cases: Texts = {}
    transfers: Texts = {}
    clear: Texts = {}
    tomorrow: Texts = {}
    more: Texts = {}
    what: Lines = {}
    asked: Lines = {}
    when: Lines = {}

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        found = _find(at, asked, self.bulletin, rules.DRAFT)
        _must_be_fresh(at, asked, found)
        _change(at, asked, found, content=self.content())

    def content(self) -> dict[str, Any]:
        """What was typed, as it is kept. Raises `Refused`."""
        sections = {section: getattr(self, section) for section in wording.SECTIONS}
        return rules.content(sections, self.what, self.asked, self.when)


@operation("bulletin.publish", label=mark("Publish a bulletin"))
class Publish(Op):
    """Freeze text and figures, put them up for everybody and announce them to the community."""

    bulletin: Uuid

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        found = _find(at, asked, self.bulletin, rules.DRAFT)
        _must_be_fresh(at, asked, found)
        if wording.is_empty(found.content):
            raise Refused(EMPTY)
        _must_name_nobody(at, found.content)
        counted = figures.collect(at.connection, at.community_id, found.day, asked.corrected_at)
        _change(
            at, asked, found, status=rules.PUBLISHED,
            figures=msgspec.to_builtins(counted),
            published_by=asked.actor, published_at=asked.corrected_at, notice_id=asked.id,
        )  # fmt: skip
        everywhere = Audience(compounds=reads.compounds(at.connection, at.community_id))
        meant = audience.resolve(
            at.connection, at.community_id, everywhere, (), asked.actor, asked.corrected_at
        )
        title = {one: wording.title(found.day, one) for one in LANGUAGES}
        _announce(at, asked, found, "bulletin", title, PUBLISHED_BODY, everywhere, meant)


@operation("bulletin.correct", label=mark("Correct a bulletin"))
class Correct(Op):
    """Say on top of a published bulletin what is wrong in it; its text stays as it was.

    Whoever opened it is told. The operation's id is the correction's and the announcement's.
    """

    retention: ClassVar = {"text": NOTES}
    bulletin: Uuid
    text: Texts

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        found = _find(at, asked, self.bulletin, rules.PUBLISHED)
        texts = {one: text.strip() for one, text in self.text.items() if text.strip()}
        if not texts:
            raise Refused(NO_TEXT)
        rules.must_be_texts(texts)
        known = reads.known(at.connection, at.community_id)
        _refuse(CORRECTION, find_all(texts.values(), known))
        at.connection.execute(
            insert(bulletin_corrections),
            {
                "community_id": at.community_id,
                "op_id": asked.id,
                "bulletin_id": found.id,
                "seq": asked.seq,
                "text": texts,
                "actor": asked.actor,
                "at": asked.corrected_at,
            },
        )
        _change(at, asked, found)
        readers = notices.opened_by(at.connection, at.community_id, found.notice_id)
        if readers:
            homes = [one.household for one in readers if one.household is not None]
            staff = [one.key for one in readers if one.household is None]
            meant = Audience(households=homes[:MOST_NAMED], accounts=staff[:MOST_NAMED])
            title = {
                one: translate(one, CORRECTED, title=wording.title(found.day, one))
                for one in LANGUAGES
            }
            _announce(at, asked, found, "correction", title, CORRECTED_BODY, meant, readers)


@operation("bulletin.withdraw", label=mark("Take a bulletin back"))
class Withdraw(Op):
    """Take text and figures away, where they say more than they may; a new one can be drafted."""

    bulletin: Uuid

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        found = _find(at, asked, self.bulletin, rules.DRAFT, rules.PUBLISHED)
        _change(at, asked, found, status=rules.WITHDRAWN, withdrawn_at=asked.corrected_at)
        if found.notice_id is not None:
            announce.withdraw(at, [found.notice_id], asked.corrected_at, asked.seq)


def _announce(
    at: Moment,
    asked: Asked,
    found: AnyRow,
    kind: str,
    title: dict[str, str],
    body: str,
    meant: Audience,
    recipients: list[Recipient],
) -> None:
    """Announce that there is something to read: what it is stands on the page, in no call."""
    content = notice_wording.typed(title, {one: translate(one, body) for one in LANGUAGES})
    announce.announce(
        at,
        announce.Draft(
            asked.id, kind, content, meant, asked.actor, asked.corrected_at, asked.seq,
            opens=reads.public_path(at.community_id, found.day),
            until=asked.corrected_at + rules.MATTERS,
        ),
        recipients,
    )  # fmt: skip


def _must_publish(at: Moment, asked: Asked) -> None:
    person: Person = at.actors[asked.actor]  # type: ignore[assignment]
    if not person.may(May.PUBLISH, asked.corrected_at):
        raise Refused(NOT_YOURS)


def _find(at: Moment, asked: Asked, bulletin_id: str, *statuses: str) -> AnyRow:
    """The bulletin, in one of these states. Raises `Refused`."""
    _must_publish(at, asked)
    found = at.connection.execute(
        select(bulletins).where(
            bulletins.c.community_id == at.community_id, bulletins.c.id == bulletin_id
        )
    ).first()
    if found is None:
        raise Refused(NO_SUCH_BULLETIN)
    asked.subject = f"/bulletins/{found.id}"
    if found.status not in statuses:
        raise Refused(IS[found.status])
    return found


def _must_be_fresh(at: Moment, asked: Asked, found: AnyRow) -> None:
    """Raises `Stale` where somebody else, or another phone, changed it meanwhile."""
    own = found.changed_by == asked.actor and found.changed_on == asked.device is not None
    if rules.is_stale(found.version, asked.seen, own):
        by = people.account(at.connection, at.community_id, found.changed_by)
        raise Stale(CHANGED, name=by.name if by else "")


def _must_name_nobody(at: Moment, content: wording.Content) -> None:
    """Raises `Refused` for a text in which somebody could be recognised."""
    known = reads.known(at.connection, at.community_id)
    for piece in wording.pieces(content):
        _refuse(wording.heading(piece.section), find(piece.text, known))


def _refuse(section: str, found: tuple[Finding, ...]) -> None:
    """Say what stands where. What was found is not repeated: refusals are kept."""
    for one in found:
        raise Refused(
            NAMES_SOMEBODY, section=Words(section), what=Words(one.label), do=Words(one.advice)
        )


def _change(at: Moment, asked: Asked, found: AnyRow, **values: Any) -> None:
    at.connection.execute(
        update(bulletins)
        .where(bulletins.c.community_id == at.community_id, bulletins.c.id == found.id)
        .values(**_changed(asked), **values)
    )
    _tell(at, asked, found.id)


def _changed(asked: Asked) -> dict[str, Any]:
    return {
        "version": asked.seq,
        "changed_by": asked.actor,
        "changed_at": asked.corrected_at,
        "changed_on": asked.device,
    }


def _tell(at: Moment, asked: Asked, bulletin_id: str) -> None:
    asked.subject = f"/bulletins/{bulletin_id}"
    at.tell("bulletins", f"bulletin:{bulletin_id}")


MOST_NAMED = 500
"""Recipients that the announcement itself names; its ledger has all of them."""

CORRECTION = mark("Correction")

PUBLISHED_BODY = mark("New cases, transfers, and what comes tomorrow. It names nobody.")
CORRECTED = mark("Correction: %(title)s")
CORRECTED_BODY = mark("Something in the bulletin you opened was not right. Open it to see what.")

NOT_YOURS = mark("Only a steward of the whole community writes bulletins.")
NO_SUCH_BULLETIN = mark("There is no such bulletin here.")
THERE_IS_ONE = mark("There is a bulletin of this day already. Open that one.")
EMPTY = mark("Nothing is written in it yet.")
NO_TEXT = mark("Say what was wrong and what is right.")
CHANGED = mark(
    "%(name)s changed the text after you had opened it. Yours is kept and stands beside it on the"
    " bulletin's page: take over what is still right."
)
NAMES_SOMEBODY = mark("Not published. “%(section)s” holds %(what)s. %(do)s")
IS = {
    rules.DRAFT: mark("It has not been published yet: change its text."),
    rules.PUBLISHED: mark("It has been published and is not changed any more: correct it."),
    rules.WITHDRAWN: mark("It was taken back."),
}
