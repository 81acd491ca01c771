from temporalio import activity

from footfall.schedules import notice as notices
from footfall.schedules.hook import NoticeKind
from footfall.schedules.notice import EndedRun, Notice
from footfall.schedules.policy import AfterCompletion
from footfall.schedules.run import FAILURES
from footfall.schedules.schedule import ScheduledWalk, ScheduleStatus, utc_now
from footfall.temporal.deliveries import DeliveryGateway
from footfall.temporal.failures import Failures
from footfall.temporal.owner_hooks import KnownHooks
from footfall.temporal.schedules import ScheduleGateway
from footfall.triggers import compile_config, next_times


class NoticeActivities:
    """The activity of a worker that has the end of a run told to those who want to know."""

    def __init__(
        self,
        gateway: ScheduleGateway,
        failures: Failures,
        *,
        hooks: KnownHooks,
        deliveries: DeliveryGateway,
    ) -> None:
        self._gateway = gateway
        self._failures = failures
        self._hooks = hooks
        self._deliveries = deliveries

    @activity.defn(name="tell_of_run")
    async def tell_of_run(self, ended: EndedRun) -> None:
        """Start the deliveries of what the end of a run means; called again, it starts no more.

        Called by a run that has ended and is not closed yet.

        Raises:
            TemporalUnavailableError: Temporal did not answer; call it again.
        """
        hooks = (*ended.walk.notify, *await self._hooks.of(ended.walk.owner))
        wanted = notices.wanted(hooks)
        for notice in await self._notices(ended, wanted):
            await self._deliveries.send(notice, hooks)

    async def _notices(self, ended: EndedRun, wanted: frozenset[NoticeKind]) -> list[Notice]:
        walk, run, at = ended.walk, ended.run, ended.at
        found: list[Notice] = []
        if run.status in FAILURES:
            found.append(notices.failed(walk, run, at))
        elif NoticeKind.RECOVERED in wanted and await self._failed_before(ended):
            found.append(notices.recovered(walk, run, at))
        if not (ended.paused or NoticeKind.COMPLETED in wanted):
            return found
        snapshot = await self._gateway.find(walk.schedule_id)
        now = snapshot.walk if snapshot else walk
        if ended.paused:
            found.append(notices.paused(now, at, run))
        is_completed = (
            snapshot.status is ScheduleStatus.COMPLETED if snapshot else _is_used_up(walk)
        )
        if is_completed:
            found.append(notices.completed(now, at, run))
        return found

    async def _failed_before(self, ended: EndedRun) -> bool:
        failures = await self._failures.before(
            ended.run.id,
            schedule_id=ended.walk.schedule_id,
            most=1,
            # Under its name there may have been another one before.
            since=ended.walk.created_at,
        )
        return failures > 0


def _is_used_up(walk: ScheduledWalk) -> bool:
    """Say whether a schedule that is gone was completed, and deleted for that."""
    if walk.policies.after_completion is not AfterCompletion.DELETE:
        return False
    compiled = compile_config(walk.config, walk.anchor)
    return walk.policies.max_runs is not None or not next_times(compiled, utc_now(), 1)
