"""What passes from hand to hand: each kind with its words, its picture and who may know of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from server.i18n import mark


@dataclass(frozen=True, slots=True)
class ThingKind:
    """A kind of thing."""

    key: str
    label: str  # marked words
    glyph: str
    health: bool = False  # that somebody has one says something of their health
    amount: bool = False  # is counted in money


CARD, CASH, BOX, SLIP, BAG, PARCEL, KEY = "card", "cash", "box", "slip", "bag", "parcel", "key"
OTHER = "other"

KINDS = {
    kind.key: kind
    for kind in (
        ThingKind(CARD, mark("Insurance card"), "▭", health=True),
        ThingKind(CASH, mark("Cash"), "¥", amount=True),
        ThingKind(BOX, mark("Empty box"), "□", health=True),
        ThingKind(SLIP, mark("Slip"), "≡", health=True),
        ThingKind(BAG, mark("Bag of medicine"), "✚", health=True),
        ThingKind(PARCEL, mark("Parcel"), "▣"),
        ThingKind(KEY, mark("Key"), "◇"),
        ThingKind(OTHER, mark("Something else"), "·"),
    )
}

MOST_FEN = 100_000_00
"""Nobody carries more cash than this through a gate for somebody else."""

_YUAN = re.compile(r"(\d{1,7})(?:[.．](\d{1,2}))?")


def in_fen(written: str) -> int | None:
    """Money as people write it, 50 or 50.5 yuan, in fen; None for what is no money."""
    found = _YUAN.fullmatch(written.strip())
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else None
