"""What can be wrong with a database, said so that somebody can act on it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from socket import gaierror

import asyncpg
from sqlalchemy.exc import DBAPIError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError


class DatabaseError(Exception):
    """The database cannot be used; the text is one sentence for whoever runs the server."""


class Busy(DatabaseError):
    """The write did not happen now (locked, disk full, server away); trying again may help."""


def passing(error: BaseException) -> bool:
    """True for an error that is nobody's mistake and may be gone when the work is tried again."""
    return any(_passing(one) for one in _with_causes(error))


def as_busy(error: Exception) -> Exception:
    """`Busy` with the words of what will pass, or the error itself where it is a mistake."""
    return next((Busy(str(one)) for one in _with_causes(error) if _passing(one)), error)


def _passing(error: BaseException) -> bool:
    if isinstance(error, _PASSING_ERRORS) or type(error) is OSError:
        return True
    if isinstance(error, DBAPIError):
        return error.connection_invalidated
    state = getattr(error, "sqlstate", None)  # of asyncpg
    if isinstance(state, str):
        return state.startswith(_PASSING_STATES)
    if isinstance(error, sqlite3.OperationalError):
        return error.sqlite_errorcode & 0xFF in _PASSING_CODES
    return False


def _with_causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and those it arose from: a failed roll back hides what it was to roll back."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


_PASSING_ERRORS = (
    asyncpg.InternalClientError,  # what asyncpg says of a connection that broke in mid-sentence
    ConnectionError,
    FileNotFoundError,
    PendingRollbackError,
    PoolTimeoutError,
    TimeoutError,
    gaierror,
    Busy,
)
"""A server that is not there. asyncio raises a bare OSError where several addresses failed."""

_PASSING_STATES = ("08", "40", "53", "55P03", "57P", "58030")
"""SQLSTATEs: connections, deadlocks, no room, locks, a server that stops or starts, I/O."""

_PASSING_CODES = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_READONLY,
    }
)
