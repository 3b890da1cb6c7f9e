"""How names sound: initials, whole syllables, every reading."""

import pytest

from server.features.people.sounds import is_whole, letters, sounds


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("张小丽", "zxl"), ("张小丽", "zhangxiaoli"), ("张小丽", "zhangx"), ("张小丽", "zhxl"),
        ("张小丽", "xl"), ("张小丽", "zhang xiao li"), ("张小丽", "ZXL"), ("张小丽", "zhxiaol"),
        ("单田芳", "shan"), ("单田芳", "dantf"), ("曾国藩", "zeng"), ("解晓东", "xie"),
        ("仇英", "qiu"), ("吕布", "lvbu"), ("吕布", "lübu"), ("吕布", "lubu"), ("區瑞強", "ou"),
        ("Anna Li", "annali"), ("Anna Li", "li"),
    ],
)  # fmt: skip
def test_a_name_is_found_by_how_it_sounds(name, typed):
    assert sounds(name, letters(typed))


@pytest.mark.parametrize(("name", "typed"), [("张小丽", "lx"), ("张小丽", "zxlq"), ("王敏", "w q")])
def test_another_name_is_not(name, typed):
    assert not sounds(name, letters(typed))


def test_only_the_whole_name_is_exact():
    assert is_whole("张小丽", "zxl")
    assert is_whole("张小丽", "zhangxiaoli")
    assert not is_whole("张小丽", "zx")
    assert not is_whole("张小丽", "zhangxiaol" + "ia")


@pytest.mark.parametrize("typed", ["1102", "张", "12-3", "a座", "", " ", "x=1", "'"])
def test_what_is_no_pinyin_is_not_compared_as_such(typed):
    assert letters(typed) == ""


def test_signs_in_a_name_break_nothing():
    assert not sounds("=1+😀\0", "a")
