"""Handing over: what whoever gives says, what whoever takes says, and signing on one phone.

Both phones may say it in any order and however late; two words of one hand-over become one.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from server.features.custody import access, rules, telling
from server.features.custody.file import Thing
from server.features.custody.kinds import CARD, KEY
from server.features.custody.operations.saying import Line, OfThing, Signed
from server.features.custody.operations.taking import NOT_AMONG
from server.features.custody.rules import ACCOUNT, PLACE, Holder, Move
from server.features.estates import reads as estates
from server.i18n import mark
from server.oplog.envelope import Number, Uuid
from server.oplog.events import Event
from server.oplog.kinds import HEALTH, NOTES, Asked, Moment, Refused, operation


@operation("thing.hand", label=mark("Hand something over"))
class Hand(Signed, kw_only=True):
    """Whoever has it says to whom they gave it: at once where they signed, else once they say so.

    A word that comes after theirs is the other half of the same hand-over.
    """

    to: Uuid

    def say(self, thing: Thing, asked: Asked) -> None:
        """See the class."""
        signed = self.signed
        if self.to == asked.actor:
            raise Refused(NOT_TO_YOURSELF)
        if thing.row.only and self.to not in thing.row.only:
            raise Refused(NOT_TO_THEM)
        if not access.on_duty(thing.at.connection, thing.at.community_id, self.to, thing.now):
            raise Refused(NOT_ON_DUTY)
        other_half = rules.other_half(thing.state, asked.actor, self.to, "hand", thing.now)
        if other_half is not None:
            telling.end(thing, asked, telling.GIVER)
            said = {**signed, "confirms": other_half.op_id}
            thing.enter(asked, Event.of(asked, "hand", self.to, **said))
            return
        thing.must_hold()
        thing.must_be_clean()
        again = thing.state.offered_to == self.to and not signed
        telling.end(thing, asked, telling.GIVEN_TO)
        title = telling.SIGNED_FOR if signed else telling.OFFERED
        told = telling.account(
            thing, asked, telling.GIVEN_TO, title, self.to, name=thing.person.name
        )
        event = Event.of(asked, "hand", self.to, **signed, notices=told)
        if signed:
            thing.move(asked, event, Holder.account(self.to))
        else:
            thing.enter(asked, event._replace(again=again))


@operation("thing.receive", label=mark("Say that I have it"))
class Receive(OfThing):
    """The other phone says so; also where nobody offered it, of which whoever had it hears.

    `from_` is whom they say they have it from; a hand-over from somebody else is not this one.
    """

    from_: Uuid | None = None

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        self.say(Thing.find(at, asked, self.thing, in_hand=True), asked)

    def say(self, thing: Thing, asked: Asked) -> None:
        """See the class."""
        if not thing.may_claim:
            raise Refused(NOT_AMONG if thing.row.only else NOT_YOUR_WORK)
        giver = self.from_ or ""
        other_half = rules.other_half(thing.state, giver, asked.actor, "receive", thing.now)
        if other_half is not None:
            telling.end(thing, asked, telling.GIVEN_TO)
            thing.enter(asked, Event.of(asked, "receive", confirms=other_half.op_id))
            return
        if thing.holds:
            thing.enter(asked, Event.of(asked, "receive")._replace(again=True))
            return
        thing.must_be_open()
        self._must_have_it(thing, asked)
        telling.end(thing, asked, telling.GIVEN_TO)
        offered = thing.state.offered_to == asked.actor
        told = [] if offered else self._tell(thing, asked)
        event = Event.of(asked, "receive", notices=told)
        thing.move(asked, event, Holder.account(asked.actor))

    def _must_have_it(self, thing: Thing, asked: Asked) -> None:
        """Raises `Refused` where it went another way since, or whoever is named has it not."""
        now_with, offered = thing.state.holder, thing.state.offered_to == asked.actor
        if self.from_ is not None and now_with != Holder.account(self.from_):
            thing.clash()
            raise Refused(NOT_WITH_THEM, **thing.whose())
        if self.from_ is None and not offered and thing.now < thing.state.since:
            thing.clash()
            raise Refused(WENT_ON, **thing.whose())

    def _tell(self, thing: Thing, asked: Asked) -> list[str]:
        """Whoever had it by what was known hears that it went without their word."""
        return telling.holder(thing, asked, telling.CLAIMED, name=thing.person.name)


@operation("thing.keep", label=mark("Keep what was offered"))
class Keep(OfThing):
    """Whoever has it did not give it away after all."""

    def say(self, thing: Thing, asked: Asked) -> None:
        """See the class."""
        thing.must_hold()
        if not thing.state.offered_to:
            raise Refused(NOT_OFFERED)
        telling.end(thing, asked, telling.GIVEN_TO)
        thing.enter(asked, Event.of(asked, "keep"))


@operation("thing.disinfect", label=mark("Say that it is disinfected"))
class Disinfect(OfThing):
    """Whoever has it disinfected it, so that it may pass on; once for each who has it."""

    def say(self, thing: Thing, asked: Asked) -> None:
        """See the class."""
        thing.must_hold()
        again = thing.state.cleaned is not None
        thing.enter(asked, Event.of(asked, "disinfect")._replace(again=again))


@operation("thing.put", label=mark("Leave something at a place"))
class Put(OfThing):
    """It is left at a pharmacy, a gate or a post; `final` where it stays there for good."""

    place: Annotated[str, Meta(max_length=60)]
    final: bool = False

    def say(self, thing: Thing, asked: Asked) -> None:
        """See the class."""
        place = self.place.strip()
        if not place:
            raise Refused(SAY_WHERE)
        if self.final and thing.kind.key in (CARD, KEY):
            raise Refused(GOES_BACK)
        thing.must_hold()
        thing.must_be_clean()
        telling.end(thing, asked, telling.GIVEN_TO)
        event = Event.of(asked, "put", final=self.final)
        thing.move(asked, event, Holder(PLACE, place))


@operation("thing.return", label=mark("Bring something back"))
class Return(Signed):
    """It is back at the door to which it belongs, and at no other.

    The door is named by its number, or typed as it stands on the plate or on its card.
    """

    retention: ClassVar = {
        "door": HEALTH, "typed": HEALTH, "signature": NOTES, "signed_by": NOTES,
    }  # fmt: skip
    door: Number | None = None
    typed: Line = ""

    def say(self, thing: Thing, asked: Asked) -> None:
        """See the class."""
        signed = self.signed
        own = thing.row.household_id
        if own is None:
            raise Refused(NO_DOOR)
        thing.must_hold()
        if not self._is(thing, own):
            door = estates.household(thing.at.connection, thing.at.community_id, own)
            assert door is not None, "a household is never deleted"
            raise Refused(ANOTHER_DOOR, door=door.short_words)
        thing.must_be_clean()
        telling.end(thing, asked, telling.GIVEN_TO, telling.HOLDER)
        name = thing.person.name
        told = telling.home(thing, asked, telling.RETURNED, name=name)
        event = Event.of(asked, "return", **signed, notices=told)
        thing.move(asked, event, Holder.household(own))

    def _is(self, thing: Thing, own: int) -> bool:
        """True where the door named is its own."""
        typed = self.typed.strip()
        if self.door is not None or not typed:
            return self.door == own
        door = estates.household(thing.at.connection, thing.at.community_id, own)
        assert door is not None, "a household is never deleted"
        if typed.casefold() in (door.label.casefold(), door.card_number.casefold()):
            return True
        found = estates.find_doors(thing.at.connection, thing.at.community_id, typed)
        return [one.household for one in found] == [own]


@operation("thing.dispute", label=mark("Say that it was otherwise"))
class Dispute(OfThing):
    """Somebody was said to have got a thing, or given it, or had it back, and says they did not.

    Whoever last said themselves that they had it answers for it. Those who lead there hear of it.
    """

    retention: ClassVar = {"words": HEALTH}
    words: Line = ""

    def say(self, thing: Thing, asked: Asked) -> None:
        """See the class."""
        words = self.words.strip()
        if thing.state.offered_to == asked.actor:
            self._decline(thing, asked, words)
            return
        homes = thing.person.homes(thing.now)
        move = rules.objects_to(thing.state, asked.actor, homes, thing.now)
        if move is None:
            raise Refused(NOTHING_TO_SAY)
        if thing.state.disputed is not None:
            thing.enter(asked, Event.of(asked, "dispute", words=words)._replace(again=True))
            return
        told = self._tell(thing, asked, move)
        event = Event.of(asked, "dispute", words=words, notices=told)
        if rules.goes_back(move, asked.actor):
            thing.move(asked, event, move.giver)
        else:
            thing.enter(asked, event)

    def _decline(self, thing: Thing, asked: Asked, words: str) -> None:
        telling.end(thing, asked, telling.GIVEN_TO)
        name = thing.person.name
        told = telling.holder(thing, asked, telling.NOT_RECEIVED, urgent=True, name=name)
        thing.enter(asked, Event.of(asked, "dispute", words=words, notices=told))

    def _tell(self, thing: Thing, asked: Asked, move: Move) -> list[str]:
        back = rules.goes_back(move, asked.actor)
        other = move.giver if back else move.taker
        told = telling.leads(thing, asked, telling.DISPUTED)
        if other.kind == ACCOUNT:
            title = telling.NOT_RECEIVED if back else telling.NOT_GIVEN
            name = telling.name(thing, Holder.account(asked.actor))
            told += telling.account(
                thing, asked, telling.HOLDER, title, other.who, urgent=True, name=name
            )
        return told


NOT_TO_YOURSELF = mark("You have it yourself. Choose to whom you gave it.")
NOT_TO_THEM = mark("Only those who were named may have this in their hands. Choose one of them.")
NOT_ON_DUTY = mark(
    "They cannot take it over: they have no account in force here or are not on duty. Choose "
    "somebody on duty, or keep it."
)
NOT_YOUR_WORK = mark("Only those on duty here take things over.")
NOT_WITH_THEM = mark("%(name)s has it since %(since)s, so you cannot have it from somebody else.")
WENT_ON = mark("%(name)s has it since %(since)s. If it is in your hands now, say so again.")
NOT_OFFERED = mark("You have offered it to nobody.")
SAY_WHERE = mark("Say at which place you left it.")
GOES_BACK = mark("A card or a key goes back to its door. Say at which place it waits meanwhile.")
NO_DOOR = mark("It belongs to no door here. Hand it on, or leave it at a place.")
ANOTHER_DOOR = mark("This belongs to %(door)s. Bring it there.")
NOTHING_TO_SAY = mark("Nobody has said of you what you would object to.")
