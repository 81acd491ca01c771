from contextlib import suppress
from datetime import datetime, timedelta

import structlog
from temporalio.api.schedule.v1 import BackfillRequest, SchedulePatch
from temporalio.api.workflowservice.v1 import PatchScheduleRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from footfall.errors import ScheduleNotFoundError
from footfall.schedules.policy import OverlapPolicy
from footfall.schedules.schedule import ScheduledWalk, ScheduleSnapshot, utc_now
from footfall.temporal.action import scheduled_run_id
from footfall.temporal.connection import RPC_TIMEOUT, translated_errors
from footfall.temporal.described import Described
from footfall.temporal.draft import Draft
from footfall.temporal.update import update
from footfall.together import together
from footfall.triggers import compile_config, next_times

YOUNG = timedelta(hours=1)
"""For so long after a creation it is looked whether first times were missed: longer ago their
runs may be forgotten, and would be made again."""

MOST = 1_000
"""How many times are made up at most; Temporal buffers no more either."""

_COUNTED = "first-times:"

_EACH = (OverlapPolicy.ALLOW_ALL, OverlapPolicy.BUFFER_ALL)
"""The policies by which each time has a run."""

_log = structlog.get_logger(__name__)


def is_young(snapshot: ScheduleSnapshot) -> bool:
    """Say whether first times of a schedule may be missing that are still made up."""
    walk = snapshot.walk
    return not snapshot.paused and walk.revision == 1 and utc_now() - walk.created_at <= YOUNG


async def make_up_first_times(client: Client, found: Described) -> bool:
    """Run what a schedule that was just created was due for before Temporal looked at it.

    Temporal answers a creation before it begins to reckon the schedule's times, and what is due
    until then it never runs. That takes some hundredths of a second, unless the server ends in
    just this moment: then it takes until it is there again.

    Called twice it makes no second run, though Temporal's backfill would: it runs again what has
    run and ended. So Temporal is asked under one request id, and for nothing that was run.

    Returns:
        Whether that is done; if not, describe the schedule and call it again.

    Raises:
        TemporalUnavailableError: Temporal did not answer; call it again.
    """
    snapshot = found.snapshot
    walk = snapshot.walk
    if not is_young(snapshot):
        return True
    now = utc_now()
    missed = first_times(walk, begun=found.begun_at, now=now)
    if missed and snapshot.runs_left is not None:
        counted = _counted(walk)
        if counted is None:
            await _count(client, found, min(_most(walk, missed), snapshot.runs_left))
            return False
        missed = missed[:counted]
    missing = await _without_runs(client, walk, missed)
    if missing:
        _log.warning(
            "Temporal began late with a new schedule; what was due is made up",
            schedule_id=walk.schedule_id,
            times=len(missing),
        )
        await _backfill(client, found, missing)
    return True


def _most(walk: ScheduledWalk, missed: list[datetime]) -> int:
    """Give how many of some times that are due at once have a run at most, by the policy."""
    overlap = walk.policies.overlap
    if overlap in _EACH:
        return len(missed)
    return min(len(missed), 2 if overlap is OverlapPolicy.BUFFER_ONE else 1)


def _counted(walk: ScheduledWalk) -> int | None:
    """Give how many first times were taken off the runs that are left; None if none were yet."""
    quiet = walk.quiet or ""
    return int(quiet.removeprefix(_COUNTED)) if quiet.startswith(_COUNTED) else None


async def _count(client: Client, found: Described, count: int) -> None:
    """Take what is made up off the runs that are left: Temporal does not count a backfill."""
    snapshot = found.snapshot
    walk = snapshot.walk.model_copy(update={"quiet": f"{_COUNTED}{count}"})
    draft = Draft.held(snapshot, walk)
    left = (snapshot.runs_left or 0) - count
    with suppress(ScheduleNotFoundError):
        await update(client, draft, found.conflict_token, left)


async def _without_runs(
    client: Client, walk: ScheduledWalk, missed: list[datetime]
) -> list[datetime]:
    async def has_run(at: datetime) -> bool:
        handle = client.get_workflow_handle(scheduled_run_id(walk, at))
        try:
            with translated_errors():
                await handle.describe(rpc_timeout=RPC_TIMEOUT)
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return False
            raise
        return True

    have_run = await together(has_run, missed)
    if any(have_run) and walk.policies.overlap not in _EACH:
        # Of these policies some times have no run for good.
        return []
    return [at for at, has in zip(missed, have_run, strict=True) if not has]


async def _backfill(client: Client, found: Described, times: list[datetime]) -> None:
    walk, requests = found.snapshot.walk, []
    for at in times:
        request = BackfillRequest(
            overlap_policy=found.answer.schedule.policies.overlap_policy,
        )
        request.start_time.FromDatetime(at)
        request.end_time.FromDatetime(at)
        requests.append(request)
    with translated_errors():
        await client.workflow_service.patch_schedule(
            PatchScheduleRequest(
                namespace=client.namespace,
                schedule_id=walk.schedule_id,
                patch=SchedulePatch(backfill_request=requests),
                identity=client.identity,
                # Of several that ask the same, Temporal hears one.
                request_id=f"first-times-{walk.created_at.isoformat()}",
            ),
            retry=True,
            timeout=RPC_TIMEOUT,
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
