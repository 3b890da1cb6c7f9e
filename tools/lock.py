"""Write every lock anew: the newest versions that the .in files and package.json allow.

    python tools/lock.py npm

Locks say what is wanted and not from where, so that any mirror serves.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMPILE = [
    *(str(ROOT / ".venv" / "bin" / "uv"), "pip", "compile", "--quiet", "--upgrade", "--universal"),
    *("--python-version", "3.11", "--generate-hashes", "--no-emit-index-url"),
    *("--custom-compile-command", "make lock"),
]


def main(npm: str) -> None:
    compile_("requirements.in", "requirements.txt")
    compile_("requirements-dev.in", "requirements-dev.txt", "--constraints", "requirements.txt")
    compile_("requirements-node.in", "requirements-node.txt")

    path = f"{Path(npm).parent}{os.pathsep}{os.environ['PATH']}"
    for folder in (ROOT, ROOT / "bench"):
        for words in (["update", "--package-lock-only"], ["ci"]):
            command = [npm, *words, "--ignore-scripts", "--loglevel=error"]
            subprocess.run(command, cwd=folder, check=True, env={**os.environ, "PATH": path})
        leave_out_funding(folder / "package-lock.json")
    subprocess.run([sys.executable, "tools/vendor.py", "--record"], cwd=ROOT, check=True)


def compile_(wanted: str, lock: str, *more: str) -> None:
    subprocess.run([*COMPILE, *more, wanted, "--output-file", lock], cwd=ROOT, check=True)


def leave_out_funding(lock: Path) -> None:
    """Where authors ask for money is part of a lock for npm, and no part of what is wanted."""
    content = json.loads(lock.read_text("utf-8"))
    for package in content["packages"].values():
        package.pop("funding", None)
    lock.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
