"""What a device sends: operations in envelopes, envelopes in batches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from server.ids import PATTERN

MOST_OPERATIONS = 500
MOST_BYTES = 1 << 20

Uuid = Annotated[str, Meta(pattern=PATTERN)]
Moment = Annotated[datetime, Meta(tz=True)]
Number = Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)]
"""What every database keeps as a number; a larger one is nonsense and is refused as unreadable."""
Numbers = Annotated[list[Number], Meta(max_length=2_000)]
"""Places to choose; the largest community has a few hundred stairwells."""


class Envelope(msgspec.Struct, frozen=True):
    """One operation as its device wrote it down."""

    id: Uuid
    kind: Annotated[str, Meta(max_length=40, pattern=r"^[a-z][a-z_.]*$")]
    actor: Uuid
    made_at: Moment
    data: msgspec.Raw
    v: Annotated[int, Meta(ge=1, le=1000)] = 1
    server_seen_at: Moment | None = None
    seen: Annotated[int, Meta(ge=0, le=2**53)] = 0
    group: Uuid | None = None


class Unreadable(msgspec.Struct, frozen=True):
    """An item of a batch that is no envelope; it blocks no other."""

    id: str | None
    reason: str


class _Batch(msgspec.Struct, frozen=True):
    device: Uuid
    sent_at: Moment
    ops: list[Envelope]
    waiting: Annotated[int, Meta(ge=0, le=10**6)] = 0
    oldest: Moment | None = None


class _LooseBatch(msgspec.Struct, frozen=True):
    device: Uuid
    sent_at: Moment
    ops: list[msgspec.Raw]
    waiting: Annotated[int, Meta(ge=0, le=10**6)] = 0
    oldest: Moment | None = None


class Batch(msgspec.Struct, frozen=True):
    """Operations from one device, and what it still has waiting."""

    device: str
    sent_at: datetime
    ops: list[Envelope | Unreadable]
    waiting: int = 0
    oldest: datetime | None = None


class Malformed(ValueError):
    """The body is no batch; the text says what is wrong with it."""


class TooLarge(ValueError):
    """The batch holds more than may be sent at once; the sender should halve it."""


_strict = msgspec.json.Decoder(_Batch)
_loose = msgspec.json.Decoder(_LooseBatch)
_envelope = msgspec.json.Decoder(Envelope)


def decode_batch(body: bytes) -> Batch:
    """Read a batch. Raises `Malformed` or `TooLarge`; a bad item alone raises nothing."""
    if len(body) > MOST_BYTES:
        raise TooLarge
    try:
        found: _Batch | _LooseBatch = _strict.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        found = _decode_loosely(body)
    if len(found.ops) > MOST_OPERATIONS:
        raise TooLarge
    ops = decode_items(found.ops)
    return Batch(found.device, found.sent_at, ops, found.waiting, found.oldest)


def decode_items(items: Sequence[msgspec.Raw | Envelope]) -> list[Envelope | Unreadable]:
    """Read items one by one; a bad one is returned as `Unreadable` and blocks no other."""
    return [_one(item) if isinstance(item, msgspec.Raw) else item for item in items]


def _decode_loosely(body: bytes) -> _LooseBatch:
    try:
        body.decode()
        return _loose.decode(body)
    except UnicodeDecodeError as error:
        raise Malformed("The body is not UTF-8.") from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise Malformed(str(error)) from error


def _one(item: msgspec.Raw) -> Envelope | Unreadable:
    try:
        return _envelope.decode(item)
    except msgspec.DecodeError as error:
        return Unreadable(_claimed_id(item), str(error))


def _claimed_id(item: msgspec.Raw) -> str | None:
    """The id an unreadable item gives itself, so that its sender can tell which one it was."""
    try:
        claimed = msgspec.json.decode(item)
    except msgspec.DecodeError:
        return None
    given = claimed.get("id") if isinstance(claimed, dict) else None
    return given if isinstance(given, str) and len(given) <= 64 else None
