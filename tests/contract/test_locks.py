"""Locks pin every package by hash and name no host: any mirror serves, and none can cheat."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYTHON_LOCKS = ["requirements.txt", "requirements-dev.txt", "requirements-node.txt"]
NPM_FOLDERS = [".", "bench"]
LOCKS = [*PYTHON_LOCKS, *(f"{folder}/package-lock.json" for folder in NPM_FOLDERS)]
HOST = re.compile(
    r"[a-z+]+://|\b(?:[a-z0-9-]+\.)+(?:com|org|net|io|cn|dev|example)\b(?!\"?:)", re.I
)
PINNED = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>[\w.!+]+)(?: ;.*)? \\$")


def entries(lock: str) -> list[list[str]]:
    """Each package's lines: the first pins it, the others are its hashes."""
    lines = (ROOT / lock).read_text("utf-8").splitlines()
    found: list[list[str]] = []
    for line in lines:
        if line.lstrip().startswith("#") or not line.strip():
            continue
        if line.startswith(" "):
            found[-1].append(line.strip())
        else:
            found.append([line])
    return found


def npm_packages(folder: str = ".") -> dict[str, dict[str, str]]:
    packages = json.loads((ROOT / folder / "package-lock.json").read_text("utf-8"))["packages"]
    return {name: package for name, package in packages.items() if name}


@pytest.mark.parametrize("lock", PYTHON_LOCKS)
def test_every_python_package_is_pinned_by_hash(lock: str) -> None:
    assert entries(lock)
    for first, *hashes in entries(lock):
        assert PINNED.match(first), first
        assert hashes, f"{first} has no hash"
        for line in hashes:
            assert re.fullmatch(r"--hash=sha256:[0-9a-f]{64}(?: \\)?", line), (first, line)


@pytest.mark.parametrize("folder", NPM_FOLDERS)
def test_every_npm_package_has_its_integrity(folder: str) -> None:
    """npm would install one that has none without a word."""
    assert npm_packages(folder)
    for name, package in npm_packages(folder).items():
        kind, _, digest = package.get("integrity", "").partition("-")
        assert kind == "sha512", name
        assert len(base64.b64decode(digest)) == 64, name


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_names_a_host(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    names = {match["name"] for first, *_ in entries(lock) if (match := PINNED.match(first))}
    if lock.endswith("package-lock.json"):
        packages = npm_packages(str(Path(lock).parent))
        names = {name.rpartition("node_modules/")[2] for name in packages}
        assert not re.search(r'"resolved"', text)
    found = {match[0] for match in HOST.finditer(text)} - names
    assert not found


def test_the_development_lock_agrees_with_the_one_that_serves() -> None:
    """So that what was tested is what is served."""
    pins = {lock: {first for first, *_ in entries(lock)} for lock in PYTHON_LOCKS[:2]}
    assert pins["requirements.txt"] <= pins["requirements-dev.txt"]


@pytest.mark.parametrize("folder", NPM_FOLDERS)
def test_the_npm_lock_holds_what_package_json_asks_for(folder: str) -> None:
    package = json.loads((ROOT / folder / "package.json").read_text("utf-8"))
    for name, version in (package["dependencies"] | package.get("devDependencies", {})).items():
        assert npm_packages(folder)[f"node_modules/{name}"]["version"] == version


def test_what_pages_load_is_what_package_json_says() -> None:
    package = json.loads((ROOT / "package.json").read_text("utf-8"))
    for name, file in package["vendor"].items():
        content = (ROOT / "static" / "vendor" / name).read_bytes()
        digest = base64.b64encode(hashlib.sha384(content).digest()).decode()
        assert file["integrity"] == f"sha384-{digest}", name
