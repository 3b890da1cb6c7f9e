"""Webhooks: what is for a telephone is handed to a gateway for short messages, as JSON.

    POST <the address that the steward gave>
    Content-Type: application/json
    Idempotency-Key: <id>

    {"id": "<uuid>",                      the same in every repeat: a gateway sends each id once
     "to": "13800001234",                 as the household gave it
     "text": "【停水】今晚八点 …",           ready to be sent, at most 500 bytes
     "language": "zh-Hans",
     "until": "2022-04-21T12:00:00.000Z", after which it must not be sent any more; or null
     "link": "https://…/notices/<uuid>",
     "test": false}                       true for a line tried by a steward, with an empty "to"

Any 2xx takes it over. 429 and 5xx are tried again, after Retry-After where that is said, until
`until`; so are 401, 403 and 404, at a slower pace; other 4xx are not. Redirects are not followed.
The key in the address, or whatever else it holds, is all that says who posts.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from server import clock
from server.ids import uuid7
from server.origins import NotAnOrigin, origin_of, split
from server.push.addresses import (
    NotAllowed,
    Services,
    Unresolved,
    is_number,
    is_public,
    must_be_public,
)
from server.push.encrypt import Sealed
from server.push.groups import answers
from server.push.groups.answers import Outcome
from server.push.groups.ledger import Channel, Due
from server.push.groups.text import message
from server.push.groups.words import NO_ADDRESS, NOT_HTTPS, NOT_PUBLIC
from server.push.post import Answer, Poster

SCHEMA = "webhook"

MOST_BYTES = 500
"""Of a text: some 160 characters, which gateways send as three short messages."""


class Message(msgspec.Struct):
    """What is posted; see above."""

    id: str
    to: str
    text: str
    language: str
    until: str | None
    link: str
    test: bool = False


async def read(address: str, services: Services) -> str:
    """The address as it is kept. Raises `NotAllowed`."""
    address = address.strip()
    try:
        parts, origin = split(address), origin_of(address)
    except NotAnOrigin:
        raise NotAllowed(NO_ADDRESS) from None
    if services.trusted(origin):
        return address
    host = parts.hostname or ""
    if parts.scheme != "https":
        raise NotAllowed(NOT_HTTPS)
    if is_number(host):
        if not is_public(host):
            raise NotAllowed(NOT_PUBLIC)
        return address
    try:
        await must_be_public(host)
    except (NotAllowed, Unresolved) as error:
        raise NotAllowed(NOT_PUBLIC) from error
    return address


async def post(poster: Poster, channel: Channel, due: Due) -> Outcome:
    """Hand one message over. Raises nothing."""
    text, _ = message([due.piece], channel.language, MOST_BYTES)
    until = None if due.until is None else clock.rfc3339(due.until)
    said = Message(due.target, due.number, text, channel.language, until, due.piece.link)
    return await _post(poster, channel.address, said)


async def post_line(poster: Poster, channel: Channel, text: str) -> Outcome:
    """Hand over a line that is a test. Raises nothing."""
    said = Message(uuid7(clock.now()), "", text, channel.language, None, "", test=True)
    return await _post(poster, channel.address, said)


async def _post(poster: Poster, address: str, said: Message) -> Outcome:
    headers = {"Content-Type": "application/json", "Idempotency-Key": said.id}
    sealed = Sealed(msgspec.json.encode(said), headers)
    try:
        answer = await poster.post(origin_of(address), address, sealed)
    except NotAnOrigin:
        return answers.nothing(answers.UNREADABLE)
    return _outcome(answer)


def _outcome(answer: Answer) -> Outcome:
    if answer.status:
        return answers.outcome(SCHEMA, answer.status, retry_after=answer.retry_after)
    if answer.private:
        return answers.nothing(answers.PRIVATE)
    silent = answer.said == "no answer in time"
    return answers.nothing(answers.SILENT if silent else answers.UNREACHABLE)


def worst(outcomes: Sequence[Outcome]) -> Outcome:
    """What is written down of a turn: the last that was not well, else that it was."""
    return next((one for one in reversed(outcomes) if not one.well), answers.WELL)
