"""Figures: ratios of interleaved pairs, their median and spread, and the table of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing measured, several times, and what it should come to."""

    work: str
    samples: Sequence[float]
    most: float | None = None
    least: float | None = None
    unit: str = "×"
    note: str = ""
    """What the ratio is made of, in absolute numbers: they say something of this machine only."""

    @property
    def value(self) -> float:
        """The median of the samples."""
        return median(self.samples)

    @property
    def met(self) -> bool | None:
        """Whether the median reaches what it should; None for what is shown and not asked for."""
        if self.most is not None:
            return self.value <= self.most
        if self.least is not None:
            return self.value >= self.least
        return None

    @property
    def reach(self) -> str:
        """What it should come to."""
        if self.most is not None:
            return f"≤ {said(self.most, self.unit)}"
        return f"≥ {said(self.least, self.unit)}" if self.least is not None else ""

    @property
    def spread(self) -> str:
        """The least and the most of the samples, and how many there are."""
        if len(self.samples) == 1:
            return "counted"
        return f"{said(min(self.samples))}–{said(max(self.samples))} of {len(self.samples)}"


def said(value: float, unit: str = "") -> str:
    """A number with as many digits as mean something."""
    if value >= 1000:
        text = f"{value:,.0f}"
    elif value >= 100 or value == int(value):
        text = f"{value:.0f}"
    else:
        text = f"{value:.1f}" if value >= 10 else f"{value:.2f}"
    return f"{text} {unit}".strip()


def percentile(values: Iterable[float], share: float) -> float:
    """The value that a share of the values stay within."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def table(figures: Iterable[Figure]) -> str:
    """Figures as a Markdown table."""
    lines = [
        "| work | reach | median | spread | reached | made of |",
        "|---|--:|--:|--:|:-:|---|",
    ]
    for one in figures:
        met = {True: "yes", False: "**no**", None: ""}[one.met]
        lines.append(
            f"| {one.work} | {one.reach} | {said(one.value, one.unit)} | {one.spread} | {met} "
            f"| {one.note} |"
        )
    return "\n".join(lines) + "\n"
