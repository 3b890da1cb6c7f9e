"""Statements of the hot path: compiled once, their values handed straight to the driver.

A storm is thousands of rows in dozens of batches. SQLAlchemy spends about 70 µs on each execution
and several on each row, SQLite itself a few. Here SQLAlchemy says what the SQL is, once for each
database, and then stays out of the way: rows go in and come out as plain tuples, within the
transaction of the caller's connection.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import (
    ARRAY,
    JSON,
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Select,
    Table,
    bindparam,
    insert,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import UpdateBase

Values = tuple[Any, ...]
Process = tuple[int, Callable[[Any], Any]]
"""A place in a row, and what the value there goes through."""

TOGETHER = 25
"""Rows that SQLite is given in one statement."""


# What a statement may hold besides what SQLAlchemy knows.


def among(column: Column[Any], name: str) -> ColumnElement[bool]:
    """True where a column is one of a list that is one parameter, however long it is."""
    return column.op("IN", is_comparison=True)(_Listed(column, name))


class _Listed(ColumnElement[Any]):
    """The values of a parameter that is a list."""

    inherit_cache = False

    def __init__(self, column: Column[Any], name: str) -> None:
        self.wanted = bindparam(name, type_=ARRAY(column.type))


@compiles(_Listed, "sqlite")
def _each(listed: _Listed, compiler: SQLCompiler, **_: Any) -> str:
    values = f"json_each({compiler.process(listed.wanted)})"
    return f"(SELECT value FROM {values})"  # noqa: S608 - nothing in it comes from outside


@compiles(_Listed, "postgresql")
def _unnested(listed: _Listed, compiler: SQLCompiler, **_: Any) -> str:
    return f"(SELECT unnest({compiler.process(listed.wanted)}))"


# Statements.


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement as one driver takes it, and what its values go through."""

    sql: str
    names: tuple[str, ...]
    constants: Mapping[str, Any]
    going_in: tuple[Process, ...]
    coming_out: tuple[Process, ...]


class _Statement:
    """What reading and writing have in common."""

    def __init__(self, statement: Select[Any] | UpdateBase) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def _for(self, connection: Connection) -> _Compiled:
        found = self._compiled.get(connection.dialect.name)
        if found is None:
            found = self._compile(connection.dialect)
            self._compiled[connection.dialect.name] = found
        return found

    def _compile(self, dialect: Dialect) -> _Compiled:
        compiled = self._statement.compile(dialect=dialect)
        assert isinstance(compiled, SQLCompiler)
        names = tuple(compiled.positiontup or ())
        binds = {name: compiled.binds[name] for name in names}
        sends = [_sender(bind.type, dialect) for bind in binds.values()]
        gives = [
            column.type.dialect_impl(dialect).result_processor(dialect, None)
            for column in self._statement.exported_columns
        ]
        return _Compiled(
            compiled.string,
            names,
            {name: bind.value for name, bind in binds.items() if not bind.required},
            tuple((place, send) for place, send in enumerate(sends) if send),
            tuple((place, give) for place, give in enumerate(gives) if give),
        )


class Query(_Statement):
    """A statement that gives rows."""

    def __init__(self, statement: Select[Any] | UpdateBase) -> None:
        super().__init__(statement)
        self._named = _naming([str(column.key) for column in statement.exported_columns])

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> Sequence[Values]:
        """The rows for these values, of which any collection belongs to `among`."""
        ready = self._for(connection)
        given = {**ready.constants, **values}
        sent = tuple(given[name] for name in ready.names)
        cursor = _run(connection, "execute", ready.sql, _through(sent, ready.going_in))
        found: Sequence[Values] = cursor.fetchall()
        cursor.close()
        if ready.coming_out:
            return [_through(row, ready.coming_out) for row in found]
        return found

    def records(self, connection: Connection, values: Mapping[str, Any]) -> list[Any]:
        """The rows, with what they hold under the names of its columns."""
        return list(map(self._named, self.rows(connection, values)))


class Change(_Statement):
    """A statement that writes; `names` are the values of its rows, in the statement's order."""

    def __init__(self, statement: UpdateBase, *names: str) -> None:
        super().__init__(statement)
        self._names = names

    def _compile(self, dialect: Dialect) -> _Compiled:
        made = super()._compile(dialect)
        assert made.names == self._names, f"{self._names} are written as {made.names}"
        return made

    def run(self, connection: Connection, rows: Sequence[Values]) -> None:
        """Write these rows."""
        if not rows:
            return
        ready = self._for(connection)
        if ready.going_in:
            rows = [_through(row, ready.going_in) for row in rows]
        if len(rows) >= TOGETHER and connection.dialect.name == "sqlite":
            rows = self._run_together(connection, ready, rows)
        if rows:
            _run(connection, "executemany", ready.sql, rows).close()

    def _run_together(
        self, connection: Connection, ready: _Compiled, rows: Sequence[Values]
    ) -> Sequence[Values]:
        """Insert many rows a statement, while other threads have the interpreter; gives the rest.

        The driver lets go of the interpreter once for each row and then waits to have it back.
        """
        one = f"({', '.join('?' * len(ready.names))})"
        if f"VALUES {one}" not in ready.sql:
            return rows
        many = ready.sql.replace(one, ", ".join([one] * TOGETHER), 1)
        whole = len(rows) - len(rows) % TOGETHER
        for start in range(0, whole, TOGETHER):
            values = [value for row in rows[start : start + TOGETHER] for value in row]
            _run(connection, "execute", many, values).close()
        return rows[whole:]


def inserting(table: Table, *names: str) -> Change:
    """An insert of rows that hold these columns, named in the table's order."""
    return Change(insert(table).values({name: bindparam(name) for name in names}), *names)


def upserting(table: Table, *names: str) -> Change:
    """An insert of such rows, or where the key is there already an update of the other columns."""
    # Both databases speak PostgreSQL's ON CONFLICT.
    statement = postgresql.insert(table).values({name: bindparam(name) for name in names})
    key = [column.name for column in table.primary_key]
    changed = {name: statement.excluded[name] for name in names if name not in key}
    return Change(statement.on_conflict_do_update(index_elements=key, set_=changed), *names)


class savepoint:  # noqa: N801 - reads like a function in a `with`
    """Take back, where the block raises, what it did and nothing else."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        self._say("SAVEPOINT here")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._say("RELEASE SAVEPOINT here")
            return
        # Where the transaction is lost as a whole, what was raised says more than this would.
        with suppress(DBAPIError):
            self._say("ROLLBACK TO SAVEPOINT here")
            self._say("RELEASE SAVEPOINT here")

    def _say(self, sql: str) -> None:
        _run(self._connection, "execute", sql, ()).close()


def _run(connection: Connection, how: str, sql: str, values: Sequence[Any]) -> Any:
    """The driver's cursor after it ran. Raises what SQLAlchemy would raise."""
    if not connection.in_transaction():
        connection.begin()
    cursor = connection.connection.cursor()
    errors = connection.dialect.loaded_dbapi.Error
    try:
        getattr(cursor, how)(sql, values)
    except errors as error:
        lost = connection.dialect.is_disconnect(error, None, None)
        raise DBAPIError.instance(
            sql, None, error, errors, connection_invalidated=lost, dialect=connection.dialect
        ) from error
    return cursor


def _sender(kind: Any, dialect: Dialect) -> Callable[[Any], Any] | None:
    """What a value goes through; both drivers take all but documents and lists as they are."""
    if isinstance(kind, JSON):
        return kind.dialect_impl(dialect).bind_processor(dialect)
    if isinstance(kind, ARRAY):
        return _as_document if dialect.name == "sqlite" else list
    return None


def _as_document(values: Any) -> str:
    return msgspec.json.encode(list(values)).decode()


def _naming(columns: Sequence[str]) -> Callable[[Values], Any]:
    """What gives a row's values the names of its columns."""
    made: Any = namedtuple("Row", tuple(columns))  # type: ignore[misc]
    return made._make


def _through(values: Values, processors: Sequence[Process]) -> Values:
    changed: list[Any] | None = None
    for place, process in processors:
        if values[place] is not None:
            changed = changed or list(values)
            changed[place] = process(values[place])
    return tuple(changed or values)
