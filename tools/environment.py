"""Make the Python environment in .venv from a lock, with whatever this machine has.

    python3 tools/environment.py requirements-dev.txt

Only the standard library is used, because nothing else is there yet. Packages are installed by uv
where it is to be had, because it is ten times faster, and otherwise by pip. Neither ensurepip nor a
pip inside the environment is needed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
QUIET = ["--quiet", "--disable-pip-version-check", "--no-input"]


def main(lock: Path) -> None:
    if sys.version_info < (3, 11):  # noqa: UP036
        found = ".".join(map(str, sys.version_info[:3]))
        sys.exit(
            f"Stairwell needs Python 3.11 or newer and this is {found}: make PYTHON=python3.11"
        )
    make_venv()
    for way in (with_uv, with_pip):
        if way(lock):
            return
    sys.exit(
        f"Neither uv nor pip could install {lock.name}: see what they said above, "
        "and where pip is missing install it (Debian and Ubuntu: apt-get install python3-pip)."
    )


def make_venv() -> None:
    if PYTHON.exists() and run([PYTHON, "-c", "pass"], quiet=True):
        return
    run([sys.executable, "-m", "venv", "--clear", "--without-pip", VENV])


def with_uv(lock: Path) -> bool:
    uv = find_uv()
    if uv is None:
        return False
    return install([uv, "pip", "install", "--quiet", "--python", PYTHON], lock, index_of_pip())


def with_pip(lock: Path) -> bool:
    pip = find_pip()
    return pip is not None and install([*pip, "install", *QUIET], lock, {})


def install(command: list[str | Path], lock: Path, more: dict[str, str]) -> bool:
    """The lock's packages, then Stairwell itself, which is what puts `stairwell` into .venv/bin."""
    env = {**os.environ, **more, "VIRTUAL_ENV": str(VENV)}
    with tempfile.TemporaryDirectory() as folder:
        build = Path(folder) / "build.txt"
        build.write_text(locked("setuptools"))
        locks: list[str | Path] = ["--require-hashes", "-r", lock]
        if "\nsetuptools==" not in lock.read_text("utf-8"):
            locks += ["-r", build]
        itself: list[str | Path] = ["--no-deps", "--no-build-isolation", "--editable", ROOT]
        return run([*command, *locks], env) and run([*command, *itself], env)


def find_uv() -> str | None:
    """The uv on the path, or the one in the environment, put there by pip at the locked version."""
    ours = VENV / "bin" / "uv"
    if ours.exists():
        return str(ours)
    if found := shutil.which("uv"):
        return found
    pip = find_pip()
    if pip is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        lock = Path(folder) / "uv.txt"
        lock.write_text(locked("uv"))
        run([*pip, "install", *QUIET, "--require-hashes", "-r", lock])
    return str(ours) if ours.exists() else None


def locked(name: str) -> str:
    """What the lock says about one package: its version and its hashes."""
    lock = (ROOT / "requirements-dev.txt").read_text("utf-8")
    entry = re.search(rf"^{re.escape(name)}==.*\n(?:    --hash=.*\n)+", lock, re.MULTILINE)
    if entry is None:
        sys.exit(f"requirements-dev.txt does not lock {name}, which set-up needs: make lock")
    return entry[0]


def find_pip() -> list[str] | None:
    """A pip that installs into .venv from outside it; pip has been able to since 22.3."""
    pip = [sys.executable, "-m", "pip"]
    if not run([*pip, "--python", PYTHON, "--version"], quiet=True):
        apt_get = shutil.which("apt-get")
        if not (apt_get and os.geteuid() == 0 and sys.executable.startswith("/usr/bin/")):
            return None
        run([apt_get, "update", "-qq"])
        run([apt_get, "install", "-qq", "-y", "--no-install-recommends", "python3-pip"])
        if not run([*pip, "--python", PYTHON, "--version"], quiet=True):
            return None
    return [*pip, "--python", str(PYTHON)]


def index_of_pip() -> dict[str, str]:
    """A mirror set up for pip counts for uv too, which does not read pip's settings."""
    if "UV_DEFAULT_INDEX" in os.environ or "UV_INDEX_URL" in os.environ:
        return {}
    mirror = os.environ.get("PIP_INDEX_URL")
    if not mirror:
        asked = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
        answer = subprocess.run(asked, capture_output=True, text=True)
        mirror = answer.stdout.strip() if answer.returncode == 0 else None
    return {"UV_DEFAULT_INDEX": mirror} if mirror else {}


def run(
    command: list[str | Path], env: dict[str, str] | None = None, *, quiet: bool = False
) -> bool:
    out = subprocess.DEVNULL if quiet else None
    return subprocess.run(list(map(str, command)), env=env, stdout=out, stderr=out).returncode == 0


if __name__ == "__main__":
    main(ROOT / sys.argv[1])
