"""Plain forms as operations, so that everything works without JavaScript too."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import msgspec
from litestar.datastructures import FormMultiDict

from server.oplog.envelope import MOST_OPERATIONS, Envelope, TooLarge
from server.oplog.kinds import Op

MOST_DIGITS = 15
"""Of a number that a page was drawn with."""

APART = {"seen", "next", "each"}
"""Fields that are about the form and not the operation's data."""


class BadForm(ValueError):
    """The form is not the kind's data; the text says why."""


def envelopes(kind: type[Op], form: FormMultiDict, actor: str, photo: str = "") -> list[Envelope]:
    """The operations a form stands for: one, or with `each` one for every value, in one group.

    `photo` is the name of a photo that came with it.

    Their ids follow from who posted what having seen what, so that pressing a button twice on one
    page is one operation, though no script gave it an id. Raises `BadForm`, or `TooLarge`.
    """
    data = read(form) | ({"photo": photo} if photo else {})
    seen = str(form.get("seen", "0"))
    if not (seen.isascii() and seen.isdecimal() and len(seen) <= MOST_DIGITS):
        raise BadForm("seen")
    each, _, values = str(form.get("each", "")).partition(":")
    items = [{**data, each: value} for value in values.split()] if each else [data]
    if len(items) > MOST_OPERATIONS:
        raise TooLarge
    made_at = datetime.now(UTC)
    group = str(uuid5(NAMESPACE_URL, f"{actor}/{seen}/{values}")) if each else None
    made = []
    for item in items:
        body = msgspec.json.encode(_typed(kind, item))
        key = f"{kind.op_kind}/{kind.op_version}/{actor}/{seen}/{body.decode()}"
        made.append(
            Envelope(
                id=str(uuid5(NAMESPACE_URL, key)),
                kind=kind.op_kind,
                v=kind.op_version,
                actor=actor,
                made_at=made_at,
                data=msgspec.Raw(body),
                seen=int(seen),
                group=group,
            )
        )
    return made


def read(form: FormMultiDict) -> dict[str, Any]:
    """A form's fields as data: `name[]` gathers, `name.key` nests, empty fields are left out."""
    data: dict[str, Any] = {}
    for name, value in form.multi_items():
        if name in APART or not isinstance(value, str) or value == "":
            continue
        if name.endswith("[]"):
            data.setdefault(name[:-2], []).append(value)
        elif "." in name:
            outer, _, inner = name.partition(".")
            data.setdefault(outer, {})[inner] = value
        else:
            data[name] = value
    return data


def _typed(kind: type[Op], item: Mapping[str, Any]) -> Op:
    try:
        return msgspec.convert(item, kind, strict=False)
    except msgspec.ValidationError as error:
        raise BadForm(str(error)) from error
