"""Reading a chat group's chain (接龙): text becomes proposals, which a person confirms.

In a chain everybody adds a line below the last: "1. 12号301 张家 2人 阴性". Nothing is guessed
silently: what is not plain is proposed with its doubt, and what cannot be read is kept and shown.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

LONGEST = 20_000
"""Characters; a chain of two hundred lines has a quarter of that."""

MOST_LINES = 400


class Door(NamedTuple):
    """A door that a line may mean: its number, how it is called in short, who is present there."""

    id: int
    label: str  # 301
    place: str  # 12号 301, for a person to read
    numbers: tuple[str, ...]  # of its building and its unit, as people write them
    people: tuple[tuple[int, str], ...]  # ids and names
    reported: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one line seems to say; `doubt` says what to look at, empty where it is plain."""

    line: str
    door: Door
    people: tuple[tuple[int, str], ...]
    finding: str
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """A line that could not be read, and why."""

    line: str
    why: str


class Read(NamedTuple):
    """A chain, read."""

    proposals: tuple[Proposal, ...]
    unread: tuple[Unread, ...]


NO_RESULT, NO_DOOR, MANY_DOORS, MIXED, EMPTY = "result", "door", "doors", "mixed", "empty"
"""Why a line could not be read."""

OTHER_COUNT, ALARMING, TWICE, AGAIN = "count", "alarm", "twice", "again"
"""What to look at in a proposal: another number of people, a result that alarms, a door that comes
twice in the chain, people who have reported already."""

WORDS: Mapping[str, tuple[str, ...]] = {
    "negative": (
        "阴性", "陰性", "阴", "陰", "negative", "neg",
        "一条杠", "一條槓", "1条杠", "1道杠", "一道杠",
    ),
    "positive": (
        "阳性", "陽性", "阳", "陽", "positive", "pos",
        "两条杠", "兩條槓", "2条杠", "2道杠", "两道杠",
    ),
    "invalid": ("无效", "無效", "invalid"),
    "not_done": ("未测", "未測", "没测", "沒測", "未做", "没做", "沒做", "not done"),
}  # fmt: skip
"""How people write results, the longer words before those they hold."""

CIRCLED = re.compile(r"^\s*[①-⑳]")
NUMBERING = re.compile(r"^\s*(?:\d{1,3}\s*[.、．)）:：]\s*|#\d{1,3}\s+)")
COUNT = re.compile(
    r"(\d{1,2}|[一二两兩三四五六七八九])\s*(?:个人|個人|人|口|位|people|persons?)", re.I
)
CHINESE = {word: number for number, word in enumerate("一二三四五六七八九", 1)} | {"两": 2, "兩": 2}
NUMBER = re.compile(r"[A-Z]?\d+[A-Z]?\d*|[A-Z](?=\s*(?:座|栋|棟|幢|号|號|[-\d]))", re.I)
NEGATED = re.compile(r"(?:非|不是|没有|沒有|无|無)(?=[阳陽])")


def read(text: str, doors: Sequence[Door]) -> Read:
    """Read a chain for the doors it may be about."""
    proposals: list[Proposal] = []
    unread: list[Unread] = []
    for line in _lines(text):
        found = _read_line(line, doors)
        if isinstance(found, Unread):
            unread.append(found)
        else:
            proposals.append(found)
    return Read(tuple(_with_doubts(proposals)), tuple(unread))


def _lines(text: str) -> Iterable[str]:
    kept = (line.strip() for line in text[:LONGEST].splitlines())
    return [line for line in kept if line][:MOST_LINES]


def _read_line(line: str, doors: Sequence[Door]) -> Proposal | Unread:
    said = NUMBERING.sub("", unicodedata.normalize("NFKC", CIRCLED.sub("", line))).strip()
    if not said:
        return Unread(line, EMPTY)
    findings = _findings(said)
    if len(findings) > 1:
        return Unread(line, MIXED)
    meant = _doors(said, doors)
    if not meant:
        return Unread(line, NO_DOOR)
    if len(meant) > 1:
        return Unread(line, MANY_DOORS)
    if not findings:
        return Unread(line, NO_RESULT)
    return _proposal(line, said, meant[0], findings.pop())


def _findings(said: str) -> set[str]:
    """The results a line names; "不是阳" names none."""
    left, found = said.lower(), set()
    if NEGATED.search(left):
        return set()
    for finding, words in WORDS.items():
        for word in words:
            pattern = rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(word)
            left, times = re.subn(pattern, " ", left)
            if times:
                found.add(finding)
    return found


def _doors(said: str, doors: Sequence[Door]) -> list[Door]:
    """The doors whose number stands in the line; of several those whose building does too."""
    numbers = _numbers(COUNT.sub(" ", said))
    fitting = [door for door in doors if door.label.upper() in numbers]
    if len(fitting) < 2:
        return fitting
    named = [door for door in fitting if _all_in(door.numbers, numbers, door.label)]
    return named or fitting


def _numbers(said: str) -> list[str]:
    return [number.upper() for number in NUMBER.findall(said)]


def _all_in(parts: Iterable[str], numbers: Sequence[str], label: str) -> bool:
    """True where a line names every part of an address besides the door itself."""
    left = [*numbers]
    left.remove(label.upper())
    return all(part.upper() in left for part in parts if part)


def _proposal(line: str, said: str, door: Door, finding: str) -> Proposal:
    named = tuple(one for one in door.people if len(one[1]) > 1 and one[1] in said)
    people = named or door.people
    count = _count(said)
    doubt = ""
    if count is not None and count != len(people):
        doubt = OTHER_COUNT
    elif finding == "positive":
        doubt = ALARMING
    elif any(one in door.reported for one, _ in people):
        doubt = AGAIN
    return Proposal(line, door, people, finding, doubt)


def _count(said: str) -> int | None:
    """How many people a line speaks of, where it says so."""
    found = COUNT.search(said)
    if found is None:
        return None
    word = found[1]
    return int(word) if word.isdigit() else CHINESE[word]


def _with_doubts(proposals: Sequence[Proposal]) -> Iterable[Proposal]:
    """The same, with a doubt about those whose people come twice."""
    times: dict[int, int] = {}
    for one in proposals:
        for person, _ in one.people:
            times[person] = times.get(person, 0) + 1
    for one in proposals:
        twice = any(times[person] > 1 for person, _ in one.people)
        yield Proposal(one.line, one.door, one.people, one.finding, TWICE) if twice else one
