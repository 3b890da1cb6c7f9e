"""What must never stand in a chat group: anybody's telephone number or identity card. Pure.

Short service numbers (110, 120, 12345) and service lines (400…) belong to nobody and may stand.
Text is looked at as people read it: full-width digits are digits, and spaces and hyphens in the
usual places part nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from unicodedata import normalize

from server.i18n import mark

TELEPHONE, ID_CARD = "telephone", "id_card"

_MONTH_AND_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_GAP = r"[ \-]?"
_CODE = rf"(?<![\d.])(?:\+?86{_GAP})?"

CARDS = re.compile(
    # 18 digits, the last perhaps an X, with a day of birth in them (GB 11643); 15 digits as of old
    rf"(?<!\d)\d{{6}}{_GAP}(?:18|19|20)\d{{2}}{_MONTH_AND_DAY}{_GAP}\d{{3}}[\dXx](?![\dA-Za-z])"
    rf"|(?<!\d)[1-9]\d{{5}}{_GAP}\d{{2}}{_MONTH_AND_DAY}{_GAP}\d{{3}}(?!\d)"
    # Hong Kong's, with its check digit; Taiwan's
    r"|(?<![A-Za-z])[A-Z]{1,2}\d{6} ?\([0-9A]\)"
    r"|(?<![A-Za-z])[A-Z][12]\d{8}(?!\d)"
)

TELEPHONES = re.compile(
    # the mainland's mobile telephones, in one, as 3-4-4 or as 4-3-4
    rf"{_CODE}1[3-9]\d(?:{_GAP}\d{{4}}){{2}}(?!\d)"
    rf"|{_CODE}1[3-9]\d{{2}}{_GAP}\d{{3}}{_GAP}\d{{4}}(?!\d)"
    # with the code of a town; Taiwan's mobile telephones; with the code of a country
    rf"|(?<![\d.])(?:\(0\d{{2,3}}\)|0\d{{2,3}}){_GAP}\d{{7,8}}(?!\d)"
    rf"|(?<![\d.])09\d{{2}}{_GAP}\d{{3}}{_GAP}\d{{3}}(?!\d)"
    rf"|\+\d{{1,3}}(?:{_GAP}\d){{7,12}}(?!\d)"
    # any long number that is called one
    r"|(?:电话|電話|手机|手機|(?i:\btel|\bphone|\bcall))\D{0,6}\d{4}[ \-]?\d{3,4}(?!\d)"
)

DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−﹣", "-"))


def unfit(texts: Iterable[str]) -> str:
    """What one of the texts holds that must not be posted: `ID_CARD`, `TELEPHONE` or nothing."""
    plain = [normalize("NFKC", text).translate(DASHES) for text in texts]
    if any(CARDS.search(text) for text in plain):
        return ID_CARD
    return TELEPHONE if any(TELEPHONES.search(text) for text in plain) else ""


WORDS = {
    TELEPHONE: mark("not posted: it holds a telephone number"),
    ID_CARD: mark("not posted: it holds the number of an identity card"),
}
"""Why an announcement stays out of chat groups."""
