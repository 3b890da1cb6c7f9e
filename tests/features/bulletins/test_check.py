"""What must not stand in a text that everybody reads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from server.features.bulletins import check
from server.features.bulletins.check import FLAT, ID_CARD, NAME, TELEPHONE, Known, find
from server.features.estates import rules as estates
from server.features.estates.rules import Address
from server.features.people.tables import residents
from server.i18n import LANGUAGES, say
from tests.support.told import the_world
from tests.world import memory_world

KNOWN = Known(
    frozenset({"孙奶奶", "赵听雨", "欧阳竹影", "Anna Smith", "何如霜", "周小满"}),
    frozenset({"8", "12", "B"}),
)


def kinds(text, known=KNOWN):
    return [one.kind for one in find(text, known)]


@pytest.mark.parametrize(
    "text",
    [
        "有事请打 13800138000", "１３８００１３８０００", "138 0013 8000", "138-0013-8000",
        "1 3 8 0 0 1 3 8 0 0 0", "+86 138 0013 8000", "8613800138000", "138\u200b00138000",
        "电话：6123 4567", "值班 021-61234567", "(021) 6123 4567", "call 5551-2345",
        "联系13800138000或15912345678。", "2022-04-21 13800138000", "6123456", "+44 20 7946 0958",
    ],
)  # fmt: skip
def test_telephones_are_found(text):
    assert set(kinds(text)) == {TELEPHONE}


@pytest.mark.parametrize(
    "text",
    [
        "310104193605123321", "31010419360512332X", "310104 19360512 332x",
        "３１０１０４１９３６０５１２３３２１",
        "3101 0419 3605 1233 21", "310104360512332", "身份证A123456(7)", "A123456789",
    ],
)  # fmt: skip
def test_identity_cards_are_found(text):
    assert kinds(text) == [ID_CARD]


@pytest.mark.parametrize(
    "text",
    [
        "12号301", "12号楼301", "12號樓 301 室", "302室", "３０２室", "8-1-302", "12-301", "B-1803",
        "B座1803", "B栋18层1803", "12号楼3单元1102", "3单元 1102", "828弄12号301室", "１２号３０１",
        "Flat 302", "flat no. 302", "Room 3A02", "Building 8, Unit 1, 302", "Tower B, 18F 1803",
        "Lane 828 No. 12, Room 301", "B1803", "8号楼、1单元、302", "rm 12",
    ],
)  # fmt: skip
def test_flats_are_found(text):
    assert kinds(text) == [FLAT]


@pytest.mark.parametrize(
    "text",
    [
        "孙奶奶", "请孙 奶奶放心", "赵听雨", "赵　听雨", "赵家的菜", "趙先生", "赵阿姨", "欧阳老师",
        "欧阳女士", "孫奶奶", "Anna Smith", "何女士", "周家",
    ],
)  # fmt: skip
def test_names_are_found(text):
    assert kinds(text) == [NAME]


@pytest.mark.parametrize(
    "text",
    [
        "今日新增 3 例：梅园 12号楼 2 例，8号楼 1 例。", "12号楼 300 人已采样", "4月12号301人参加",
        "4月21日 08:30 采样，2022-04-21。", "20220421", "8号楼 143/150 人已上报", "12号 09:30 开始",
        "有急事请打 120、110 或 12345，或 400-820-8820。", "全部 4206 户", "302户居民已送到",
        "Building 12: 2 cases. Tower B: 143 of 150 people reported.", "Building 8, 143 people",
        "国家、大家、居家、专家", "本周家里有老人的住户", "任何老师都可以报名", "对于老师的安排",
        "周一开始核酸", "Anna Smithers", "12-18岁", "N95 口罩 2,965 只", "第3轮核酸 1000 份",
        "3楼到6楼", "6:00-8:00", "0830-0900", "7天无新增，两轮阴性", "3.5 公斤，1.5 米",
        "828弄12号", "Lane 828 No. 12",
    ],
)  # fmt: skip
def test_what_belongs_to_nobody_may_stand(text):
    assert kinds(text) == []


def test_a_finding_says_where_it_is_and_what_to_do():
    [found] = find("今天 １３８ ００１３ ８０００ 请勿打", KNOWN)
    assert (found.start, found.end, found.found) == (3, 16, "１３８ ００１３ ８０００")
    assert found.label == check.KINDS[TELEPHONE]
    assert found.advice == check.ADVICE[TELEPHONE]


def test_of_what_overlaps_the_gravest_is_said_once():
    assert kinds("021-6123 4567 与 302室孙奶奶") == [TELEPHONE, FLAT, NAME]


def test_nobody_is_known_where_nobody_lives():
    assert kinds("孙奶奶 B1803", Known(frozenset(), frozenset())) == []


WORDS = st.sampled_from(
    [
        "今日",
        "新增",
        "例",
        "楼栋",
        "，",
        "。",
        " ",
        "\n",
        "采样",
        "已转运",
        "居民请在家等候",
        "—",
        "（",
        "）",
    ]
)
SOME_WORDS = st.lists(WORDS, max_size=6).map("".join)
WIDE = str.maketrans("0123456789-", "０１２３４５６７８９－")
NUMBERS = st.from_regex(r"1[3-9]\d{9}", fullmatch=True)


@given(SOME_WORDS, NUMBERS, SOME_WORDS, st.sampled_from(["", " ", "-", "\u3000"]), st.booleans())
def test_a_telephone_is_found_wherever_it_stands_and_however_it_is_written(
    before, number, after, gap, wide
):
    written = gap.join((number[:3], number[3:7], number[7:]))
    written = written.translate(WIDE) if wide else written
    text = before + written + after
    [found] = [one for one in find(text, KNOWN) if one.kind in (TELEPHONE, ID_CARD)]
    assert text[found.start : found.end] == found.found
    assert found.found in written or written in found.found


ADDRESSES = st.builds(
    lambda scheme, building, stairwell, floor, door: (
        scheme,
        Address(
            "梅园", "828", building if scheme != "tower" else "B", stairwell, str(floor),
            estates.door_label(str(floor), door),
        ),
    ),
    st.sampled_from(sorted(estates.SCHEMES)),
    st.sampled_from(["8", "12", "101"]),
    st.sampled_from(["", "1", "12"]),
    st.integers(1, 34),
    st.integers(1, 12),
)  # fmt: skip


@given(ADDRESSES, st.sampled_from(sorted(LANGUAGES)), SOME_WORDS)
def test_a_flat_is_found_as_every_scheme_and_language_writes_it(address, language, after):
    scheme, where = address
    text = say(language, estates.full_address(scheme, where)) + "，" + after
    assert FLAT in kinds(text), text
    short = estates.short_label(where.building, where.stairwell, where.door)
    assert kinds(f"在 {short}，") == [FLAT], short


@given(ADDRESSES, st.sampled_from(sorted(LANGUAGES)), SOME_WORDS)
def test_a_building_may_always_be_named(address, language, after):
    scheme, where = address
    for words in (estates.place(scheme, where), estates.in_compound(scheme, where)):
        text = say(language, words) + "：3 例。" + after
        assert kinds(text) == [], text


def test_everybody_of_the_small_world_is_found():
    with memory_world() as (connection, world):
        table = residents.c
        names = frozenset(
            connection.execute(
                select(table.name).where(table.community_id == world.community)
            ).scalars()
        )
    known = Known(names, frozenset({"8", "B"}))
    assert the_world().community == world.community
    for name in names:
        assert kinds(f"今天{name}已转运", known) == [NAME], name
