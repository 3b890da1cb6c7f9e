"""Reading one cell: telephone numbers, years of birth, yes and no, as people have typed them.

Each reader gives None (or an empty text) where nothing is said, and raises `Unclear` with words
where something is and cannot be read. Nothing is guessed. Of a number of an identity card only the
year of birth is taken, and no error says more of it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache

from server.features.register.sheets import Value, shown
from server.i18n import Words, mark

OLDEST = 120
"""Years that nobody is older than."""

NOT_A_DATE = date(1899, 12, 30)
"""Day 0 of Excel's calendar, whose 29 February 1900 never was."""


class Unclear(ValueError):
    """A cell says something that cannot be read."""

    def __init__(self, text: str, /, **params: str) -> None:
        super().__init__(text)
        self.words = Words(text, {name: hidden(value) for name, value in params.items()})


def hidden(said: str) -> str:
    """A text without what may be the number of an identity card, whole or mistyped."""
    return LONG_NUMBER.sub("…", said)


LONG_NUMBER = re.compile(r"\d(?: ?\d){11,}[Xx]?")


def text(value: Value) -> str:
    """A cell's text: full-width letters and digits made narrow, invisible characters gone."""
    return _text(value if isinstance(value, str) else shown(value))


@lru_cache(maxsize=20_000)
def _text(raw: str) -> str:
    """The same of a text; most cells say what others have said, or need nothing done."""
    if raw.isprintable() and "  " not in raw and unicodedata.is_normalized("NFKC", raw):
        return raw.strip()
    plain = unicodedata.normalize("NFKC", raw)
    seen = "".join(
        sign if sign == "\n" or unicodedata.category(sign)[0] != "C" else "" for sign in plain
    )
    return "\n".join(" ".join(line.split()) for line in seen.split("\n")).strip()


def is_ditto(value: str) -> bool:
    """True for what says "as above"."""
    return value in DITTO


def said(value: Value) -> str:
    """A cell's text; nothing for what only says that there is nothing."""
    found = text(value)
    return "" if found.casefold() in NOTHING else found


# Telephone numbers.


def phone(value: Value) -> str:
    """A telephone number; the first where there are several. Raises `Unclear`."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    plain = said(value)
    if not plain or is_ditto(plain):
        return ""
    if "*" in plain or isinstance(value, float | bool):
        raise Unclear(NO_PHONE)
    alone = ALONE.search(plain)
    if alone:
        return alone[0]
    parts = [part for part in re.split(r"[/、,;，；\n|]|或", plain) if part.strip()]
    read = [one for one in (_phone(part) for part in parts) if one]
    if not read:
        raise Unclear(NO_PHONE)
    return next((one for one in read if MOBILE.fullmatch(one)), read[0])


def _phone(part: str) -> str:
    """One number as it is kept; nothing for what is none."""
    if re.fullmatch(r"\d(?:\.\d+)?E\+?\d+", part.strip(), re.IGNORECASE):
        part = str(int(float(part)))
    part = re.sub(r"\.0+$", "", part.strip())  # 13800138000.0: a number that was made text
    part = re.sub(r"转\s*\d+|轉\s*\d+|[^\d+\-() ]", "", part).strip()
    digits = re.sub(r"\D", "", part)
    if part.startswith("+86") or (digits.startswith("86") and len(digits) == 13):
        digits = digits[2:] if digits.startswith("86") else digits
    digits = digits.removeprefix("0086") if len(digits) == 15 else digits
    if MOBILE.fullmatch(digits):
        return digits
    if part.startswith("+") and 8 <= len(digits) <= 15:
        return f"+{digits}"
    if digits.startswith("1"):
        return ""  # a mobile number with a digit too few or too many
    if 7 <= len(digits) <= 12 or digits.startswith("000"):
        return " ".join(part.split())[:20]
    return ""


MOBILE = re.compile(r"1[3-9]\d{9}")
ALONE = re.compile(rf"(?<!\d){MOBILE.pattern}(?!\d)")


# Years of birth.


def born(value: Value, this_year: int) -> int | None:
    """A year of birth. Raises `Unclear`."""
    if isinstance(value, datetime | date):
        return _year(value.year, this_year)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _born_number(float(value), this_year)
    plain = said(value)
    if not plain or is_ditto(plain):
        return None
    if is_id_card(plain):
        return of_id_card(plain, this_year)
    if re.fullmatch(r"\d{4,8}(?:\.0)?", plain):
        return _born_number(float(plain), this_year)
    found = re.match(r"(\d{4})(?:\s*[./\-年]|\s)", plain)
    found = found or re.fullmatch(r"\d{1,2}[./-]\d{1,2}[./-](\d{4})", plain)
    if found:
        return _year(int(found[1]), this_year)
    if re.match(r"\d{2}\s*[./\-年]", plain):
        raise Unclear(TWO_DIGITS, text=plain[:20])
    raise Unclear(NO_YEAR, text=plain[:20])


def _born_number(number: float, this_year: int) -> int:
    """A year, a date without dots, or Excel's days since 1900."""
    if 1800 <= number <= 2200 and round(number, 2) == number:
        return _year(int(number), this_year)  # 1938, or 1938.5 for May
    if is_id_card(f"{number:.0f}"):
        year = of_id_card(f"{number:.0f}", this_year)
        if year is not None:
            return year
        raise Unclear(NO_YEAR, text="…")
    if 18_000_101 <= number <= 22_001_231:
        return _year(int(number) // 10_000, this_year)
    if 180_001 <= number <= 220_012:
        return _year(int(number) // 100, this_year)
    if 1 <= number < 80_000:
        return _year((NOT_A_DATE + timedelta(days=int(number))).year, this_year)
    raise Unclear(NO_YEAR, text=f"{number:g}"[:20])


def _year(year: int, this_year: int) -> int:
    if not this_year - OLDEST <= year <= this_year:
        raise Unclear(NO_YEAR, text=str(year))
    return year


def age(value: Value, this_year: int) -> int | None:
    """The year in which somebody of that age was born, or the next. Raises `Unclear`."""
    plain = said(value).removesuffix("岁").removesuffix("歲").removesuffix("周").strip()
    if not plain or is_ditto(plain):
        return None
    if not re.fullmatch(r"\d{1,3}(?:\.0)?", plain) or float(plain) > OLDEST:
        raise Unclear(NO_AGE, text=plain[:20])
    return this_year - int(float(plain))


def id_card(value: Value) -> str:
    """A cell's text where a number of an identity card may stand, as a number too.

    Of one that is a number Excel has lost the last digits, and none of those of the year.
    """
    if isinstance(value, float) and 1e14 <= value < 1e18:
        return f"{value:.0f}"
    return text(value)


def is_id_card(plain: str) -> bool:
    """True for what looks like the number of an identity card (GB 11643)."""
    return bool(re.fullmatch(r"\d{17}[\dXx]|\d{15}", plain.replace(" ", "")))


def of_id_card(plain: str, this_year: int) -> int | None:
    """The year of birth in the number of an identity card, and nothing else of it."""
    digits = plain.replace(" ", "")
    year = int(digits[6:10]) if len(digits) == 18 else 1900 + int(digits[6:8])
    return year if this_year - OLDEST <= year <= this_year else None


# Words.


def yes_no(value: Value) -> bool | None:
    """Yes, no, or nothing. Raises `Unclear`."""
    if isinstance(value, bool):
        return value
    return _one_of(value, YES_NO)


def present(value: Value) -> bool | None:
    """Whether somebody is here. Raises `Unclear`."""
    return value if isinstance(value, bool) else _one_of(value, {**YES_NO, **PRESENT})


def registered(value: Value) -> bool | None:
    """Whether somebody is registered here. Raises `Unclear`."""
    return value if isinstance(value, bool) else _one_of(value, {**YES_NO, **REGISTERED})


def _one_of(value: Value, table: Mapping[str, bool]) -> bool | None:
    plain = said(value).casefold().rstrip("。.")
    if not plain or is_ditto(plain):
        return None
    if plain in table:
        return table[plain]
    # 不在家 holds 在家: the longest word decides.
    within = [word for word in table if len(word) > 1 and word in plain]
    longest = max(map(len, within), default=0)
    found = {table[word] for word in within if len(word) == longest}
    if len(found) == 1:
        return found.pop()
    raise Unclear(NOT_YES_NOR_NO, text=plain[:20])


def tenure(value: Value) -> str:
    """Owner, tenant, or nothing where neither is said."""
    plain = re.sub(r"[不未非]出租", "", said(value).casefold())
    found = {means for word, means in TENURE.items() if _says(plain, word)}
    return found.pop() if len(found) == 1 else ""


def _says(plain: str, word: str) -> bool:
    """True where a word stands in a text and is not denied: not 非独居, nor 残疾：无."""
    if word not in plain:
        return False
    said_so = rf"(?<![非无無不没沒未否]){re.escape(word)}(?![^、,;]?:?[无無否])"
    return re.search(said_so, plain) is not None


def vacant(value: Value) -> bool | None:
    """True for an empty flat, False for one that is lived in, None where nothing says it."""
    plain = said(value).casefold()
    if any(word in plain for word in NOT_EMPTY_WORDS):
        return False
    if plain in NOBODY_THERE:
        return True
    return True if any(word in plain for word in EMPTY_WORDS) else None


def shop(value: Value) -> bool | None:
    """True for a shop, None where nothing says it."""
    return True if any(word in said(value) for word in SHOP_WORDS) else None


def needs(value: Value) -> tuple[str, ...]:
    """What somebody needs, by the words committees write into remarks."""
    plain = said(value)
    return tuple(sorted({key for word, key in NEEDS.items() if _says(plain, word)}))


def names(value: Value) -> tuple[str, ...]:
    """The people that a cell names, one or several. Raises `Unclear`."""
    whole = said(value)
    if GONE.search(whole):
        raise Unclear(IS_GONE)
    plain = re.sub(r"\([^()]*\)", "", whole).strip()
    if not plain or is_ditto(plain):
        return ()
    parts = re.split(r"[、,;，；/\n|]", plain)
    found = [_name(one) for part in parts for one in _apart(part)]
    return tuple(one for one in found if one)


def _apart(part: str) -> list[str]:
    """Names that only a space keeps apart, 张三 李四; 张 三 and 欧阳 娜娜 are one."""
    words = part.split()
    several = len(words) > 1 and all(len(word) > 1 and HAN.fullmatch(word) for word in words)
    return words if several and words[0] not in LONG_SURNAMES else [part]


def _name(part: str) -> str:
    part = part.strip()
    if part and (re.search(r"等\d+人", part) or not any(sign.isalpha() for sign in part)):
        raise Unclear(NO_NAME)
    if HAN.fullmatch(part.replace(" ", "")) and len(part.replace(" ", "")) <= 4:
        part = part.replace(" ", "")  # 张　三, padded to stand under 欧阳先生
    if len(part) > 40 or sum(sign.isdigit() for sign in part) > 1:
        raise Unclear(NO_NAME)
    return part


HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003134f·]+")

LONG_SURNAMES = frozenset(
    {
        *("欧阳", "歐陽", "司马", "司馬", "上官", "诸葛", "諸葛", "东方", "皇甫", "尉迟", "公孙"),
        *("慕容", "令狐", "司徒", "端木", "夏侯", "南宫", "闻人"),
    }
)
GONE = re.compile(r"已故|去世|死亡|亡故|过世|過世|迁出|遷出|搬走|搬离")

DITTO = frozenset({"同上", "〃", "″", "\u2032\u2032", '"', "''", "\u201d", "\u201c", "同", "如上"})

NOTHING = frozenset(
    {
        *("", "-", "--", "/", "\\", "无", "無", "没有", "沒有", "n/a", "na", "none", "null"),
        *("不详", "不詳", "未知", "无电话", "暂无", "—", "——"),
    }
)

YES_NO = {"是": True, "√": True, "✓": True, "✔": True, "1": True, "y": True, "yes": True,
          "有": True, "对": True, "true": True, "o": True, "○": True,
          "☑": True, "不是": False,
          "否": False, "×": False, "✗": False, "✕": False, "x": False, "0": False, "n": False,
          "no": False, "不": False, "非": False, "false": False}  # fmt: skip

PRESENT = {"人在户不在": True, "人在戶不在": True, "人户一致": True, "空挂": False,
           "在": True, "在家": True, "在沪": True, "在宁": True, "在汉": True, "在住": True,
           "居住": True, "常住": True, "实住": True, "here": True,
           "不在": False, "不在家": False, "不在沪": False, "外出": False, "离开": False,
           "未居住": False, "不居住": False, "人不在": False, "出国": False, "在外": False,
           "离沪": False, "外地": False, "away": False, "人户不在": False}  # fmt: skip

REGISTERED = {"户籍": True, "本地": True, "本市": True, "沪籍": True, "户在": True,
              "人户一致": True, "户籍在此": True, "本社区户籍": True, "registered": True,
              "戶籍": True, "空挂": True, "常住": True, "非常住": False,
              "外地户籍": False, "外来户籍": False, "外省户籍": False, "外市户籍": False,
              "非户籍": False, "外来": False, "外地": False, "流动": False, "人在户不在": False,
              "非本地": False, "非沪籍": False, "户不在": False, "来沪": False, "非本市": False,
              "外省": False, "租客": False, "人户分离": False}  # fmt: skip

TENURE = {"租": "tenant", "tenant": "tenant", "承租": "tenant", "自住": "owner", "业主": "owner",
          "產權": "owner", "产权": "owner", "业权": "owner", "業主": "owner", "自有": "owner",
          "owner": "owner", "自购": "owner"}  # fmt: skip

EMPTY_WORDS = ("空关", "空置", "空户", "空房", "空屋", "无人居住", "無人居住", "无人住",
               "無人住", "长期无人", "長期無人", "未入住", "空關", "vacant",
               "毛坯")  # fmt: skip
NOBODY_THERE = ("无人", "無人")
"""Alone only: 无人照顾 is somebody whom nobody looks after."""

NOT_EMPTY_WORDS = ("非空", "不空", "已入住", "有人", "occupied")
SHOP_WORDS = ("商铺", "商鋪", "店铺", "门面", "沿街", "商户", "商戶", "shop")

NEEDS = {"独居": "alone", "獨居": "alone", "孤老": "alone", "空巢": "alone", "残疾": "disabled",
         "殘疾": "disabled", "低保": "poor", "困难": "poor", "困難": "poor", "透析": "dialysis",
         "尿毒症": "dialysis",
         "孕": "pregnant", "失智": "dementia", "痴呆": "dementia", "阿尔茨海默": "dementia",
         "高龄": "old", "高齡": "old", "80岁以上": "old", "80+": "old", "新生儿": "newborn",
         "婴儿": "newborn", "新生兒": "newborn"}  # fmt: skip

NO_PHONE = mark("This is no telephone number.")
TWO_DIGITS = mark("The year in “%(text)s” has two digits: 19… or 20…?")
NO_YEAR = mark("“%(text)s” is no date of birth of somebody who lives.")
NO_AGE = mark("“%(text)s” is no age.")
NOT_YES_NOR_NO = mark("“%(text)s” is neither yes nor no.")
NO_NAME = mark("What stands where the name should is none.")
IS_GONE = mark("The row says that they have died or moved away.")
