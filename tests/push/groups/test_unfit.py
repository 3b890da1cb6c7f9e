"""What must never stand in a chat group, and what may."""

import pytest

from server.push.groups.unfit import ID_CARD, TELEPHONE, unfit


@pytest.mark.parametrize(
    "text",
    [
        "13800001234", "请联系13800001234。", "138 0000 1234", "138-0000-1234", "1380-000-1234",
        "+86 13800001234", "+8613800001234", "８６１３８００００１２３４", "１３８００００１２３４",
        "138‑0000‑1234", "tel:19912345678", "021-62345678", "(021)62345678", "02162345678",
        "0571 8765432", "电话：62345678", "電話 6234-5678", "Phone 62345678",
        "手机号13800001234有误",
        "0912-345-678", "0912345678", "+852 6123 4567", "+44 20 7946 0958",
        "12号楼13800001234，15:30",
    ],
)  # fmt: skip
def test_a_telephone_number_is_found_however_it_is_written(text):
    assert unfit(["停水", text]) == TELEPHONE


@pytest.mark.parametrize(
    "text",
    [
        "310101199001011234", "31010119900101123X", "31010119900101123x",
        "身份证310101199001011234",
        "310101 19900101 1234", "310101-19900101-1234", "３１０１０１１９９００１０１１２３４",
        "310101900101123", "A123456(7)", "A123456789", "请核对：110105194912310021。",
    ],
)  # fmt: skip
def test_the_number_of_an_identity_card_is_found(text):
    assert unfit([text]) == ID_CARD


@pytest.mark.parametrize(
    "text",
    [
        "", "停水", "110、119、120、12345", "400-820-8820", "今晚 20:00-22:00 停水",
        "2022-04-21 08:00", "2022年4月21日", "20220421", "1-18号楼", "11 12 13 14 15 16 17 18 层",
        "12号楼3单元 302室", "第 3 批 1200 份，合计 15600 元", "订单 20220421123456789",
        "https://example.org/notices/01804a46-de00-77f3-95c3-2743b27323b8",
        "订单号 9138000012345", "3.14159265358979", "10.0.0.13800", "13:00-14:00 13单元",
        "08:00 09:00 10:00", "物资 5000 0000 件",
    ],
)  # fmt: skip
def test_ordinary_announcements_may_be_posted(text):
    assert unfit([text]) == ""


def test_an_identity_card_is_said_before_a_telephone_number():
    assert unfit(["13800001234", "310101199001011234"]) == ID_CARD
    assert unfit([]) == ""
