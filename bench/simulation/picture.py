"""The queue over time, as an SVG that reads in light and in dark."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 960, 630
LEFT, TOP, GAP_X, GAP_Y = 64, 92, 56, 74
PANEL_WIDTH, PANEL_HEIGHT = 400, 210
MOST = 5_000
TICKS = (1, 10, 100, 1_000)

TITLE = "People waiting at the site; each grey line is ten times the one below"

CLASSES = {
    "everybody at once": "all",
    "by building": "building",
    "floors at intervals": "interval",
    "paced": "paced",
}

STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #333 }
  .title { font-weight: 600; font-size: 15px; fill: #111 }
  .paper { fill: #fff }
  .grid { stroke: #ddd }
  .limit { stroke: #111; stroke-width: 1.5; stroke-dasharray: 6 4 }
  .line { fill: none; stroke-width: 1.6; stroke-linejoin: round }
  .all { stroke: #b3480a } .building { stroke: #a8488a } .interval { stroke: #1d6fb8 }
  .paced { stroke: #00734f; stroke-width: 2.8 }
  @media (prefers-color-scheme: dark) {
    text { fill: #ccc } .title { fill: #fff } .paper { fill: #0d1117 } .grid { stroke: #30363d }
    .limit { stroke: #fff }
    .all { stroke: #ff9d57 } .building { stroke: #e79ccd } .interval { stroke: #6cb6ff }
    .paced { stroke: #3ddc97 }
  }
"""


@dataclass(frozen=True, slots=True)
class Panel:
    """One of the small pictures: people waiting, by way and minute."""

    title: str
    limit: int
    lines: Mapping[str, Sequence[int]]


def draw(panels: Sequence[Panel]) -> str:
    """Four panels, two by two, on the same axes."""
    minutes = max(len(line) for panel in panels for line in panel.lines.values())
    hours = math.ceil(minutes / 60)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'aria-labelledby="what">',
        '<title id="what">People waiting at a test site over a morning, for four ways of calling '
        "them down</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="paper" width="{WIDTH}" height="{HEIGHT}"/>',
        f'<text class="title" x="{LEFT}" y="28">{TITLE}</text>',
        *_legend(),
    ]
    for nth, panel in enumerate(panels):
        x = LEFT + nth % 2 * (PANEL_WIDTH + GAP_X)
        y = TOP + nth // 2 * (PANEL_HEIGHT + GAP_Y)
        parts += [f'<g transform="translate({x} {y})">', *_panel(panel, hours), "</g>"]
    return "\n".join([*parts, "</svg>\n"])


def _legend() -> list[str]:
    parts, x = [], LEFT
    for words, kind in [*CLASSES.items(), ("limit", "limit")]:
        name = "limit" if kind == "limit" else f"line {kind}"
        parts.append(f'<path class="{name}" d="M{x} 48h28"/>')
        parts.append(f'<text x="{x + 36}" y="52">{escape(words)}</text>')
        x += 66 + 7 * len(words)
    return parts


def _panel(panel: Panel, hours: int) -> list[str]:
    parts = [f'<text class="title" x="0" y="-12">{escape(panel.title)}</text>']
    for count in TICKS:
        y = _height(count)
        parts.append(f'<path class="grid" d="M0 {y}H{PANEL_WIDTH}"/>')
        parts.append(f'<text x="-8" y="{y + 4:.1f}" text-anchor="end">{count:,}</text>')
    for hour in range(hours + 1):
        x = PANEL_WIDTH * hour / hours
        unit = " h" if hour == hours else ""
        parts.append(
            f'<text x="{x:.1f}" y="{PANEL_HEIGHT + 20}" text-anchor="middle">{hour}{unit}</text>'
        )
    for way, line in panel.lines.items():
        points = "L".join(
            f"{PANEL_WIDTH * minute / 60 / hours:.1f} {_height(count)}"
            for minute, count in enumerate(line)
        )
        parts.append(f'<path class="line {CLASSES[way]}" d="M{points}"/>')
    parts.append(f'<path class="limit" d="M0 {_height(panel.limit)}H{PANEL_WIDTH}"/>')
    return parts


def _height(count: int) -> float:
    """Logarithmic, so that 30 people and 4,000 can be read in one picture; nobody is at 1."""
    return round(PANEL_HEIGHT * (1 - math.log(max(1, count)) / math.log(MOST)), 1)
