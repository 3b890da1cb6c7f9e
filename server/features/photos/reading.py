"""What was seen on the photo of an antigen test, and how early such a photo is to be looked at.

`cassette/` sees it. Here nothing is decided: a person says what a photo shows, and is shown the
doubtful ones first. How well that works is measured on generated photos in docs/reading.md.

No session, request or clock.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

NEGATIVE, POSITIVE, INVALID = "negative", "positive", "invalid"
"""What people say of a test."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was seen on a photo. Without a window (`found`) nothing was."""

    control: float = 0.0
    """Of the line: how much darker it is than the strip beside it, in standard deviations of what
    the strip itself varies by over the width of a line. Below `THRESHOLD` there is likely none."""
    test: float = 0.0
    found: bool = False
    doubt: float = 1.0
    """0 where all was seen clearly, 1 where nothing can be said."""


NOTHING = Reading()


THRESHOLD, SPREAD = 5.0, 1.0
"""Standard deviations at which a line is as likely as none, and by which that is uncertain."""

NO_CONTROL, UNSEEN, DOUBTFUL = 0.95, 0.7, 0.6
"""How early a photo comes on which no control line, or no window, was found; and at most for doubt
alone. What contradicts comes before all of them, at 1."""


def order(result_said: str, reading: Reading) -> float:
    """How early a photo should be looked at, 0 to 1, the highest first.

    First what contradicts what was said of it, then what has no control line, then what could not
    be seen, then what is doubtful. Where no result was said, doubt alone counts.
    """
    if not reading.found:
        return UNSEEN
    control, test = chance(reading.control), chance(reading.test)
    contradicts, no_control = {
        NEGATIVE: (control * test, 1 - control),
        POSITIVE: (control * (1 - test), 1 - control),
        INVALID: (control, 0.0),
    }.get(result_said, (0.0, 0.0))
    later = (1 - contradicts) * (1 - NO_CONTROL * no_control) * (1 - DOUBTFUL * reading.doubt)
    return 1 - later


def chance(strength: float) -> float:
    """That there is a line of that strength, and not none."""
    far = (strength - THRESHOLD) / SPREAD
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, far))))
