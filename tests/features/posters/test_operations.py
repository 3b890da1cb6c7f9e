"""Posters are hung and taken down, and a household declares by the link on one."""

import pytest
from sqlalchemy import select

from server.features.declarations import linking
from server.features.declarations import operations as declaring
from server.features.declarations import rules as declared_rules
from server.features.declarations.tables import declarations, declared_symptoms
from server.features.estates import reads as estates
from server.features.estates.tables import households
from server.features.people.tables import accounts, residents
from server.features.posters import operations as said
from server.features.posters import reads
from server.features.posters.tables import posters
from server.ids import uuid7
from tests.support.told import words


@pytest.fixture
def screening(told):
    """A screening of the walk-up that is open."""
    return told.open_round("walk_up", title="Screening", kind="screening", quantity=1)


def building(told, place="walk_up"):
    return told.read(lambda connection: _building(connection, told, place))


def _building(connection, told, place):
    number = getattr(told.world, place)
    return estates.places(connection, told.world.community)[number].building


def hang(told, screening, who="mei", **more):
    data = {"purpose": "screening", "buildings": [building(told)], "round": screening} | more
    return told.ask(who, "poster.make", data)


def hung(told):
    [row] = told.rows(select(posters).where(posters.c.ended_at.is_(None)))
    return told.read(reads.by_code, row.code)


@pytest.mark.parametrize("who", ["mei", "min"])
def test_steward_and_officer_hang_one(told, screening, who):
    assert hang(told, screening, who).outcome == "applied"
    poster = hung(told)
    assert (poster.purpose.key, poster.round) == ("screening", screening)


@pytest.mark.parametrize("who", ["hao", "sun", "qian"])
def test_nobody_else_does(told, screening, who):
    assert words(hang(told, screening, who)) == said.NOT_YOURS


def test_a_building_keeps_the_poster_it_has(told, screening):
    hang(told, screening)
    before = hung(told).code
    hang(told, screening)
    assert hung(told).code == before


def test_one_that_was_taken_down_leads_nowhere_and_another_is_hung(told, screening):
    hang(told, screening)
    first = hung(told)
    assert told.ask("mei", "poster.end", {"poster": first.id}).outcome == "applied"
    assert told.read(reads.by_code, first.code) is None
    hang(told, screening)
    assert hung(told).code != first.code


@pytest.mark.parametrize("who", ["hao", "sun", "anna"])
def test_nobody_else_takes_one_down(told, screening, who):
    hang(told, screening)
    answer = told.ask(who, "poster.end", {"poster": hung(told).id})
    assert words(answer) == said.NOT_YOURS


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"purpose": "party"}, said.NO_PURPOSE),
        ({"round": None}, said.NO_ROUND),
        ({"round": "00000000-0000-7000-8000-0000000000ff"}, said.NO_ROUND),
        ({"buildings": []}, said.NOT_YOURS),
        ({"buildings": [99_999]}, said.NOT_YOURS),
    ],
)
def test_what_cannot_hang_is_said(told, screening, more, why):
    assert words(hang(told, screening, **more)) == why


def test_a_delivery_has_no_poster_and_neither_has_what_is_closed(told, screening):
    delivery = told.open_round("walk_up")
    assert words(hang(told, delivery)) == said.NO_ROUND
    told.change(screening, "close")
    assert words(hang(told, screening)) == said.ROUND_IS_CLOSED


def test_a_building_outside_the_round_gets_none(told, screening):
    answer = hang(told, screening, buildings=[building(told, "tower")])
    assert words(answer) == said.NOT_IN_ROUND


def test_another_communitys_round_is_not_there(told, screening):
    answer = told.ask("anna", "poster.make", {
        "purpose": "screening", "buildings": [building(told)], "round": screening})  # fmt: skip
    assert answer.outcome == "refused"


@pytest.mark.parametrize("code", ["", "AAAA", "7K3M0QXD9B2EYHTA", "'; drop", "7" * 400])
def test_what_is_no_code_leads_nowhere(told, code):
    assert told.read(reads.by_code, code) is None


def test_a_code_is_read_as_it_may_be_typed(told, screening):
    hang(told, screening)
    code = hung(told).code
    assert told.read(reads.by_code, f"{code[:8].lower()}-{code[8:]}").code == code


# Declaring by it


@pytest.fixture
def poster(told, screening):
    hang(told, screening)
    return hung(told)


def give_a_phone(told, number="13812345678"):
    told.execute(
        residents.update()
        .where(
            residents.c.community_id == told.world.community,
            residents.c.id == told.world.sun_resident,
        )
        .values(phone=number)
    )


def form_of(told, poster, flat="1-302", proof="5678"):
    door = told.read(reads.door_in, poster, flat)
    return told.read(linking.form, poster, door, proof)


def test_the_flat_and_the_end_of_a_telephone_number_open_the_form(told, poster):
    give_a_phone(told)
    for flat in ("1-302", " １-３０２ ", "8-1-302", "1单元302"):
        found = form_of(told, poster, flat)
        assert found is not None, flat
        assert found.door.household == told.world.sun_door


@pytest.mark.parametrize(
    ("flat", "proof"),
    [("1-302", "5679"), ("1-401", "5678"), ("1-999", "5678"), ("302", "5678"), ("2-302", "5678")],
)
def test_whatever_is_wrong_opens_nothing(told, poster, flat, proof):
    give_a_phone(told)
    assert form_of(told, poster, flat, proof) is None


def test_who_moved_away_opens_nothing_any_more(told, poster):
    give_a_phone(told)
    told.ask("mei", "resident.leave", {"resident": told.world.sun_resident})
    assert form_of(told, poster) is None


def declare(told, poster, flat="1-302", proof="5678", op_id=None, **typed):
    form = form_of(told, poster, flat, proof)
    blank = {"here": (), "away": (), "ill": (), "tenure": "", "since": "", "where": "",
             "symptoms": ""}  # fmt: skip
    made = told.read(linking.asked, poster, form.door, linking.Typed(**(blank | typed)))
    return told.ask(made.actor, "screening.declare", made.data, id=op_id)


def test_a_household_declares_in_its_own_name_and_the_door_is_marked(told, poster, screening):
    give_a_phone(told)
    answer = declare(told, poster, here=("孙奶奶", "王阿姨"), away=("孙强",), where="Suzhou")
    assert answer.outcome == "applied"
    [row] = told.rows(select(declarations))
    assert row.source == declared_rules.LINK
    assert row.others == ["王阿姨"]
    assert row.away == "Suzhou; 孙强"
    own = told.operation(answer.id).actor
    assert own == told.who("sun")
    assert told.standing(screening, "302").answer == "declared"


def test_who_is_in_the_register_is_known_by_the_name_and_others_are_told_as_typed(told, poster):
    give_a_phone(told)
    name = told.value(
        select(residents.c.name).where(
            residents.c.id == told.world.sun_resident,
            residents.c.community_id == told.world.community,
        )
    )
    declare(told, poster, away=(name,), here=("Nobody Known",))
    [row] = told.rows(select(declarations))
    assert row.people == {str(told.world.sun_resident): "away"}
    assert row.others == ["Nobody Known"]


def test_who_is_ill_is_a_health_record(told, poster):
    give_a_phone(told)
    declare(told, poster, here=("孙奶奶",), ill=("孙奶奶",), symptoms="39.1")
    [row] = told.rows(select(declared_symptoms))
    assert (row.names, row.words) == (["孙奶奶"], "39.1")


def test_a_flat_without_an_account_is_declared_for_in_a_leads_name(told, poster, screening):
    door = told.door("walk_up", "402")
    card = told.value(
        select(households.c.card_number).where(
            households.c.community_id == told.world.community, households.c.id == door
        )
    )
    told.execute(
        accounts.update().where(accounts.c.household_id == door).values(revoked_at=told.now)
    )
    answer = declare(told, poster, "1-402", card, here=("Somebody",))
    assert answer.outcome == "applied"
    assert told.operation(answer.id).actor == told.who("mei")


def test_sent_twice_it_is_declared_once(told, poster):
    give_a_phone(told)
    one = uuid7(told.now)
    declare(told, poster, here=("孙奶奶",), op_id=one)
    declare(told, poster, here=("孙奶奶",), op_id=one)
    assert len(told.rows(select(declarations))) == 1


def test_what_is_declared_last_counts_and_nothing_is_lost(told, poster, screening):
    give_a_phone(told)
    declare(told, poster, here=("孙奶奶",))
    told.later(minutes=5)
    declare(told, poster, here=("孙奶奶", "护工"))
    assert len(told.rows(select(declarations))) == 2
    assert told.standing(screening, "302").answer == "declared"


def test_nobody_at_all_is_no_declaration(told, poster):
    give_a_phone(told)
    assert declare(told, poster).outcome == "refused"


def test_a_link_that_was_taken_down_declares_nothing(told, poster):
    give_a_phone(told)
    form = form_of(told, poster)
    made = told.read(
        linking.asked, poster, form.door,
        linking.Typed(("孙奶奶",), (), (), "", "", "", ""),
    )  # fmt: skip
    told.ask("mei", "poster.end", {"poster": poster.id})
    answer = told.ask(made.actor, "screening.declare", made.data)
    assert words(answer) == declaring.NO_POSTER


def test_a_round_that_was_closed_takes_nothing_and_says_so(told, poster, screening):
    give_a_phone(told)
    told.change(screening, "close")
    assert not told.read(linking.is_open, poster)
    assert declare(told, poster, here=("孙奶奶",)).outcome == "refused"


def test_the_example_is_a_flat_of_the_building_with_its_stairwell(told, poster):
    assert told.read(reads.example, poster).startswith("1-")
