"""A quarrel about noise: heard apart, agreed on by both, and read by nobody else."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.neighbourhood import Neighbourhood, eventually, idle, operation, waiting
from tests.support.phones import NewPhone, enter, tap

AGREED = "晚上十点后不用洗衣机"


def test_a_side_reads_its_word_answers_without_a_signal_and_accepts(
    neighbourhood: Neighbourhood, new_phone: NewPhone
) -> None:
    sun = neighbourhood.sign_in(new_phone(), "household")
    officer = neighbourhood.sign_in(new_phone(), "police officer")
    steward = neighbourhood.sign_in(new_phone(), "steward")

    officer.goto(neighbourhood.url("/mediation"))
    form = operation(officer, "mediation.open")
    enter(form.locator('[name="doors[]"]').first, "12-3-1102")
    enter(form.locator('[name="doors[]"]').last, "12-3-1101")
    enter(form.locator("textarea"), "半夜洗衣机")
    tap(form.locator("button.huge"))
    eventually(lambda: bool(neighbourhood.rows("SELECT id FROM mediations")))
    [[mediation]] = neighbourhood.rows("SELECT id FROM mediations")
    page = f"/mediation/{mediation}"

    # The page is open when the signal goes; the answer waits on the phone.
    sun.goto(neighbourhood.url(page))
    neighbourhood.server.stop()
    answer = operation(sun, "mediation.answer")
    enter(answer.locator("textarea"), "每天十一点多还在洗")
    tap(answer.locator("button"))
    waiting(sun, 1)
    neighbourhood.server.start()
    sun.evaluate("dispatchEvent(new Event('online'))")
    idle(sun)

    officer.goto(neighbourhood.url(page))
    expect(officer.locator("main")).to_contain_text("每天十一点多还在洗")
    written = operation(officer, "mediation.agreement")
    enter(written.locator("textarea"), AGREED)
    tap(written.locator("button"))
    said = "SELECT seq FROM mediation_events WHERE what = 'agreement'"
    eventually(lambda: bool(neighbourhood.rows(said)))

    sun.goto(neighbourhood.url(page))
    expect(sun.locator(".promise")).to_contain_text(AGREED)
    tap(operation(sun, "mediation.accept").locator("button"))
    tap(sun.locator("#confirm button[value=yes]"))
    accepted = "SELECT seq FROM mediation_events WHERE what = 'accept'"
    eventually(lambda: bool(neighbourhood.rows(accepted)))

    steward.goto(neighbourhood.url(page))
    expect(steward.locator("main")).not_to_contain_text(AGREED)
    steward.goto(neighbourhood.url("/mediation"))
    expect(steward.locator(f'a[href="{page}"]')).to_have_count(0)
