"""Where pictures lie: a folder beside the database, or a bucket that speaks S3.

What `put` has returned from is there after a power cut. Names are `<community>/<sha>.jpg` and
`<community>/<sha>.small.jpg`; putting the same name again puts the same picture.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import time
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import S3Store

from server.db.errors import Busy
from server.settings import SettingError, Settings

PATIENCE = 20
"""Seconds to wait for a bucket."""

PART = ".part"
"""Ends the name of a file that is being written, or was when the power went."""

NOT_THERE = (NotFoundError, FileNotFoundError)
TROUBLE = (BaseError, OSError)
"""What obstore raises: errors of its own and, where there are such, Python's."""

ONLY_OURS = os.O_WRONLY | os.O_CREAT | os.O_EXCL


class Store(Protocol):
    """Keeps bytes by name. Everything may raise `Busy`: it is to be tried again."""

    async def put(self, name: str, body: bytes) -> None:
        """Keep these bytes under a name."""

    async def get(self, name: str) -> bytes | None:
        """The bytes of that name; None where there are none."""

    async def delete(self, name: str) -> None:
        """Have nothing under a name any more."""

    async def older_than(self, seconds: float) -> list[str]:
        """Every name that was last written so long ago."""


def name_of(community_id: int, sha: str, *, small: bool = False) -> str:
    """What a picture is called."""
    return f"{community_id}/{sha}{'.small' if small else ''}.jpg"


def owner_of(name: str) -> tuple[int, str] | None:
    """The community and photo of a picture's name; None for what is no name of ours."""
    community, _, file = name.partition("/")
    sha = file.partition(".")[0]
    return (int(community), sha) if community.isdecimal() and len(sha) == 64 else None


def open_store(settings: Settings) -> Store:
    """The store that the settings name. Raises `SettingError`."""
    if not settings.photos_s3:
        return Folder(settings.data_dir / "photos")
    return Bucket(settings)


class Folder:
    """Files of mode 0600."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def put(self, name: str, body: bytes) -> None:
        """See `Store.put`."""
        await self._try(self._put, name, body)

    def _put(self, name: str, body: bytes) -> None:
        path = self._root / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.{secrets.token_hex(4)}{PART}")
        try:
            with os.fdopen(os.open(part, ONLY_OURS, 0o600), "wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    async def get(self, name: str) -> bytes | None:
        """See `Store.get`."""
        found: bytes | None = await self._try(self._get, name)
        return found

    def _get(self, name: str) -> bytes | None:
        try:
            return (self._root / name).read_bytes()
        except FileNotFoundError:
            return None

    async def delete(self, name: str) -> None:
        """See `Store.delete`."""
        path = self._root / name
        await self._try(lambda: path.unlink(missing_ok=True))

    async def older_than(self, seconds: float) -> list[str]:
        """See `Store.older_than`."""
        found: list[str] = await self._try(lambda: list(self._older_than(time.time() - seconds)))
        return found

    def _older_than(self, moment: float) -> Iterable[str]:
        for path in self._root.glob("*/*"):
            if path.stat().st_mtime < moment:
                yield path.relative_to(self._root).as_posix()

    @staticmethod
    async def _try(work: Any, *arguments: Any) -> Any:
        try:
            return await asyncio.to_thread(work, *arguments)
        except OSError as error:
            raise Busy(f"Photos cannot be stored: {error.strerror or error}.") from error


class Bucket:
    """Objects of an S3-compatible service, addressed by path."""

    def __init__(self, settings: Settings) -> None:
        address = urlsplit(settings.photos_s3)
        endpoint, bucket = f"{address.scheme}://{address.netloc}", address.path.strip("/")
        key_id, secret = _credentials(settings)
        self._bucket = S3Store(
            bucket,
            endpoint=endpoint,
            region=settings.photos_s3_region,
            access_key_id=key_id,
            secret_access_key=secret,
            virtual_hosted_style_request=False,
            client_options={
                "allow_http": endpoint.startswith("http://"),
                "timeout": f"{PATIENCE}s",
            },
            retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=PATIENCE)},
        )

    async def put(self, name: str, body: bytes) -> None:
        """See `Store.put`."""
        try:
            await obstore.put_async(
                self._bucket, name, body, attributes={"Content-Type": "image/jpeg"}
            )
        except TROUBLE as error:
            raise _busy(error) from error

    async def get(self, name: str) -> bytes | None:
        """See `Store.get`."""
        try:
            found = await obstore.get_async(self._bucket, name)
            return bytes(await found.bytes_async())
        except NOT_THERE:
            return None
        except TROUBLE as error:
            raise _busy(error) from error

    async def delete(self, name: str) -> None:
        """See `Store.delete`."""
        try:
            await obstore.delete_async(self._bucket, name)
        except NOT_THERE:
            return
        except TROUBLE as error:
            raise _busy(error) from error

    async def older_than(self, seconds: float) -> list[str]:
        """See `Store.older_than`."""
        moment, found = time.time() - seconds, []
        try:
            async for chunk in obstore.list(self._bucket):
                found += [one["path"] for one in chunk if one["last_modified"].timestamp() < moment]
        except TROUBLE as error:
            raise _busy(error) from error
        return found


def _busy(error: Exception) -> Busy:
    return Busy(f"Photos cannot be stored: {str(error).splitlines()[0][:200]}")


def _credentials(settings: Settings) -> tuple[str, str]:
    """The id and the secret of the access key. Raises `SettingError`."""
    try:
        key_id, secret = Path(settings.photos_s3_key).read_text("utf-8").split()
    except (OSError, ValueError, UnicodeDecodeError):
        raise SettingError(
            "STAIRWELL_PHOTOS_S3_KEY must name a file that holds the id of an access key and its "
            "secret, one a line."
        ) from None
    return key_id, secret
