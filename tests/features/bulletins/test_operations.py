"""A bulletin is drafted, edited on two phones, checked, published, corrected, taken back."""

import pytest

from server.features.bulletins import check, figures, operations, reads, rules
from server.i18n import LANGUAGES
from tests.features.bulletins.conftest import EIGHT, TODAY, TOWER
from tests.support.told import words
from tests.world import NOON

OTHER_PHONE = "00000000-0000-7000-8000-00000000f0e9"


def text_of(publishing, bulletin, section, language="zh-Hans"):
    return publishing.row(bulletin).content[section].get(language, "")


def test_a_draft_says_what_the_records_say_in_every_language(publishing, has):
    has(EIGHT, new=2, awaiting=1)
    has(TOWER, arrived=3)
    row = publishing.row(publishing.drafted())
    assert (row.day, row.status, row.figures) == (TODAY, rules.DRAFT, None)
    for language in LANGUAGES:
        assert "2" in row.content["cases"][language]
        assert "3" in row.content["transfers"][language]
    assert "8号楼" in row.content["cases"]["zh-Hans"]
    assert "Building 8" in row.content["cases"]["en"]
    assert row.content["unknown"] == []


def test_what_the_records_propose_never_trips_the_check(publishing, told, has):
    has(EIGHT, new=12, awaiting=10, coming=3, picked_up=101, arrived=302, returned=1102)
    has(TOWER, new=1)
    told.make_round(title="核酸 第4轮", kind="nucleic", per="person", quantity=1)
    bulletin = publishing.drafted()
    content = publishing.row(bulletin).content
    assert content["tomorrow"]
    known = told.read(reads.known, told.world.community)
    texts = [
        text
        for section in ("cases", "transfers", "clear", "tomorrow")
        for text in content[section].values()
    ]
    assert check.find_all(texts, known) == ()
    assert publishing.ask("publish", bulletin).outcome == "applied"


def test_a_day_has_one_bulletin_until_it_is_taken_back(publishing):
    first = publishing.drafted()
    again = publishing.draft()
    assert words(again) == operations.THERE_IS_ONE
    assert again.subject == f"/bulletins/{first}"
    assert publishing.ask("withdraw", first).outcome == "applied"
    assert publishing.draft().outcome == "applied"


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2022-04-22", rules.WRONG_DAY),
        ("2022-04-13", rules.WRONG_DAY),
        ("20220421", rules.WRONG_DAY),
        ("yesterday", rules.NO_DAY),
    ],
)
def test_a_day_that_cannot_be_is_refused(publishing, day, why):
    assert words(publishing.draft(day=day)) == why


def test_yesterdays_can_still_be_written(publishing):
    assert publishing.draft(day="2022-04-20").outcome == "applied"


@pytest.mark.parametrize("actor", ["hao", "min", "sun", "qian"])
def test_only_a_steward_of_the_whole_community_writes(publishing, actor):
    assert words(publishing.draft(actor)) == operations.NOT_YOURS
    bulletin = publishing.published()
    for what, more in (("correct", {"text": {"en": "No."}}), ("withdraw", {})):
        assert words(publishing.ask(what, bulletin, actor, **more)) == operations.NOT_YOURS


def test_another_communitys_bulletin_is_not_there(publishing):
    bulletin = publishing.drafted()
    assert words(publishing.ask("publish", bulletin, "anna")) == operations.NO_SUCH_BULLETIN


def test_an_edit_replaces_the_text(publishing):
    bulletin = publishing.drafted(
        cases={"zh-Hans": "新增 1 例。", "en": "One new case."},
        what={"0": "何时解封", "3": "团购几时到"},
        asked={"0": "街道"},
        when={"0": "2022-04-21T10:00"},
    )
    content = publishing.row(bulletin).content
    assert content["cases"] == {"zh-Hans": "新增 1 例。", "en": "One new case."}
    assert content["transfers"] == {}
    assert content["unknown"] == [
        {"what": "何时解封", "asked": "街道", "when": "2022-04-21T10:00"},
        {"what": "团购几时到", "asked": "", "when": ""},
    ]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"cases": {"fr": "Un cas."}}, rules.NO_SUCH_LANGUAGE),
        ({"more": {"en": "x" * 1501}}, rules.LONG_TEXT),
        ({"what": {"0": "x" * 201}}, rules.LONG_LINE),
        ({"what": {str(n): "?" for n in range(13)}}, rules.MANY_LINES),
        ({"what": {"0": "?"}, "when": {"0": "soon"}}, rules.NO_MOMENT),
    ],
)
def test_text_that_does_not_fit_is_refused(publishing, said, why):
    bulletin = publishing.drafted()
    assert words(publishing.edit(bulletin, **said)) == why


def test_of_two_phones_the_second_is_told_and_both_texts_are_shown(publishing, told):
    bulletin = publishing.drafted()
    seen = told.seq()
    first = publishing.edit(bulletin, cases={"zh-Hans": "新增 1 例。"}, seen=seen)
    assert first.outcome == "applied"
    second = publishing.edit(
        bulletin, cases={"zh-Hans": "新增 2 例。"}, seen=seen, device=OTHER_PHONE
    )
    assert (second.outcome, words(second)) == ("stale", operations.CHANGED)
    assert second.subject == f"/bulletins/{bulletin}"
    assert text_of(publishing, bulletin, "cases") == "新增 1 例。"
    desk = told.read(reads.desk, told.person("mei"), "zh-Hans", bulletin)
    [late] = desk.late
    [section] = [one for one in late.sections if one.key == "cases"]
    assert section.texts["zh-Hans"] == "新增 2 例。"
    assert section.proposed["zh-Hans"] == "新增 1 例。"
    assert late.by == "陈梅"
    publishing.edit(bulletin, cases={"zh-Hans": "新增 3 例。"})
    assert told.read(reads.desk, told.person("mei"), "zh-Hans", bulletin).late == ()


def test_what_one_types_twice_on_one_phone_without_signal_is_no_surprise(publishing, told):
    bulletin = publishing.drafted()
    seen = told.seq()
    for number in (1, 2):
        said = {"zh-Hans": f"新增 {number} 例。"}
        assert publishing.edit(bulletin, cases=said, seen=seen).outcome == "applied"
    assert text_of(publishing, bulletin, "cases") == "新增 2 例。"


def test_nobody_publishes_a_text_they_have_not_seen(publishing, told):
    bulletin = publishing.drafted()
    seen = told.seq()
    publishing.edit(bulletin, cases={"zh-Hans": "新增 1 例。"}, seen=seen)
    answer = publishing.ask("publish", bulletin, seen=seen, device=OTHER_PHONE)
    assert answer.outcome == "stale"
    assert publishing.row(bulletin).status == rules.DRAFT


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("有事请打 １３８ ００１３ ８０００。", check.TELEPHONE),
        ("身份证 31010419360512332X。", check.ID_CARD),
        ("8号楼 302 已转运。", check.FLAT),
        ("8-1-302 已转运。", check.FLAT),
        ("孙奶奶已平安到达。", check.NAME),
    ],
)
def test_a_text_in_which_somebody_is_recognised_is_not_published(publishing, told, text, kind):
    bulletin = publishing.drafted(transfers={"zh-Hans": text})
    answer = publishing.ask("publish", bulletin)
    assert words(answer) == operations.NAMES_SOMEBODY
    assert answer.message["params"]["what"].text == check.KINDS[kind]
    assert text not in str(answer.message)
    assert publishing.row(bulletin).status == rules.DRAFT
    assert publishing.notices("bulletin") == []
    [place] = told.read(reads.desk, told.person("mei"), "zh-Hans", bulletin).findings
    assert (place.finding.kind, place.line) == (kind, 1)


def test_every_language_and_every_line_is_looked_at(publishing):
    for said in (
        {"more": {"zh-Hans": "好。", "en": "Ask 13800138000"}},
        {"what": {"0": "孙奶奶几时回家"}},
        {"what": {"0": "？"}, "asked": {"0": "13800138000"}},
    ):
        bulletin = publishing.drafted(**said)
        assert words(publishing.ask("publish", bulletin)) == operations.NAMES_SOMEBODY, said
        publishing.ask("withdraw", bulletin)


def test_an_empty_one_is_not_published(publishing):
    bulletin = publishing.drafted(cases={"zh-Hans": " "})
    assert words(publishing.ask("publish", bulletin)) == operations.EMPTY


def test_publishing_freezes_the_figures_and_announces_to_everybody(publishing, told, has):
    has(EIGHT, new=2, awaiting=1, coming=1)
    bulletin = publishing.published()
    row = publishing.row(bulletin)
    assert (row.status, row.published_by) == (rules.PUBLISHED, told.world.mei)
    frozen = figures.read(row.figures)
    assert (frozen.new, frozen.total("waiting"), len(frozen.days)) == (2, 2, 14)
    assert frozen.days[-1] == figures.DayCount(TODAY, 2)
    has(EIGHT, new=9)
    assert figures.read(publishing.row(bulletin).figures).new == 2
    [notice] = publishing.notices("bulletin")
    assert notice.id == row.notice_id
    assert notice.opens == f"/open/{told.world.community}/bulletins/{TODAY}"
    lines = publishing.lines(notice.id)
    assert f"h{told.world.sun_door}" in lines
    assert len(lines) > 50
    said = str(notice.content)
    assert "2 例" not in said
    assert "8号楼" not in said


def test_a_published_one_is_never_silently_changed(publishing):
    bulletin = publishing.published()
    before = publishing.row(bulletin).content
    assert (
        words(publishing.edit(bulletin, cases={"en": "All well."}))
        == operations.IS[rules.PUBLISHED]
    )
    assert words(publishing.ask("publish", bulletin)) == operations.IS[rules.PUBLISHED]
    assert publishing.row(bulletin).content == before


def test_a_correction_stands_on_top_and_is_announced_to_those_who_opened_it(publishing, told):
    bulletin = publishing.published()
    notice = publishing.row(bulletin).notice_id
    told.ask("sun", "notice.seen", {"notice": notice})
    answer = publishing.ask("correct", bulletin, text={"zh-Hans": "应为 2 例。"})
    assert answer.outcome == "applied"
    [correction] = publishing.corrections(bulletin)
    assert (correction.text, correction.actor) == ({"zh-Hans": "应为 2 例。"}, told.world.mei)
    [said] = publishing.notices("correction")
    assert set(publishing.lines(said.id)) == {f"h{told.world.sun_door}"}
    open_ = told.read(reads.public, "en", told.world.community, TODAY)
    [shown] = open_.corrections
    assert (shown.text, shown.by) == ("应为 2 例。", "")
    assert open_.sections[0][1] == "当日没有新增。"


def test_a_correction_that_nobody_opened_is_announced_to_nobody(publishing):
    bulletin = publishing.published()
    assert publishing.ask("correct", bulletin, text={"en": "Two."}).outcome == "applied"
    assert publishing.notices("correction") == []


@pytest.mark.parametrize("text", ["孙奶奶是第二例。", "call 13800138000", "302室"])
def test_a_correction_names_nobody_either(publishing, text):
    bulletin = publishing.published()
    answer = publishing.ask("correct", bulletin, text={"zh-Hans": text})
    assert words(answer) == operations.NAMES_SOMEBODY
    assert publishing.corrections(bulletin) == []


def test_a_correction_says_something(publishing):
    bulletin = publishing.published()
    assert words(publishing.ask("correct", bulletin, text={"en": "  "})) == operations.NO_TEXT
    draft = publishing.draft(day="2022-04-20").id
    assert words(publishing.ask("correct", draft, text={"en": "?"})) == operations.IS[rules.DRAFT]


def test_what_was_taken_back_is_shown_to_nobody(publishing, told):
    bulletin = publishing.published(cases={"zh-Hans": "新增 1 例。"})
    assert publishing.ask("withdraw", bulletin).outcome == "applied"
    open_ = told.read(reads.public, "en", told.world.community, TODAY)
    assert open_.withdrawn
    assert (open_.sections, open_.figures.rows) == ((), ())
    [notice] = publishing.notices("bulletin")
    assert notice.withdrawn_at is not None
    assert (
        words(publishing.ask("correct", bulletin, text={"en": "?"}))
        == operations.IS[rules.WITHDRAWN]
    )


def test_opens_of_the_public_page_are_counted_by_day_and_by_nobody(publishing, told):
    bulletin = publishing.published()
    for day in (0, 0, 1):
        told.write(reads.count_open, told.world.community, bulletin, NOON + day * 86_400_000)
    desk = told.read(reads.desk, told.person("mei"), "zh-Hans", bulletin)
    assert desk.reads.opens == 3
    assert desk.reads.inbox.opened == 0
    told.ask("sun", "notice.seen", {"notice": desk.notice})
    desk = told.read(reads.desk, told.person("mei"), "zh-Hans", bulletin)
    assert desk.reads.inbox.opened == 1


def test_text_to_paste_says_everything_and_leads_to_the_public_page(publishing, told):
    bulletin = publishing.published(
        cases={"zh-Hans": "新增 1 例。", "en": "One new case."}, what={"0": "何时解封"}
    )
    _, texts = told.read(
        reads.texts, told.person("mei"), "zh-Hant", bulletin, "https://stairwell.test"
    )
    by_language = {one.language: one for one in texts}
    link = f"https://stairwell.test/open/{told.world.community}/bulletins/{TODAY}?lang="
    assert by_language["en"].chat.endswith(link + "en")
    assert "One new case." in by_language["en"].chat
    assert "新增 1 例。" in by_language["zh-Hant"].chat
    assert "何时解封" in by_language["zh-Hans"].loud
