"""Building status as pages show it: the block as a picture, one building's clock and history."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Connection

from server import clock
from server.features.estates import reads as estates
from server.features.estates import rules
from server.features.estates.records import Control, Place
from server.features.people import reads
from server.features.people.actors import Person
from server.features.people.register import NotThere
from server.features.people.rules import May
from server.features.people.scopes import ScopeCompound, scopes
from server.i18n import say


@dataclass(frozen=True, slots=True)
class BuildingSquare:
    """A building in the picture of the block."""

    id: int
    number: str
    place: str
    control: Control | None
    mine: bool  # whoever looks lives there


@dataclass(frozen=True, slots=True)
class CompoundSquares:
    """The buildings of a compound."""

    id: int
    name: str
    squares: tuple[BuildingSquare, ...]


@dataclass(frozen=True, slots=True)
class ControlPicture:
    """The block by control, and the places whose control the person sets."""

    compounds: tuple[CompoundSquares, ...]
    counts: dict[str, int]  # buildings by status
    settable: tuple[ScopeCompound, ...]


@dataclass(frozen=True, slots=True)
class ControlWord:
    """What was once said of a building's control."""

    control: Control
    by: str  # empty for those who need not know


@dataclass(frozen=True, slots=True)
class BuildingControl:
    """One building's control: its clock, and everything that was said before."""

    building: int
    place: str
    now: Control | None
    history: tuple[ControlWord, ...]
    mine: bool


def picture(connection: Connection, person: Person, language: str) -> ControlPicture:
    """Every building by its control: everybody may know where one may go and where not."""
    now = clock.now()
    places = estates.places(connection, person.community_id)
    controls = estates.controls_of(connection, person.community_id)
    home = _home(connection, person)
    settable = [one for one, place in places.items() if person.may(May.SET_CONTROL, now, place)]
    found: dict[int, list[BuildingSquare]] = {}
    names: dict[int, str] = {}
    for place in _one_a_building(places).values():
        names[place.compound] = place.address.compound
        found.setdefault(place.compound, []).append(
            BuildingSquare(
                place.building,
                place.address.building,
                say(language, place.building_words),
                controls.get(place.building),
                place.building == home,
            )
        )
    return ControlPicture(
        tuple(CompoundSquares(one, names[one], tuple(squares)) for one, squares in found.items()),
        dict(Counter(control.status for control in controls.values())),
        scopes(connection, person.community_id, language, settable) if settable else (),
    )


def building(
    connection: Connection, person: Person, language: str, building_id: int
) -> BuildingControl:
    """One building's clock and history; who said it is for its stewards. Raises `NotThere`."""
    now = clock.now()
    places = _one_a_building(estates.places(connection, person.community_id))
    place = places.get(building_id)
    if place is None:
        raise NotThere(building_id)
    said = estates.control_history(connection, person.community_id, building_id)
    leads = person.may(May.SET_CONTROL, now, place)
    names = reads.accounts_by_id(
        connection, person.community_id, {actor for _, actor in said} if leads else ()
    )
    return BuildingControl(
        building_id,
        say(language, rules.in_compound(place.scheme, place.address)),
        said[0][0] if said else None,
        tuple(
            ControlWord(control, names[actor].name if actor in names else "")
            for control, actor in said
        ),
        place.building == _home(connection, person),
    )


def _one_a_building(places: dict[int, Place]) -> dict[int, Place]:
    """A stairwell of each building, in the order of the estate."""
    found: dict[int, Place] = {}
    for place in places.values():
        found.setdefault(place.building, place)
    return found


def _home(connection: Connection, person: Person) -> int | None:
    """The building that the person's own household is in."""
    if person.household_id is None:
        return None
    door = estates.household(connection, person.community_id, person.household_id)
    return door.building if door else None
