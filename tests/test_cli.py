"""The command `stairwell`: what it does, and one sentence where it cannot."""

from __future__ import annotations

import json
import socket
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from server.cli import cli
from server.features.incidents import report
from server.web import assets

Run = Callable[..., Result]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def run(data: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command with a data folder of its own; further settings by name."""

    def run(*words: str, **settings: str) -> Result:
        for name, value in {"data_dir": str(data), **settings}.items():
            monkeypatch.setenv(f"STAIRWELL_{name.upper()}", value)
        return CliRunner().invoke(cli, words)

    return run


def says(result: Result, *parts: str) -> None:
    """It failed, and in one sentence said these things."""
    assert result.exit_code == 1, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    [sentence] = result.stderr.strip().splitlines()
    for part in parts:
        assert part in sentence


def revise(data: Path, version: str) -> None:
    with sqlite3.connect(data / "stairwell.db") as database:
        database.execute("UPDATE alembic_version SET version_num = ?", [version])


@pytest.mark.parametrize("command", ["serve", "migrate", "demo", "links"])
def test_a_data_folder_that_cannot_be_made_is_one_sentence(run: Run, tmp_path: Path, command: str):
    (tmp_path / "file").write_text("in the way")
    says(run(command, data_dir=str(tmp_path / "file" / "data")), str(tmp_path / "file" / "data"))


@pytest.mark.parametrize("command", ["serve", "migrate", "demo"])
def test_a_database_newer_than_the_code_is_left_alone(run: Run, data: Path, command: str):
    assert run("migrate").exit_code == 0
    revise(data, "tomorrow")
    says(run(command), "tomorrow")
    with sqlite3.connect(data / "stairwell.db") as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchall() == [
            ("tomorrow",)
        ]


def test_what_is_no_database_is_one_sentence(run: Run, data: Path):
    data.mkdir()
    (data / "stairwell.db").write_bytes(b"a shopping list, and a long one at that" * 50)
    says(run("serve"), "database")


def test_a_postgresql_server_that_is_not_there_is_one_sentence(run: Run):
    says(run("migrate", database_url="postgresql+asyncpg://nobody@127.0.0.1:9/none"), "opened")


def test_a_port_in_use_is_one_sentence(run: Run):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        says(run("serve", "--port", str(port)), str(port), "--port")


def test_sqlite_means_one_process(run: Run):
    says(run("serve", "--workers", "2"), "PostgreSQL")
    says(run("worker"), "SQLite")


def test_a_certificate_needs_its_key(run: Run, tmp_path: Path):
    (tmp_path / "cert.pem").write_text("")
    says(run("serve", "--cert", str(tmp_path / "cert.pem")), "--key")


def test_scripts_that_were_not_built_are_one_sentence(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(assets.Assets.__init__, "__defaults__", (tmp_path,))
    result = run("doctor")
    assert result.exit_code == 1
    assert "make vendor" in result.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("database_url", "mysql://here"),
        ("base_url", "stairwell"),
        ("log_level", "loud"),
        ("secure_cookies", "perhaps"),
    ],
)
def test_a_setting_that_cannot_be_used_names_its_variable(run: Run, name: str, value: str):
    says(run("doctor", **{name: value}), f"STAIRWELL_{name.upper()}")


def test_links_need_a_demo(run: Run):
    says(run("links"), "stairwell demo")


def test_links_are_for_everybody_of_the_cast_and_new_each_time(run: Run):
    assert "169 stairwells" in run("demo").output
    first, second = (json.loads(run("links", "--json").stdout) for _ in range(2))
    assert {"role", "name", "url"} == set(first[0])
    assert {"steward", "volunteer A", "household"} <= {link["role"] for link in first}
    assert not {link["url"] for link in first} & {link["url"] for link in second}


def test_a_backup_is_the_database_and_takes_the_place_of_nothing(
    run: Run, data: Path, tmp_path: Path
):
    target = tmp_path / "copy.db"
    says(run("backup", str(target)), "no database")
    assert run("migrate").exit_code == 0
    assert run("backup", str(target)).exit_code == 0
    with sqlite3.connect(target) as copy, sqlite3.connect(data / "stairwell.db") as kept:
        tables = "SELECT name FROM sqlite_schema ORDER BY name"
        assert copy.execute(tables).fetchall() == kept.execute(tables).fetchall()
    says(run("backup", str(target)), "exists already")
    says(run("backup", str(tmp_path / "nowhere" / "copy.db")), "failed")
    says(run("backup", str(target), database_url="postgresql+asyncpg://here/db"), "pg_dump")


def test_the_doctor_finds_nothing_wrong_where_nothing_is(run: Run):
    result = run("doctor")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "Nothing is wrong." in result.stdout


def test_the_doctor_says_that_phones_install_nothing_from_plain_http(run: Run):
    result = run("doctor", base_url="http://stairwell.example.org")
    assert result.exit_code == 1
    assert "TLS" in result.stderr


def test_the_doctor_keeps_a_password_to_itself(run: Run):
    result = run("doctor", database_url="postgresql+asyncpg://me:secret@127.0.0.1:9/none")
    assert result.exit_code == 1
    assert "secret" not in result.output


def test_a_new_push_key_is_given_to_browsers(run: Run, data: Path):
    assert run("migrate").exit_code == 0
    first, second = run("rotate-push-key"), run("rotate-push-key")
    assert first.exit_code == second.exit_code == 0
    assert first.output != second.output


def test_a_push_key_in_a_file_is_not_rotated_here(run: Run, tmp_path: Path):
    says(run("rotate-push-key", vapid_key=str(tmp_path / "key.pem")), "STAIRWELL_VAPID_KEY")


@pytest.mark.parametrize("command", ["serve", "doctor"])
def test_a_push_key_that_others_can_read_is_one_sentence(run: Run, tmp_path: Path, command: str):
    key = tmp_path / "key.pem"
    key.write_text("secret")
    key.chmod(0o644)
    result = run(command, vapid_key=str(key))
    assert result.exit_code == 1
    assert "chmod 600" in result.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("push_contact", "steward@example.org"), ("push_contact", "mailto: a@b.c"),
        ("push_hosts", "https://push.example.org"), ("push_hosts", "*.example.org"),
        ("push_also", "127.0.0.1:9001"), ("push_also", "http://127.0.0.1:9001/path"),
        ("push_relays", "https://push.example.org"), ("push_relays", "https://a.b=nowhere"),
    ],
)  # fmt: skip
def test_a_malformed_push_setting_is_one_sentence(run: Run, name: str, value: str):
    says(run("migrate", **{name: value}), f"STAIRWELL_{name.upper()}")


def test_push_settings_are_read_as_they_are_meant(run: Run):
    shown = run(
        "doctor", push_hosts="Push.Apple.com, fcm.googleapis.com",
        push_relays="https://fcm.googleapis.com:443=http://127.0.0.1:9001/",
    )  # fmt: skip
    assert "push.apple.com,fcm.googleapis.com" in shown.output
    assert "https://fcm.googleapis.com=http://127.0.0.1:9001" in shown.output


REGISTER = """楼栋,单元,室号,姓名,出生日期
12,3,501,张三,1938.5.6
12,3,501,李四,1960
12,3,502,王五,38.5.6
"""


def rows(data: Path, query: str) -> list[tuple]:
    with sqlite3.connect(data / "stairwell.db") as database:
        return database.execute(query).fetchall()


def test_a_committee_begins_with_its_own_register(run: Run, data: Path, tmp_path: Path):
    file = tmp_path / "台账.csv"
    file.write_bytes(REGISTER.encode("gb18030"))
    command = ("import", str(file), "--new", "百花社区", "--compound", "梅园", "--as", "陈梅")
    looked = run(*command)
    assert looked.exit_code == 0, looked.output
    assert "added 2, refused 1." in looked.output
    assert "E4" in looked.output
    assert "Nothing was changed" in looked.output
    assert rows(data, "SELECT count(*) FROM communities") == [(0,)]
    taken = run(*command, "--yes")
    assert taken.exit_code == 0, taken.output
    assert "/in/" in taken.output
    people = rows(data, "SELECT name, born FROM residents ORDER BY id")
    assert people == [("张三", 1938), ("李四", 1960)]
    again = run("import", str(file), "--yes")
    says(again, "Nothing in this file changes the register.")
    assert rows(data, "SELECT count(*) FROM residents") == [(2,)]


def test_what_cannot_be_imported_says_why_in_one_sentence(run: Run, tmp_path: Path):
    file = tmp_path / "台账.csv"
    file.write_text(REGISTER, "utf-8")
    says(run("import", str(file)), "--new")
    says(run("import", str(file), "--new", "X", "--scheme", "street"), "lane, unit, tower")
    says(run("import", str(file), "--new", "X", "--scheme", "lane"), "--lane")
    picture = tmp_path / "photo.xlsx"
    picture.write_bytes(b"\xff\xd8\xff\xe0")
    says(run("import", str(picture), "--new", "X"), "picture")
    odd = tmp_path / "odd.csv"
    odd.write_text("a,b\n1,2\n", "utf-8")
    says(run("import", str(odd), "--new", "X"), "No sheet is chosen")


def test_a_signed_report_is_checked_and_a_changed_one_found(run: Run, tmp_path: Path):
    body = json.dumps({"community": "梅园", "incident": "Spring", "closed_at": "2022-06-01"})
    signature, public = report.sign(body.encode())
    file = tmp_path / "report.json"
    file.write_bytes(report.document(body, signature, public))
    checked = run("verify", str(file))
    assert checked.exit_code == 0
    assert report.fingerprint(public) in checked.output
    file.write_bytes(report.document(body.replace("Spring", "Winter"), signature, public))
    says(run("verify", str(file)), "it was changed")


def test_what_is_no_report_is_one_sentence(run: Run, tmp_path: Path):
    file = tmp_path / "report.json"
    file.write_text("a spreadsheet")
    says(run("verify", str(file)), "no report")
