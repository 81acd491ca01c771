import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog
import uvicorn
import uvloop
from temporalio.client import Client

from api.app import build_app
from api.applying import Applying
from api.backfills import Backfills
from api.bulk import Bulk
from api.chains import Chains
from api.changes import Changes
from api.checks import Checks
from api.creations import Creations
from api.delivering import deliver_forever
from api.events import Events
from api.jobs import Jobs
from api.metrics import ApiMetrics
from api.notifications import Notifications
from api.rendered import RenderedRows
from api.run_starter import RunStarter
from api.runs import Runs
from api.schedules import Schedules
from api.scraping import scraping
from api.services import Services
from api.streams import Streams
from api.tails import Tails
from api.telling import Telling
from api.temporal_ui import TemporalUi
from footfall.collecting import collect_less
from footfall.config import Settings
from footfall.ending import end_within
from footfall.errors import ConfigurationError, FootfallError
from footfall.listener import listen
from footfall.projection.built_rows import BuiltRows
from footfall.projection.feed import Feed
from footfall.projection.first_watch import FirstWatch
from footfall.projection.late_watch import LateWatch
from footfall.projection.memory import MemoryStore
from footfall.projection.mongo import MongoStore
from footfall.projection.projector import Projector
from footfall.projection.store import Store
from footfall.projection.witness import Witness
from footfall.temporal.backfills import BackfillGateway
from footfall.temporal.beginnings import Beginnings
from footfall.temporal.catalogue import WalkerCatalogue
from footfall.temporal.changes import ChangeLog
from footfall.temporal.codec import codec_of
from footfall.temporal.connection import connect
from footfall.temporal.deliveries import DeliveryGateway
from footfall.temporal.health import TemporalHealth
from footfall.temporal.namespace import read_retention
from footfall.temporal.owner_hooks import KnownHooks, OwnerHookGateway
from footfall.temporal.pollers import pollers
from footfall.temporal.pulse import Pulse
from footfall.temporal.registration import register_attributes
from footfall.temporal.run_control import RunControl
from footfall.temporal.runs import RunGateway
from footfall.temporal.schedules import ScheduleGateway
from footfall.tokens import TokenVerifier
from footfall.tracing.start import start_traces

if TYPE_CHECKING:
    from footfall.tracing.traces import Traces

GRACE_SECONDS = 8
"""How long requests in flight may take to finish at the end."""

ENDING_SECONDS = 4.0
"""How long the API may take to end after its last answer, whether servers answer or not."""

_log = structlog.get_logger(__name__)


def run(settings: Settings) -> int:
    """Serve the API until SIGINT or SIGTERM; requests in flight are finished.

    Returns:
        The process's exit code.

    Raises:
        ConfigurationError: the settings are not enough to serve, or the port is taken.
        ProjectionUnavailableError: MongoDB is configured and does not answer.
    """
    traces = start_traces("api", os.environ)
    api = settings.api
    listener = listen(api.host, api.port, option="--port")
    metrics = (
        listen(api.metrics_host, api.metrics_port, option="FOOTFALL_API_METRICS_PORT")
        if api.metrics_port
        else None
    )
    try:
        return uvloop.run(_serve(settings, listener, metrics, traces))
    finally:
        if traces is not None:
            traces.close()


async def _serve(
    settings: Settings,
    listener: socket.socket,
    metrics: socket.socket | None,
    traces: "Traces | None",
) -> int:
    async with wired_services(settings, traces) as services, scraping(metrics, services):
        server = _Server(
            uvicorn.Config(
                build_app(services),
                log_config=None,
                access_log=False,
                server_header=False,
                lifespan="off",
                timeout_graceful_shutdown=GRACE_SECONDS,
            ),
            services,
        )
        collect_less()
        _log.info("the API listens", host=settings.api.host, port=listener.getsockname()[1])
        await server.serve(sockets=[listener])
        end_within(ENDING_SECONDS, why="what the API waits for at its end does not answer")
    return 0


class _Server(uvicorn.Server):
    """A server that ends the streams which its clients would never end, when it stops.

    It does not end the process as uvicorn does, which sends itself the signal once more: what
    the services have to put in order comes after the last answer.
    """

    def __init__(self, config: uvicorn.Config, services: Services | None) -> None:
        super().__init__(config)
        self._services = services

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for kind in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(kind, self.handle_exit, kind, None)
        try:
            yield
        finally:
            for kind in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(kind)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._services is not None:
            self._services.streams.close()
        await super().shutdown(sockets)


@asynccontextmanager
async def wired_services(
    settings: Settings, traces: "Traces | None" = None
) -> AsyncIterator[Services | None]:
    """Wire together what the API's routes use; None where the scheduler is disabled.

    Args:
        settings: what the process is told.
        traces: takes spans, if there are to be any.

    Raises:
        ConfigurationError: the settings are not enough to serve.
        ProjectionUnavailableError: MongoDB is configured and does not answer.
    """
    if not settings.enabled:
        _log.warning("the scheduler is disabled: every schedule endpoint answers 503")
        yield None
        return
    verifier = TokenVerifier(settings.jwt)
    app = settings.temporal.task_queue
    # Lazy: an API that starts before Temporal does answers 503 until it is there.
    pulse = Pulse()
    client = await connect(
        settings.temporal,
        identity=f"footfall-api-{os.getpid()}@{socket.gethostname()}",
        lazy=True,
        pulse=pulse,
        **_tracing(traces),
    )
    temporal = TemporalHealth(client)
    store = _store(settings)
    await store.open()
    changes = ChangeLog(client, app=app, retention=settings.kept_changes)
    gateway = ScheduleGateway(client, app=app, changes=changes)
    runs = RunGateway(client, app=app)
    walkers = WalkerCatalogue(client, app=app)
    limits = settings.limits
    checks = Checks(
        walkers,
        min_interval=settings.min_interval,
        webhooks=settings.webhooks,
        args_limit=limits.args,
    )
    longest = timedelta(days=settings.runs_retention)

    async def kept() -> timedelta:
        return await read_retention(client)

    async def retention() -> timedelta:
        return min(await kept(), longest)

    streams = Streams(most=limits.streams, most_of_one=limits.user_streams)
    feed = Feed()
    ui = TemporalUi(base=settings.temporal.ui_url, namespace=settings.temporal.namespace)
    hooks = OwnerHookGateway(client, app=app)
    deliveries = DeliveryGateway(client, app=app)
    watch = LateWatch(
        Beginnings(client, runs=runs),
        gateway,
        retention=kept,
        tell=Telling(feed, hooks=KnownHooks(hooks), deliveries=deliveries),
    )
    first_watch = FirstWatch(gateway)
    projector = Projector(
        gateway,
        runs,
        store,
        retention=retention,
        witness=Witness(gateway, changes),
        observers=(feed, watch, first_watch),
    )
    rows = BuiltRows(store, projector)
    workers = partial(pollers, client, app=app)
    metrics = ApiMetrics(
        workers=workers, pulse=pulse, projector=projector, rows=rows, streams=streams
    )
    feeling = asyncio.create_task(pulse.watch(temporal.check))
    work = asyncio.create_task(_work(client, settings, projector, watch, first_watch))
    chains = Chains(gateway, rows, app=app)
    creations = Creations(rows, limits)
    schedules = Schedules(
        app=app,
        gateway=gateway,
        checks=checks,
        chains=chains,
        rows=rows,
        projector=projector,
        creations=creations,
        default_timeout=settings.default_timeout,
    )
    control = RunControl(client, runs)
    starter = RunStarter(
        gateway=gateway,
        runs=runs,
        control=control,
        checks=checks,
        rows=rows,
        projector=projector,
    )
    try:
        yield Services(
            schedules=schedules,
            bulk=Bulk(schedules, starter),
            jobs=Jobs(schedules, walkers),
            runs=Runs(
                schedules=schedules,
                gateway=gateway,
                runs=runs,
                control=control,
                rows=rows,
                projector=projector,
                page=limits.page,
            ),
            run_starter=starter,
            backfills=Backfills(
                schedules=schedules,
                gateway=gateway,
                backfills=BackfillGateway(client, app=app),
                limits=limits,
            ),
            applying=Applying(
                app=app,
                schedules=schedules,
                chains=chains,
                gateway=gateway,
                rows=rows,
                projector=projector,
                creations=creations,
                default_timeout=settings.default_timeout,
            ),
            tails=Tails(runs, streams),
            streams=streams,
            events=Events(feed, streams, ui=ui),
            changes=Changes(gateway, changes),
            notifications=Notifications(
                app=app,
                secret=settings.webhooks.secret,
                checks=checks,
                hooks=hooks,
                deliveries=deliveries,
            ),
            checks=checks,
            walkers=walkers,
            verifier=verifier,
            limits=limits,
            ui=ui,
            rendered=RenderedRows(ui),
            store=store,
            projector=projector,
            temporal=temporal,
            workers=workers,
            codec=codec_of(settings.temporal),
            metrics=metrics,
            traces=traces,
        )
    finally:
        metrics.close()
        work.cancel()
        feeling.cancel()
        with suppress(asyncio.CancelledError):
            await work
        await store.close()


def _tracing(traces: "Traces | None") -> dict[str, Any]:
    if traces is None:
        return {}
    from footfall.tracing.client import TracedCalls, TracedStarts  # noqa: PLC0415 - not always installed

    return {"interceptors": [TracedStarts()], "plugins": [TracedCalls(traces)]}


def _store(settings: Settings) -> Store:
    if settings.mongodb_uri is None:
        return MemoryStore()
    return MongoStore(
        settings.mongodb_uri.get_secret_value(),
        database=settings.mongodb_database,
        scope=f"{settings.temporal.namespace}/{settings.temporal.task_queue}",
    )


async def _work(
    client: Client,
    settings: Settings,
    projector: Projector,
    watch: LateWatch,
    first_watch: FirstWatch,
) -> None:
    while True:
        try:
            await register_attributes(client)
        except FootfallError as error:
            if projector.problem != error.message:
                _log.warning("Temporal is not ready", reason=error.message)
            projector.problem = error.message
            await asyncio.sleep(5 if isinstance(error, ConfigurationError) else 0.5)
        else:
            break
    async with asyncio.TaskGroup() as group:
        group.create_task(projector.run())
        group.create_task(watch.run())
        group.create_task(first_watch.run())
        group.create_task(deliver_forever(settings))
