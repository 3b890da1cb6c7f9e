"""What those who help say: take, how far it is, pass it on, come along."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from server.features.estates import reads as estates
from server.features.people.rules import May, may
from server.features.requests import rules, telling
from server.features.requests.file import File
from server.features.requests.operations.saying import Key, Line, OfRequest, trimmed
from server.i18n import mark
from server.oplog.envelope import Uuid
from server.oplog.events import Event, in_order
from server.oplog.kinds import HEALTH, Asked, Refused, operation


@operation("request.take", label=mark("Take a request"))
class Take(OfRequest):
    """Whoever comes first has it; who comes second hears who that is, who hears that they came."""

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        file.must_answer()
        if not file.may_take():
            raise Refused(NOT_FOR_YOU)
        file.must_be_open()
        if file.state.owner not in ("", asked.actor):
            # Outlives the refusal, which undoes only what was written.
            file.at.react("requests.came", f"{file.id} {asked.actor} {asked.id}")
            raise Refused(TAKEN, **_whose(file))
        telling.end(file, asked, telling.ASKING)
        if file.state.owner:
            told: list[str] = []  # said twice, on two phones of the same person
        else:
            told = telling.askers(file, asked, telling.HAS_IT, name=file.person.name)
        event = Event.of(asked, "take", notices=told)
        file.enter(asked, event._replace(at=file.when(by_arrival=True)))


@operation("request.step", label=mark("Say how far a request is"))
class Step(OfRequest):
    """Under way, handed over, done, or that it could not be done and why."""

    retention: ClassVar = {"why": HEALTH}
    step: Key
    why: Line = ""

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        if self.step not in rules.STEPS:
            raise Refused(NO_SUCH_STEP)
        why = self.why.strip()
        if self.step == rules.COULD_NOT and not why:
            raise Refused(SAY_WHY)
        file.must_answer()
        file.must_be_open()
        _must_have(file)
        event = Event.of(asked, "step", self.step, why=why)._replace(at=file.when())
        again = rules.must_follow(rules.as_of(file.events, event.at), self.step)
        told = self._tell(file, asked) if not again and _stands(file, event) else []
        file.enter(asked, event._replace(said={"why": why, "notices": told}))

    def _tell(self, file: File, asked: Asked) -> list[str]:
        over = self.step in (rules.DONE, rules.COULD_NOT)
        telling.end(file, asked, *telling.STAFF, *(telling.CALLED if over else ()))
        name = file.name(file.state.owner)
        told = telling.askers(file, asked, _SAID[self.step], name=name)
        if self.step == rules.COULD_NOT:
            told += telling.leads(file, asked, telling.FAILED)
        return told


_SAID = {
    rules.UNDER_WAY: telling.ON_THE_WAY,
    rules.HANDED_OVER: telling.HANDED_OVER,
    rules.DONE: telling.IS_DONE,
    rules.COULD_NOT: telling.COULD_NOT,
}


@operation("request.pass_on", label=mark("Pass a request on"))
class PassOn(OfRequest):
    """To somebody else who answers requests there; with nobody named, to whoever comes next."""

    retention: ClassVar = {"words": HEALTH}
    to: Uuid | None = None
    words: str = ""

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        file.must_answer()
        file.must_be_open()
        _must_have(file)
        words = trimmed(self.words)
        telling.end(file, asked, *telling.STAFF)
        if self.to is None:
            said = telling.carry(file, asked, rules.NEXT)
            said["notices"] += telling.askers(file, asked, telling.LOOKING)
        else:
            said = self._give(file, asked, self.to)
        event = Event.of(asked, "pass_on", self.to or "", words=words, **said)
        file.enter(asked, event._replace(at=file.when()))

    def _give(self, file: File, asked: Asked, to: str) -> dict[str, Any]:
        held = file.held().get(to, ())
        if to == file.state.owner or not may(held, May.ANSWER, file.place, file.now):
            raise Refused(NOT_TO_THEM)
        name = file.name(to)
        told = telling.given(file, asked, to)
        told += telling.owner(file, asked, telling.GIVEN_ON, name=name)
        told += telling.askers(file, asked, telling.HAS_IT, name=name)
        return {"notices": told}


@operation("request.offer", label=mark("Offer to come along"))
class Offer(OfRequest):
    """Somebody else can help too; also made for who wanted to take what was taken already."""

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        file.must_answer()
        file.must_be_open()
        if file.state.owner in ("", asked.actor):
            raise Refused(NOT_TAKEN)
        again = asked.actor in file.state.offers
        told = [] if again else telling.owner(file, asked, telling.COMES_TOO, name=file.person.name)
        file.enter(asked, Event.of(asked, "offer", notices=told))


def _must_have(file: File) -> None:
    """Raises `Refused` for those who neither have it nor lead there."""
    if not (file.owns or file.leads):
        raise Refused(IS_THEIRS if file.state.owner else NOT_TAKEN, **_whose(file))


def _whose(file: File) -> dict[str, str]:
    """Who has it and since when, as words of a refusal."""
    if not file.state.owner:
        return {}
    zone = estates.zone(file.at.connection, file.at.community_id)
    got = [one.at for one in in_order(file.events) if one.what in ("take", "pass_on")]
    taken = max((at for at in got if at <= file.state.since), default=file.state.since)
    since = f"{datetime.fromtimestamp(taken / 1000, zone):%H:%M}"
    return {"name": file.name(file.state.owner), "since": since}


def _stands(file: File, event: Event) -> bool:
    """True where a step is how the request stands, and not something of the past by now."""
    state = rules.fold([*file.events, event])
    return (state.state, state.since) == (event.key, event.at)


NOT_FOR_YOU = mark("Others take requests of this kind there. Pass it on to one of them.")
TAKEN = mark("%(name)s has it since %(since)s, and hears that you came too.")
IS_THEIRS = mark("%(name)s has it since %(since)s. Tell them, or have it passed on.")
NOT_TAKEN = mark("Nobody has it yet. Take it first.")
NO_SUCH_STEP = mark("This cannot be said of a request.")
SAY_WHY = mark("Say why it could not be done, so that whoever asked knows what to do.")
NOT_TO_THEM = mark("Choose somebody else who answers requests there.")
