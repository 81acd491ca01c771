from dataclasses import dataclass
from datetime import UTC, datetime

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from footfall.schedules.run import RunSummary
from footfall.schedules.schedule import ScheduledWalk
from footfall.temporal.action import scheduled_run_id
from footfall.temporal.connection import RPC_TIMEOUT, translated_errors
from footfall.temporal.runs import RunGateway


@dataclass(frozen=True, slots=True)
class Beginning:
    """A run that its schedule started, and when its walker first began (UTC).

    Attributes:
        begun_at: None if it has not begun, or had not when it ended.
        taken: whether a worker has it.
    """

    run: RunSummary
    begun_at: datetime | None
    taken: bool = False


class Beginnings:
    """When the walkers of scheduled runs began, as Temporal shows it."""

    def __init__(self, client: Client, *, runs: RunGateway) -> None:
        self._client = client
        self._runs = runs

    async def of(self, walk: ScheduledWalk, due: datetime) -> Beginning | None:
        """Give the run that a schedule started for one of its times, or None if it has not.

        Raises:
            TemporalUnavailableError: Temporal does not answer.
        """
        found = await self._runs.observe(walk.schedule_id, scheduled_run_id(walk, due))
        if found is None:
            return None
        run = found.summary
        if found.attempts > 1:
            # Another worker had it before; that one is lost, and with it when it began.
            return Beginning(run, run.started_at, taken=True)
        begun_at, starts = found.live.walker_started_at, found.attempts
        if run.closed_at is not None:
            outcome = await self._runs.outcome(run)
            begun_at = outcome.walker_started_at if outcome else run.started_at
            starts = outcome.attempts if outcome else 1
        if begun_at is None or starts > 1:
            # What is started again after a failure began earlier than it shows.
            begun_at = await self._first_start(run) or begun_at
        return Beginning(run, begun_at, taken=found.attempts > 0)

    async def _first_start(self, run: RunSummary) -> datetime | None:
        handle = self._client.get_workflow_handle(run.id, run_id=run.temporal_run_id)
        started = EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED
        try:
            with translated_errors():
                async for event in handle.fetch_history_events(rpc_timeout=RPC_TIMEOUT):
                    if event.event_type == started:
                        return event.event_time.ToDatetime(UTC)
        except RPCError as error:
            if error.status != RPCStatusCode.NOT_FOUND:
                raise
        return None
