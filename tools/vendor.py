"""Copy the browser libraries from node_modules into static/vendor, each checked against its hash.

    python3 tools/vendor.py             copy what package.json's "vendor" names
    python3 tools/vendor.py --record    take the hashes of what is in node_modules now

npm has checked the packages it fetched; this checks the very bytes that pages will be given.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"


def main(*, record: bool) -> None:
    package_json = ROOT / "package.json"
    package = json.loads(package_json.read_text("utf-8"))
    for name, file in package["vendor"].items():
        content = (PACKAGES / file["from"]).read_bytes()
        found = integrity(content)
        if record:
            file["integrity"] = found
        elif found != file["integrity"]:
            sys.exit(f"{file['from']} is not the file that package.json expects: {found}")
        else:
            put(VENDOR / name, content)
    if record:
        package_json.write_text(json.dumps(package, indent=2, ensure_ascii=False) + "\n", "utf-8")


def integrity(content: bytes) -> str:
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()


def put(target: Path, content: bytes) -> None:
    """Write beside the target and rename, so that a running server never reads half a file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(target.name + ".new")
    half.write_bytes(content)
    half.replace(target)


if __name__ == "__main__":
    main(record="--record" in sys.argv[1:])
