"""What reports add up to. No session, request or clock.

A person may be reported on by several people who could not see each other: the household by itself,
a volunteer at the door, an officer from the chat group. It is the same question as for marks at a
door, so the same fold answers it: of those that nobody replaced the latest stands, and where they
say different things both are kept and a lead decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from server.features.rounds import rules as rounds
from server.features.rounds.kinds import REPORTED, SOME, Finding, RoundKind
from server.features.rounds.rules import Mark, Standing
from server.i18n import mark
from server.oplog.kinds import Refused

DOOR, OWN, CHAIN, LEAD = "door", "own", "chain", "lead"
"""Who said it: somebody at the door, the household, an officer from a chat, a lead who decides."""

OPEN = "open"
AGREE, UNREADABLE, DIFFERS = VERDICTS = ("agree", "unreadable", "differs")
"""What somebody who looks at a report's photo says of it."""

LONGEST_WHY = 80
LONGEST_DETAIL = 80
HOTTEST, COLDEST = 45.0, 30.0
"""Degrees Celsius between which a temperature is believed."""


class Report(NamedTuple):
    """What somebody reported of one person."""

    op_id: str
    resident: int
    seq: int
    at: int
    actor: str
    source: str
    finding: str
    seen: int
    undone: bool = False


def fold(reports: Iterable[Report]) -> Standing:
    """What a person's reports come to, whatever the order in which they arrived."""
    return rounds.fold(
        Mark(
            said.op_id, said.seq, said.at, said.actor, said.source, said.finding, 1, 0, said.seen,
            undone=said.undone,
        )
        for said in reports
    )  # fmt: skip


def door_says(reported: int, due: int) -> tuple[str, int, int]:
    """The answer of a door of which so many have reported, and how many have and have not."""
    if reported >= due:
        return REPORTED.key, due, 0
    return SOME.key, reported, due - reported


def reviewed(finding: Finding, verdicts: Iterable[str]) -> str:
    """What the photo of a report has come to: open, or one of `VERDICTS`.

    One who sees something else is enough to have it decided; a finding that alarms takes two who
    agree with it, for it sends somebody away from home.
    """
    said = list(verdicts)
    if DIFFERS in said:
        return DIFFERS
    if said.count(AGREE) >= (2 if finding.alarms else 1):
        return AGREE
    return UNREADABLE if UNREADABLE in said else OPEN


def known_finding(kind: RoundKind, key: str) -> Finding:
    """The kind's finding of that key. Raises `Refused`."""
    if not kind.reported:
        raise Refused(NOTHING_TO_REPORT)
    finding = kind.finding(key)
    if finding is None:
        raise Refused(NO_SUCH_FINDING, finding=key[:20])
    return finding


def must_have_reason(finding: Finding, why: str) -> None:
    """Raises `Refused` where a reason is missing or too long."""
    if finding.why and not why.strip():
        raise Refused(WHY)
    if len(why) > LONGEST_WHY:
        raise Refused(LONG_WHY, most=LONGEST_WHY)


def must_answer(kind: RoundKind, details: Mapping[str, str]) -> None:
    """Raises `Refused` for an answer to a question that is not asked, or that cannot be so."""
    asked = {question.key: question for question in kind.details}
    for key, answer in details.items():
        if key not in asked:
            raise Refused(NOT_ASKED)
        if len(answer) > LONGEST_DETAIL:
            raise Refused(LONG_DETAIL, most=LONGEST_DETAIL)
        if answer.strip() and asked[key].input == "decimal" and not _is_temperature(answer):
            raise Refused(NO_TEMPERATURE, said=answer[:12])


def _is_temperature(answer: str) -> bool:
    try:
        return COLDEST <= float(answer.replace(",", ".").replace("。", ".")) <= HOTTEST
    except ValueError:
        return False


NOTHING_TO_REPORT = mark("Nobody reports anything in this round; it is marked at doors.")
NO_SUCH_FINDING = mark("“%(finding)s” cannot be reported in this round.")
WHY = mark("Say why it was not done.")
LONG_WHY = mark("The reason is longer than %(most)s characters.")
NOT_ASKED = mark("This round does not ask that.")
LONG_DETAIL = mark("An answer is longer than %(most)s characters.")
NO_TEMPERATURE = mark("“%(said)s” is no body temperature; write it like 36.8.")
