"""What must not stand in a text for everybody: telephones, identity cards, flats, names. Pure.

Text is looked at as people read it: full-width digits are digits, and spaces and hyphens within a
number part nothing. Buildings may be named, and so may numbers that belong to nobody (120, 12345)
and the service telephones that the committee has made public.
Better one finding too many than one too few: who writes can say the same in other words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from unicodedata import category, normalize

from server.i18n import mark
from server.push.groups.unfit import CARDS, DASHES, TELEPHONES

TELEPHONE, ID_CARD, FLAT, NAME = "telephone", "id_card", "flat", "name"

KINDS = {
    ID_CARD: mark("the number of an identity card"),
    TELEPHONE: mark("a telephone number"),
    FLAT: mark("a flat number"),
    NAME: mark("the name of somebody who lives here"),
}
"""What may be found, the gravest first."""

ADVICE = {
    ID_CARD: mark("Take it out."),
    TELEPHONE: mark("Take it out; say where to ask instead."),
    FLAT: mark("Name the building only."),
    NAME: mark("Say how many people, never who."),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that must not stand there: from `start` up to `end` of the text as it was typed."""

    kind: str
    start: int
    end: int
    found: str

    @property
    def label(self) -> str:
        """Marked words for what it is."""
        return KINDS[self.kind]

    @property
    def advice(self) -> str:
        """Marked words for what to do about it."""
        return ADVICE[self.kind]


@dataclass(frozen=True)
class Known:
    """What is known of a community: who lives there, its buildings' numbers, whom all may call."""

    names: frozenset[str]
    buildings: frozenset[str]
    phones: frozenset[str] = frozenset()  # digits of service telephones

    @cached_property
    def whole(self) -> frozenset[str]:
        """Names as they are looked for."""
        return frozenset(_bare(name) for name in self.names if len(_bare(name)) > 1)

    @cached_property
    def lengths(self) -> tuple[int, ...]:
        """How long names are."""
        return tuple(sorted({len(name) for name in self.whole}, reverse=True))

    @cached_property
    def polite(self) -> re.Pattern[str] | None:
        """A family name with a form of address: 孙奶奶, 王家, 陈先生."""
        families = {family for name in self.whole if (family := _family(name))}
        families |= {_TRADITIONAL[one] for one in families if one in _TRADITIONAL}
        if not families:
            return None
        meant = "|".join(
            (f"(?<![{_NOT_AFTER[one]}])" if one in _NOT_AFTER else "") + re.escape(one)
            for one in sorted(families, key=lambda one: (-len(one), one))
        )
        return re.compile(rf"(?:{meant})(?:{_ADDRESS})")

    @cached_property
    def public(self) -> re.Pattern[str] | None:
        """A service telephone, in one or in groups."""
        meant = "|".join(_GROUPED.join(one) for one in sorted(self.phones, key=len, reverse=True))
        return re.compile(rf"(?<!\d)(?:{meant})(?!\d)") if meant else None

    @cached_property
    def glued(self) -> re.Pattern[str] | None:
        """A tower's letter and a flat of it in one: B1803."""
        letters = "".join(sorted(one for one in self.buildings if re.fullmatch("[A-Z]", one)))
        return (
            re.compile(rf"(?<![A-Za-z\d])[{letters}]\d{{3,4}}(?![\dA-Za-z])") if letters else None
        )


def find(text: str, known: Known) -> tuple[Finding, ...]:
    """Everything that must not stand in a text, in its order; of what overlaps, the gravest."""
    plain = _Plain.of(text)
    allowed = _public(plain.text, known)
    found: list[Finding] = []
    for kind, spans in (
        (ID_CARD, _cards(plain.text)),
        (TELEPHONE, _telephones(plain.text)),
        (FLAT, _flats(plain.text, known)),
        (NAME, _names(plain, known)),
    ):
        for first, last in spans:
            if kind != NAME and allowed.issuperset(_digits(plain.text, first, last)):
                continue
            start, end = plain.places[first], plain.places[last - 1] + 1
            if all(end <= one.start or start >= one.end for one in found):
                found.append(Finding(kind, start, end, text[start:end]))
    return tuple(sorted(found, key=lambda one: one.start))


Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Plain:
    """A text as people read it, and where each of its characters stood."""

    text: str
    places: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> _Plain:
        read = [
            (sign, place)
            for place, typed in enumerate(text)
            if category(typed) != "Cf"  # of no width: whoever reads does not see it
            for sign in normalize("NFKC", typed).translate(DASHES)
        ]
        return cls("".join(sign for sign, _ in read), tuple(place for _, place in read))

    def bare(self) -> _Plain:
        """The same without spaces: 孙 奶奶 is 孙奶奶."""
        read = [(s, p) for s, p in zip(self.text, range(len(self.text)), strict=True)
                if not s.isspace()]  # fmt: skip
        return _Plain("".join(sign for sign, _ in read), tuple(place for _, place in read))


def _bare(name: str) -> str:
    return "".join(normalize("NFKC", name).split())


# Numbers.

_GAP = r"[ .\-]{0,2}"
_GROUPED = r"[ .\-()]{0,2}"
_MOBILE = re.compile(
    rf"(?<!\d)(?:\+?86{_GAP})?1{_GAP}[3-9](?:{_GAP}\d){{9}}(?!\d)"
    # in a town; any long number that is no date and no line for everybody
    rf"|(?<![\d.\-])\(?0\d{{2,3}}\)?{_GAP}\d{{3,4}}{_GAP}\d{{4}}(?!\d)"
    r"|(?<![\d.,\-])(?!20\d\d(?:0[1-9]|1[0-2])\d\d(?!\d))(?![48]00\d{7}(?!\d))\d{7,12}(?![\d.,])"
)
_LONG = re.compile(rf"(?<!\d)[1-9](?:{_GAP}\d){{13,16}}{_GAP}[\dXx](?![\dA-Za-z])")
_BORN = re.compile(r"\d{6}(?:(?:18|19|20)\d\d)?(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}")


def _public(text: str, known: Known) -> frozenset[int]:
    """Where digits of service telephones stand."""
    found = known.public.finditer(text) if known.public else ()
    return frozenset(place for one in found for place in _digits(text, *one.span()))


def _digits(text: str, first: int, last: int) -> Iterator[int]:
    return (place for place in range(first, last) if text[place].isdigit())


def _cards(text: str) -> Iterator[Span]:
    """Numbers with a day of birth in them, of 18 digits or 15, and those of other places."""
    for found in CARDS.finditer(text):
        yield found.span()
    for found in _LONG.finditer(text):
        digits = re.sub(r"[^\dXx]", "", found[0])
        if len(digits) in (15, 18) and _BORN.match(digits):
            yield found.span()


def _telephones(text: str) -> Iterator[Span]:
    for pattern in (_MOBILE, TELEPHONES):
        for found in pattern.finditer(text):
            yield found.span()


# Flats, as the address schemes write them and as people do. See features/estates/rules.py.

_DOOR = r"(?:\d{3,4}[A-Z]?(?![\dA-Za-z])|\d{1,2}[A-EG-Z]\d{2}(?!\d))"
_NO_COUNT = (
    r"(?!\s*(?:[\d.:%/]|人|户|戶|例|份|个|個|名|次|管|件|只|支|盒|年|月|元|(?i:people|persons?"
    r"|residents|households|cases|of\b|kits|boxes|doses|tests)))"
)
_PART = r"[,、。\s\-]*"
_STOREY = rf"(?:[\dA-Z]{{1,3}}\s*(?:层|層|楼|樓|F){_PART})?"
_FLATS = re.compile(
    # 12号301, 12号楼 3单元 1102, B座18F 1803; and not 4月12号
    rf"(?<![A-Za-z\d月])(?:\d{{1,4}}|[A-Z])\s*(?:号楼|號樓|号|號|栋|棟|幢|座|楼|樓){_PART}"
    rf"(?:\d{{1,2}}\s*(?:单元|單元){_PART})?{_STOREY}{_DOOR}{_NO_COUNT}"
    # 3单元 1102, 18F 1803; 302室; 8-1-302
    rf"|(?<!\d)\d{{1,2}}\s*(?:单元|單元|层|層|F){_PART}{_STOREY}{_DOOR}{_NO_COUNT}"
    rf"|(?<![\dA-Za-z]){_DOOR}\s*室"
    rf"|(?<![\dA-Za-z\-])(?:\d{{1,3}}|[A-Z])\s?-\s?(?:\d{{1,2}}\s?-\s?)?"
    rf"(?!20[12]\d(?!\d)){_DOOR}(?!-){_NO_COUNT}"
    # Room 301, Flat 302; Building 8, Unit 1, 302; Tower B, 18F 1803
    rf"|(?i:\b(?:flat|room|rm|apt|apartment)\.?\s*(?:no\.?\s*)?)(?:{_DOOR}|[A-Z]?\d{{1,2}}\b)"
    rf"|(?i:\b(?:no\.|building|tower|block)\s*\w{{1,4}},?\s*(?:unit\s*\w{{1,2}},?\s*)?)"
    rf"{_STOREY}{_DOOR}{_NO_COUNT}"
    rf"|(?i:\bunit\s*\w{{1,2}},?\s*){_STOREY}{_DOOR}{_NO_COUNT}"
)


def _flats(text: str, known: Known) -> Iterator[Span]:
    for pattern in (_FLATS, known.glued):
        for found in pattern.finditer(text) if pattern else ():
            yield found.span()


# Names.

_ADDRESS = (
    "奶奶|爷爷|爺爺|先生|女士|小姐|老师|老師|阿姨|叔叔|大爷|大爺|大妈|大媽|师傅|師傅|老太|老伯|婆婆"
    "|家(?![庭长長属屬具电電园園门門政用务務居校教])"
)
_NOT_AFTER = {
    "何": "任如几幾", "于": "对對关關由至属屬处處位基等终", "周": "本上下每这這两兩一二三四五六",
    "高": "年提最更较較", "方": "对對双雙各地官警", "万": "一二三四五六七八九十几幾",
    "安": "公治保平", "全": "安", "和": "温溫暖", "常": "日正非", "成": "完", "时": "小同及按",
    "金": "资資现現",
}  # fmt: skip
"""Family names that are also parts of other words, and after what they are no names."""

_DOUBLE = ("欧阳", "歐陽", "上官", "司马", "司馬", "诸葛", "諸葛", "夏侯", "皇甫", "尉迟", "慕容")

_TRADITIONAL = dict(zip(
    "赵钱孙吴郑冯陈卫蒋韩杨许吕张严华苏鲁马凤费邓贝邬齐汤罗毕时谭"
    "庞纪项龚蓝贺龙叶刘钟骆万应单欧阎谢邹肖卢顾孟黄萧贾聂",
    "趙錢孫吳鄭馮陳衛蔣韓楊許呂張嚴華蘇魯馬鳳費鄧貝鄔齊湯羅畢時譚"
    "龐紀項龔藍賀龍葉劉鍾駱萬應單歐閻謝鄒蕭盧顧孟黃蕭賈聶",
    strict=True,
))  # fmt: skip
"""Family names in 繁體, because a text in 繁體 has them though the register does not."""


def _family(name: str) -> str:
    """The family name of a Chinese name; empty for another."""
    if not re.fullmatch(r"[\u3400-\u9fff]{2,5}", name):
        return ""
    return name[:2] if name.startswith(_DOUBLE) and len(name) > 2 else name[0]


def _names(plain: _Plain, known: Known) -> Iterator[Span]:
    """Whole names, and families with a form of address; by places in the plain text."""
    bare = plain.bare()

    def at(first: int, last: int) -> Span:
        return bare.places[first], bare.places[last - 1] + 1

    for first in range(len(bare.text)):
        for length in known.lengths:
            word = bare.text[first : first + length]
            if len(word) == length and word in known.whole:
                span = at(first, first + length)
                if _stands_alone(plain.text, *span):
                    yield span
                    break
    for found in known.polite.finditer(bare.text) if known.polite else ():
        yield at(*found.span())


def _stands_alone(text: str, first: int, last: int) -> bool:
    """False for Latin letters within a longer word; Chinese is written without gaps."""

    def one_word(before: str, after: str) -> bool:
        return before.isascii() and before.isalpha() and after.isascii() and after.isalpha()

    cut_before = first > 0 and one_word(text[first - 1], text[first])
    return not cut_before and not (last < len(text) and one_word(text[last - 1], text[last]))


def find_all(texts: Iterable[str], known: Known) -> tuple[Finding, ...]:
    """Everything that must not stand in any of some texts."""
    return tuple(finding for text in texts for finding in find(text, known))
