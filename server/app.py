"""The only place where everything meets."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import NamedTuple

import structlog
from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from server import __version__, clock
from server.db.errors import passing
from server.db.migrate import upgrade
from server.db.session import open_database
from server.features.access import operations as access_operations
from server.features.arrivals import operations as arrivals_operations
from server.features.arrivals import reactions as arrivals_reactions
from server.features.bulletins import operations as bulletins_operations
from server.features.care import operations as care_operations
from server.features.care import reactions as care_reactions
from server.features.cases import operations as cases_operations
from server.features.cases import reactions as cases_reactions
from server.features.custody import operations as custody_operations
from server.features.custody import reactions as custody_reactions
from server.features.declarations import operations as declarations_operations
from server.features.estates import operations as estates_operations
from server.features.incidents import operations as incidents_operations
from server.features.incidents import reactions as incidents_reactions
from server.features.mediation import operations as mediation_operations
from server.features.mediation import reactions as mediation_reactions
from server.features.medicine import operations as medicine_operations
from server.features.medicine import reactions as medicine_reactions
from server.features.notices import operations as notices_operations
from server.features.notices import reactions as notices_reactions
from server.features.passes import operations as passes_operations
from server.features.passes import reactions as passes_reactions
from server.features.people import keeping
from server.features.people import operations as people_operations
from server.features.photos import reactions as photos_reactions
from server.features.photos.keeper import Keeper
from server.features.photos.store import open_store
from server.features.posters import operations as posters_operations
from server.features.record import operations as record_operations
from server.features.register import operations as register_operations
from server.features.register import reactions as register_reactions
from server.features.register.reader import Reader
from server.features.relays import operations as relays_operations
from server.features.relays import reactions as relays_reactions
from server.features.reports import operations as reports_operations
from server.features.reports import reactions as reports_reactions
from server.features.requests import operations as requests_operations
from server.features.requests import reactions as requests_reactions
from server.features.retention import every, running
from server.features.retention import operations as retention_operations
from server.features.retention import reactions as retention_reactions
from server.features.rounds import operations, reactions
from server.features.stranded import operations as stranded_operations
from server.features.testing import operations as testing_operations
from server.features.testing import reactions as testing_reactions
from server.features.trips import operations as trips_operations
from server.features.trips import reactions as trips_reactions
from server.features.upkeep import operations as upkeep_operations
from server.features.vacancies import operations as vacancies_operations
from server.features.vacancies import reactions as vacancies_reactions
from server.oplog import operations as oplog_operations
from server.push import keys, spread, subscriptions
from server.push.addresses import Services
from server.push.groups import spread as groups_spread
from server.push.groups.sender import Groups
from server.push.sender import Sender
from server.routes import (
    access,
    arrivals,
    bulletins,
    care,
    cases,
    channels,
    custody,
    declarations,
    drawing,
    estates,
    exports,
    finding,
    home,
    incidents,
    mediation,
    medicine,
    notices,
    ops,
    passes,
    people,
    photos,
    posters,
    push,
    pwa,
    record,
    register,
    relays,
    reports,
    requests,
    retention,
    rounds,
    signing,
    stranded,
    testing,
    trips,
    upkeep,
    vacancies,
)
from server.settings import Settings
from server.web import errors
from server.web.asking import Sessions, provide_person
from server.web.assets import Assets
from server.web.guard import Throttle
from server.web.hub import Hub
from server.web.keys import operation_key
from server.web.live import Live
from server.web.page import Pages
from server.web.versions import Versions

log = structlog.get_logger("app")

PAUSES = (0.2, 0.5, 1, 2, 5, 5, 10, 10, 10, 10)
"""Seconds between attempts to start, where the database is away when a process does."""

FEATURES = (
    operations,
    reactions,
    reports_operations,
    reports_reactions,
    declarations_operations,
    people_operations,
    keeping,
    record_operations,
    retention_operations,
    retention_reactions,
    incidents_operations,
    incidents_reactions,
    every,
    register_operations,
    register_reactions,
    estates_operations,
    bulletins_operations,
    oplog_operations,
    notices_operations,
    notices_reactions,
    testing_operations,
    testing_reactions,
    cases_operations,
    cases_reactions,
    requests_operations,
    requests_reactions,
    stranded_operations,
    mediation_operations,
    mediation_reactions,
    medicine_operations,
    medicine_reactions,
    passes_operations,
    passes_reactions,
    trips_operations,
    trips_reactions,
    care_operations,
    care_reactions,
    access_operations,
    vacancies_operations,
    vacancies_reactions,
    posters_operations,
    arrivals_operations,
    arrivals_reactions,
    upkeep_operations,
    custody_operations,
    custody_reactions,
    relays_operations,
    relays_reactions,
    photos_reactions,
    spread,
    subscriptions,
    groups_spread,
)
"""Imported so that their kinds and reactions register."""


def create_app(settings: Settings) -> Litestar:
    """The server: routes, database, hub, pages."""
    configure_logging(settings.log_level)
    open_store(settings)  # so that a setting that is wrong is said before anything starts
    state = State(
        {
            "settings": settings,
            "pages": Pages(Assets()),
            "throttle": Throttle(),
            "guessing": posters.Guessing(),
            "moving": arrivals.throttle(),
            "guessing_keys": access.throttle(),
            "subscribing": push.throttle(),
            "services": Services.of(settings),
            "file_key": keys.of_file(settings),
        }
    )

    @asynccontextmanager
    async def running(app: Litestar) -> AsyncIterator[None]:
        working = await start(settings)
        app.state.hub, app.state.groups = working.hub, working.groups
        app.state.keeper, app.state.reader = working.keeper, working.reader
        app.state.sessions = Sessions(working.hub.database)
        working.hub.forget_sessions = app.state.sessions.forget
        async with working.end:
            yield

    return Litestar(
        route_handlers=[
            home.home,
            ops.take_batch,
            ops.take_carried,
            ops.hand_over_key,
            ops.take_form,
            rounds.router,
            rounds.public,
            notices.router,
            declarations.router,
            reports.router,
            bulletins.router,
            bulletins.public_index,
            bulletins.public,
            testing.router,
            cases.router,
            requests.router,
            stranded.router,
            mediation.router,
            medicine.router,
            custody.router,
            passes.router,
            passes.gates_router,
            trips.router,
            care.router,
            access.router,
            access.take_counts,
            vacancies.router,
            posters.router,
            *posters.public,
            arrivals.router,
            upkeep.router,
            *arrivals.public,
            relays.router,
            register.router,
            exports.router,
            record.router,
            retention.router,
            incidents.router,
            testing.card,
            channels.router,
            photos.router,
            people.index,
            people.member,
            people.new_link,
            estates.index,
            estates.control,
            estates.building,
            estates.cards,
            estates.new_cards,
            estates.household,
            finding.find,
            finding.opened,
            signing.ask_for_code,
            signing.take_code,
            signing.show_invitation,
            signing.sign_in,
            signing.sign_out,
            signing.show_settings,
            signing.save_settings,
            push.key,
            push.subscribe,
            push.unsubscribe,
            pwa.health,
            pwa.asset,
            pwa.worker,
            pwa.manifest,
            pwa.me,
            pwa.pack,
            pwa.live,
            pwa.outbox,
            pwa.offline,
        ],
        dependencies={"person": Provide(provide_person)},
        before_request=drawing.must_name_something,
        exception_handlers={Exception: errors.answer},
        lifespan=[running],
        state=state,
        openapi_config=OpenAPIConfig(
            title="Stairwell",
            version=__version__,
            path="/schema",
            render_plugins=[JsonRenderPlugin()],
            components=access.COMPONENTS,
        ),
        request_max_body_size=2 << 20,
        logging_config=None,
    )


def configure_logging(level: str) -> None:
    """Plain lines of key=value on standard error."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(
                colors=False, exception_formatter=structlog.dev.plain_traceback
            ),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def create_from_environment() -> Litestar:
    """The server as the environment describes it, for a process that is started by name."""
    return create_app(Settings.read())


class Working(NamedTuple):
    """What works in a process until `end` is left."""

    hub: Hub
    groups: Groups
    keeper: Keeper
    reader: Reader
    end: AsyncExitStack


async def start(settings: Settings) -> Working:
    """Open the database in the right shape and begin to work, waiting for one that is away.

    A process that gave up at once would take all others with it: uvicorn ends them together where
    one cannot start, and a database that restarts is back in seconds.
    """
    for pause in PAUSES:
        try:
            return await _start(settings)
        except Exception as error:
            if not passing(error):
                raise
            log.warning("database_away", error=str(error), again_in_seconds=pause)
            await asyncio.sleep(pause)
    return await _start(settings)


async def _start(settings: Settings) -> Working:
    """Start everything; where one thing cannot, those before it are ended again."""
    async with AsyncExitStack() as end:
        upgrade(settings)
        database = open_database(settings)
        end.push_async_callback(database.close)
        hub = Hub(database, Versions(), Live(), await operation_key(database))
        await database.write(keys.current)  # made here, where nobody waits for it
        await database.write(running.wind, clock.now())
        await hub.start(settings.database_url)
        end.push_async_callback(hub.stop)
        sender, groups = Sender(hub, settings), Groups(hub, settings)
        keeper, reader = Keeper(hub, settings), Reader(hub, settings)
        for one in (sender, groups, keeper, reader):
            await one.start()
            end.push_async_callback(one.stop)

        def reacted() -> None:
            sender.wake()
            groups.wake()

        hub.reacted = reacted  # both hear of what reactions queue
        return Working(hub, groups, keeper, reader, end.pop_all())


async def run_worker(settings: Settings) -> None:
    """Run reactions and send calls until stopped, beside web processes that share the database."""
    configure_logging(settings.log_level)
    working = await start(settings)
    async with working.end:
        await asyncio.Event().wait()
