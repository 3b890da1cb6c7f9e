"""The registry of kinds: every change of shared state is one of these classes.

A kind is a msgspec struct of its data with `apply`. One decoder reads JSON and plain forms alike.
Where a kind is asked for in bulk it overrides `apply_all` and works set-wise; the others are
applied one by one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol, TypeVar

import msgspec
from sqlalchemy import Connection

from server.db.bulk import savepoint
from server.i18n import Words, mark

WORK = "work"
"""Retention of what the accounting needs: doors, counts, answers."""

NOTES = "notes"
"""Retention of free text people wrote."""


HEALTH = "health"
"""Retention of test results and what else a doctor would keep to himself."""

PRIVATE = "private"
"""Retention of what was said between one officer and the sides of a quarrel."""


REGISTER = "register"
"""Retention of who lives where: names, years, telephone numbers."""


class Actor(Protocol):
    """Somebody who asks; features know more of them than the oplog does."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def revoked_at(self) -> int | None: ...


class Refused(Exception):
    """The operation may not happen; the words say why and what to do."""

    def __init__(self, text: str, /, **params: Any) -> None:
        super().__init__(text)
        self.words = Words(text, params)


class Stale(Refused):
    """Somebody was first: the edit saw an older version than the one it would replace."""


class Asked(msgspec.Struct):
    """One operation, decoded, numbered, its time corrected, and then its outcome."""

    id: str
    kind: str
    v: int
    actor: str
    carrier: str | None
    device: str | None
    made_at: int
    corrected_at: int
    seen: int
    group: str | None
    seq: int  # 0 until it is applied
    digest: bytes
    body: bytes
    op: Op | None = None
    outcome: str = ""
    message: Words | None = None
    subject: str | None = None

    def settle(self, outcome: str, message: Words | None = None) -> None:
        """Record what came of it."""
        self.outcome, self.message = outcome, message


@dataclass(slots=True)
class Moment:
    """What a kind may use while it is applied: the transaction, who asks, and ways to tell."""

    connection: Connection
    community_id: int
    received_at: int
    actors: Mapping[str, Actor]
    topics: set[str] = field(default_factory=set)
    reactions: list[tuple[str, str, int]] = field(default_factory=list)
    batch: Mapping[str, Asked] = field(default_factory=dict)
    """What is asked together, by id: not in the history yet."""

    def tell(self, *topics: str) -> None:
        """Pages that show these topics are out of date once this commits."""
        self.topics.update(topics)

    def react(self, name: str, subject: str, due_at: int | None = None) -> None:
        """Have a reaction run after this commits, at least once."""
        self.reactions.append((name, subject, self.received_at if due_at is None else due_at))


class Op(msgspec.Struct, omit_defaults=True):
    """A kind of operation: its fields are its data."""

    op_kind: ClassVar[str]
    op_version: ClassVar[int]
    op_label: ClassVar[str]
    retention: ClassVar[Mapping[str, str]] = {}
    """Fields kept under another class than `WORK`."""

    def apply(self, at: Moment, asked: Asked) -> None:
        """Make the effect. Raises `Refused` or `Stale`; sets `asked.subject` where there is one."""
        raise NotImplementedError

    def may_decide(self, at: Moment, asked: Asked) -> bool:
        """True where the asker may decide about one of these that was refused."""
        return False

    def redo(self, at: Moment, original: Asked) -> None:
        """Apply a refused one after all, in its maker's name and time. Raises `Refused`."""
        raise Refused(NOT_AGAIN)

    @classmethod
    def apply_all(cls, at: Moment, asked: Sequence[Asked]) -> None:
        """Apply operations of this kind in order; overridden where set-wise work pays."""
        for one in asked:
            try:
                with savepoint(at.connection):
                    one.op.apply(at, one)  # type: ignore[union-attr]
                one.settle("applied")
            except Stale as stale:
                one.settle("stale", stale.words)
            except Refused as refused:
                one.settle("refused", refused.words)


registry: dict[tuple[str, int], type[Op]] = {}
"""Every kind and version this server understands."""

_decoders: dict[tuple[str, int], msgspec.json.Decoder[Any]] = {}

O = TypeVar("O", bound=type[Op])  # noqa: E741


def operation(kind: str, *, v: int = 1, label: str) -> Callable[[O], O]:
    """Register a class as a kind. Old versions stay registered: an outbox can be weeks old."""

    def register(cls: O) -> O:
        cls.op_kind, cls.op_version, cls.op_label = kind, v, label
        if (kind, v) in registry:
            raise RuntimeError(f"The kind {kind} v{v} is registered twice.")
        registry[kind, v] = cls
        _decoders[kind, v] = msgspec.json.Decoder(cls, strict=False)  # forms hold text
        return cls

    return register


def newest(kind: str) -> type[Op] | None:
    """The newest version of a kind, which plain forms post."""
    versions = [cls for (name, _), cls in registry.items() if name == kind]
    return max(versions, key=lambda cls: cls.op_version, default=None)


def decode(kind: str, v: int, data: bytes) -> Op:
    """Read an operation's data. Raises `KeyError` for an unknown kind, `msgspec.DecodeError`."""
    decoder = _decoders[kind, v]
    if b"\\u0000" in data and _NUL.search(data):
        raise msgspec.ValidationError("it holds a character that no text may hold")
    return decoder.decode(data)


_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""The escape of a NUL, which PostgreSQL keeps in no text."""


NOT_AGAIN = mark("This cannot be done over. Make a new entry instead.")
