"""Looks at photos once all of each is here, keeps them, and lets go of those whose time is over.

Every process that serves or works runs one. Nothing is taken for granted between its steps: a
picture is put into the store before the database says that it is kept, and goes from there only
after the database has let go of it. So whatever a kill leaves behind is found again by looking.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import Callable
from typing import Any

import structlog
from sqlalchemy import Connection

from server import clock
from server.db.errors import Busy
from server.features.photos import arriving
from server.features.photos.darkroom import Darkroom
from server.features.photos.develop import Unfit
from server.features.photos.expect import topic
from server.features.photos.rules import Upload
from server.features.photos.store import Store, name_of, open_store, owner_of
from server.settings import Settings
from server.web.hub import Hub, notify

log = structlog.get_logger("photos")

LOOK = 15.0
"""Seconds between looks for photos that a process left when it died, or the store when it was full.
"""

SWEEP = 6 * 3600.0
"""Seconds between looks through the whole store for what no fact knows of."""

LEFT = 24 * 3600.0
"""Seconds after which such a file is no picture that is just being kept."""

IN_HAND = 4
"""Photos in memory at once: two are being opened, another stored, a fourth made ready."""

PATIENCE = 10.0
"""Seconds that a phone waits to hear what came of its photo; it asks again later."""


class Keeper:
    """Turns photos that have arrived into pictures that are kept."""

    def __init__(self, hub: Hub, settings: Settings, darkroom: Darkroom | None = None) -> None:
        self.store: Store = open_store(settings)
        self._hub = hub
        self._database = hub.database
        self._darkroom = darkroom or Darkroom()
        self._few = asyncio.Semaphore(IN_HAND)
        self._tasks: list[asyncio.Task[None]] = []
        self._in_hand: dict[tuple[int, str], asyncio.Task[None]] = {}

    # Life

    async def start(self) -> None:
        """Begin looking."""
        self._tasks.append(asyncio.create_task(self._keep_looking()))

    async def stop(self) -> None:
        """End what `start` began; what is in hand is found again by whoever looks next."""
        tasks = [*self._tasks, *self._in_hand.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._darkroom.close()

    async def _keep_looking(self) -> None:
        swept = asyncio.get_running_loop().time() - SWEEP + LOOK
        while True:
            try:
                await self.look()
                if asyncio.get_running_loop().time() - swept > SWEEP:
                    swept = asyncio.get_running_loop().time()
                    await self.sweep()
            except Busy as error:
                log.warning("photos_wait", error=str(error))
            except Exception:
                # The next look may go better, and nobody else would start this again.
                log.exception("looking_failed")
            await asyncio.sleep(LOOK)

    async def look(self) -> None:
        """Finish what is here, and delete what nobody needs any more. Raises `Busy`."""
        for community_id, sha in await self._database.read(arriving.all_here):
            await self._take_in_hand(community_id, sha)
        for community_id, sha in await self._database.read(arriving.leftovers):
            await self._delete(community_id, sha)

    # Keeping

    async def finish(self, community_id: int, sha: str) -> Upload | None:
        """Look at a photo that is here; returns what came of it, after a while all the same.

        Where the caller goes away, or the store is full for now, it is done later.
        """
        await asyncio.wait([self._take_in_hand(community_id, sha)], timeout=PATIENCE)
        return await self._database.read(arriving.standing, community_id, sha)

    def _take_in_hand(self, community_id: int, sha: str) -> asyncio.Task[None]:
        """The work on a photo, which goes on if nobody waits for it; each has one at a time."""
        key = community_id, sha
        if key not in self._in_hand:
            task = asyncio.create_task(self._finish_quietly(community_id, sha))
            self._in_hand[key] = task
            task.add_done_callback(lambda _: self._in_hand.pop(key, None))
        return self._in_hand[key]

    async def _finish_quietly(self, community_id: int, sha: str) -> None:
        try:
            await self._finish(community_id, sha)
        except Busy as error:
            log.warning("photo_waits", error=str(error))
        except Exception:
            log.exception("photo_failed")  # and is looked at again

    async def _finish(self, community_id: int, sha: str) -> None:
        async with self._few:  # so that few are in memory, however many arrive
            body = await self._database.read(arriving.whole, community_id, sha)
            if body is None:
                return  # somebody else was faster
            if hashlib.sha256(body).hexdigest() != sha:
                await self._settle(community_id, sha, arriving.start_over)
                return
            is_test = await self._database.read(arriving.shows_a_test, community_id, sha)
            try:
                made = await self._darkroom.develop(body, is_test=is_test)
            except Unfit as unfit:
                await self._settle(community_id, sha, arriving.refuse, unfit.why)
                return
            await self.store.put(name_of(community_id, sha), made.picture)
            await self.store.put(name_of(community_id, sha, small=True), made.small)
            await self._settle(community_id, sha, arriving.keep, clock.now(), made.reading)

    async def _settle(
        self, community_id: int, sha: str, work: Callable[..., Any], *how: Any
    ) -> None:
        """Write down what came of a photo, and tell the pages that show it."""

        def settle(connection: Connection) -> set[str]:
            work(connection, community_id, sha, *how)
            pages = arriving.pages_of(connection, community_id, sha)
            topics = {topic(about) for about in pages}
            notify(connection, community_id, 0, topics)
            return topics

        await self._hub.changed(community_id, await self._database.write(settle))

    # Letting go

    async def _delete(self, community_id: int, sha: str) -> None:
        for small in (False, True):
            await self.store.delete(name_of(community_id, sha, small=small))
        await self._database.write(arriving.deleted, community_id, sha)

    async def sweep(self) -> None:
        """Delete files of which no fact knows, such as half of one when the power went."""
        by_community: dict[int, dict[str, list[str]]] = {}
        for name in await self.store.older_than(LEFT):
            owner = owner_of(name)
            if owner is not None:
                by_community.setdefault(owner[0], {}).setdefault(owner[1], []).append(name)
        for community_id, names in by_community.items():
            known = await self._database.read(arriving.needed, community_id, list(names))
            for sha, files in names.items():
                for name in files:
                    if sha not in known or name.endswith(".part"):
                        log.warning("photo_of_nobody", name=name)
                        with contextlib.suppress(Busy):
                            await self.store.delete(name)
