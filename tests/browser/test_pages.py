"""Every page on a phone: accessible, nothing sideways, nothing too small, in three languages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.neighbourhood import Neighbourhood, account_of
from tests.support import pictures
from tests.support.phones import PHONE

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
LANGUAGES = ("zh-Hans", "zh-Hant", "en")
SMALLEST = 44
"""CSS pixels that even a link in a list must measure; what is tapped at doors is held to 48."""

STEWARD = (
    "/",
    "/rounds",
    "/rounds/new",
    "/rounds/{round}",
    "/rounds/{round}/assign",
    "/rounds/{round}/count",
    "/rounds/{round}/close",
    "/rounds/{round}/needs",
    "/rounds/{round}/stairwells/{stairwell}",
    "/rounds/{round}/stairwells/{stairwell}/paper",
    "/rounds/{round}/stairwells/{stairwell}/sheet",
    "/rounds/{round}/doors/{door}",
    "/open/1/rounds/{round}",
    "/estates",
    "/stairwells/{stairwell}/cards",
    "/households/{door}",
    "/people",
    "/control",
    "/control/1",
    "/bulletins",
    "/bulletins/{bulletin}",
    "/bulletins/{out}",
    "/bulletins/{out}/texts",
    "/open/1/bulletins",
    "/open/1/bulletins/{yesterday}",
    "/channels",
    "/notices",
    "/notices/sent",
    "/notices/new",
    "/notices/{notice}",
    "/notices/{notice}/calls",
    "/notices/{notice}/texts",
    "/notices/{notice}/sheet",
    "/testing/new",
    "/testing/{day}",
    "/testing/{day}/sites/{site}",
    "/testing/{day}/doors/{door}",
    "/testing/{day}/tubes",
    "/reports/new",
    "/reports/{antigen}",
    "/reports/{antigen}/missing",
    "/reports/{antigen}/chain",
    "/reports/{antigen}/doors/{reported}",
    "/rounds/{antigen}/stairwells/{staircase}",
    "/cases",
    "/cases?door=12-3-101",
    "/cases/{case}",
    "/requests",
    "/requests/new",
    "/requests/new#power",
    "/requests/phone",
    "/requests/phone?door=12-3-11",
    "/requests/{request}",
    "/requests/{helped}",
    "/requests/{emergency}",
    "/requests/{emergency}/steps",
    "/things/out",
    "/passes",
    "/passes/{waits}",
    "/passes/{pass}",
    "/gates",
    "/gates/{gate}",
    "/relays/new",
    "/stranded",
    "/care",
    "/care/new",
    "/mediation",
    "/medicine",
    "/medicine/new",
    "/medicine/batches/{checked}",
    "/trips",
    "/register",
    "/vacancies",
    "/access",
    "/record/asked",
    *("/retention", "/incidents", "/incidents/{incident}", "/arrivals", "/upkeep"),
    *("/posters", "/posters/print", "/at/{moving}"),
    "/trips/new",
    "/trips/new?door=12-3-1102",
    "/trips/{trip}",
    "/trips/plans/{plan}",
    "/rounds/{bringing}/doors/{bagged}",
    *("/find?q=zh", "/exports", "/exports/antigen"),
    "/outbox",
    "/settings",
    "/offline",
    "/nowhere",
)
VOLUNTEER = (
    "/",
    "/requests",
    "/requests/new#food",
    "/requests/{helped}",
    "/requests/{emergency}/steps",
    "/things",
    "/things/{thing}",
    "/relays/{relay}",
    "/medicine/batches/{bought}",
    "/trips",
    "/trips/{trip}",
    "/notices",
    "/rounds/{round}/stairwells/{mine}",
    "/rounds/{round}/stairwells/{mine}/hand-on",
    "/rounds/{cleaned}/stairwells/{mine}",
    "/rounds/{cleaned}/doors/{landing}",
    "/photos/shared",
)
HOUSEHOLD = (
    *("/passes/mine", "/passes/{pass}", "/gates"),
    *("/", "/notices", "/notices/{notice}", "/settings", "/testing/mine", "/cases/mine"),
    *("/control", "/bulletins", "/open/1/bulletins/{yesterday}", "/reports/mine"),
    *("/requests", "/requests/new", "/requests/new#medicine", "/requests/new#quarrel"),
    *("/requests/{request}", "/requests/{helped}", "/things/ours", "/things/{thing}"),
    "/requests/{emergency}",
    "/medicine/mine",
    "/trips/mine",
    "/care/ours",
    *("/record", "/retention", "/at/{moving}", "/at/{screened}"),
)

TOMORROW = """() => document.querySelectorAll(".request .end").forEach((it) => {
  it.textContent = "截止 12月27日 00:20" })"""
"""Shortly before midnight what is due is due on another day, which takes more room."""
NARROWER = """() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"""
SMALL = """(least) => [...document.querySelectorAll("main a, main button, main input, main select")]
  .filter((it) => it.offsetParent && !it.closest("p, small") && !["hidden", "checkbox", "radio"]
  .includes(it.type)).filter((it) => Math.min(it.offsetWidth, it.offsetHeight) < least)
  .map((it) => it.outerHTML.slice(0, 120))"""
AXE_RUN = """async (rules) => (await axe.run(document, {runOnly: rules})).violations.map((one) =>
  one.id + ": " + one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | "))"""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CONTRAST = ["color-contrast"]
Scheme = Literal["light", "dark"]


@pytest.fixture
def cast(neighbourhood: Neighbourhood, browser: Browser) -> Iterator[dict[str, BrowserContext]]:
    """A steward, a volunteer and a household, each on a phone of their own."""
    signed: dict[str, BrowserContext] = {}
    for who, role in (("steward", "steward"), ("volunteer", "volunteer A"), ("sun", "household")):
        signed[who] = browser.new_context(**{**PHONE, "service_workers": "block"})
        neighbourhood.sign_in(signed[who], role)
    yield signed
    for context in signed.values():
        context.close()


def addresses(neighbourhood: Neighbourhood, cast: dict[str, BrowserContext]) -> dict[str, str]:
    """A round, a stairwell of it that is under way, a door of that, and one of the volunteer's."""
    mine = cast["volunteer"].pages[0].locator('a[href*="/stairwells/"]').first
    _, _, round_id, _, stairwell = str(mine.get_attribute("href")).split("/")
    steward = cast["steward"].pages[0]
    scheme, _, host, *_ = steward.url.split("/")
    base = f"{scheme}//{host}"
    steward.goto(f"{base}/rounds/{round_id}/needs")
    door = str(steward.locator('a[href*="/doors/"]').first.get_attribute("href")).split("/")[-1]
    steward.goto(f"{base}/rounds/{round_id}/doors/{door}")
    found = re.search(r"/stairwells/(\d+)", steward.content())
    assert found
    day, site = set_up_a_day(steward, base, found.group(1))
    cleaned, landing = disinfect(neighbourhood, cast, stairwell)
    [[notice]] = neighbourhood.rows(
        "SELECT id FROM notices WHERE kind = 'notice' ORDER BY version LIMIT 1"
    )
    case = open_a_case(neighbourhood, cast, base)
    antigen = have_report(neighbourhood, cast, base)
    return write_bulletins(neighbourhood, steward, base) | {
        "round": round_id, "mine": stairwell, "stairwell": found.group(1), "door": door,
        "day": day, "site": site, "notice": notice, "case": case,
        "cleaned": cleaned, "landing": landing, **antigen, **ask_for_help(cast, base),
        **pass_things_on(cast, base),
        **pass_gates(neighbourhood, steward, cast["sun"].pages[0], base),
        **need_medicine(neighbourhood, cast, base),
        **drive(neighbourhood, cast, base),
        **hang(neighbourhood, cast, base),
    }  # fmt: skip


def poster(steward: Page, base: str) -> Callable[..., str]:
    """Posts plain forms; gives where each has led."""

    def post(kind: str, /, **form: str | int | list[str]) -> str:
        said = {name.replace("_each", "[]"): value for name, value in form.items()}
        headers = {"origin": base, "content-type": "application/x-www-form-urlencoded"}
        answer = steward.request.post(
            f"{base}/ops/{kind}", data=urlencode(said, doseq=True), headers=headers
        )
        assert answer.ok, answer.text()
        return answer.url

    return post


def open_a_case(neighbourhood: Neighbourhood, cast: dict[str, BrowserContext], base: str) -> str:
    """A case of the household's, with a vehicle on its way and something of everything; its id."""
    post = poster(cast["steward"].pages[0], base)
    account = account_of(cast["sun"].pages[0])
    [(door, who)] = neighbourhood.rows(
        "SELECT a.household_id, min(r.id) FROM accounts a JOIN residents r"
        " ON r.community_id = 1 AND r.household_id = a.household_id WHERE a.id = ?",
        account,
    )
    case = post("case.open", resident=who, household=door).split("/")[-1]
    post("case.own", case=case, phone="138 0000 0000")
    post("case.book", case=case, when="2030-01-01T09:00", where="东门")
    post("case.call", case=case, how="worse", words="发烧")
    post("case.care", case=case, whom="pet", who="赵芸", until="2030-01-01T09:00")
    post("case.contact", case=case, name="送菜的陈师傅")
    post("case.step", case=case, step="asked")
    post("case.step", case=case, step="coming", minutes=20, bring="身份证", plate="沪A12345")
    return case


def ask_for_help(cast: dict[str, BrowserContext], base: str) -> dict[str, str]:
    """A request that nobody has, asked twice, and one that a volunteer did; a note of the shift.

    In an emergency the volunteer holds the lift, and one step is done.
    """
    sun, volunteer, steward = (
        poster(cast[who].pages[0], base) for who in ("sun", "volunteer", "steward")
    )
    request = sun("request.ask", kind="medicine", quick="today", words="降压药").split("/")[-1]
    steward("request.ask", kind="medicine", door="12-3-1102", words="女儿来电：降压药")
    steward("request.add", request=request, words="先问楼下药箱", for_team="true")
    helped = sun("request.ask", kind="food", words="米和油").split("/")[-1]
    volunteer("request.take", request=helped)
    volunteer("request.add", request=helped, words="十分钟到")
    steward("shift.note", words="孙奶奶晚上要人看一眼")
    volunteer("request.step", request=helped, step="done")
    emergency = sun("request.ask", kind="emergency", quick="fall").split("/")[-1]
    for step in ("lift", "meet"):
        volunteer("emergency.do", request=emergency, step=step)
    volunteer("emergency.done", request=emergency, step="meet")
    steward("emergency.do", request=emergency, step="slip")
    return {"request": request, "helped": helped, "emergency": emergency}


def pass_things_on(cast: dict[str, BrowserContext], base: str) -> dict[str, str]:
    """A card that was signed for and came back to the volunteer; a parcel for another community."""
    steward, volunteer = (poster(cast[who].pages[0], base) for who in ("steward", "volunteer"))
    lead, carrier = (account_of(cast[who].pages[0]) for who in ("steward", "volunteer"))
    said = {"door": "12-3-1102", "label": "孙奶奶的医保卡", "within": 60}
    thing = volunteer("thing.take", kind="card", **said).split("/")[-1]
    volunteer("thing.hand", thing=thing, to=lead, signature="M20 60l30 -30l30 40l60 -20")
    steward("thing.hand", thing=thing, to=carrier, signed_by="林浩")
    going = {"way": "out", "what": "降压药", "gate": "东门"}
    relay = volunteer("relay.make", door="12-3-1102", **going).split("/")[-1]
    return {"thing": thing, "relay": relay}


def pass_gates(neighbourhood: Neighbourhood, steward: Page, sun: Page, base: str) -> dict[str, str]:
    """A gate of the demo, a pass that it made for the household, and one that waits."""
    post = poster(sun, base)
    post("pass.ask", reason="hospital", name="一个名字很长很长的来访亲戚")
    [(gate,), *_] = neighbourhood.rows("SELECT id FROM gates WHERE kind = 'post'")
    home = "(SELECT household_id FROM accounts WHERE id = ?) AND state = 'valid'"
    [(ready,), *_] = neighbourhood.rows(
        f"SELECT id FROM passes WHERE household_id = {home}", account_of(sun)
    )
    [(waits,), *_] = neighbourhood.rows("SELECT id FROM passes WHERE state = 'asked'")
    poster(steward, base)("gate.open", gate=gate, why="救护车")
    return {"gate": gate, "pass": ready, "waits": waits}


def drive(
    neighbourhood: Neighbourhood, cast: dict[str, BrowserContext], base: str
) -> dict[str, str]:
    """A plan for the household, with a long word in it, and its trip tomorrow, which the volunteer
    drives."""
    [(door, who)] = neighbourhood.rows(
        "SELECT a.household_id, min(r.id) FROM accounts a JOIN residents r"
        " ON r.community_id = 1 AND r.household_id = a.household_id WHERE a.id = ?",
        account_of(cast["sun"].pages[0]),
    )
    steward = poster(cast["steward"].pages[0], base)
    plan = steward(
        "plan.make", household=door, resident=who, kind="chemo", leaves="00:00", back="23:59",
        hospital="上海市第一人民医院肿瘤放射治疗中心门诊部南院区", days_each=[*"1234567"],
        driver=account_of(cast["volunteer"].pages[0]), deputy=account_of(cast["steward"].pages[0]),
        escort="一个名字很长很长的亲戚",
    ).split("/")[-1]  # fmt: skip
    day = (datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(days=1)).date().isoformat()
    trip = steward("trip.make", plan=plan, day=day).split("/")[-1]
    steward("trip.step", trip=trip, step="ready")
    return {"plan": plan, "trip": trip}


def hang(
    neighbourhood: Neighbourhood, cast: dict[str, BrowserContext], base: str
) -> dict[str, str]:
    """Posters of both purposes, a newcomer who waits, and a closing that somebody proposed."""
    steward = poster(cast["steward"].pages[0], base)
    [(building, screening)] = neighbourhood.rows(
        "SELECT min(s.building_id), r.id FROM rounds r JOIN round_stairwells d ON d.round_id = r.id"
        " AND d.community_id = 1 JOIN stairwells s ON s.community_id = 1 AND s.id = d.stairwell_id"
        " WHERE r.kind = 'screening' AND r.community_id = 1 GROUP BY r.id LIMIT 1"
    )
    steward("poster.make", purpose="arrivals", buildings_each=[building])
    steward("poster.make", purpose="screening", buildings_each=[building], round=screening)
    codes = dict(neighbourhood.rows("SELECT purpose, code FROM posters"))
    steward(
        "arrival.claim", door="12-3-1101", way="in", phone="13800000000",
        names_each=["一个名字很长很长的新搬来的租客", "欧阳若兰"], words="二楼，带一只猫",
    )  # fmt: skip
    title = "2022年春季疫情封控期间的全部记录"
    incident = steward("incident.propose", title=title, days=7).split("/")[-1]
    return {"moving": codes["arrivals"], "screened": codes["screening"], "incident": incident}


def need_medicine(
    neighbourhood: Neighbourhood, cast: dict[str, BrowserContext], base: str
) -> dict[str, str]:
    """What the volunteer buys for the household, who are asked about a substitute; and the demo's
    batch, of which the steward checks a bag."""
    sun, volunteer, steward = (
        poster(cast[who].pages[0], base) for who in ("sun", "volunteer", "steward")
    )
    [(checked, both)] = neighbourhood.rows("SELECT id, checkers FROM batches")
    [(bringing, bagged)] = neighbourhood.rows(
        "SELECT r.id, min(d.household_id) FROM rounds r JOIN round_doors d ON d.round_id = r.id"
        " WHERE r.kind = 'bring_back' GROUP BY r.id"
    )
    for name, left in (("硝苯地平控释片", 2), ("瑞舒伐他汀钙片", 20)):
        sun("need.say", name=name, left=left, dose="30 mg，每天一片")
    [(need,)] = neighbourhood.rows("SELECT id FROM needs WHERE name = '硝苯地平控释片'")
    bought = steward(
        "batch.make", title="周四", buyer=account_of(cast["volunteer"].pages[0]), within=360,
        needs_each=need, checkers_each=json.loads(both),
    ).split("/")[-1]  # fmt: skip
    volunteer("need.offer", need=need, instead="苯磺酸氨氯地平片")
    return {
        "checked": str(checked), "bringing": str(bringing), "bagged": str(bagged),
        "bought": bought,
    }  # fmt: skip


def have_report(
    neighbourhood: Neighbourhood, cast: dict[str, BrowserContext], base: str
) -> dict[str, str]:
    """A round in which the household's stairwell reports, somebody of it already; and its door."""
    post = poster(cast["steward"].pages[0], base)
    [(stairwell, door, who)] = neighbourhood.rows(
        "SELECT h.stairwell_id, h.id, min(r.id) FROM accounts a JOIN households h"
        " ON h.community_id = 1 AND h.id = a.household_id JOIN residents r"
        " ON r.community_id = 1 AND r.household_id = h.id WHERE a.id = ? GROUP BY 1, 2",
        account_of(cast["sun"].pages[0]),
    )
    made = post(
        "round.make", title="抗原 第3轮", kind="antigen", per="person", stairwells_each=stairwell
    )
    antigen = made.split("/")[-1]
    post("round.open", round=antigen)
    post("report.make", round=antigen, door=door, resident=who, finding="positive")
    post("report.remind", round=antigen, stairwells_each=stairwell)
    return {"antigen": antigen, "reported": str(door), "staircase": str(stairwell)}


def set_up_a_day(steward: Page, base: str, stairwell: str) -> tuple[str, str]:
    """An open testing day of a stairwell, a floor of it called and one skipped; day and site."""
    post = poster(steward, base)
    day = post("test.make", title="核酸 第3轮", sites_each="东门", stairwells_each=stairwell)
    day = day.split("/")[4]
    post("round.open", round=day)
    site = post("test.call", round=day, stairwell=stairwell, levels_each=3).split("/")[-1]
    post("test.skip", round=day, stairwell=stairwell, levels_each=2)
    return day, site


def write_bulletins(neighbourhood: Neighbourhood, steward: Page, base: str) -> dict[str, str]:
    """The one that is out is corrected, the draft names somebody; a control has a clock."""
    post = poster(steward, base)
    later = (datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(days=3)).strftime("%Y-%m-%dT08:00")
    said = {"allows": "足不出户", "changes_when": "7天无新增", "changes_at": later}
    post("control.set", status="sealed", compounds_each="1", **said)
    [(out, yesterday)] = neighbourhood.rows(
        "SELECT id, day FROM bulletins WHERE status = 'published'"
    )
    [(draft,)] = neighbourhood.rows("SELECT id FROM bulletins WHERE status = 'draft'")
    post("bulletin.correct", bulletin=out, **{"text.zh-Hans": "应为 2 例。"})
    named = {"cases.zh-Hans": "请打 13800138000。", "what.0": "何时解封", "asked.0": "街道"}
    post("bulletin.edit", bulletin=draft, seen=2**40, **named)
    return {"bulletin": draft, "out": out, "yesterday": yesterday}


def disinfect(
    neighbourhood: Neighbourhood, cast: dict[str, BrowserContext], stairwell: str
) -> tuple[str, str]:
    """A disinfection of the volunteer's stairwell, with a photo of a landing; both."""
    steward, volunteer = cast["steward"].pages[0], cast["volunteer"].pages[0]
    base = neighbourhood.server.url
    me = str(volunteer.locator("html").get_attribute("data-account"))

    def post(page: Page, op: str, **form: str) -> str:
        said = {name.replace("_each", "[]"): value for name, value in form.items()}
        answer = page.request.post(f"{base}/ops/{op}", form=said, headers={"origin": base})
        assert answer.ok, answer.text()
        return answer.url

    made = post(steward, "round.make", kind="disinfect", title="消杀", stairwells_each=stairwell)
    cleaned, landing = made.split("/")[4], f"-{int(stairwell) * 1000 + 2}"
    post(steward, "round.assign", round=cleaned, stairwells_each=stairwell, accounts_each=me)
    post(steward, "round.open", round=cleaned)
    photo = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": pictures.jpeg()}
    said = {"round": cleaned, "door": landing, "answer": "disinfected", "photo": photo}
    answer = volunteer.request.post(
        f"{base}/ops/round.mark", multipart=said, headers={"origin": base}
    )
    assert answer.ok, answer.text()
    return cleaned, landing


def walk(
    neighbourhood: Neighbourhood,
    cast: dict[str, BrowserContext],
    language: str,
    where: dict[str, str],
) -> Iterator[tuple[str, Page]]:
    """Every page for whom it is made, in one language."""
    paths = {"steward": STEWARD, "volunteer": VOLUNTEER, "sun": HOUSEHOLD}
    for who, context in cast.items():
        page = context.pages[0]
        page.goto(neighbourhood.url("/settings"))
        page.locator(f'[name="language"][value="{language}"]').first.check()
        page.locator('form[action="/settings"] button.go').click()
        page.wait_for_load_state()
        for path in paths[who]:
            page.goto(neighbourhood.url(path.format(**where)))
            yield f"{who} {path}", page


def test_every_page_fits_a_phone_in_every_language(
    neighbourhood: Neighbourhood, cast: dict[str, BrowserContext]
) -> None:
    wrong: dict[str, Any] = {}
    where = addresses(neighbourhood, cast)
    for language in LANGUAGES:
        for name, page in walk(neighbourhood, cast, language, where):
            if page.locator("html").get_attribute("lang") != language:
                wrong[f"{language} {name}"] = "another language"
            page.evaluate(TOMORROW)
            if not page.evaluate(NARROWER):
                wrong[f"{language} {name}"] = "scrolls sideways"
            small = page.evaluate(SMALL, SMALLEST)
            if small:
                wrong[f"{language} {name} targets"] = small
    assert wrong == {}


# Firefox's driver cannot set the colour scheme. In the dark only colours are others.
@pytest.mark.parametrize(
    ("found", "scheme", "rules"),
    [("chromium", "light", RULES), ("firefox", "light", RULES), ("chromium", "dark", CONTRAST)],
    indirect=["found"],
)
def test_axe_finds_nothing_on_any_page(
    neighbourhood: Neighbourhood, cast: dict[str, BrowserContext], scheme: Scheme, rules: list[str]
) -> None:
    source = AXE.read_text()
    wrong: dict[str, list[str]] = {}
    for context in cast.values():
        context.pages[0].emulate_media(color_scheme=scheme)
    for name, page in walk(neighbourhood, cast, "zh-Hans", addresses(neighbourhood, cast)):
        page.evaluate(source)
        found = page.evaluate(AXE_RUN, rules)
        if found:
            wrong[name] = found
    assert wrong == {}
