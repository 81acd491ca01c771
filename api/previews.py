import asyncio
from datetime import datetime

from api.bodies import PreviewRequest
from api.checks import Checks
from api.envelope import Envelope, body_with
from api.next_runs import next_runs_json
from api.schedule_views import PreviewData
from footfall.errors import InvalidInputError, InvalidTriggerError
from footfall.triggers import (
    Trigger,
    compile_trigger,
    describe,
    ensure_fires,
    next_instants,
    normalised,
    warnings_of,
)
from footfall.triggers.calendar import FIRST_YEAR, LAST_YEAR
from footfall.triggers.clock import BEGIN, utc
from footfall.triggers.instant import parse_instant


async def preview(body: PreviewRequest, checks: Checks, now: datetime) -> bytes:
    """Say when a schedule would run that was created at the body's `after`, else at `now`.

    Gives the body of the answer, an `Envelope[PreviewData]`.

    What creating it would refuse is refused here too. Workers are asked only where the body
    names a walker; nothing else outside this process is.

    Raises:
        InvalidInputError: the trigger, `after` or the arguments are invalid.
        WalkerNotFoundError: the workers do not know the walker.
        NoWorkerError: no worker runs.
        TemporalUnavailableError: Temporal does not answer.
    """
    # It may take seconds, in which other requests are answered.
    answer = await asyncio.to_thread(_foretold, body, checks, now)
    walker = body.given("walker_name")
    if walker:
        await checks.args(walker["walker_name"], body.given("args").get("args", {}))
    return answer


def _foretold(body: PreviewRequest, checks: Checks, now: datetime) -> bytes:
    trigger = checks.trigger(body.config())
    config = normalised(trigger)
    timezone = config.get("timezone", "UTC")
    written = body.since()
    after = now if written is None else parse_instant("after", written, timezone)
    if written is not None:
        _check_after(trigger, after)
    compiled = checks.compiled(trigger, after)
    # One that runs after another has no times of its own.
    times = [] if body.trigger == "after" else next_instants(compiled, after, body.count)
    data = PreviewData(
        next_runs=[],
        description=describe(trigger),
        config=config,
        warnings=warnings_of(trigger, compiled, after),
    )
    return body_with(Envelope[PreviewData](data=data), "next_runs", next_runs_json(times, timezone))


def _check_after(trigger: Trigger, after: datetime) -> None:
    if after.year < FIRST_YEAR:
        message = f"must be in {FIRST_YEAR} or later, the first year that anything runs"
        raise InvalidTriggerError("after", message)
    if after.year < LAST_YEAR or not _fires(trigger, utc(BEGIN)) or _fires(trigger, after):
        return
    message = (
        f"nothing runs after it until the end of {LAST_YEAR}, the last year that anything does"
    )
    raise InvalidTriggerError("after", f"{message}; give an earlier one")


def _fires(trigger: Trigger, after: datetime) -> bool:
    try:
        ensure_fires(trigger, compile_trigger(trigger, after), after)
    except InvalidInputError:
        return False
    return True
