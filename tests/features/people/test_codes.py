"""Sign-in secrets and household numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.features.people import codes

SECRETS = st.text(codes.ALPHABET, min_size=codes.LENGTH, max_size=codes.LENGTH)
HOUSEHOLDS = st.integers(min_value=0, max_value=999_999)


def test_a_secret_has_eighty_bits_in_groups_of_four():
    secret = codes.new_secret()
    groups = secret.split("-")
    assert [len(group) for group in groups] == [4, 4, 4, 4]
    assert set("".join(groups)) <= set(codes.ALPHABET)
    assert len(codes.ALPHABET) ** codes.LENGTH >= 2**80


def test_no_letter_of_a_secret_can_be_mistaken_for_another():
    assert not set("ILOU") & set(codes.ALPHABET)
    assert len(set(codes.ALPHABET)) == 32


def test_secrets_are_never_the_same():
    assert len({codes.new_secret() for _ in range(1000)}) == 1000


@given(SECRETS)
def test_however_a_secret_is_typed_it_is_the_same_secret(secret):
    wide = "".join(chr(ord(character) + 0xFEE0) for character in secret)
    misread = secret.replace("0", "o").replace("1", "l")
    for typed in (codes.grouped(secret), f" {secret.lower()}\n", wide, misread, " ".join(secret)):
        assert codes.normalise(typed) == secret
        assert codes.hash_of(typed) == codes.hash_of(secret)


@pytest.mark.parametrize(
    "typed", ["", "7K3M", "7K3M-0QXD-9B2E-YHTU", "7" * 17, "梅园" * 8, "7" * 10**6]
)
def test_what_cannot_be_a_secret_is_not_one(typed):
    assert codes.normalise(typed) is None
    with pytest.raises(ValueError, match="not a sign-in secret"):
        codes.hash_of(typed)


def test_a_hash_tells_nothing_of_its_secret():
    secret = codes.new_secret()
    hashed = codes.hash_of(secret)
    assert len(hashed) == 64
    assert secret not in hashed


@given(HOUSEHOLDS)
def test_a_card_number_is_read_back(household):
    number = codes.card_number(household)
    assert codes.read_card_number(number) == number
    assert codes.read_card_number(f" {number[:3]} {number[3:]} ") == number
    assert int(number[:-1]) == household


def test_card_numbers_are_short_and_differ():
    numbers = {codes.card_number(household) for household in range(1, 5000)}
    assert len(numbers) == 4999
    assert {len(number) for number in numbers} == {6}


@given(HOUSEHOLDS, st.data())
def test_one_wrong_digit_is_caught(household, data):
    number = codes.card_number(household)
    at = data.draw(st.integers(0, len(number) - 1))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != number[at]]))
    assert codes.read_card_number(number[:at] + digit + number[at + 1 :]) is None


@given(HOUSEHOLDS, st.data())
def test_two_swapped_digits_are_caught(household, data):
    number = codes.card_number(household)
    at = data.draw(st.integers(0, len(number) - 2))
    swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    assert swapped == number or codes.read_card_number(swapped) is None


@pytest.mark.parametrize("typed", ["", "1", "12345", "abcdef", "²²²²²²", "0" * 10**6 + "1"])
def test_what_is_no_card_number_is_refused(typed):
    assert codes.read_card_number(typed) is None


def test_a_card_number_signs_nobody_in():
    assert codes.normalise(codes.card_number(4206)) is None
