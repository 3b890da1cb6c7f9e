"""What columns of registers are called, and what they mean: data, in the order of preference."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from server.i18n import mark


class Field(StrEnum):
    """What a column may mean."""

    IGNORED = "ignored"
    ADDRESS = "address"
    COMPOUND = "compound"
    BUILDING = "building"
    STAIRWELL = "stairwell"
    FLOOR = "floor"
    DOOR = "door"
    NAME = "name"
    HEAD = "head"
    BORN = "born"
    AGE = "age"
    ID_CARD = "id_card"
    PHONE = "phone"
    REGISTERED = "registered"
    PRESENT = "present"
    TENURE = "tenure"
    USE = "use"
    NEEDS = "needs"


LABELS = {
    Field.IGNORED: mark("not read"),
    Field.ADDRESS: mark("whole address"),
    Field.COMPOUND: mark("compound"),
    Field.BUILDING: mark("building"),
    Field.STAIRWELL: mark("unit or stairwell"),
    Field.FLOOR: mark("floor"),
    Field.DOOR: mark("flat"),
    Field.NAME: mark("name"),
    Field.HEAD: mark("head of the household"),
    Field.BORN: mark("date or year of birth"),
    Field.AGE: mark("age"),
    Field.ID_CARD: mark("identity card: only the year of birth is taken"),
    Field.PHONE: mark("telephone"),
    Field.REGISTERED: mark("registered here or not"),
    Field.PRESENT: mark("here or away"),
    Field.TENURE: mark("owner or tenant"),
    Field.USE: mark("lived in, vacant or shop"),
    Field.NEEDS: mark("special needs, remarks"),
}
"""Marked words, in the order in which they are offered."""

SYNONYMS: dict[Field, tuple[str, ...]] = {
    Field.IGNORED: (
        "序号", "编号", "no", "性别", "sex", "gender", "民族", "政治面貌", "文化程度", "职业",
        "工作单位", "单位", "婚姻", "血型", "人数", "家庭人数", "面积", "建筑面积", "车牌",
        "邮箱", "email", "填表人", "登记日期", "登记时间", "与户主关系", "户主关系", "关系",
        "称谓", "relation", "relationship", "籍贯", "国籍", "微信",
    ),
    Field.ADDRESS: (
        "地址", "住址", "现住址", "居住地址", "详细地址", "房屋地址", "家庭住址", "家庭地址",
        "现居住地址", "住房地址", "楼室号", "楼栋室号", "房屋坐落", "门牌地址", "楼栋单元室",
        "address", "home address",
    ),
    Field.COMPOUND: ("小区", "小区名称", "所属小区", "楼盘", "compound", "estate"),
    Field.BUILDING: (
        "楼栋", "楼号", "栋", "幢", "栋号", "幢号", "楼栋号", "楼幢", "楼", "座", "号", "楼座",
        "弄号", "building", "block", "tower",
    ),
    Field.STAIRWELL: (
        "单元", "单元号", "门洞", "楼道", "楼道号", "梯", "unit", "stairwell", "entrance",
    ),
    Field.FLOOR: ("楼层", "层", "层数", "所在楼层", "floor", "level"),
    Field.DOOR: (
        "室号", "房号", "室", "房间号", "房间", "户号", "门牌", "门牌号", "门号", "房屋号", "户",
        "室号房号", "door", "flat", "room", "apartment", "apt",
    ),
    Field.NAME: (
        "姓名", "名字", "居民姓名", "人员姓名", "成员姓名", "家庭成员", "家庭成员姓名", "成员",
        "住户姓名", "住户", "居民", "业主姓名", "人员", "实住人员", "name", "full name",
    ),
    Field.HEAD: ("户主", "户主姓名", "户主名", "head", "head of household", "householder"),
    Field.BORN: (
        "出生日期", "出生年月", "出生年月日", "出生年份", "出生年", "出生", "生日", "birth",
        "born", "date of birth", "year of birth", "birthday", "dob",
    ),
    Field.AGE: ("年龄", "岁数", "周岁", "年纪", "age"),
    Field.ID_CARD: (
        "身份证", "身份证号", "身份证号码", "证件号码", "证件号", "公民身份号码", "公民身份证号码",
        "id card", "id number", "identity card",
    ),
    Field.PHONE: (
        "电话", "手机", "手机号", "手机号码", "联系电话", "联系方式", "电话号码", "固话",
        "固定电话", "联系手机", "移动电话", "联系人电话", "phone", "mobile", "tel", "telephone",
        "contact",
    ),
    Field.REGISTERED: (
        "户籍", "是否户籍", "户籍情况", "是否本地户籍", "户籍性质", "户籍状态", "户籍类型",
        "人户情况", "户口", "户口性质", "是否户籍在此", "registered", "hukou",
    ),
    Field.PRESENT: (
        "是否在家", "在家", "是否在沪", "在沪情况", "是否居住", "实际居住", "是否实际居住",
        "目前状态", "现状", "是否在住", "在住情况", "present", "here", "at home",
    ),
    Field.TENURE: (
        "居住性质", "房屋性质", "租住情况", "产权", "住户类型", "是否租户", "是否租住",
        "住房性质", "自住或租住", "自住/出租", "居住类型", "人员性质", "tenure", "owner or tenant",
    ),
    Field.USE: (
        "房屋状态", "房屋情况", "入住情况", "空置", "是否空置", "空关", "是否空关", "用途",
        "房屋用途", "使用情况", "居住情况", "occupancy", "use",
    ),
    Field.NEEDS: (
        "特殊情况", "特殊人群", "关爱对象", "重点人群", "人员类别", "类别", "困难情况", "备注",
        "说明", "备注说明", "needs", "notes", "note", "remarks", "remark",
    ),
}  # fmt: skip

TRADITIONAL = str.maketrans(
    "號樓單戶電話證聯繫員齡備註業產權屬關係實際間門幢棟區稱層數說類狀態況聯絡籍貫歲紀親屬證碼機",
    "号楼单户电话证联系员龄备注业产权属关系实际间门幢栋区称层数说类状态况联络籍贯岁纪亲属证码机",
)
"""Traditional characters that stand in headers."""


def plain(header: str) -> str:
    """A header without spaces, brackets and what stands in them, in simplified characters."""
    narrow = unicodedata.normalize("NFKC", header).translate(TRADITIONAL).casefold()
    narrow = re.sub(r"\([^()]*\)|\[[^\[\]]*\]|【[^】]*】", "", narrow)
    narrow = re.sub(r"[*:：。.、\"'“”]", "", narrow)
    if re.search(r"[\u3400-\u9fff]", narrow):
        return re.sub(r"\s", "", narrow)
    return " ".join(narrow.split())


_EXACT = {word: field for field, words in SYNONYMS.items() for word in words}
_WITHIN = sorted(
    ((word, field) for word, field in _EXACT.items() if len(word) >= 2 and not word.isascii()),
    key=lambda pair: -len(pair[0]),
)


def meaning(header: str) -> Field | None:
    """What a column with this header means; None where nobody can say by its header."""
    found = plain(header)
    if not found:
        return None
    if found in _EXACT:
        return _EXACT[found]
    for part in re.split(r"[/|]", found):
        if part in _EXACT:
            return _EXACT[part]
    if len(found) <= LONGEST:
        for word, field in _WITHIN:
            if word in found:
                return field
    return None


LONGEST = 12
"""Characters of a header in which a word is looked for; more are a sentence."""
