"""The command `stairwell`."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import click
import uvicorn
from sqlalchemy import Connection

from server import __version__, clock, importing, seeds, story
from server.app import create_app, run_worker
from server.db.errors import DatabaseError
from server.db.migrate import upgrade
from server.db.session import open_database
from server.features.incidents import report
from server.features.photos.store import open_store
from server.push import alarms, keys
from server.settings import PREFIX, SettingError, Settings
from server.web.assets import Assets, NotBuilt
from server.web.keys import find_or_make


class Failure(click.ClickException):
    """Something is wrong outside the program: one sentence, and exit code 1."""

    def show(self, file: Any = None) -> None:
        """Print the sentence alone."""
        click.echo(self.message, err=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="stairwell")
def cli() -> None:
    """Stairwell 楼道: a locked-down neighbourhood, run door by door."""


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))
@click.option("--cert", type=click.Path(exists=True, dir_okay=False), help="TLS certificate.")
@click.option("--key", type=click.Path(exists=True, dir_okay=False), help="Its private key.")
def serve(host: str, port: int, workers: int, cert: str | None, key: str | None) -> None:
    """Run the server."""
    settings = read_settings()
    if workers > 1 and settings.uses_sqlite:
        raise Failure(
            "More than one worker needs PostgreSQL: set STAIRWELL_DATABASE_URL, "
            "or leave --workers out."
        )
    if bool(cert) != bool(key):
        raise Failure("--cert and --key go together.")
    _must_be_free(host, port)
    _attempt(upgrade, settings)
    options: dict[str, Any] = {
        "host": host,
        "port": port,
        "ssl_certfile": cert,
        "ssl_keyfile": key,
        "log_level": "warning",
        "access_log": False,
        "server_header": False,
        "timeout_keep_alive": 75,
        "timeout_graceful_shutdown": 5,
        "proxy_headers": True,
    }
    if workers == 1:
        _Server(uvicorn.Config(_attempt(create_app, settings), **options)).run()
    else:
        uvicorn.run(
            "server.app:create_from_environment",
            factory=True,
            workers=workers,
            # On a busy machine starting takes longer than the 5 s after which one counts as hung.
            timeout_worker_healthcheck=60,
            **options,
        )


class _Server(uvicorn.Server):
    """Ends live connections when asked to stop; they would keep it from stopping otherwise."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Runs in the event loop's thread, on SIGINT and SIGTERM."""
        hub = getattr(self.config.app.state, "hub", None)  # type: ignore[union-attr]
        if hub is not None:
            hub.live.close()
        super().handle_exit(sig, frame)


@cli.command()
def demo() -> None:
    """Fill the database with block A of the field notes, if it is empty."""
    settings = read_settings()
    _attempt(upgrade, settings)
    made = _run(settings, _demo, True)
    click.echo(f"The demo neighbourhood is there: {made}")


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="A list of role, name and url.")
def links(as_json: bool) -> None:
    """Print one-use sign-in links for the people of the demo."""
    settings = read_settings()
    _attempt(upgrade, settings)
    if not _run(settings, seeds.summarise, False, seeds.BLOCK).stairwells:
        raise Failure("There is no demo in this database: run `stairwell demo` first.")
    found = _run(settings, seeds.demo_links, True, clock.now(), settings.base_url)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for link in found:
        click.echo(f"{link['role']:<20} {link['name']:<10} {link['url']}")


@cli.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Take it over; without this nothing changes.")
@click.option("--community", type=int, help="Which community, where there are several.")
@click.option("--as", "steward", default="", help="In whose name: a steward's name or id.")
@click.option("--new", "new", default="", help="Make a community of this name first.")
@click.option("--compound", default="", help="With --new: what its first compound is called.")
@click.option("--scheme", default="unit", help="With --new: lane, unit or tower.")
@click.option("--lane", default="", help="With --new and --scheme lane: its number.")
@click.option("--lay", is_flag=True, help="Make buildings and flats that are not there yet.")
def import_register(
    file: Path,
    yes: bool,
    community: int | None,
    steward: str,
    new: str,
    compound: str,
    scheme: str,
    lane: str,
    lay: bool,
) -> None:
    """Read a register (xlsx, xls, csv) and say what it would change; with --yes, change it."""
    settings = read_settings()
    _attempt(upgrade, settings)
    wanted = importing.New(new, compound, scheme, lane, steward or "steward") if new else None
    asked = importing.Wish(file, wanted, community, "" if new else steward, lay, yes)
    try:
        _run(settings, _import, True, asked, settings)
    except importing.OnlyLooked:
        click.echo("Nothing was changed: add --yes to take it over.")
    except importing.CannotImport as error:
        raise Failure(str(error)) from error


def _import(connection: Connection, wish: importing.Wish, settings: Settings) -> None:
    """All in one transaction: where anything fails, nothing has happened."""
    now, secret, community = clock.now(), "", wish.community
    if wish.new is not None:
        community, secret = importing.found(connection, wish.new, now)
    person = importing.who(connection, community, wish.steward, now)
    given = importing.give_in(connection, person, wish, now, _progress)
    for line in (*given.columns, *given.wrong[:MOST_LINES]):
        click.echo(line)
    if len(given.wrong) > MOST_LINES:
        click.echo(f"… and {len(given.wrong) - MOST_LINES} rows more that need somebody.")
    click.echo(", ".join(f"{what} {n}" for what, n in given.counts.items()) + ".")
    if not wish.yes:
        raise importing.OnlyLooked
    refused = importing.take_over(connection, person, given, find_or_make(connection, "operations"))
    if refused is not None:
        raise importing.CannotImport(refused)
    click.echo(f"Taken over in the name of {person.name}.")
    if secret:
        click.echo(f"{person.name} signs in once with {settings.base_url.rstrip('/')}/in/{secret}")


MOST_LINES = 50
"""Rows that need somebody, on one screen."""


def _progress(done: int, total: int) -> None:
    """How far reading is, on a terminal."""
    if sys.stderr.isatty():
        click.echo(f"\r{done} of about {total} rows", nl=False, err=True)


@cli.command()
def migrate() -> None:
    """Bring the database to the shape this version expects."""
    _attempt(upgrade, read_settings())
    click.echo("The database has the right shape.")


@cli.command()
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
def backup(target: Path) -> None:
    """Copy the SQLite database to TARGET while the server runs."""
    settings = read_settings()
    if not settings.uses_sqlite:
        raise Failure("This copies SQLite; for PostgreSQL use pg_dump.")
    if not settings.sqlite_path.exists():
        raise Failure(f"There is no database at {settings.sqlite_path}.")
    if target.exists():
        raise Failure(f"{target} exists already; name a new file.")
    try:
        with (
            closing(sqlite3.connect(settings.sqlite_path)) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)
    except (sqlite3.Error, OSError) as error:
        raise Failure(f"The copy failed: {error}.") from error
    click.echo(f"Copied to {target}.")


@cli.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def verify(file: Path) -> None:
    """Say whether the report of a closed incident is what was signed, and with which key."""
    try:
        said = report.check(file.read_bytes())
    except ValueError as error:
        raise Failure(f"{file}: {error}.") from error
    click.echo(f"{said['community']}: {said['incident']}, closed {said['closed_at']}")
    click.echo(f"The signature is true. Compare its key: {said['fingerprint']}")


@cli.command()
def worker() -> None:
    """Run reactions without serving pages, beside web processes on PostgreSQL."""
    settings = read_settings()
    if settings.uses_sqlite:
        raise Failure("SQLite means one process, and `stairwell serve` runs reactions itself.")
    _attempt(upgrade, settings)
    asyncio.run(run_worker(settings))


@cli.command("rotate-push-key")
def rotate_push_key() -> None:
    """Give browsers a new key for calls; the old one signs until all of them have moved."""
    settings = read_settings()
    if settings.vapid_key:
        raise Failure("STAIRWELL_VAPID_KEY names the key: put another into that file.")
    _attempt(upgrade, settings)
    made, used = _run(settings, _rotate, True)
    click.echo(f"Browsers are given the key {made} from now on.")
    for key_id, count in used.items():
        click.echo(f"{count} subscriptions still use the key {key_id}; they move when opened.")


def _rotate(connection: Connection) -> tuple[str, dict[str, int]]:
    return keys.rotate(connection).id, keys.in_use(connection)


@cli.command()
def doctor() -> None:
    """Say how Stairwell is set up here, and what is wrong with it."""
    settings = read_settings()
    wrong = []
    for name in settings.__slots__:
        value = getattr(settings, name)
        set_here = "set" if PREFIX + name.upper() in os.environ else "default"
        shown = value.split("@")[-1] if name == "database_url" and value else _listed(value)
        click.echo(f"{PREFIX + name.upper():<26} {shown!s:<40} {set_here}")
    click.echo(f"{'Python':<26} {sys.version.split()[0]}")
    click.echo(f"{'SQLite':<26} {sqlite3.sqlite_version}")
    for check, fine in (
        (partial(upgrade, settings), "The database can be opened and has the right shape."),
        (Assets, "What pages load has been built."),
        (partial(keys.of_file, settings), "Calls can be signed."),
        (partial(open_store, settings), "Photos have a place to be kept."),
        (partial(_must_be_taken, settings), "No push service complains."),
    ):
        try:
            check()
            click.echo(fine)
        except (DatabaseError, NotBuilt, SettingError, Failure) as error:
            wrong.append(str(error))
    if settings.base_url.startswith("http://") and "127.0.0.1" not in settings.base_url:
        wrong.append(
            "Phones install nothing from plain HTTP: use --cert and --key or a proxy with TLS, "
            "and an https STAIRWELL_BASE_URL."
        )
    if sqlite3.sqlite_version_info < (3, 35):
        wrong.append(f"SQLite {sqlite3.sqlite_version} is too old; 3.35 is needed.")
    for sentence in wrong:
        click.echo(f"WRONG: {sentence}", err=True)
    if wrong:
        raise SystemExit(1)
    click.echo("Nothing is wrong.")


def _listed(value: Any) -> Any:
    """A setting as it would be written: lists with commas, pairs with an equals sign."""
    if not isinstance(value, tuple):
        return value
    return ",".join("=".join(one) if isinstance(one, tuple) else one for one in value)


def _must_be_taken(settings: Settings) -> None:
    """Raises `Failure` where push services refuse what is sent to them."""
    standing = _run(settings, alarms.standing, False)
    if standing:
        raise Failure(
            "; ".join(
                f"{origin} refused calls {alarm.times} times since {clock.rfc3339(alarm.since)}, "
                f"last with {alarm.status or 'no answer'}: {' '.join(alarm.said.split())}"
                for origin, alarm in standing.items()
            )
        )


def read_settings() -> Settings:
    """The settings, or one sentence about the variable that is wrong."""
    try:
        return Settings.read()
    except SettingError as error:
        raise Failure(str(error)) from error


def _attempt(work: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return work(*arguments)
    except (DatabaseError, NotBuilt, SettingError) as error:
        raise Failure(str(error)) from error


def _must_be_free(host: str, port: int) -> None:
    """Say in one sentence that a port is taken, instead of failing in the middle of starting."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Failure(
                f"Cannot listen on {host}:{port} ({error.strerror}): "
                "stop what uses it, or choose another --port."
            ) from error


def _run(settings: Settings, work: Callable[..., Any], writes: bool, *arguments: Any) -> Any:
    """Run database work outside a server."""

    async def run() -> Any:
        database = open_database(settings)
        try:
            return await (database.write if writes else database.read)(work, *arguments)
        finally:
            await database.close()

    return _attempt(asyncio.run, run())


def _demo(connection: Connection) -> str:
    """Block A, and its first day; both only where they are not there yet."""
    community = seeds.summarise(connection, seeds.BLOCK)
    if not community.stairwells:
        community = seeds.build_demo(connection, clock.now())
    story.tell(connection, seeds.BLOCK, clock.now(), find_or_make(connection, "operations"))
    return (
        f"{community.stairwells} stairwells, {community.homes} households, "
        f"{community.residents} residents"
    )


def main() -> None:
    """The entry point."""
    cli()


if __name__ == "__main__":
    main()
