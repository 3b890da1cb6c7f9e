"""A committee's spreadsheet, messy as they are: given in, understood, asked, taken over, back.

On a phone and on a desktop, by somebody who has read nothing about it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.browser.neighbourhood import Neighbourhood, agree, operation
from tests.support.phones import NewPhone, tap

DESK = {"viewport": {"width": 1280, "height": 800}, "is_mobile": False}
BY_NAME = (
    "SELECT h.label, r.born, r.phone, r.tenure, r.left_at FROM residents r JOIN households h ON "
    "h.community_id = r.community_id AND h.id = r.household_id WHERE r.name = ?"
)

ROWS: tuple[tuple[Any, ...], ...] = (
    ("梅园小区12号楼居民登记表（2022年3月）",),
    ("序号", "房屋信息", None, None, "人员信息"),
    (None, "楼栋", "单元", "室号", "姓名", "出生年月", "身份证号", "联系电话", "备注"),
    (1, "12号楼", "3单元", 1501, "欧阳听雨", "1938.5.6", "", 13800138000.0, "独居"),
    (2, None, None, None, "欧阳知秋", 24000, "", "１３９００１３９０００", ""),
    (3, "同上", "同上", "同上", "褚　无双", "", "110101195001011234", "021-62345678", "租户"),
    (4, "12", "3", 1102, "孙奶奶", "1936", "", "13700137000", ""),
    (5, "12-3-1503", None, None, "卫半夏", "38.5.6", "", "", ""),
    (6, "12", "3", 1699, "蒋青禾", "1980", "", "", ""),
    (7, "12", "3", 1601, "闾丘流萤", "1990", "", "13600136000", ""),
    (8, "12", "3", 1601, "闾丘流萤", "1990", "", "13500135000", ""),
    ("小计", None, None, None, 8),
    ("填表人：王敏　2022年3月20日",),
)


@pytest.fixture
def register(tmp_path: Path) -> Path:
    """The workbook: a title, a header of two lines, merged cells, ditto marks, totals, a note."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "12号楼"
    for row in ROWS:
        sheet.append(row)
    for merged in ("A1:I1", "B2:D2", "E2:I2", "A2:A3"):
        sheet.merge_cells(merged)
    book.create_sheet("说明")["A1"] = "请各楼栋信息员于周五前交表"
    path = tmp_path / "12号楼台账.xlsx"
    book.save(path)
    return path


@pytest.mark.parametrize("options", [{}, DESK], ids=["phone", "desktop"])
def test_a_messy_register_is_understood_and_taken_over_and_back(
    neighbourhood: Neighbourhood, new_phone: NewPhone, register: Path, options: dict[str, Any]
) -> None:
    steward = neighbourhood.sign_in(new_phone(**options), "steward")
    tap(steward.locator('a[href="/register"]').first)
    give_in(steward, register)

    # What was understood, and what needs somebody, is said before anything is done.
    numbers = {"asked": 1, "refused": 2, "added": 4, "changed": 1, "left": 2}
    for what, number in numbers.items():
        expect(outcome(steward, what)).to_contain_text(str(number))
    assert "110101195001011234" not in steward.content()
    tap(outcome(steward, "refused"))
    expect(steward.locator(".file-row")).to_have_count(2)
    expect(steward.locator(".file-row").first).to_contain_text("F8")
    expect(steward.locator(".file-row").last).to_contain_text("1699")
    assert not neighbourhood.rows(BY_NAME, "欧阳听雨")

    # The one question is answered; then nothing is open.
    tap(outcome(steward, "asked"))
    steward.locator('.file-row [value="leave"]').check(force=True)
    tap(steward.locator('form[action$="/answers"] button'))
    expect(outcome(steward, "asked")).to_have_count(0)
    expect(outcome(steward, "left")).to_contain_text("3")

    tap(operation(steward, "register.import").locator("button"))
    expect(operation(steward, "register.undo")).to_have_count(1)
    [first] = neighbourhood.rows(BY_NAME, "欧阳听雨")
    assert first == ("1501", 1938, "13800138000", "", None)
    [third] = neighbourhood.rows(BY_NAME, "褚无双")
    assert third == ("1501", 1950, "021-62345678", "tenant", None)
    assert len(neighbourhood.rows(BY_NAME, "闾丘流萤")) == 1

    # Once more: nothing is left to do.
    steward.goto(neighbourhood.url("/register"))
    give_in(steward, register)
    expect(outcome(steward, "same")).to_contain_text("5")
    expect(outcome(steward, "added")).to_have_count(0)

    # One step back.
    steward.goto(neighbourhood.url("/register"))
    tap(steward.locator("a.row").nth(1))
    tap(operation(steward, "register.undo").locator("button"))
    agree(steward)
    expect(operation(steward, "register.undo")).to_have_count(0)
    [first] = neighbourhood.rows(BY_NAME, "欧阳听雨")
    assert first[4] is not None


def give_in(steward: Page, register: Path) -> None:
    steward.locator('input[type="file"]').set_input_files(register)
    tap(steward.locator('form[action="/register"] button'))
    expect(steward.locator(".outcomes")).to_be_visible(timeout=30_000)


def outcome(steward: Page, what: str) -> Any:
    return steward.locator(f'.outcomes [data-what="{what}"]')
