"""Migrations make exactly what the code expects, on both databases."""

import sqlite3

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from server.app import FEATURES
from server.db.base import metadata
from server.db.errors import DatabaseError
from server.db.migrate import MIGRATIONS, newest, upgrade, upgrade_on
from server.settings import Settings


def differences(connection):
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "compare_server_default": other_default}
    )
    return compare_metadata(context, metadata)


def other_default(_context, _found, _wanted, found, _metadata, wanted):
    """Whether a default differs; Alembic itself thinks that an empty text does on SQLite."""
    return bare(found) != bare(wanted)


def bare(default):
    """A default without the quotes and types that each database adds."""
    return None if default is None else default.partition("::")[0].strip("'()")


def test_migrating_makes_exactly_the_tables_of_the_code(told):
    assert FEATURES
    assert told.read(differences) == []


def test_every_table_but_the_servers_own_begins_its_key_with_the_community():
    for table in metadata.sorted_tables:
        if table.name not in {"communities", "keys"}:
            first = next(iter(table.primary_key.columns))
            assert first.name == "community_id", table.name


def test_migrating_again_changes_nothing(told):
    told.write(upgrade_on)
    assert told.read(differences) == []


def test_migrating_waits_for_whoever_migrates(settings):
    upgrade(settings)
    upgrade(settings)


def test_a_new_database_is_made_where_there_is_none(tmp_path):
    settings = Settings(data_dir=tmp_path / "new" / "folder")
    upgrade(settings)
    assert settings.sqlite_path.exists()


def test_a_database_of_a_newer_version_is_left_alone(told):
    told.execute(text("UPDATE alembic_version SET version_num = 'from_the_future'"))
    with pytest.raises(DatabaseError, match="newer version of Stairwell") as raised:
        upgrade(told.settings)
    assert "from_the_future" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_file_that_is_no_database_is_said_in_one_sentence(tmp_path):
    settings = Settings(data_dir=tmp_path)
    settings.sqlite_path.write_bytes(b"a shopping list, and no database at all " * 40)
    with pytest.raises(DatabaseError, match="cannot be opened") as raised:
        upgrade(settings)
    assert "\n" not in str(raised.value)


def test_a_folder_that_cannot_be_written_to_is_said_in_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseError, match="cannot be written to"):
        upgrade(Settings(data_dir=tmp_path / "file"))


def test_a_postgres_that_is_away_is_said_in_one_sentence(tmp_path):
    url = f"postgresql+asyncpg://nobody@/nothing?host={tmp_path}"
    with pytest.raises(DatabaseError, match="cannot be opened") as raised:
        upgrade(Settings(database_url=url))
    assert "\n" not in str(raised.value)


def test_a_postgres_without_that_database_is_said_in_one_sentence(postgres):
    with pytest.raises(DatabaseError) as raised:
        upgrade(Settings(database_url=postgres.url("no_such_database")))
    assert "\n" not in str(raised.value)


def test_a_migration_that_breaks_leaves_the_old_shape(tmp_path, monkeypatch):
    settings = Settings(data_dir=tmp_path)
    upgrade(settings)
    newest = ScriptDirectory(MIGRATIONS).get_current_head()
    with sqlite3.connect(settings.sqlite_path) as connection:
        before = connection.execute("SELECT sql FROM sqlite_master ORDER BY 1").fetchall()
    broken = tmp_path / "migrations"
    (broken / "versions").mkdir(parents=True)
    for path in MIGRATIONS.rglob("*.py"):
        (broken / path.relative_to(MIGRATIONS)).write_text(path.read_text())
    (broken / "versions" / "next.py").write_text(
        "from alembic import op\nimport sqlalchemy as sa\n"
        f"revision = 'next'\ndown_revision = '{newest}'\n"
        "def upgrade():\n"
        "    op.create_table('half', sa.Column('id', sa.Integer()))\n"
        "    op.execute('SELECT nonsense')\n"
    )
    monkeypatch.setattr("server.db.migrate.MIGRATIONS", broken)
    with pytest.raises(DatabaseError):
        upgrade(settings)
    with sqlite3.connect(settings.sqlite_path) as connection:
        after = connection.execute("SELECT sql FROM sqlite_master ORDER BY 1").fetchall()
        version = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    assert (after, version) == (before, (newest,))


def test_the_newest_shape_is_found_as_alembic_finds_it():
    scripts = ScriptDirectory(str(MIGRATIONS))
    assert newest() == scripts.get_current_head()
