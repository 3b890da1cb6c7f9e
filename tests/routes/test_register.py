"""Giving a register in, seeing what it would do, taking it over and back: through the pages."""

import io
import re
import time

import openpyxl
import pytest
from sqlalchemy import select

from server.features.people.tables import residents
from server.features.register.tables import import_rows, imports
from tests.support.site import HTML, NOBODY

ENGLISH = {**HTML, "accept-language": "en"}
EVERYBODY = ("mei", "hao", "yun", "min", "sun", "qian", "anna", "bo", NOBODY)
WAIT = 30


def workbook(*rows):
    """An Excel file of these rows."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


HEAD = ("楼栋", "单元", "室号", "姓名", "出生年月", "电话")


def give(site, body, name="台账.xlsx", who="mei"):
    """Give a file in; returns the answer."""
    return site.ask(who, "POST", "/register", files={"file": (name, body)})


def read(site, path, who="mei"):
    """The page of a file once it has been read."""
    until = time.monotonic() + WAIT
    while True:
        page = site.get(who, path, headers=ENGLISH)
        assert page.status_code == 200
        if "<progress" not in page.text:
            return page.text
        assert time.monotonic() < until, "the file is never read"
        time.sleep(0.05)


def given(site, body, name="台账.xlsx", who="mei"):
    """The address of a file that was given in and read."""
    answer = give(site, body, name, who)
    assert answer.status_code == 303, answer.text
    path = answer.headers["location"]
    read(site, path, who)
    return path


def op(site, kind, path, who="mei", **data):
    upload = path.rpartition("/")[2]
    [answer] = site.send(who, site.op(who, kind, {"upload": upload} | data)).json()["answers"]
    return answer


def reading_of(site, path):
    return int(re.search(r'name="reading" value="(\d+)"', read(site, path))[1])


def named(site, name):
    return site.rows(
        select(residents.c.id, residents.c.household_id, residents.c.left_at).where(
            residents.c.community_id == site.world.community, residents.c.name == name
        )
    )


def test_a_register_is_read_looked_at_taken_over_and_taken_back(site):
    path = given(site, workbook(HEAD, ("8", "1", "502", "褚扶摇", "1938.5.6", 13800138000.0),
                                ("", "", "", "褚清溪", 1966, ""), ("8", "1", "909", "X", "", ""),
                                ("合计", "", "", 3)))  # fmt: skip
    text = read(site, path)
    assert '<b>2</b> <span id="take">' in text
    for what, number in (("refused", 1), ("added", 2), ("left", 1)):
        assert re.search(rf'what={what}#rows"[^>]*><b>{number}</b>', text), what
    assert "There is no flat 909" in site.get("mei", f"{path}?what=refused", headers=ENGLISH).text
    assert not named(site, "褚扶摇")
    answer = op(site, "register.import", path, reading=reading_of(site, path))
    assert answer["outcome"] == "applied"
    [row] = named(site, "褚扶摇")
    assert row.household_id == site.world.doors["walk_up"]["502"]
    assert op(site, "register.import", path, reading=1)["outcome"] == "refused"
    again = given(site, workbook(HEAD, ("8", "1", "502", "褚扶摇", "1938.5.6", 13800138000.0)))
    assert 'op("register.import"' not in site.get("mei", again).text
    assert "The register says all this already." in read(site, again)
    assert op(site, "register.undo", path)["outcome"] == "applied"
    assert named(site, "褚扶摇")[0].left_at is not None
    assert site.post("mei", f"{again}/drop").status_code == 303


def test_what_the_columns_mean_is_said_by_hand_and_remembered(site):
    rows = [("甲", "乙"), ("8-1-502", "卫半夏"), ("8-1-502", "卫南枝")]
    path = given(site, workbook(("甲", "乙"), ("a", "b"), ("c", "d")))
    text = read(site, path)
    assert "Which column of" in text or "No sheet is chosen" in text
    form = {"read-0": "1", "column-0-0": "address", "column-0-1": "name"}
    assert site.post("mei", f"{path}/columns", form).status_code == 303
    assert "is not read as a flat" in read(site, path)
    again = given(site, workbook(*rows))
    assert 'data-because="remembered"' in read(site, again)
    assert '<b>2</b> <span id="take">' in read(site, again)
    assert site.post("mei", f"{path}/columns", form | {"column-0-0": "x"}).status_code == 400
    for one in (path, again):
        site.post("mei", f"{one}/drop")


def test_a_question_is_answered_and_the_file_compared_again(site):
    path = given(site, workbook(HEAD, ("8", "1", "502", "蒋木槿", 1950, ""),
                                ("8", "1", "502", "蒋木槿", 1950, "13900139000"),
                                ("8", "1", "502", "蒋木槿", 1950, "13700137000")))  # fmt: skip
    text = read(site, path)
    first, second = re.findall(r'name="(\d+:\d+)" value="leave"', text)
    said = {first: "another", second: "leave", "9:9": "leave", "x": "leave"}
    assert site.post("mei", f"{path}/answers", said).status_code == 303
    text = read(site, path)
    assert "what=asked" not in text
    for what, number in (("added", 2), ("left", 1)):
        assert re.search(rf'what={what}#rows"[^>]*><b>{number}</b>', text), what
    site.post("mei", f"{path}/drop")


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("empty.xlsx", b"", "empty"),
        ("photo.xlsx", b"\xff\xd8\xff\xe0" + bytes(100), "picture"),
        ("a.pdf", b"%PDF-1.7 ...", "PDF"),
        ("page.xls", b"<html><table><tr><td>1", "web page"),
        ("noise.xlsx", b"PK\x03\x04" + bytes(range(256)), "damaged"),
        ("locked.xlsx", bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le"),
         "password"),
    ],
)  # fmt: skip
def test_what_is_no_register_is_refused_with_words(site, name, body, words):
    path = given(site, body, name)
    text = read(site, path)
    assert words in text
    assert "register.import" not in text
    site.post("mei", f"{path}/drop")


def test_a_form_without_a_file_says_so(site):
    answer = site.ask("mei", "POST", "/register", data={"x": "1"}, headers=ENGLISH)
    assert answer.status_code == 400
    assert "Choose a file first." in answer.text


def test_nobody_but_stewards_sees_or_gives_in_a_register(site):
    path = given(site, workbook(HEAD, ("8", "1", "502", "SECRET-NAME", "", "")))
    for who in EVERYBODY:
        page = site.get(who, path)
        wanted = 200 if who == "mei" else 303 if who == NOBODY else 404 if who == "anna" else 403
        assert page.status_code == wanted, who
        assert ("SECRET-NAME" in page.text) == (who == "mei"), who
        assert path not in site.get(who, "/register").text or who == "mei"
        if who not in {"mei", "anna", NOBODY}:
            assert give(site, b"x", who=who).status_code == 403, who
        if who != NOBODY:
            assert path not in site.get(who, "/pack").text, who
    for who in ("min", "hao", "anna"):
        for kind, data in (("register.import", {"reading": 1}), ("register.undo", {})):
            assert op(site, kind, path, who, **data)["outcome"] == "refused", (who, kind)
    assert site.get("mei", path).headers["cache-control"] == "no-store"
    site.post("mei", f"{path}/drop")


def test_a_file_that_is_let_go_of_leaves_nothing(site):
    path = given(site, workbook(HEAD, ("8", "1", "502", "沈长歌", "", "")))
    upload = path.rpartition("/")[2]
    assert site.post("mei", f"{path}/drop").status_code == 303
    assert not site.rows(select(import_rows.c.row).where(import_rows.c.import_id == upload))
    until = time.monotonic() + WAIT
    while site.rows(select(imports.c.size).where(imports.c.id == upload))[0].size:
        assert time.monotonic() < until, "the file is never deleted"
        time.sleep(0.05)
    assert "沈长歌" not in site.get("mei", path).text
    assert op(site, "register.import", path, reading=1)["outcome"] == "refused"


def test_no_page_says_the_number_of_an_identity_card(site):
    number = "110101195001011234"
    path = given(site, workbook((*HEAD[:4], "身份证号", "备注"),
                                ("8", "1", "502", "韩归雁", number, number),
                                ("8", "1", "503", number, number, "")))  # fmt: skip
    for what in ("", "?what=added", "?what=refused"):
        assert number not in site.get("mei", path + what).text
    upload = path.rpartition("/")[2]
    rows = site.rows(select(import_rows.c.body).where(import_rows.c.import_id == upload))
    assert rows
    assert not any(number.encode() in row.body for row in rows)
    site.post("mei", f"{path}/drop")
