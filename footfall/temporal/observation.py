from dataclasses import dataclass

from temporalio.api.enums.v1 import PendingActivityState
from temporalio.client import WorkflowExecutionDescription

from footfall.schedules.attributes import MEMO_FINGERPRINT, MEMO_WAITS
from footfall.schedules.live import LiveRun
from footfall.schedules.run import RunOutcome, RunSummary
from footfall.temporal.action import RUN_ACTIVITY

_NOTHING = LiveRun()


@dataclass(frozen=True, slots=True)
class Observation:
    """A run, and what Temporal says of its walker while that runs.

    Attributes:
        attempts: how often the walker was given to a worker; after a retry, too few until
            the first heartbeat.
        worker: identity of the worker that has it, or had it last.
        live: what the last heartbeat told; nothing seen before the first one.
        waits: whether the run waits for others before it begins.
        fingerprint: the digest that it was started with, if it was.
    """

    summary: RunSummary
    attempts: int = 0
    worker: str = ""
    live: LiveRun = _NOTHING
    waits: bool = False
    fingerprint: str | None = None

    def outcome(self) -> RunOutcome:
        """Give what is known of the outcome while the run is under way."""
        return RunOutcome(
            status=self.summary.status,
            attempts=self.attempts,
            worker=self.worker,
            walker_started_at=self.live.walker_started_at,
        )


async def observation(
    description: WorkflowExecutionDescription,
    summary: RunSummary,
) -> Observation:
    """Give what a description tells of the walker beside the run's `summary`."""
    attempts, worker, live = 0, "", _NOTHING
    for pending in description.raw_description.pending_activities:
        if pending.activity_type.name != RUN_ACTIVITY:
            continue
        worker = pending.last_worker_identity
        started = pending.state == PendingActivityState.PENDING_ACTIVITY_STATE_STARTED
        attempts = pending.attempt if started or pending.attempt > 1 else 0
        if pending.heartbeat_details.payloads:
            hints: list[type] = [LiveRun]
            (told,) = await description.data_converter.decode(
                pending.heartbeat_details.payloads,
                hints,
            )
            # A walker that was started again has not told anything yet.
            if told.activity_attempt == pending.attempt:
                attempts, live = told.attempt, told
    return Observation(
        summary=summary,
        attempts=attempts,
        worker=worker,
        live=live,
        waits=await description.memo_value(MEMO_WAITS, default=False, type_hint=bool),
        fingerprint=await description.memo_value(MEMO_FINGERPRINT, None, type_hint=str),
    )
