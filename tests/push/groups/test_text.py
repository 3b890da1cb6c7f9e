"""What a message in a chat group says, within what its service takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.push.groups.text import MORE, Piece, cut, cut_body, message

LINK = "https://stairwell.example.org/notices/01804a46-de00-77f3-95c3-2743b27323b8"


def piece(title="停水", body="今晚八点", until="20:00"):
    return Piece(title, body, until, LINK)


def test_all_of_it_where_there_is_room():
    text, taken = message([piece()], "en", 2048)
    assert text == f"【停水】\n今晚八点\nuntil 20:00\n{LINK}"
    assert taken == 1
    assert message([piece(body="", until="")], "en", 2048)[0] == f"【停水】\n{LINK}"


def test_a_long_body_is_cut_and_the_rest_stays():
    text, _ = message([piece(body="水" * 1000)], "en", 2048)
    assert 2040 < len(text.encode()) <= 2048
    assert text.startswith("【停水】\n水水")
    assert text.endswith(f"水{MORE}\nuntil 20:00\n{LINK}")


def test_several_are_whole_or_short_and_never_cut_apart():
    text, taken = message([piece("一"), piece("二")], "en", 2048)
    assert taken == 2
    assert text.count("今晚八点") == 2
    text, taken = message([piece("一", "水" * 400), piece("二", "水" * 400)], "en", 2048)
    assert taken == 2
    assert text == f"【一】\n{LINK}\n\n【二】\n{LINK}"
    text, taken = message([piece("题" * 60, "水" * 900)] * 40, "en", 2048)
    assert 1 < taken < 40
    assert text.count(LINK) == taken


@given(st.text(max_size=1000), st.text(max_size=60), st.integers(200, 3000), st.integers(1, 5))
def test_nothing_is_longer_than_a_service_takes(body, title, most, count):
    text, taken = message([piece(title, body)] * count, "zh-Hans", most)
    assert len(text.encode()) <= most
    assert 1 <= taken <= count


@given(st.text(max_size=300), st.integers(0, 400))
def test_cutting_ends_at_a_character(text, most):
    found = cut(text, most)
    assert len(found.encode()) <= most
    assert text.startswith(found.removesuffix(MORE).rstrip()) or not found


@pytest.mark.parametrize("most", [0, 2, 3, 50])
def test_even_where_there_is_hardly_any_room(most):
    assert len(cut_body(piece("题" * 60), "en", most).encode()) <= most
