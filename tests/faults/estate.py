"""A small community of its own for each schedule, so that many run on one server.

Three stairwells of six floors with two doors each; one shop, one vacant flat. Mei and Lan lead;
five volunteers carry; Grandma Sun and her neighbour open the door.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from server import clock
from server.draft import Draft, Record, Shape
from server.features.people import signing
from server.features.people.rules import STEWARD, VOLUNTEER

STAIRWELLS = 3
STEWARDS = ("陈梅", "兰姐")
VOLUNTEERS = ("林浩", "赵芸", "王敏", "周舟", "何禾")


@dataclass(frozen=True, slots=True)
class Estate:
    """Who and what there is, by number."""

    community: int
    stairwells: tuple[int, ...]
    homes: Mapping[int, tuple[int, ...]]  # by stairwell, the top floor first
    empty: tuple[int, ...]  # a shop and a vacant flat
    stewards: tuple[str, ...]
    volunteers: tuple[str, ...]
    households: Mapping[str, int]  # accounts and their doors
    secrets: Mapping[str, str]  # what each account signs in with

    def landings(self, stairwell: int) -> tuple[int, ...]:
        """What stands for the floors of a stairwell in a round by floor."""
        return tuple(-(stairwell * 1000 + level) for level in range(6, 0, -1))


def build(connection: Connection, community: int, now: int) -> Estate:
    """Draft a community and write it."""
    draft = Draft(community, f"第{community}社区", now)
    tower = draft.building(draft.compound("桃园", "unit"), "8")
    stairs = [
        draft.stairwell(tower, str(number + 1), Shape(6, 2, shops=int(number == 0)))
        for number in range(STAIRWELLS)
    ]
    households = _move_in(draft, stairs)
    stewards = [draft.account(name) for name in STEWARDS]
    volunteers = [draft.account(name, "AB"[place % 2]) for place, name in enumerate(VOLUNTEERS)]
    for account in stewards:
        draft.grant(account, STEWARD)
    for account in volunteers:
        draft.grant(account, VOLUNTEER)
    draft.insert(connection)
    people = [account["id"] for account in (*stewards, *volunteers)] + list(households)
    return Estate(
        community,
        tuple(stair["id"] for stair in stairs),
        {stair["id"]: _homes(draft, stair) for stair in stairs},
        tuple(
            door["id"]
            for stair in stairs
            for door in draft.doors(stair).values()
            if door["vacant"] or door["use"] == "shop"
        ),
        tuple(account["id"] for account in stewards),
        tuple(account["id"] for account in volunteers),
        households,
        signing.make(connection, community, people, "link", clock.now()),
    )


def _move_in(draft: Draft, stairs: list[Record]) -> dict[str, int]:
    """Somebody lives behind every door but 602; two of them have phones that matter here."""
    accounts = {}
    for number, stair in enumerate(stairs):
        for label, home in draft.doors(stair).items():
            if home["use"] == "home" and (number, label) != (0, "602"):
                account = draft.move_in(home, 1 + home["id"] % 3)
                if label == "302" and number < 2:
                    accounts[account["id"]] = home["id"]
    return accounts


def _homes(draft: Draft, stair: Record) -> tuple[int, ...]:
    doors = draft.doors(stair).values()
    lived_in = [door for door in doors if door["use"] == "home" and not door["vacant"]]
    lived_in.sort(key=lambda door: (-door["level"], door["position"]))
    return tuple(door["id"] for door in lived_in)
