"""Who may do what, where and when: roles, each over a part of the community, for a time.

Everything is denied that no role in force allows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

STEWARD = "steward"
OFFICER = "officer"  # information officer of a building, not the police
VOLUNTEER = "volunteer"
PROPERTY = "property"
GATE = "gate"
MEDICAL = "medical"
POLICE = "police"
HOUSEHOLD = "household"

COMMUNITY = "community"
SCOPES = (COMMUNITY, "compound", "building", "stairwell", "household")
"""The widest first. A role over one household is what its own account has."""


STAFF = (VOLUNTEER, OFFICER, STEWARD, PROPERTY, GATE, MEDICAL, POLICE)
"""Roles a steward gives; a household's account comes with its flat."""


class May(StrEnum):
    """Everything that needs a right."""

    LEAD = "lead"  # make, open, assign, settle and close rounds; decide on refused work
    MARK = "mark"  # say what happened at a door
    COUNT = "count"  # say what came in, was carried out, was brought back
    DISPUTE = "dispute"  # say "not received"
    SEE_ROUND = "see_round"  # boards and pictures of rounds
    SEE_ESTATE = "see_estate"  # compounds, buildings, stairwells, doors
    SEE_PEOPLE = "see_people"  # who lives behind a door
    FIND_PEOPLE = "find_people"  # look up who lives where, among all that one may see
    SET_PRESENCE = "set_presence"  # say who is here and who is away
    SEE_STAFF = "see_staff"  # volunteers, their teams, their phones' unsent work
    MANAGE_STAFF = "manage_staff"  # make accounts and personal links, and take them back
    MANAGE_CARDS = "manage_cards"  # print, renew and revoke sign-in cards
    CHECK_CARD = "check_card"  # look a card's household number up
    SET_CONTROL = "set_control"  # say under which control a building is
    CALL = "call"  # call floors to a test site, skip and hold them
    REPORT = "report"  # enter results for people of a building, from its chat group or by telephone
    SEE_RESULTS = "see_results"  # results of tests, which are health records
    SEE_CASES = "see_cases"  # who tested positive and what is done for them: health records
    RUN_CASES = "run_cases"  # open and close cases, say how far a transfer is, call, care
    SEE_REQUESTS = "see_requests"  # what people there have asked for, where it is nobody's secret
    SEE_HEALTH_REQUESTS = "see_health_requests"  # who asked for a doctor or for medicine
    SEE_PRIVATE_REQUESTS = "see_private_requests"  # quarrels, somebody alone, what has no kind
    ANSWER = "answer"  # take requests, say how far they are, join and pass on
    HOLD = "hold"  # take things along, have them, hand them on
    SEE_THINGS = "see_things"  # where things are that belong to people there: health records too
    SEE_STRANDED = "see_stranded"  # who is shut in there without living there
    SEE_CARE = "see_care"  # who is in care there and what they need, which may be their health
    RUN_CARE = "run_care"  # confirm, name keepers, plan visits and meals, end care
    MEDIATE = "mediate"  # open mediations between households there, and be somebody's deputy
    SEE_COUNTS = "see_counts"  # how many mediations there are, and nothing else of them
    APPROVE_PASSES = "approve_passes"  # make, approve, decline and revoke passes; see their reasons
    GUARD = "guard"  # stand at a gate: check passes, say who went through, open it in need
    SET_GATES = "set_gates"  # say which gates there are, what a household may have, change the key
    ANNOUNCE = "announce"  # make announcements, ring again, take them back
    TELL = "tell"  # say that somebody was told, or answer for them
    SEE_REACH = "see_reach"  # who was reached and who was not
    PUBLISH = "publish"  # write the community's bulletins, publish, correct, take them back
    KEEP_REGISTER = "keep_register"  # say who moved in, who moved away, what was written wrongly
    IMPORT = "import"  # take a register over from a spreadsheet, and one step back
    KEEP_VACANCIES = "keep_vacancies"  # say in which flats nobody lives, and look again
    CONNECT = "connect"  # let a compound's door system send how often people go in and out
    EXPORT = "export"  # take lists away or print them, of what one may see
    KEEP_CLOCKS = "keep_clocks"  # say how long what is kept, and close the incident
    MANAGE_CHANNELS = "manage_channels"  # group bots and webhooks: add, try, take away


ALLOWED: dict[str, frozenset[str]] = {
    May.LEAD: frozenset({STEWARD}),
    May.MARK: frozenset({STEWARD, OFFICER, VOLUNTEER}),
    May.COUNT: frozenset({STEWARD, OFFICER, VOLUNTEER}),
    May.DISPUTE: frozenset({STEWARD, OFFICER, HOUSEHOLD}),
    May.SEE_ROUND: frozenset({STEWARD, OFFICER, VOLUNTEER}),
    May.SEE_ESTATE: frozenset({STEWARD, OFFICER, VOLUNTEER, PROPERTY, GATE, MEDICAL, POLICE}),
    May.SEE_PEOPLE: frozenset({STEWARD, OFFICER, POLICE, HOUSEHOLD}),
    May.FIND_PEOPLE: frozenset({STEWARD, OFFICER, POLICE}),
    May.SET_PRESENCE: frozenset({STEWARD, OFFICER, HOUSEHOLD}),
    May.SEE_STAFF: frozenset({STEWARD}),
    May.MANAGE_STAFF: frozenset({STEWARD}),
    May.MANAGE_CARDS: frozenset({STEWARD}),
    May.CHECK_CARD: frozenset({STEWARD, GATE, MEDICAL, POLICE}),
    May.SET_CONTROL: frozenset({STEWARD}),
    May.CALL: frozenset({STEWARD, MEDICAL}),
    May.REPORT: frozenset({STEWARD, OFFICER, MEDICAL}),
    May.SEE_RESULTS: frozenset({STEWARD, MEDICAL}),
    May.SEE_CASES: frozenset({STEWARD, MEDICAL}),
    May.RUN_CASES: frozenset({STEWARD, MEDICAL}),
    May.SEE_REQUESTS: frozenset({STEWARD, OFFICER, MEDICAL, PROPERTY, POLICE, VOLUNTEER}),
    May.SEE_HEALTH_REQUESTS: frozenset({STEWARD, OFFICER, MEDICAL}),
    May.SEE_PRIVATE_REQUESTS: frozenset({STEWARD, OFFICER, POLICE}),
    May.ANSWER: frozenset({STEWARD, OFFICER, MEDICAL, PROPERTY, POLICE, VOLUNTEER}),
    May.HOLD: frozenset({STEWARD, OFFICER, VOLUNTEER, PROPERTY, GATE, MEDICAL, POLICE}),
    May.SEE_THINGS: frozenset({STEWARD, OFFICER, MEDICAL}),
    May.SEE_STRANDED: frozenset({STEWARD, OFFICER}),
    May.SEE_CARE: frozenset({STEWARD, OFFICER, MEDICAL}),
    May.RUN_CARE: frozenset({STEWARD, OFFICER}),
    May.MEDIATE: frozenset({POLICE, OFFICER, STEWARD}),
    May.SEE_COUNTS: frozenset({STEWARD}),
    May.APPROVE_PASSES: frozenset({STEWARD, OFFICER}),
    May.GUARD: frozenset({STEWARD, GATE, PROPERTY}),
    May.SET_GATES: frozenset({STEWARD}),
    May.ANNOUNCE: frozenset({STEWARD, OFFICER}),
    May.TELL: frozenset({STEWARD, OFFICER, VOLUNTEER, HOUSEHOLD}),
    May.SEE_REACH: frozenset({STEWARD, OFFICER}),
    May.PUBLISH: frozenset({STEWARD}),
    May.KEEP_REGISTER: frozenset({STEWARD, OFFICER}),
    May.IMPORT: frozenset({STEWARD}),
    May.KEEP_VACANCIES: frozenset({STEWARD, OFFICER, PROPERTY}),
    May.CONNECT: frozenset({STEWARD}),
    May.EXPORT: frozenset({STEWARD, OFFICER, MEDICAL}),
    May.KEEP_CLOCKS: frozenset({STEWARD}),
    May.MANAGE_CHANNELS: frozenset({STEWARD}),
}
"""Which roles carry a right, within their scope."""


@dataclass(frozen=True, slots=True)
class Role:
    """One role of one account, over one part of the community, for a time."""

    role: str
    scope: str
    scope_id: int
    since: int
    until: int | None = None

    def holds(self, at: int) -> bool:
        """True while the role is in force: from `since` up to, not including, `until`."""
        return self.since <= at and (self.until is None or at < self.until)


class Somewhere(Protocol):
    """A part of the community: what it is and lies in. None where it is wider than that."""

    @property
    def compound(self) -> int | None: ...
    @property
    def building(self) -> int | None: ...
    @property
    def stairwell(self) -> int | None: ...
    @property
    def household(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Where:
    """A plain `Somewhere`; with nothing said, the whole community."""

    compound: int | None = None
    building: int | None = None
    stairwell: int | None = None
    household: int | None = None


EVERYWHERE = Where()


def may(roles: Iterable[Role], what: str, place: Somewhere, at: int) -> bool:
    """True where one of the roles allows it there and then."""
    allowed = ALLOWED.get(what, frozenset())
    return any(role.role in allowed and role.holds(at) and covers(role, place) for role in roles)


def may_somewhere(roles: Iterable[Role], what: str, at: int) -> bool:
    """True where one of the roles allows it then, wherever it reaches."""
    allowed = ALLOWED.get(what, frozenset())
    return any(role.role in allowed and role.holds(at) for role in roles)


def covers(role: Role, place: Somewhere) -> bool:
    """True where the place lies wholly within the role's scope."""
    if role.scope == COMMUNITY:
        return True
    return role.scope in SCOPES and getattr(place, role.scope) == role.scope_id


def is_a(roles: Iterable[Role], name: str, at: int) -> bool:
    """True where one of the roles has that name and is in force, wherever it reaches."""
    return any(role.role == name and role.holds(at) for role in roles)


def scope_of(roles: Iterable[Role], name: str, at: int) -> dict[str, frozenset[int]]:
    """What the roles of that name cover now, as ids by scope: {"stairwell": {3, 4}}."""
    covered: dict[str, set[int]] = {}
    for role in roles:
        if role.role == name and role.holds(at):
            covered.setdefault(role.scope, set()).add(role.scope_id)
    return {scope: frozenset(ids) for scope, ids in covered.items()}
