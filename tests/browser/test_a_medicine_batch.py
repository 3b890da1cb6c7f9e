"""A batch of medicine: needed, collected without a signal, bought, checked by two, brought back."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.neighbourhood import (
    Neighbourhood,
    account_of,
    eventually,
    idle,
    operation,
    until_packed,
    waiting,
)
from tests.support.phones import NewPhone, enter, tap

PILL, OTHER = "硝苯地平控释片", "苯磺酸氨氯地平片"
BATCH = "SELECT id FROM batches WHERE title = '周四'"
OURS = "FROM things WHERE about = ?"


def test_medicine_is_asked_for_bought_checked_by_two_and_back_at_its_door(
    neighbourhood: Neighbourhood, new_phone: NewPhone
) -> None:
    sun = neighbourhood.sign_in(new_phone(), "household")
    hao = neighbourhood.sign_in(new_phone(), "volunteer A")
    doctor = neighbourhood.sign_in(new_phone(), "medical volunteer")
    steward = neighbourhood.sign_in(new_phone(), "steward")

    # Grandma Sun writes down what she needs.
    sun.goto(neighbourhood.url("/medicine/mine"))
    needing = operation(sun, "need.say")
    enter(needing.locator('[name="name"]'), PILL)
    enter(needing.locator('[name="left"]'), "3")
    tap(needing.locator("button.huge"))
    named = "SELECT id, household_id FROM needs WHERE name = ?"
    eventually(lambda: bool(neighbourhood.rows(named, PILL)))
    [[need, door]] = neighbourhood.rows(named, PILL)

    # The doctor makes a batch of it; Hao goes and buys, the steward checks too.
    doctor.goto(neighbourhood.url("/medicine"))
    making = operation(doctor, "batch.make")
    making.locator(f'input[value="{need}"]').check()
    enter(making.locator('[name="title"]'), "周四")
    making.locator('[name="buyer"]').select_option(account_of(hao))
    making.locator('[name="checkers[]"]').first.select_option(account_of(doctor))
    making.locator('[name="checkers[]"]').last.select_option(account_of(steward))
    making.locator('[name="carriers[]"]').select_option([account_of(hao)])
    tap(making.locator("button.huge"))
    eventually(lambda: bool(neighbourhood.rows(BATCH)))
    [[batch]] = neighbourhood.rows(BATCH)
    page = f"/medicine/batches/{batch}"
    hao.goto(neighbourhood.url(page))
    expect(hao.locator("main")).to_contain_text(PILL)
    tap(operation(hao, "batch.collect").locator("button"))
    collecting = the_round(neighbourhood, "collect", page)
    hao.goto(neighbourhood.url("/"))
    at_door = f"/rounds/{collecting}/doors/{door}"
    until_packed(hao, at_door)

    # At her door there is no signal: card and money are taken, and the page names no medicine.
    neighbourhood.server.stop()
    hao.goto(neighbourhood.url(at_door))
    expect(hao.locator("main")).not_to_contain_text(PILL)
    tap(hao.locator('form:has([value="card"]) button.huge'))
    waiting(hao, 1)
    money = hao.locator('form:has([name="yuan"])')
    enter(money.locator('[name="yuan"]'), "50")
    tap(money.locator("button:not([data-wipe])"))
    waiting(hao, 2)
    neighbourhood.server.start()
    hao.evaluate("dispatchEvent(new Event('online'))")
    idle(hao)
    eventually(lambda: kinds(neighbourhood, page) == ["card", "cash"])

    # It is not to be had; something else is bought once she has said yes, and not before.
    hao.goto(neighbourhood.url(page))
    tap(hao.locator('details:has(> form[action="/ops/need.offer"]) > summary'))
    offering = operation(hao, "need.offer")
    enter(offering.locator('[name="instead"]'), OTHER)
    tap(offering.locator("button"))
    eventually(
        lambda: neighbourhood.rows("SELECT offered FROM needs WHERE id = ?", need) == [(OTHER,)]
    )
    sun.goto(neighbourhood.url("/medicine/mine"))
    tap(operation(sun, "need.substitute").first.locator("button.go"))
    eventually(
        lambda: (
            neighbourhood.rows("SELECT id FROM needs WHERE id = ? AND agreed", need) == [(need,)]
        )
    )
    hao.goto(neighbourhood.url(page))
    buying = hao.locator('form:has([name="what"][value="substitute"])')
    enter(buying.locator('[name="yuan"]'), "36.5")
    tap(buying.locator("button"))
    said = "SELECT count(*) FROM batch_events WHERE what = ? AND batch_id = ?"
    eventually(lambda: neighbourhood.rows(said, "bought", batch) == [(1,)])

    # Two look into it, each on their own phone.
    for number, who in enumerate((doctor, steward), 1):
        who.goto(neighbourhood.url(page))
        expect(who.locator(f'[data-checks="{door}"]')).to_contain_text(OTHER)
        tap(who.locator(f'[data-checks="{door}"] button.giant'))
        eventually(lambda number=number: neighbourhood.rows(said, "check", batch) == [(number,)])

    # The bag is a thing that goes to this door, and so does the change.
    hao.goto(neighbourhood.url(page))
    tap(operation(hao, "batch.bag").locator("button"))
    eventually(lambda: kinds(neighbourhood, page) == ["bag", "card", "cash"])
    hao.goto(neighbourhood.url(page))
    tap(operation(hao, "batch.out").locator("button"))
    bringing = the_round(neighbourhood, "bring_back", page)
    hao.goto(neighbourhood.url(f"/rounds/{bringing}/doors/{door}"))
    for left in (2, 1, 0):
        tap(operation(hao, "thing.return").first.locator("button"))
        eventually(lambda left=left: len(kinds(neighbourhood, page)) == left)
        hao.goto(neighbourhood.url(f"/rounds/{bringing}/doors/{door}"))
    hao.goto(neighbourhood.url(page))
    tap(operation(hao, "batch.close").locator("button"))
    wanted = "SELECT id FROM needs WHERE id = ? AND NOT wanted"
    eventually(lambda: neighbourhood.rows(wanted, need) == [(need,)])

    # Whoever bought it reads no more of it.
    hao.goto(neighbourhood.url(page))
    expect(hao.locator("main")).not_to_contain_text(PILL)
    sun.goto(neighbourhood.url("/medicine/mine"))
    expect(sun.locator(f'[data-need="{need}"]')).to_contain_text(PILL)


def the_round(neighbourhood: Neighbourhood, kind: str, page: str) -> str:
    """The round of a batch that is open by now."""
    query = "SELECT id FROM rounds WHERE kind = ? AND status = 'open' AND scope LIKE ?"
    eventually(lambda: bool(neighbourhood.rows(query, kind, f"%{page}%")))
    [[found]] = neighbourhood.rows(query, kind, f"%{page}%")
    return str(found)


def kinds(neighbourhood: Neighbourhood, page: str) -> list[str]:
    """What of a batch is not back at its door yet."""
    query = f"SELECT kind {OURS} AND closed_at IS NULL ORDER BY kind"
    return [str(kind) for (kind,) in neighbourhood.rows(query, page)]
