"""How soon contradictions are looked at, as an SVG that reads in light and in dark; and what the
photos are like, as a sheet of small ones."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from html import escape

from PIL import Image, ImageDraw, ImageFont

from bench.cassettes import CONDITIONS, paint, scene
from bench.reading.queue import ALL

WIDTH, HEIGHT = 960, 520
LEFT, TOP, ACROSS, DOWN = 64, 56, 520, 390
TITLE = "Share of the contradictions seen, by share of the queue looked at"

CLASSES = ("all", "line", "faint", "none", "control", "nothing")
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #333 }
  .title { font-weight: 600; font-size: 15px; fill: #111 }
  .paper { fill: #fff }
  .grid { stroke: #ddd }
  .random { stroke: #111; stroke-width: 1.5; stroke-dasharray: 6 4 }
  .curve { fill: none; stroke-width: 1.6; stroke-linejoin: round }
  .line { stroke: #b3480a } .faint { stroke: #a8488a } .none { stroke: #1d6fb8 }
  .control { stroke: #6a7a1f } .nothing { stroke: #777 }
  .all { stroke: #00734f; stroke-width: 3 }
  @media (prefers-color-scheme: dark) {
    text { fill: #ccc } .title { fill: #fff } .paper { fill: #0d1117 } .grid { stroke: #30363d }
    .random { stroke: #fff }
    .line { stroke: #ff9d57 } .faint { stroke: #e79ccd } .none { stroke: #6cb6ff }
    .control { stroke: #c8d96f } .nothing { stroke: #aaa } .all { stroke: #3ddc97 }
  }
"""


def draw(curves: Mapping[str, Sequence[float]]) -> str:
    """One curve for each kind of contradiction, and the diagonal of a queue in any order."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'aria-labelledby="what">',
        f'<title id="what">{TITLE}</title>',
        f"<style>{STYLE}</style>",
        f'<rect class="paper" width="{WIDTH}" height="{HEIGHT}"/>',
        f'<text class="title" x="{LEFT}" y="28">{TITLE}</text>',
        f'<g transform="translate({LEFT} {TOP})">',
    ]
    for share in range(0, 101, 20):
        x, y = ACROSS * share / 100, DOWN * (1 - share / 100)
        parts.append(f'<path class="grid" d="M0 {y:g}H{ACROSS}M{x:g} 0V{DOWN}"/>')
        parts.append(f'<text x="-8" y="{y + 4:g}" text-anchor="end">{share} %</text>')
        parts.append(f'<text x="{x:g}" y="{DOWN + 22}" text-anchor="middle">{share} %</text>')
    parts.append(f'<path class="random" d="M0 {DOWN}L{ACROSS} 0"/>')
    named = dict(zip((ALL, *(kind for kind in curves if kind != ALL)), CLASSES, strict=True))
    for kind, name in reversed(named.items()):
        points = "L".join(
            f"{ACROSS * step / 100:g} {DOWN * (1 - share):.1f}"
            for step, share in enumerate(curves[kind])
        )
        parts.append(f'<path class="curve {name}" d="M{points}"/>')
    return "\n".join([*parts, "</g>", *_legend(named), "</svg>\n"])


def _legend(named: Mapping[str, str]) -> list[str]:
    x, y = LEFT + ACROSS + 28, TOP + 20
    parts = []
    for words, name in [*named.items(), ("any order", "random")]:
        kind = name if name == "random" else f"curve {name}"
        parts.append(f'<path class="{kind}" d="M{x} {y - 4}h28"/>')
        parts.append(f'<text x="{x + 38}" y="{y}">{escape(words)}</text>')
        y += 28
    return parts


COLUMNS, TILE, CAPTION = 6, 170, 18


def contact_sheet() -> bytes:
    """A small photo of each condition, as JPEG."""
    rows = -(-len(CONDITIONS) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * TILE, rows * (TILE + CAPTION)), "white")
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(12)
    for nth, condition in enumerate(CONDITIONS):
        left, top = nth % COLUMNS * TILE, nth // COLUMNS * (TILE + CAPTION)
        photo = paint(scene(30_000 + nth, "positive" if nth % 2 else "negative", condition))
        photo.thumbnail((TILE - 6, TILE - 6))
        sheet.paste(photo, (left + (TILE - photo.width) // 2, top + CAPTION))
        draw.text((left + TILE // 2, top + 2), condition, (20, 20, 20), font=font, anchor="ma")
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=62, optimize=True)
    return out.getvalue()
