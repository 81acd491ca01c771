from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict


class RunStatus(StrEnum):
    """How a run stands or how it ended."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    CANCELLED = "cancelled"
    TERMINATED = "terminated"


class RunKind(StrEnum):
    """What started a run.

    Its schedule at a time of its own, someone who wanted it now, a backfill, or the end of
    another schedule's run.
    """

    SCHEDULED = "scheduled"
    MANUAL = "manual"
    BACKFILL = "backfill"
    CHAINED = "chained"


FAILURES = frozenset({RunStatus.FAILED, RunStatus.TIMED_OUT})
"""The statuses that count as failures of the walker."""


WALKER_TIMEOUT = "WalkerTimeout"
"""Type of the error of a walker that was stopped because its time was up; by it the workflow
tells such a run from one that failed."""

WALKER_NOT_FOUND = "WalkerNotFound"
"""Type of the error of a run whose walker the worker does not know."""


RUN_CANCELLED = "Cancelled"
"""Type of the error of a run that was cancelled; its message says by whom and why."""


class RunError(BaseModel):
    """Why a run failed: the exception's type, its message, and the traceback if there is one."""

    model_config = ConfigDict(frozen=True)

    type: str
    message: str
    traceback: str | None = None


class RunOutcome(BaseModel):
    """What running a walker once gave; each text and the reports are bounded in size.

    Attributes:
        status: how it ended.
        reports: what the walker reported (JSON values); cut to the limit from the end.
        stdout: what the walker printed; the beginning is kept.
        reports_truncated, stdout_truncated: whether something was cut.
        attempts: how often the walker was started for this run.
        worker: identity of the worker that ran it last.
        walker_started_at: when the walker itself was started (UTC), after it had waited for a
            worker, a host process and its root; None where it never was.
        owner_listens: whether the worker knew of webhooks of the schedule's owner.
        is_followed: whether the worker knew of schedules that run after this one, or could not
            know.
    """

    model_config = ConfigDict(frozen=True)

    status: RunStatus
    reports: list[Any] = []
    reports_truncated: bool = False
    stdout: str = ""
    stdout_truncated: bool = False
    error: RunError | None = None
    attempts: int = 1
    worker: str = ""
    walker_started_at: AwareDatetime | None = None
    owner_listens: bool | None = None
    is_followed: bool | None = None


class RunSummary(BaseModel):
    """A run as lists show it. Times are UTC.

    Attributes:
        id: id of the run, Temporal's workflow id.
        temporal_run_id: Temporal's own id of the latest execution under that workflow id.
        is_static: whether its schedule is declared in code.
        kind: what started it.
        scheduled_at: the time that the schedule meant; None if it was started by hand.
        error: the failure's type and message, without the traceback; of a run that was
            cancelled, who wanted that and why.
        by: who started it, if it was not its schedule.
        reason: what they gave as their reason.
        after_schedule, after_run: whose run it follows, and which.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    temporal_run_id: str
    schedule_id: str
    app: str
    owner: str
    walker_name: str
    is_static: bool = False
    kind: RunKind = RunKind.SCHEDULED
    status: RunStatus
    scheduled_at: AwareDatetime | None = None
    started_at: AwareDatetime
    closed_at: AwareDatetime | None = None
    error: RunError | None = None
    by: str | None = None
    reason: str | None = None
    after_schedule: str | None = None
    after_run: str | None = None

    @property
    def duration_ms(self) -> int | None:
        """Milliseconds from start to close; None while it runs."""
        if self.closed_at is None:
            return None
        return round((self.closed_at - self.started_at).total_seconds() * 1000)
