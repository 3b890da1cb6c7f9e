"""The page about it: docs/reading.md."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import mean, median, quantiles

from bench.reading.figures import EACH, PLAIN, POOL, Photo
from bench.reading.queue import ALL, KINDS, LONG, MISSAID, QUEUES, SHARES, Queue, within
from bench.words import filled
from server.features.photos.reading import THRESHOLD, order

FIRST = (0.05, 0.1, 0.2, 0.3)
"""Parts of the queue that are looked at."""

FAINTNESS = ((0.03, 0.06), (0.06, 0.09), (0.09, 0.12), (0.2, 0.35), (0.35, 0.8))
"""Contrasts of test lines, from and up to."""


def page(
    photos: Sequence[Photo], conditions: Mapping[str, Sequence[Photo]], run: Sequence[Queue]
) -> str:
    """The whole page."""
    everything = [*photos, *(photo for some in conditions.values() for photo in some)]
    return "\n".join(
        [
            filled(
                INTRODUCTION,
                count=len(everything),
                pool=len(photos),
                each=EACH,
                **{f"{what}_count": count for what, count in POOL.items()},
            ),
            filled(
                QUEUE,
                queues=QUEUES,
                long=LONG,
                **{f"{what}_share": share * 100 for what, share in SHARES.items()},
                **{f"{what}_missaid": share * 100 for what, share in MISSAID.items()},
            ),
            _kinds(run) + "\n",
            filled(READ, threshold=THRESHOLD),
            _seen(photos) + "\n",
            filled(FAINT),
            _faint(photos, run) + "\n",
            filled(CONDITION, each=EACH),
            _conditions(conditions, run) + "\n",
            _took(everything),
            filled(
                LIMITS,
                lost=_share(
                    photos, lambda one: one.what == "negative", lambda one: one.seen != one.truth
                ),
                unseen=_share(
                    photos,
                    lambda one: one.truth == "positive" and one.what != "faint",
                    lambda one: one.seen == "negative",
                ),
                imagined=_share(
                    photos, lambda one: one.what == "negative", lambda one: one.seen == "positive"
                ),
                last=(1 - mean(within(run, 0.3))) * 100,
            ),
        ]
    )


def _share(
    photos: Iterable[Photo], of: Callable[[Photo], bool], which: Callable[[Photo], bool]
) -> float:
    """Per cent."""
    return 100 * mean(which(photo) for photo in photos if of(photo))


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|---|{'--:|' * (len(head) - 1)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def _kinds(run: Sequence[Queue]) -> str:
    """How many of each kind are seen early: the mean queue, and the worst of twenty."""
    rows = []
    for kind in (ALL, *KINDS):
        shares = [within(run, first, kind) for first in FIRST]
        number = mean(len(queue.places(kind)) for queue in run)
        cells = [
            f"{mean(some):.0%}" + (f"; {quantiles(some, n=20)[0]:.0%}" if kind == ALL else "")
            for some in shares
        ]
        rows.append([kind, f"{number:.0f}", *cells])
    rows.append(["any order", "", *(f"{first:.0%}" for first in FIRST)])
    return _spaced(_table(["", "in a queue", *(f"first {first:.0%}" for first in FIRST)], rows))


def _spaced(table: str) -> str:
    """A number and its sign are written apart here."""
    return table.replace("%", " %")


def _seen(photos: Sequence[Photo]) -> str:
    names = {
        "negative": "control line alone",
        "positive": "both lines",
        "faint": "faint test line",
        "invalid": "no control line",
        "nothing": "no strip, or no cassette",
    }
    rows = []
    for what, name in names.items():
        some = [photo for photo in photos if photo.what == what]
        cells = [
            f"{mean(photo.seen == seen for photo in some):.0%}"
            for seen in ("negative", "positive", "invalid", "nothing")
        ]
        doubt = median(photo.reading.doubt for photo in some)
        rows.append([name, str(len(some)), *cells, f"{doubt:.2f}"])
    head = ["on it", "photos", "control alone", "both", "no control", "no window", "doubt (median)"]
    return _spaced(_table(head, rows))


def _place(photo: Photo, said: str, run: Sequence[Queue]) -> float:
    """Where in the mean queue a photo comes if that was said of it: per cent before it."""
    own = order(said, photo.reading)
    queue = run[0].waiting
    return 100 * mean(order(one.said, one.photo.reading) > own for one in queue)


def _faint(photos: Sequence[Photo], run: Sequence[Queue]) -> str:
    rows = []
    for start, end in FAINTNESS:
        some = [photo for photo in photos if start <= photo.contrast < end]
        denied = sorted(_place(photo, "negative", run) for photo in some)
        said = sorted(_place(photo, "positive", run) for photo in some)
        rows.append(
            [
                f"{start * 100:.0f} to {end * 100:.0f} %",
                str(len(some)),
                f"{mean(photo.reading.test >= THRESHOLD for photo in some) * 100:.0f} %",
                f"{median(denied):.0f} %; {denied[len(denied) * 9 // 10]:.0f} %",
                f"{median(said):.0f} %; {said[len(said) * 9 // 10]:.0f} %",
            ]
        )
    head = ["contrast", "photos", "line seen", "“negative” said: place", "“positive” said: place"]
    return _table(head, rows)


def _conditions(conditions: Mapping[str, Sequence[Photo]], run: Sequence[Queue]) -> str:
    rows = []
    for condition, photos in conditions.items():
        there = [photo for photo in photos if photo.truth != "nothing"]
        agreeing = [_place(photo, photo.truth, run) for photo in there]
        opposite = {"negative": "positive", "positive": "negative"}
        denied = [_place(photo, opposite[photo.truth], run) for photo in there]
        right = f"{mean(photo.seen == photo.truth for photo in photos) * 100:.0f} %"
        found = f"{mean(photo.reading.found for photo in photos) * 100:.0f} %"
        places = [f"{median(some):.0f} %" if some else "" for some in (denied, agreeing)]
        rows.append([condition, found, right, *places])
    rows.sort(key=lambda row: (row[0] != PLAIN, -int(row[2].split()[0])))
    head = ["", "window found", "read as it is", "contradicted: place", "agreed: place"]
    return _table(head, rows)


def _took(photos: Sequence[Photo]) -> str:
    took = sorted(photo.took for photo in photos)
    return filled(
        TOOK, half=median(took), fast=took[len(took) // 20], slow=took[len(took) * 19 // 20]
    )


INTRODUCTION = """
# Reading photos of antigen tests

`make reading` writes this page and its pictures. `server/features/photos/cassette/` looks for the
window of the cassette on a photo and measures the control and the test line in it. What it finds
orders the queue in which people look at photos: what contradicts the result that was said of it
comes first, then what has no control line, what could not be read, and what is doubtful. It never
decides anything, says nothing to the household, and every photo stays in the queue.

![Share of the contradictions seen, by share of the queue looked at](reading.svg)

**The photos are generated, not real.** `bench/cassettes.py` paints them: three makes of cassette,
in any direction, on tables, checked cloth, printed paper and in gloved or bare hands, tilted,
leaning, far away, blurred, shaken, with glare, in uneven, dim or coloured light, as coarse JPEG,
two or three cassettes in one picture, lines from 3 to 80 % contrast. Real photos will have what
nobody thought of here. {count:,} were read: {pool:,} for the queue ({negative_count} negative,
{positive_count} positive, {faint_count} with a faint test line, {invalid_count} without a control
line, {nothing_count} with an empty window or no cassette), most of them spoilt by one or more of
these things, and {each} for each condition by itself. None was read before the rules were chosen.

![A photo of each condition](reading.jpg)
"""

QUEUE = """
**The queue.** {queues} queues of {long:,} photos are drawn from them: {negative_share:.0f} %
negative, {positive_share:.0f} % positive, {faint_share:.0f} % with a faint line,
{invalid_share:.0f} % without a control line, {nothing_share:.0f} % with nothing to be seen.
Something else than what is there was said of {negative_missaid:.0f} % of the negative,
{positive_missaid:.0f} % of the positive, {faint_missaid:.0f} % of the faint,
{invalid_missaid:.0f} % of those without a control line and of all that show nothing; these shares
are assumed. So many of those contradictions are seen by whoever looks at the first part of the
queue (all: *mean of the queues; the worst but one in twenty*):
"""

READ = """
**What it reads.** By what is on the photo, what the lines alone would say; a line counts from
{threshold:.0f} standard deviations of the strip beside it:
"""

FAINT = """
**Faint lines.** Where in the queue such a photo comes if “negative” was said of it, and if the line
was seen: *median; nine in ten come before*. Contrasts from 12 to 20 % were not drawn.
"""

CONDITION = """
**By condition.** Good photos but for one thing, {each} of each, half negative and half positive.
“Contradicted” is where in the queue the photo comes when the opposite is said of it, “agreed” when
the truth is (medians; 0 % is first):
"""

TOOK = """
**Time.** {half:.0f} ms of one core for a photo of 1280 × 960 at the median ({fast:.0f} to
{slow:.0f} ms for nine in ten), on a machine that was busy with other work. Memory is bounded:
larger photos are reduced first.
"""

LIMITS = """
**What defeats it.** Of the negative photos {lost:.0f} % are not read as what they are, most because
the window was not found or something else was taken for it: far away, under glare, blurred, where a
finger lies over the well, or among printed boxes and checks. These come early, and cost people time
but nothing else. What it gets wrong without knowing comes late: {unseen:.0f} % of the clear test
lines are overlooked on a strip that otherwise looks well read, and {imagined:.0f} % of the negative
strips show it a line that is not there. After three tenths of the queue {last:.0f} % of the
contradictions are still ahead, so the end of the queue has to be looked at, too. With several
cassettes in one picture it reads one of them and says that it doubts. It cannot see whose test a
photo shows, when it was taken, or whether the same photo was sent twice.
"""
