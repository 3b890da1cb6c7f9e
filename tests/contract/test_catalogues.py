"""Catalogues keep up with the code, and say everything."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from server.i18n import LANGUAGES, LOCALES
from tools import messages
from tools.messages import SOURCE


@pytest.fixture(scope="module")
def wanted() -> Catalog:
    return messages.wanted()


def po_of(language: str) -> Path:
    return LOCALES / language.replace("-", "_") / "LC_MESSAGES" / "messages.po"


def kept_in(language: str) -> Catalog:
    with po_of(language).open("rb") as file:
        return read_po(file, locale=language.replace("-", "_"))


def texts(catalogue: Catalog, *, plural: bool = False) -> set[str]:
    """The ids of a catalogue; of messages with several forms, where only those are asked for."""
    return {
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalogue
        if message.id and (message.pluralizable or not plural)
    }


def forms(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_holds_everything_and_nothing_besides(wanted: Catalog, language: str) -> None:
    due = texts(wanted, plural=language == SOURCE)
    kept = texts(kept_in(language))
    assert sorted(due - kept) == [], "missing"
    assert sorted(kept - texts(wanted)) == [], "nobody says this any more"


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_empty_or_guessed(language: str) -> None:
    catalogue = kept_in(language)
    for message in catalogue:
        if message.id:
            assert not message.fuzzy, message.id
            assert all(forms(message)), message.id
            assert len(forms(message)) == (catalogue.num_plurals if message.pluralizable else 1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_filled_in_is_the_same_in_every_language(language: str) -> None:
    named = re.compile(r"%\((\w+)\)[a-z]|\{\w+\}")
    for message in kept_in(language):
        if not message.id:
            continue
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        due = {one.group() for text in ids for one in named.finditer(text)}
        for form in forms(message):
            assert {one.group() for one in named.finditer(form)} <= due, message.id
            assert "%" not in named.sub("", form).replace("%%", ""), message.id
        said = {one.group() for form in forms(message) for one in named.finditer(form)}
        assert said == due, message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_compiled_is_what_was_written(language: str) -> None:
    """`make catalogues` was run."""
    compiled = read_mo(BytesIO(po_of(language).with_suffix(".mo").read_bytes()))
    catalogue = kept_in(language)
    assert texts(compiled) == texts(catalogue)
    for message in catalogue:
        if message.id:
            found = compiled.get(message.id, message.context)
            assert found is not None
            assert forms(found) == forms(message)


def test_the_two_scripts_are_written_apart() -> None:
    """Characters that only one of them has stay in their own catalogue."""
    hans_only = set("们这发说门员层户应楼层请单线传时间还进没错误对话语简体从关开给将")
    hant_only = set("們這發說門員層應樓請單線傳時間還進沒錯誤對話語簡體從關開給將")
    for language, foreign in (
        ("zh-Hans", hant_only - hans_only), ("zh-Hant", hans_only - hant_only - set("户"))
    ):  # fmt: skip
        for message in kept_in(language):
            for form in forms(message) if message.id else ():
                assert not foreign & set(form), f"{language}: {form}"
