# ruff: noqa: E501
"""Pages as the contract between server, templates and device has them, with few words."""

from __future__ import annotations

from typing import Any

ROUND = "0190b000-0000-7000-8000-000000000001"
ANSWERS = {
    "delivered": ("go", "✓", "done", "已送"),
    "nobody": ("wait", "○", "again", "无人"),
    "owed": ("owed", "−", "short", "欠发"),
}
SAID = {
    **dict.fromkeys(("saved", "undone", "update_ready", "all_done", "storage_full"), ""),
    **dict.fromkeys(("storage_persisted", "storage_not_persisted"), ""),
    **dict.fromkeys(("outbox_wiped", "other_person_waits", "carried"), " {n}"),
    "clock_wrong": " {minutes}",
    "stale_page": " {age}",
}
"""Words the script may say, here their own names and gaps."""

Marks = dict[str, dict[str, Any]]


def board_url(stairwell: int) -> str:
    """Where a board is."""
    return f"/rounds/{ROUND}/stairwells/{stairwell}"


def page(path: str, main: str, *, account: str, build: str, seq: int) -> str:
    """The skeleton of every page."""
    live = f' data-live="board:{ROUND}:12"' if "/stairwells/" in path else ""
    words = "".join(f'<span data-word="{name}">{name}{gaps}</span>' for name, gaps in SAID.items())
    ages = "".join(
        f'<span data-word="{unit}">{{n}} {unit}</span>' for unit in ("min", "hour", "day")
    )
    return f"""<!doctype html><html lang="zh-Hans" data-account="{account}" data-build="{build}" data-display="">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>楼道</title>
<meta name="htmx-config" content='{{"includeIndicatorCSS":false,"history":false}}'>
<script src="/static/{build}/vendor/htmx.min.js" defer></script>
<script type="module" src="/static/{build}/build/app.js"></script></head>
<body data-page="{path}" data-seq="{seq}"{live}><header class="top"><h1>12号楼 3单元</h1>
<a class="pill" href="/outbox" data-status data-state="unknown" role="status"><span data-when="idle">已同步</span>
<span data-when="waiting"><b data-count></b> 待传 · <b data-age></b> 分</span><span data-when="needs"><b data-count></b> 需要您处理</span></a>
<p data-tally><b data-count="done"></b>/<b data-count="left"></b>/<b data-count="carry"></b>/<b data-count="owed"></b></p></header>
{main}
<div id="toasts" aria-live="polite"></div><template id="toast"><div><p data-text></p><button type="button" data-close>✕</button></div></template>
<dialog id="confirm"><form method="dialog"><p data-text></p><button value="">取消</button><button value="yes">好</button></form></dialog>
<template id="words">{words}{ages}</template></body></html>"""


def board(floors: int, doors_a_floor: int, marks: Marks, seq: int) -> str:
    """One stairwell."""
    drawn = "".join(floor(level, doors_a_floor, marks) for level in range(floors, 0, -1))
    answers = "".join(
        f'<li data-answer="{key}" data-tone="{tone}" data-glyph="{glyph}" data-stands="{stands}"'
        f"{' data-counted' if stands == 'short' else ''}>{word}</li>"
        for key, (tone, glyph, stands, word) in ANSWERS.items()
    )
    hidden = f'<input type="hidden" name="round" value="{ROUND}"><input type="hidden" name="seen" value="{seq}">'
    choices = "".join(
        f'<button name="answer" value="{key}">{ANSWERS[key][3]}</button>'
        for key in ("delivered", "nobody")
    )
    return f"""<main id="main" class="board" data-board data-round="{ROUND}" data-stairwell="12" data-seq="{seq}">
<label>找门牌<input data-find type="search"></label>
<form id="marks" method="post" action="/ops/round.mark" data-op data-draw="doors">{hidden}
<input type="hidden" name="answer" value="delivered">{drawn}</form>
<nav class="bar"><form method="post" action="/ops/round.undo" data-op data-draw="doors" id="undo" hidden>{hidden}
<input type="hidden" name="door"><input type="hidden" name="mark"><button>撤销 <span data-seconds></span></button></form>
<button type="button" data-next-door>下一户 <b data-label></b></button></nav>
<dialog class="sheet" id="sheet"><h2><span data-label></span></h2><p data-detail></p><button type="button" data-close>关</button>
<form method="post" action="/ops/round.mark" data-op data-draw="doors" data-then="stay">{hidden}<input type="hidden" name="door">
{choices}<fieldset><button type="button" data-step="-1">−</button><input name="count" type="number" min="1" value="1">
<button type="button" data-step="1">+</button><button name="answer" value="owed" data-counted>欠发</button></fieldset>
<input name="note"></form><a data-history data-base="/rounds/{ROUND}/doors/" href="/">历史</a></dialog>
<template id="answers"><ul>{answers}</ul><span data-word="unmarked">未送</span><span data-aria>{{floor}} 楼 {{label}}, {{word}}</span></template></main>"""


def floor(level: int, doors_a_floor: int, marks: Marks) -> str:
    """One floor, its doors in walking order."""
    labels = {str(level * 10 + place): f"{level}0{place}" for place in range(1, doors_a_floor + 1)}
    doors = "".join(
        door(number, label, level, marks.get(number)) for number, label in labels.items()
    )
    open_doors = [number for number in labels if number not in marks]
    each = f"door:{' '.join(open_doors)}"
    whole = (
        f'<button class="whole" name="each" value="{each}">{level}<small>整层</small></button>'
        if open_doors
        else f'<span class="whole">{level}</span>'
    )
    return f'<section class="floor" data-floor="{level}">{whole}{doors}</section>'


def door(number: str, label: str, level: int, mark: dict[str, Any] | None) -> str:
    """One door, marked or open."""
    common = f'class="door" data-door="{number}" data-label="{label}" data-due="3"'
    if mark is None:
        return f'<button {common} name="door" value="{number}" data-answer="" aria-label="{level} 楼 {label}, 未送">{label}<small>3 人</small></button>'
    answer = mark["data"]["answer"]
    tone, glyph, _, word = ANSWERS[answer]
    return (
        f'<a {common} data-tone="{tone}" data-answer="{answer}" data-mark="{mark["id"]}" data-owed="{mark["data"].get("count", 0)}"'
        f' href="/rounds/{ROUND}/doors/{number}" aria-label="{level} 楼 {label}, {word}">{label}<small><i aria-hidden="true">{glyph}</i> {word}</small></a>'
    )


def outbox() -> str:
    """The outbox page."""
    groups = "".join(
        f'<section data-group><h2>{name}</h2><ul data-outbox="{name}"></ul></section>'
        for name in ("waiting", "needs", "sent")
    )
    return f"""<main id="main">{groups}<p data-others></p><p data-storage></p><button data-send-now>现在传</button><progress data-progress hidden></progress>
<button data-export>导出</button><input type="file" data-import><form method="post" action="/sign-out" data-sign-out data-waits="还有 {{n}} 条"><button>退出</button></form>
<dl data-kind-labels><dt>round.mark</dt><dd data-kind="round.mark">打勾</dd></dl>
<template id="outbox-row"><li><b data-field="kind"></b> <span data-field="label"></span> <i data-field="message"></i>
<button data-again>再做</button><button data-discard data-confirm="丢弃?">丢弃</button></li></template></main>"""


FORM = """<main id="main"><form method="post" action="/ops/round.close" data-op data-then="go" data-next="/">
<input name="round" type="hidden" value="R"><textarea name="explanations.not_given"></textarea><button>结束</button></form></main>"""
