"""What a register that was given in goes through, and how long it is kept on the way."""

from __future__ import annotations

from server import clock
from server.i18n import mark

WAITING, READING, READY, FAILED = "waiting", "reading", "ready", "failed"
APPLIED, UNDONE, DROPPED = "applied", "undone", "dropped"

STATES = {
    WAITING: mark("Waits to be read"),
    READING: mark("Being read"),
    READY: mark("Read: look at it"),
    FAILED: mark("Cannot be read"),
    APPLIED: mark("Taken over"),
    UNDONE: mark("Taken back"),
    DROPPED: mark("Let go of"),
}
"""From being given in to being taken over, and one step back."""

OPEN = (WAITING, READING, READY, FAILED)
"""Nothing of it is in the register yet."""

ADDED, CHANGED, SAME, REFUSED, ASKED, LEFT = (
    "added", "changed", "same", "refused", "asked", "left",
)  # fmt: skip

OUTCOMES = {
    ASKED: mark("To be answered"),
    REFUSED: mark("Not read"),
    ADDED: mark("New"),
    CHANGED: mark("Changed"),
    SAME: mark("As it is"),
    LEFT: mark("No data"),
}
"""What becomes of a row, what needs a person first."""

LARGEST = 30 << 20
"""Bytes of a file."""

LONGEST_NAME = 120

KEPT = 7 * clock.DAY
"""How long a file that nobody took over is kept, and what its rows say."""

BACK_WITHIN = 7 * clock.DAY
"""How long an import can be taken back."""

HANGS = clock.MINUTE
"""After so long without a word from whoever reads a file, another process begins anew."""
