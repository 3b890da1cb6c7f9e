"""Pages in docs/ that measurements write: words with their figures, wrapped as if by hand."""

from __future__ import annotations

from textwrap import fill


def filled(text: str, **figures: float) -> str:
    """The text with its figures, each paragraph wrapped anew."""
    paragraphs = text.format(**figures).strip().split("\n\n")
    return "\n\n".join(_wrapped(one) for one in paragraphs) + "\n"


def _wrapped(paragraph: str) -> str:
    items = paragraph.replace("\n  ", " ").split("\n* ")
    if len(items) == 1:
        return _lines(paragraph)
    return "\n".join(_lines(f"* {item.removeprefix('* ')}", "  ") for item in items)


def _lines(words: str, indent: str = "") -> str:
    together = words.replace(" %", "~%")  # a number keeps its sign
    return fill(together, 100, subsequent_indent=indent, break_on_hyphens=False).replace("~%", " %")
