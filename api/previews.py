from datetime import datetime

from api.bodies import PreviewRequest
from api.checks import Checks
from api.views import NextRun, PreviewData
from footfall.triggers import describe, next_times, normalised, warnings_of
from footfall.triggers.instant import parse_instant


async def preview(body: PreviewRequest, checks: Checks, now: datetime) -> PreviewData:
    """Say when a schedule would run that was created at the body's `after`, else at `now`.

    What creating it would refuse is refused here too. Workers are asked only where the body
    names a walker; nothing else outside this process is.

    Raises:
        InvalidInputError: the trigger, `after` or the arguments are invalid.
        WalkerNotFoundError: the workers do not know the walker.
        NoWorkerError: no worker runs.
        TemporalUnavailableError: Temporal does not answer.
    """
    trigger = checks.trigger(body.config())
    config = normalised(trigger)
    timezone = config["timezone"]
    written = body.given("after")
    after = parse_instant("after", written["after"], timezone) if written else now
    compiled = checks.compiled(trigger, after)
    walker = body.given("walker_name")
    if walker:
        await checks.args(walker["walker_name"], body.given("args").get("args", {}))
    times = next_times(compiled, after, body.count)
    return PreviewData(
        next_runs=[NextRun.of(at, timezone) for at in times],
        description=describe(trigger),
        config=config,
        warnings=warnings_of(trigger, compiled, after),
    )
