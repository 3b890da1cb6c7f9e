"""The page about it: docs/calling.md."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median

from bench.simulation.block import LIMITS
from bench.simulation.day import MEDIC_RATE
from bench.simulation.figures import (
    LATE,
    PAUSE,
    PAUSED,
    SEEDS,
    SETTINGS,
    Case,
    Outcome,
    beside_fastest,
    of,
)
from bench.simulation.ways import WAYS
from bench.words import filled
from server.clock import MINUTE

TITLES = {
    ("six sites", 0.0): "Six sites, people come when called",
    ("six sites", 0.3): "Six sites, 30 % come late",
    ("one site", 0.0): "One site, people come when called",
    ("one site", 0.3): "One site, 30 % come late",
}

COLUMNS: dict[str, tuple[Callable[[Outcome], float], str]] = {
    "longest queue": (lambda one: one.longest_queue, "{:,.0f}"),
    "of its limit": (lambda one: one.of_limit * 100, "{:,.0f} %"),
    "over it": (lambda one: one.over, "{:.0f} min"),
    "longest wait": (lambda one: one.longest_wait, "{:.0f} min"),
    "rides shared": (lambda one: one.shared * 100, "{:.0f} %"),
    "wait for a lift": (lambda one: one.lift_wait, "{:.0f} min"),
    "finish": (lambda one: one.finish, ""),
}


def page(found: dict[Case, Outcome]) -> str:
    """The whole page."""
    parts = [filled(INTRODUCTION, rate=MEDIC_RATE, seeds=len(SEEDS), **_limits())]
    for setting in SETTINGS:
        for late in LATE:
            parts.append(f"**{TITLES[setting, late]}**\n\n{_table(found, setting, late)}\n")
    parts.append(_shows(found))
    return "\n".join(parts)


def _limits() -> dict[str, int]:
    return {"one": LIMITS[1], "two": LIMITS[2], "nine": LIMITS[9]}


def _table(found: dict[Case, Outcome], setting: str, late: float) -> str:
    names = ["", *COLUMNS, "÷ fastest", "99 of 100"]
    rows = [f"| {' | '.join(names)} |", f"|---|{'--:|' * (len(names) - 1)}"]
    for way in WAYS:
        outcomes = of(found, setting, late, way)
        cells = [way]
        for what, form in COLUMNS.values():
            cells.append(_both([what(one) for one in outcomes], form))
        cells.append(_both(beside_fastest(found, setting, late, way), "{:.2f}"))
        cells.append(
            _both(beside_fastest(found, setting, late, way, lambda one: one.nearly), "{:.2f}")
        )
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def _both(values: Sequence[float], form: str) -> str:
    both = median(values), max(values)
    return "; ".join(form.format(one) if form else _hours(one) for one in both)


def _hours(minutes: float) -> str:
    return f"{int(minutes) // 60}:{int(minutes) % 60:02d}"


def _shows(found: dict[Case, Outcome]) -> str:
    where = [(setting, late) for setting in SETTINGS for late in LATE]
    paced = [one for key in where for one in of(found, *key, "paced")]
    ratios = {key: beside_fastest(found, *key, "paced") for key in where}
    nearly = {key: beside_fastest(found, *key, "paced", lambda one: one.nearly) for key in where}
    errors = sorted(abs(error) for one in paced for error in one.turn_errors)
    paused = {
        setting: max(found[Case(setting, 0.0, "paced", seed, True)].of_limit for seed in PAUSED)
        for setting in SETTINGS
    }
    return filled(
        SHOWS,
        days=len(paced),
        within=sum(one.of_limit <= 1 for one in paced),
        most=max(one.of_limit for one in paced) * 100,
        punctual=_over(max(max(ratios[setting, 0.0]) for setting in SETTINGS)),
        six=_over(median(ratios["six sites", 0.3])),
        one=_over(median(ratios["one site", 0.3])),
        in_time=sum(ratio <= 1.1 for key in where if key[1] for ratio in ratios[key]),
        late_days=sum(len(ratios[key]) for key in where if key[1]),
        worst=_over(max(max(values) for values in ratios.values())),
        nearly=_over(max(max(values) for values in nearly.values())),
        shared=max(one.shared for one in paced) * 100,
        shared_punctual=max(
            one.shared for setting in SETTINGS for one in of(found, setting, 0.0, "paced")
        )
        * 100,
        error=median(errors),
        nine_in_ten=errors[len(errors) * 9 // 10],
        finish=median(error for one in paced for error in one.finish_errors) * 100,
        pause=(PAUSE[1] - PAUSE[0]) // MINUTE,
        six_paused=paused["six sites"] * 100,
        one_paused=paused["one site"] * 100,
    )


def _over(ratio: float) -> float:
    return ratio * 100 - 100


INTRODUCTION = """
# Calling people down to be tested

`make simulation` writes this page and its picture. `server/features/testing/pacing.py` says when
a site should call which floor; here it is tried on simulated mornings beside the three ways that
neighbourhoods used before.

![People waiting at a test site over a morning, for four ways of calling](calling.svg)

The day with the slowest medics of all that were simulated. Of the six sites the first is drawn,
which has two medics and six towers.

**What was simulated.** Block E: 25 towers of 18 floors and 4 flats, about 5,000 residents in
households of 1 to 5, and nine medics; at six sites (three of two medics and three of one), and at
one site for all, as in the first days. Once called, a household takes 3 minutes (median) to its
door, waits for the one lift of its tower (10 people; up to level 3 most walk down), walks 1 to 3
minutes to its site (1 to 6 to the only one) and queues. 3 % never come. Where people come late,
30 % of the households leave their flat 10 to 40 minutes after the others. So many may wait: {one}
at a site of one medic, {two} at a site of two, {nine} at the only site.

* *everybody at once*: all towers, when the site opens
* *by building*: the next tower once half of the last has come and fewer than ten wait for each
  medic; for nine medics, five towers at a time
* *floors at intervals*: by a timetable made for medics of the usual pace, in the order that the
  pacing uses, so that only the timing differs
* *paced*: what `pacing.propose` says, which is told only what a site sees: who came after which
  call, and who was swabbed

**Calibration.** One published morning: 4,784 people in 4.5 hours by nine medics, {rate:.2f} people
a minute for each. How that varies is assumed: the team's pace by 5 % from day to day, each medic's
by 8 % in the team, one swab's time by half its mean. Households, lifts, ways and lateness are
assumed throughout. Every way gets the same people and the same medics.

**Figures.** {seeds} days each, none of them looked at while the rules were chosen: *median; worst*.
“Longest queue” is at the fullest site, “of its limit” at the site that went highest against its
own, “rides shared” the lift rides with people from more than one floor. “÷ fastest” is the finish
beside that of the fastest way without pacing on the same day; “99 of 100” the same for when 99 of
100 people were swabbed.
"""

SHOWS = """
**What it shows.** On {within} of {days} days the pacing kept every site within its limit all
morning; the most was {most:.0f} % of it. Where people come when called it finishes within
{punctual:.0f} % of the fastest way. Where 30 % come late it needs {six:.0f} % longer at six sites
and {one:.0f} % at one (medians); it stays within 10 % on {in_time} of {late_days} such days, and
the worst takes {worst:.0f} % longer. Most of that is waiting for the late ones of the last floors,
who elsewhere come while hundreds still stand in the queue: 99 of 100 people are through within
{nearly:.0f} % of the fastest way on every day. Of the rides {shared_punctual:.1f} % at most are
shared by floors, and {shared:.0f} % where people come late: no rule can know who those will be. A
timetable does as well where the medics keep its pace; where they are slower its queue grows until
noon, and where they are quicker, or people come late, they stand idle.

**What people are told.** The minutes that a household is told until its turn were off by
{error:.0f} at the median and by {nine_in_ten:.0f} or less for nine in ten; the finish that a site
expected after two hours by {finish:.0f} % of the day at the median.

**What it does not show.** Nobody here sees the queue and goes home again, or comes uncalled. When
medics stop without a word, those on their way still gather: with a pause of {pause} minutes the
fullest of six sites reached {six_paused:.0f} % of its limit and the only site {one_paused:.0f} %.
Limits below 30 were not tried; the smaller a limit, the more of it is kept free for chance, and the
sooner medics idle. Nobody is later than 40 minutes; whoever is makes the end of the day later. And
nine medics on one morning are one calibration; the rules themselves start from it, but within some
fifty swabs they go by what the site shows.
"""
