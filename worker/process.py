import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
import uvloop
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.chains import ChainActivities
from activities.failures import FailureActivities
from activities.horizons import HorizonActivities
from activities.notices import NoticeActivities
from activities.run_walker import WalkerActivities
from activities.waiting import WaitingActivities
from footfall.collecting import collect_less
from footfall.config import Settings, forget_secrets
from footfall.ending import end_within
from footfall.errors import ConflictError, TemporalUnavailableError
from footfall.listener import listen
from footfall.mongo.root_leases import MongoLeases
from footfall.temporal.changes import ChangeLog
from footfall.temporal.connection import connect_patiently
from footfall.temporal.deliveries import DeliveryGateway
from footfall.temporal.failures import Failures
from footfall.temporal.followers import FollowerGateway, KnownFollowed
from footfall.temporal.keeping import Keeping
from footfall.temporal.maintenance import MaintenanceSchedule
from footfall.temporal.owner_hooks import KnownHooks, OwnerHookGateway
from footfall.temporal.pollers import worker_identity
from footfall.temporal.registration import register_attributes
from footfall.temporal.run_control import RunControl
from footfall.temporal.runs import RunGateway
from footfall.temporal.schedules import ScheduleGateway
from footfall.walkers.catalogue import Catalogue
from footfall.walkers.hosts import Hosts
from footfall.walkers.limits import Limits
from worker.declared import Declared
from worker.deployment import deployment_of
from worker.health import WorkerState, health_server
from worker.statics import StaticSchedules
from worker.turn import Turn
from workflows.chores import chores_queue_of
from workflows.list_walkers import ListWalkers
from workflows.record_changes import RecordChanges
from workflows.renew_horizons import RenewHorizons
from workflows.run_backfill import RunBackfill
from workflows.run_chain import RunChain
from workflows.run_walker import RunWalker

WORKFLOWS = (RunWalker, RunChain, RunBackfill, ListWalkers, RenewHorizons, RecordChanges)
"""What a worker runs; each has committed histories that replay."""

SLOTS_PER_HOST = 4
"""Runs that a worker takes for each host process: some wait for their root meanwhile."""

CHORES_AT_ONCE = 20
"""Short activities that a worker does side by side, beside the runs."""

STOP_RESERVE = 6.0
"""Seconds after the grace period in which the worker ends, whether Temporal answers or not."""

HEARTBEAT_THROTTLE = timedelta(seconds=1)
"""How long the SDK keeps a heartbeat back at most: so old is what is seen of a running walker."""

_log = structlog.get_logger(__name__)


def run(settings: Settings, app: Path) -> int:
    """Run an app's walkers until SIGINT or SIGTERM; runs under way get a grace period.

    Returns:
        The process's exit code.

    Raises:
        AppError: the app cannot be loaded.
        ConfigurationError: the health port is taken, or Temporal refuses this process.
    """
    health = settings.worker
    listener = (
        listen(health.health_host, health.health_port, option="--health-port")
        if health.health_port
        else None
    )
    # Host processes inherit what is left, and walkers read it.
    forget_secrets(os.environ)
    return uvloop.run(_run(settings, app, listener))


async def _run(settings: Settings, app: Path, listener: socket.socket | None) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for kind in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(kind, stop.set)
    state = WorkerState(app=settings.temporal.task_queue, enabled=settings.enabled)
    async with health_server(listener, state):
        if not settings.enabled:
            _log.warning("the scheduler is disabled: nothing is registered and nothing runs")
            state.waiting_for = None
            await stop.wait()
            return 0
        working = asyncio.create_task(work(settings, app, state, stop))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if stop.is_set():
            end_within(
                settings.worker.shutdown_grace + STOP_RESERVE,
                why="Temporal does not answer; other workers will take the runs over",
            )
        if state.waiting_for is not None:
            # It takes no runs yet, so there is nothing to wait for.
            working.cancel()
        with suppress(asyncio.CancelledError):
            await working
    return 0


async def work(settings: Settings, app: Path, state: WorkerState, stop: asyncio.Event) -> None:
    """Load the app, register what it declares, and take runs until `stop` is set.

    Raises:
        AppError: the app cannot be loaded.
        ConfigurationError: Temporal refuses this process.
    """
    leases = _leases(settings)
    hosts = Hosts(
        app,
        name=settings.temporal.task_queue,
        processes=settings.processes,
        state_dir=settings.data_dir,
        output_limit=settings.output_limit,
        limits=Limits(settings.worker.memory_limit, settings.worker.process_limit),
        leases=leases,
    )
    try:
        catalogue = await hosts.start()
        if leases is not None:
            state.waiting_for = "MongoDB"
            await leases.open()
        state.waiting_for = "Temporal"
        declared = Declared(settings, catalogue)
        client = await connect_patiently(
            settings.temporal, identity=worker_identity(declared.version)
        )
        catalogue = declared.report()
        async with _registered(client, settings, declared):
            walking, chores = _workers(client, settings, hosts, catalogue)
            # What runs still need is done until they have ended.
            collect_less()
            async with chores, walking:
                _show(state, catalogue)
                await stop.wait()
                _log.info("the worker stops; runs under way may finish")
    finally:
        await hosts.close()
        if leases is not None:
            await leases.close()


def _leases(settings: Settings) -> MongoLeases | None:
    if settings.worker.root_locks == "file":
        return None
    assert settings.mongodb_uri is not None  # noqa: S101 - Settings has seen to it
    return MongoLeases(
        settings.mongodb_uri.get_secret_value(),
        settings.mongodb_database,
        f"{settings.temporal.namespace}/{settings.temporal.task_queue}",
    )


@asynccontextmanager
async def _registered(
    client: Client, settings: Settings, declared: Declared
) -> AsyncIterator[None]:
    """Have Temporal hold what the app declares, at once or when it is this version's turn."""
    app = settings.temporal.task_queue
    statics = StaticSchedules(_gateway(client, settings), app=app)
    turn = Turn(client, app=app, version=declared.version)

    async def register() -> None:
        await statics.sync(declared.walks(), keep=declared.broken)

    async def prepare() -> bool:
        await register_attributes(client)
        is_mine = await turn.mine()
        if is_mine:
            await register()
        await MaintenanceSchedule(client, app=app).ensure()
        return is_mine

    if await _patiently(prepare):
        waiting = asyncio.create_task(turn.keep(register))
    else:
        _log.warning("a newer version of the app runs; its static schedules stay as they are")
        waiting = asyncio.create_task(turn.wait(register))
    try:
        yield
    finally:
        waiting.cancel()
        with suppress(asyncio.CancelledError):
            await waiting


async def _patiently(prepare: Callable[[], Awaitable[bool]]) -> bool:
    while True:
        try:
            return await prepare()
        except (TemporalUnavailableError, ConflictError) as error:
            _log.warning("static schedules cannot be registered yet", reason=error.message)
            await asyncio.sleep(1)


def _workers(
    client: Client, settings: Settings, hosts: Hosts, catalogue: Catalogue
) -> tuple[Worker, Worker]:
    """Give what runs workflows and walkers, and what does the short activities of both.

    These have slots of their own, lest they wait for walkers that wait for their root.
    """
    app = settings.temporal.task_queue
    hooks = KnownHooks(OwnerHookGateway(client, app=app))
    followers = FollowerGateway(client, app=app)
    runs = RunGateway(client, app=app)
    walkers = WalkerActivities(
        hosts,
        catalogue=catalogue,
        output_limit=settings.output_limit,
        listeners=hooks,
        followed=KnownFollowed(followers),
    )
    gateway = _gateway(client, settings)
    horizons = HorizonActivities(gateway, Keeping(client, gateway, app=app))
    failures = Failures(client, app=app)
    pausing = FailureActivities(gateway, failures)
    waiting = WaitingActivities(runs, hosts)
    chains = ChainActivities(
        gateway,
        followers=followers,
        runs=runs,
        control=RunControl(client, runs),
    )
    notices = NoticeActivities(
        gateway,
        failures,
        hooks=hooks,
        deliveries=DeliveryGateway(client, app=app),
    )
    deployment = deployment_of(settings)
    short: list[Callable[..., Any]] = [
        pausing.pause_after_failures,
        waiting.others_ended,
        waiting.root_has_room,
        notices.tell_of_run,
        chains.tell_followers,
        chains.follow,
        chains.spend_run,
    ]
    walking = Worker(
        client,
        task_queue=app,
        workflows=WORKFLOWS,
        # Releases before the second queue scheduled the short ones here.
        activities=[
            walkers.run_walker,
            walkers.run_walker_lightly,
            walkers.list_walkers,
            horizons.renew_horizons,
            *short,
        ],
        # The sandbox imports the workflow anew for each run, which is half of what a run costs the
        # worker. Tests replay every history in it, so that nothing gets in that is not
        # deterministic.
        workflow_runner=UnsandboxedWorkflowRunner(),
        # With an answer to a heartbeat Temporal says that a run was cancelled or terminated.
        max_heartbeat_throttle_interval=HEARTBEAT_THROTTLE,
        max_concurrent_activities=settings.processes * SLOTS_PER_HOST,
        max_concurrent_local_activities=settings.processes * SLOTS_PER_HOST,
        deployment_config=deployment,
        graceful_shutdown_timeout=timedelta(seconds=settings.worker.shutdown_grace),
    )
    chores = Worker(
        client,
        task_queue=chores_queue_of(app),
        activities=short,
        max_concurrent_activities=CHORES_AT_ONCE,
        deployment_config=deployment,
        graceful_shutdown_timeout=timedelta(seconds=settings.worker.shutdown_grace),
    )
    return walking, chores


def _gateway(client: Client, settings: Settings) -> ScheduleGateway:
    app = settings.temporal.task_queue
    changes = ChangeLog(client, app=app, retention=settings.kept_changes)
    return ScheduleGateway(client, app=app, changes=changes)


def _show(state: WorkerState, catalogue: Catalogue) -> None:
    broken = {problem.walker for problem in catalogue.problems}
    state.walkers = len(catalogue.walkers)
    state.static_schedules = sum(
        1 for walker in catalogue.walkers if walker.schedule and walker.name not in broken
    )
    state.problems = catalogue.problems
    state.waiting_for = None
    _log.info(
        "the worker is ready",
        app=state.app,
        walkers=state.walkers,
        static_schedules=state.static_schedules,
        problems=len(state.problems),
    )
