"""Somebody is found by three letters; a list is taken, then printed, and both are on record."""

from __future__ import annotations

from io import BytesIO

import openpyxl
from playwright.sync_api import expect

from tests.browser.neighbourhood import Neighbourhood
from tests.support.phones import NewPhone, enter, tap


def test_found_by_initials_downloaded_printed_and_written_down(
    neighbourhood: Neighbourhood, new_phone: NewPhone
) -> None:
    mei = neighbourhood.sign_in(new_phone(), "steward")
    mei.set_viewport_size({"width": 1280, "height": 800})

    mei.goto(neighbourhood.url("/find"))
    enter(mei.locator('input[name="q"]'), "snn")
    row = mei.locator("#found a", has_text="孙奶奶").first
    expect(row).to_be_visible()
    assert neighbourhood.rows("SELECT count(*) FROM views WHERE what = 'household'") == [(0,)]
    tap(row)
    mei.wait_for_url("**/households/*")
    assert neighbourhood.rows("SELECT count(*) FROM views WHERE what = 'household'") == [(1,)]

    mei.goto(neighbourhood.url("/exports/residents"))
    with mei.expect_download() as coming:
        tap(mei.locator("main button.go"))
    download = coming.value
    assert download.suggested_filename.endswith(".xlsx")
    sheet = openpyxl.load_workbook(BytesIO(download.path().read_bytes())).active
    living = "SELECT count(*) FROM residents WHERE community_id = 1 AND left_at IS NULL"
    [[people]] = neighbourhood.rows(living)
    assert sheet is not None
    assert sum(bool(row[2]) for row in sheet.iter_rows(min_row=5, values_only=True)) == people
    taken = "SELECT list, format, rows FROM exports ORDER BY at, id"
    assert neighbourhood.rows(taken) == [("residents", "xlsx", people)]

    mei.goto(neighbourhood.url("/exports/totals"))
    tap(mei.locator("main button[formaction]"))
    mei.wait_for_url("**/print")
    expect(mei.locator("main table tfoot")).to_be_visible()
    assert [row[1] for row in neighbourhood.rows(taken)] == ["xlsx", "print"]

    mei.goto(neighbourhood.url("/exports/log"))
    expect(mei.locator("main li")).to_have_count(2)
