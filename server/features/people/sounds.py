"""How names sound: whether letters are the pinyin of a name, whole, begun, or by its initials.

Every reading of a character counts, so that 单 is found as shan and as dan: which one a family uses
no dictionary knows. Pure functions; what a character may sound like is kept for the process.
"""

from __future__ import annotations

from functools import lru_cache

from pypinyin import Style, pinyin

CHARACTERS = 20_000
"""Whose readings are kept: more than stand in all names of a country."""

SPACES = str.maketrans("", "", " '’·-")

INITIALS = ("zh", "ch", "sh")


def letters(typed: str) -> str:
    """What was typed as letters to compare; empty where it is no pinyin."""
    plain = typed.casefold().translate(SPACES).replace("ü", "v")
    return plain if plain.isascii() and plain.isalpha() else ""


def sounds(name: str, typed: str) -> bool:
    """True where letters are how a name sounds, from its beginning or from a later character."""
    name = name.translate(SPACES)
    return any(_from(name, start, typed) for start in range(len(name)))


def is_whole(name: str, typed: str) -> bool:
    """True where letters spell the whole of a name, by syllables or by initials."""
    return _from(name.translate(SPACES), 0, typed, whole=True)


def _from(name: str, at: int, rest: str, *, whole: bool = False) -> bool:
    """True where what is left of the letters can be read from that character on."""
    if not rest:
        return not whole or at == len(name)
    if at == len(name):
        return False
    for reading in readings(name[at]):
        if rest[0] != reading[:1]:
            continue
        if not whole and reading.startswith(rest):
            return True
        lengths = {len(reading), 1, 2 if reading.startswith(INITIALS) else 1}
        for length in lengths:
            if rest.startswith(reading[:length]) and _from(
                name, at + 1, rest[length:], whole=whole
            ):
                return True
    return False


@lru_cache(CHARACTERS)
def readings(character: str) -> frozenset[str]:
    """All that a character may sound like, in ASCII; of a letter itself, of a sign nothing."""
    if character.isascii():
        return frozenset({character.casefold()} if character.isalpha() else ())
    [found] = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore") or [[]]
    said = {one.replace("ü", "v") for one in (*found, *SURNAMES.get(character, ()))}
    return frozenset(said | {one.replace("v", "u") for one in said})


SURNAMES = {
    "单": ("shan",), "曾": ("zeng",), "解": ("xie",), "仇": ("qiu",), "查": ("zha",),
    "区": ("ou",), "朴": ("piao",), "翟": ("zhai",), "盖": ("ge",), "任": ("ren",),
    "乐": ("yue",), "尉": ("yu",), "缪": ("miao",), "宓": ("mi",), "繁": ("po",),
    "員": ("yun",), "员": ("yun",), "覃": ("qin", "tan"), "洗": ("xian",), "逄": ("pang",),
    "單": ("shan",), "區": ("ou",), "蓋": ("ge",), "樂": ("yue",), "繆": ("miao",),
}  # fmt: skip
"""Readings that characters have as surnames, whether or not the dictionary knows them."""
