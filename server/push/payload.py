"""What a phone is sent: Declarative Web Push, which Safari shows without a worker.

To every other browser it is JSON that its worker reads, so one payload serves both. See
https://www.w3.org/TR/push-api/#declarative-push-message.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from server.features.notices.wording import said
from server.i18n import DEFAULT, mark, translate

MOST_BYTES = 3993
"""Of a message, that its encrypted form may not exceed 4,096 bytes (RFC 8291, 4)."""

AIM = 2048
"""Bytes we keep to: some services take no more."""

BUCKET = 256
"""What messages are filled up to a multiple of, so that their length says little."""

LONGEST_TITLE = 240
"""Bytes of a title, so that it leaves room for everything else."""


class Call(NamedTuple):
    """What everybody who is told of a notice has in common; `content` as wording.py keeps it."""

    notice_id: str
    rang: int
    content: Mapping[str, Any]
    urgent: bool
    asks: str


def message(call: Call, language: str, badge: int, base_url: str) -> bytes:
    """The message in a language, with as many announcements as wait for an answer."""
    language = language or DEFAULT
    title, body = said(call.content, language)
    title = cut(title, LONGEST_TITLE)
    whole = _drawn(call, language, title, body, badge, base_url)
    if len(whole) > AIM:
        room = _length(body) - (len(whole) - AIM)
        whole = _drawn(call, language, title, cut(body, room), badge, base_url)
    return filled(whole)


def _drawn(call: Call, language: str, title: str, body: str, badge: int, base_url: str) -> bytes:
    page = f"{base_url}/notices/{call.notice_id}"
    shown: dict[str, Any] = {
        "title": title,
        "body": body,
        "navigate": page,
        "tag": call.notice_id,
        "renotify": True,
        "lang": language,
        "dir": "ltr",
        "silent": False,
        "require_interaction": call.urgent,
        "data": {"notice": call.notice_id, "rang": call.rang, "asks": call.asks},
    }
    if call.asks == "coming":
        shown["actions"] = [
            {"action": answer, "title": translate(language, text), "navigate": page}
            for answer, text in (("coming", COMING), ("cannot", CANNOT))
        ]
    return msgspec.json.encode({"web_push": 8030, "notification": shown, "app_badge": badge})


def cut(text: str, most: int) -> str:
    """As much of a text as so many bytes of JSON hold, ending in … where something is missing."""
    if _length(text) <= most:
        return text
    room = most - _length(MORE)
    if room < 0:
        return ""
    for place, sign in enumerate(text):
        room -= _length(sign)
        if room < 0:
            return text[:place].rstrip() + MORE
    return text


def _length(text: str) -> int:
    """Bytes that a text takes in JSON, which writes some signs longer than they are."""
    return len(msgspec.json.encode(text)) - 2


def filled(whole: bytes) -> bytes:
    """Spaces after JSON mean nothing to whoever reads it, and hide how much was said."""
    return whole.ljust(min(-(-len(whole) // BUCKET) * BUCKET, MOST_BYTES))


MORE = "…"
COMING = mark("We are coming")
CANNOT = mark("We cannot come")
