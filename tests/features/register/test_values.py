"""One cell after the other, as people have typed them."""

from datetime import datetime

import pytest

from server.features.register import values
from server.features.register.values import Unclear

YEAR = 2026


@pytest.mark.parametrize(
    ("typed", "phone"),
    [
        (13800138000.0, "13800138000"),
        (13800138000, "13800138000"),
        ("13800138000.0", "13800138000"),
        ("1.3800138E10", "13800138000"),
        ("+86 138-0013-8000", "13800138000"),
        ("0086 13800138000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("021-64330000/13800138000", "13800138000"),
        ("13800138000 13900139000", "13800138000"),
        ("手机13800138000 家64330000", "13800138000"),
        ("138 0013 8000（女儿）", "13800138000"),
        ("021-64330000转802", "021-64330000"),
        ("+852 2345 6789", "+85223456789"),
        ("无", ""),
        ("", ""),
        ("同上", ""),
    ],
)
def test_telephone_numbers(typed, phone):
    assert values.phone(typed) == phone


@pytest.mark.parametrize(
    "typed", ["1380013800", "138001380001", "137****1234", "12345", 138001380.5, True, "见备注"]
)
def test_what_is_no_telephone_number_is_refused(typed):
    with pytest.raises(Unclear):
        values.phone(typed)


@pytest.mark.parametrize(
    "typed",
    [
        datetime(1938, 5, 6), 13946, 13946.0, 1938, 1938.0, 1938.5, "1938", "1938.5.6",
        "1938年5月6日",
        "1938-05-06 00:00:00", "1938 05 06", "06/05/1938", 19380506, "19380506", "193805",
        "310104193805061234", "31010419380506123X", "310104380506123", 310104193805061234.0,
        310104380506123.0,
    ],
)  # fmt: skip
def test_years_of_birth(typed):
    assert values.born(typed, YEAR) == 1938


@pytest.mark.parametrize(
    "typed", ["38.5.6", "38年", "38", "380506", 2030, 0, True, "一九三八年", "1838", "很老"]
)
def test_a_year_is_not_guessed(typed):
    with pytest.raises(Unclear):
        values.born(typed, YEAR)


@pytest.mark.parametrize("read", [values.born, values.age])
@pytest.mark.parametrize(
    "typed", ["31010419380506123", "310104 19380506 1234 5", "号310104193805061234", 3.1e17]
)
def test_an_error_does_not_repeat_a_number_of_an_identity_card(read, typed):
    with pytest.raises(Unclear) as unclear:
        read(typed, YEAR)
    assert sum(map(str.isdigit, str(unclear.value.words))) < 6


@pytest.mark.parametrize(
    ("read", "typed", "means"),
    [
        (values.yes_no, "√", True),
        (values.yes_no, "✓", True),
        (values.yes_no, 1.0, True),
        (values.yes_no, "×", False),
        (values.yes_no, 0, False),
        (values.yes_no, "不是", False),
        (values.yes_no, "", None),
        (values.present, "在沪", True),
        (values.present, "外出务工", False),
        (values.present, "不在家", False),
        (values.present, "人在户不在", True),
        (values.present, "人户不在", False),
        (values.registered, "常住", True),
        (values.registered, "人在户不在", False),
        (values.registered, "外地户籍", False),
        (values.registered, "非本地户籍", False),
        (values.registered, "本地户籍", True),
        (values.registered, "人户分离", False),
        (values.tenure, "业主", "owner"),
        (values.tenure, "产权人", "owner"),
        (values.tenure, "承租", "tenant"),
        (values.tenure, "不出租", ""),
        (values.tenure, "业主（出租）", ""),
        (values.vacant, "空关", True),
        (values.vacant, "无人", True),
        (values.vacant, "无人照顾", None),
        (values.vacant, "非空置", False),
        (values.needs, "高龄独居", ("alone", "old")),
        (values.needs, "孕妇", ("pregnant",)),
        (values.needs, "非独居，无残疾", ()),
        (values.needs, "残疾：无", ()),
        (values.names, "张三、李四", ("张三", "李四")),
        (values.names, "张三 李四", ("张三", "李四")),
        (values.names, "张　三", ("张三",)),
        (values.names, "欧阳 娜娜", ("欧阳娜娜",)),
        (values.names, "John Smith", ("John Smith",)),
        (values.names, "张三（户主）", ("张三",)),
    ],
)
def test_words(read, typed, means):
    assert read(typed) == means


@pytest.mark.parametrize(
    ("read", "typed"),
    [
        (values.yes_no, "半"),
        (values.present, "偶尔"),
        (values.names, "张三等3人"),
        (values.names, "3"),
        (values.names, "310104193805061234"),
        (values.names, "张三（已故）"),
    ],
)
def test_what_is_not_clear_is_refused(read, typed):
    with pytest.raises(Unclear):
        read(typed)


@pytest.mark.parametrize("typed", ["同上", "〃", "″", '"', "如上"])
def test_what_means_as_above(typed):
    assert values.is_ditto(values.text(typed))
