from datetime import datetime, timedelta

import structlog
from temporalio.client import Client, ScheduleBackfill

from footfall.schedules.schedule import ScheduledWalk, utc_now
from footfall.temporal.connection import RPC_TIMEOUT, translated_errors
from footfall.temporal.described import Described
from footfall.triggers import compile_config, next_times

YOUNG = timedelta(hours=1)
"""For so long after a creation it is looked whether first times were missed: longer ago their
runs may be forgotten, and would be made again."""

MOST = 1_000
"""How many times are made up at most; Temporal buffers no more either."""

_log = structlog.get_logger(__name__)


async def make_up_first_times(client: Client, found: Described) -> None:
    """Run what a schedule that was just created was due for before Temporal looked at it.

    Temporal answers a creation before it begins to reckon the schedule's times, and what is due
    until then it never runs. That takes some hundredths of a second, unless the server ends in
    just this moment: then it takes until it is there again. Doing so twice makes no second run,
    since Temporal takes each run's id once.

    Raises:
        TemporalUnavailableError: Temporal did not answer; call it again.
    """
    snapshot = found.snapshot
    walk = snapshot.walk
    now = utc_now()
    if snapshot.paused or walk.revision > 1 or now - walk.created_at > YOUNG:
        return
    missed = first_times(walk, begun=found.description.info.created_at, now=now)
    if not missed:
        return
    _log.warning(
        "Temporal began late with a new schedule; what was due is made up",
        schedule=walk.schedule_id,
        times=len(missed),
    )
    with translated_errors():
        await client.get_schedule_handle(walk.schedule_id).backfill(
            ScheduleBackfill(
                start_at=missed[0],
                end_at=missed[-1],
                overlap=found.description.schedule.policy.overlap,
            ),
            rpc_timeout=RPC_TIMEOUT,
        )


def first_times(walk: ScheduledWalk, *, begun: datetime, now: datetime) -> list[datetime]:
    """Give the times (UTC) of a definition between its creation and when Temporal began.

    Args:
        walk: the definition.
        begun: when Temporal began, by its own clock.
        now: the present instant by the clock that gave `created_at`: as far as the clocks
            differ, nothing was missed.
    """
    if walk.follows is not None:
        return []
    after = max(walk.created_at, begun - (now - walk.created_at))
    found = next_times(compile_config(walk.config, walk.anchor), after, MOST)
    return [at for at in found if at <= begun]
