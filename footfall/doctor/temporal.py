from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from footfall.config import TemporalSettings
from footfall.doctor.finding import Finding, of_clock
from footfall.errors import ConfigurationError, FootfallError, TemporalUnavailableError
from footfall.schedules.schedule import utc_now
from footfall.temporal.clock import clock_difference
from footfall.temporal.connection import connect
from footfall.temporal.namespace import read_retention
from footfall.temporal.pollers import is_alive, pollers, version_of
from footfall.temporal.registration import creating_command, missing_attributes

IDENTITY = "footfall-doctor"
_DAY = timedelta(days=1)


async def temporal_findings(settings: TemporalSettings) -> AsyncIterator[Finding]:
    """Look at Temporal and at what asks it for work; nothing is changed."""
    try:
        client = await connect(settings, identity=IDENTITY)
        retention = await read_retention(client)
    except (FootfallError, RPCError) as error:
        yield _unusable(settings, error)
        return
    yield Finding("Temporal", "ok", f"It answers at {settings.address}.")
    yield _retention(settings.namespace, retention)
    for look in (_attributes, _clock):
        try:
            yield await look(client)
        except (FootfallError, RPCError) as error:
            yield Finding(look.__name__.strip("_"), "skipped", str(error))
    async for finding in _workers(client, settings.task_queue):
        yield finding


def _unusable(settings: TemporalSettings, error: FootfallError | RPCError) -> Finding:
    match error:
        case RPCError(status=RPCStatusCode.NOT_FOUND):
            return Finding(
                "Temporal",
                "broken",
                f"It has no namespace {settings.namespace!r}.",
                f"Make it with `temporal operator namespace create {settings.namespace}`, or name "
                "another one with FOOTFALL_TEMPORAL_NAMESPACE.",
            )
        case TemporalUnavailableError():
            return Finding(
                "Temporal",
                "broken",
                f"Nothing answers at {settings.address}.",
                "Start it (`footfall dev` has one of its own), or name another one with "
                "FOOTFALL_TEMPORAL_ADDRESS; where it wants TLS, set FOOTFALL_TEMPORAL_TLS.",
            )
        case _:
            return Finding(
                "Temporal",
                "broken",
                str(error),
                "The settings under [plugins.scale.scheduler.temporal] say how Footfall signs in.",
            )


def _retention(namespace: str, retention: timedelta) -> Finding:
    days = f"{retention / _DAY:g}"
    message = f"Namespace {namespace!r} keeps runs for {days} {'day' if days == '1' else 'days'}."
    if retention >= _DAY:
        return Finding("retention", "ok", message)
    remedy = f"`temporal operator namespace update --retention 30d {namespace}` keeps them longer."
    return Finding("retention", "warning", message, remedy)


async def _attributes(client: Client) -> Finding:
    part = "search attributes"
    try:
        missing = await missing_attributes(client)
    except ConfigurationError as error:
        return Finding(part, "broken", error.message)
    if not missing:
        return Finding(part, "ok", "All are registered.")
    return Finding(
        part,
        "broken",
        f"{', '.join(missing)} are missing.",
        "An API or a worker that may registers them at its start; else run "
        f"`{creating_command(client.namespace, missing)}`.",
    )


async def _clock(client: Client) -> Finding:
    return of_clock("Temporal", await clock_difference(client))


async def _workers(client: Client, app: str) -> AsyncIterator[Finding]:
    try:
        found = await pollers(client, app=app)
    except (FootfallError, RPCError) as error:
        yield Finding("workers", "skipped", str(error))
        return
    yield judged_workers(found, app=app, now=utc_now())


def judged_workers(found: dict[str, datetime], *, app: str, now: datetime) -> Finding:
    """Judge the workers of an app, by identity with the time at which each asked for work last."""
    alive = [identity for identity, at in found.items() if is_alive(at, now)]
    if not alive:
        gone = "; the last one asked more than a minute ago" if found else ""
        return Finding(
            "workers",
            "broken",
            f"No worker asks for work of the app {app!r}{gone}.",
            "Start one with `footfall worker --app APP`; its task queue "
            "(FOOTFALL_TEMPORAL_TASK_QUEUE) must be the API's.",
        )
    versions = {version_of(identity) for identity in alive}
    count = (
        f"{len(alive)} {'worker asks' if len(alive) == 1 else 'workers ask'} for work of {app!r}"
    )
    if len(versions) == 1:
        return Finding("workers", "ok", f"{count}.")
    return Finding(
        "workers",
        "warning",
        f"{count}, with {len(versions)} versions of its code.",
        "That is so during an upgrade; else end those that are older (docs/versions.md).",
    )
