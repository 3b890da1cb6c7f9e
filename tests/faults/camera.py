"""A phone with a camera: photos on its disk beside its outbox, sent as `upload.js` sends them."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.faults.phone import NoAnswer, Phone, Reply

PIECE = 16 * 1024
"""Smaller than a phone's, so that a photo has many chances to be cut off."""


@dataclass
class Camera(Phone):
    """A phone that tells of photos and sends them after all else."""

    album: dict[tuple[str, str], bytes] = field(default_factory=dict)
    """Photos by whose they are and what they are called."""
    refused: dict[str, str] = field(default_factory=dict)
    pieces: int = 0
    early: int = 0
    """Photo requests made while a fact waited: none, whatever happens."""

    def shoot(self, data: Mapping[str, Any], photo: bytes) -> str:
        """Tell of a photo: both are written down, or neither is."""
        sha = hashlib.sha256(photo).hexdigest()
        (made,) = self.save("round.mark", [{**data, "photo": sha}])
        self.album[self.account, sha] = photo
        return made

    async def upload(self) -> int:
        """Send photos as long as no fact waits; returns how many still wait."""
        actor = self.account
        for owner, sha in sorted(self.album):
            if owner == actor and await self._send(actor, sha):
                break
        return sum(owner == actor for owner, _ in self.album)

    async def _send(self, actor: str, sha: str) -> bool:
        """One photo; true where it is no use to go on with any."""
        photo, offset = self.album[actor, sha], -1
        while True:
            if self.waiting(actor):
                return True
            reply = await self._ask(sha, photo, offset)
            if reply is None:
                return True
            said = self._learn(actor, sha, reply)
            if said is not None:
                return said
            at = int(reply.headers.get("Upload-Offset", 0))
            if at == offset:
                return False
            offset = at

    def _learn(self, actor: str, sha: str, reply: Reply) -> bool | None:
        """What is to be done after a reply; None where the photo goes on."""
        if reply.status == 422:
            self.refused[sha] = reply.json()["type"]
            del self.album[actor, sha]
            return False
        named = any(entry["data"].get("photo") == sha for entry in self.entries())
        if reply.headers.get("Photo-State") == "kept" or (reply.status == 404 and not named):
            del self.album[actor, sha]
            return False
        if reply.status not in {204, 409}:
            return reply.status != 404
        return None

    async def _ask(self, sha: str, photo: bytes, offset: int) -> Reply | None:
        self.early += bool(self.waiting(self.account))
        try:
            if offset < 0:
                reply = await self.request("HEAD", f"/photos/{sha}")
            else:
                self.pieces += 1
                reply = await self.request(
                    "PATCH",
                    f"/photos/{sha}",
                    form=photo[offset : offset + PIECE],
                    headers={"Upload-Offset": str(offset), "Upload-Length": str(len(photo))},
                )
        except NoAnswer:
            return None
        return reply if reply.ours else None

    async def send_everything(self, seconds: float = 90) -> int:
        """Facts, then photos, until nothing is left or it is given up; returns what is left."""
        until = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < until:
            left = await self.flush() or await self.upload()
            if not left:
                return 0
            await asyncio.sleep(0.2)
        return len(self.waiting(self.account)) + len(self.album)
