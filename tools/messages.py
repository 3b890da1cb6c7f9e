"""Bring the catalogues up to date with the code, and say what has still to be translated.

.venv/bin/python -m tools.messages                        (make messages)
.venv/bin/python -m tools.messages zh_Hans < words.json   put {text: words} in
"""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

LOCALES = Path(__file__).resolve().parent.parent / "server" / "locales"
KEYWORDS = {
    "_": None, "gettext": None, "ngettext": (1, 2), "mark": None, "Words": None,
}  # fmt: skip
SOURCE = "en"
"""The language of the code: its catalogue holds only what has more than one form."""
WIDTH = 100


def wanted() -> Catalog:
    """Every text that the code and the templates mark for translation."""
    with (LOCALES / "babel.cfg").open(encoding="utf-8") as config:
        methods, options = parse_mapping_cfg(config)
    catalogue = Catalog()
    for _file, _line, text, _comments, context in extract_from_dir(
        LOCALES.parent, methods, options, KEYWORDS
    ):
        catalogue.add(text, context=context)
    return catalogue


def renew(language: str, texts: Catalog, given: dict[str, str]) -> list[str]:
    """Write a language's catalogue anew, with translations given now; says what it lacks."""
    file = LOCALES / language / "LC_MESSAGES" / "messages.po"
    with file.open("rb") as kept:
        before = read_po(kept, locale=language)
    after = Catalog(locale=language)
    for message in texts:
        if message.id and (message.pluralizable or language != SOURCE):
            after.add(message.id, _said(message, before, given, language), flags=message.flags)
    out = io.BytesIO()
    write_po(out, after, width=WIDTH, sort_output=True, omit_header=True)
    header, _, _ = file.read_text("utf-8").partition("\n\n")
    file.write_text(f"{header}\n\n{out.getvalue().decode().strip()}\n", "utf-8")
    return [str(message.id) for message in after if message.id and not any(_forms(message))]


def _said(
    message: Message, before: Catalog, given: dict[str, str], language: str
) -> str | tuple[str, ...]:
    """What a message is in the language: as given, as it was, or nothing yet."""
    if language == SOURCE:
        return tuple(message.id)
    key = message.id if isinstance(message.id, str) else message.id[0]
    if key in given:
        return given[key] if isinstance(message.id, str) else (given[key],)
    known = before.get(key)
    said = _forms(known) if known else [""]
    return said[0] if isinstance(message.id, str) else tuple(said)


def _forms(message: Message) -> list[str]:
    string = message.string or ""
    return [string] if isinstance(string, str) else list(string)


def main() -> int:
    """The command; exit code 1 where something has still to be translated."""
    texts, lacking = wanted(), 0
    given = json.load(sys.stdin) if sys.argv[1:] else {}
    for folder in sorted(LOCALES.glob("*/LC_MESSAGES")):
        language = folder.parent.name
        for text in renew(language, texts, given if language in sys.argv[1:] else {}):
            print(f"{language}: {text}")
            lacking = 1
    return lacking


if __name__ == "__main__":
    sys.exit(main())
