from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictInt, StrictStr

SHORTEST_CATCHUP = 10
"""Seconds; Temporal takes any shorter catch-up window for this one."""

LONGEST_CATCHUP = 36_500 * 86_400
"""Seconds of a catch-up window that no outage outlasts: a hundred years."""

DEFAULT_CATCHUP = 86_400
"""Seconds of the catch-up window of a schedule that does not say otherwise: one day."""

DEFAULT_PRIORITY = 3
"""Temporal's own default, in the middle of 1 (first) to 5 (last)."""

MOST_RUNS = 1_000_000_000
"""The largest `Policies.max_runs`."""

MOST_FAILURES = 100
"""The largest `Policies.pause_on_failure`; so many runs are looked at after each failure."""

_LONGEST_PAUSE = 7 * 86_400


class OverlapPolicy(StrEnum):
    """What becomes of a run that is due while another run of the schedule is under way.

    They are Temporal's (https://docs.temporal.io/schedule#overlap-policy).
    """

    SKIP = "skip"
    BUFFER_ONE = "buffer_one"
    BUFFER_ALL = "buffer_all"
    ALLOW_ALL = "allow_all"
    CANCEL_OTHER = "cancel_other"
    TERMINATE_OTHER = "terminate_other"


class AfterCompletion(StrEnum):
    """What becomes of a schedule that can never run again."""

    KEEP = "keep"
    DELETE = "delete"


class Execution(StrEnum):
    """How a run's walker is started.

    What is durable is a Temporal activity: its worker shows with heartbeats that it is there.
    What is light is a local activity, within the task of the run's workflow: it costs Temporal
    half as much, and takes a few seconds at most.
    """

    DURABLE = "durable"
    LIGHT = "light"


def _unless_durable(value: Any) -> Any:
    return None if value == Execution.DURABLE else value


class RetryPolicy(BaseModel):
    """How often, and after which pauses, a walker that failed is started again in the same run.

    A worker that was lost is no failure of the walker: it is always replaced, and not counted.

    Attributes:
        max_attempts: starts of the walker in one run, the first one included.
        initial_interval: seconds between the first failure and the second start.
        backoff: by how much each pause is longer than the one before.
        max_interval: seconds that a pause has at most.
        non_retryable_errors: types of errors, as a run's ``error.type`` shows them, after which
            the run has failed at once.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_attempts: StrictInt = Field(1, ge=1, le=100)
    initial_interval: StrictInt = Field(1, ge=1, le=_LONGEST_PAUSE)
    backoff: float = Field(2.0, ge=1, le=10, allow_inf_nan=False)
    max_interval: StrictInt = Field(3600, ge=1, le=_LONGEST_PAUSE)
    non_retryable_errors: tuple[Annotated[StrictStr, Field(min_length=1, max_length=200)], ...] = (
        Field((), max_length=50)
    )

    def tries_again(self, failures: int, error_type: str) -> bool:
        """Say whether a walker that failed so often, at last with this error, is started again."""
        return failures < self.max_attempts and error_type not in self.non_retryable_errors

    def pause(self, failures: int) -> timedelta:
        """Give the time between a failure, the first of which is 1, and the next start."""
        longest = float(self.max_interval)
        # A power that no float holds is longer than any pause.
        growth = min(failures - 1, 400)
        try:
            seconds = self.initial_interval * self.backoff**growth
        except OverflowError:
            seconds = longest
        return timedelta(seconds=min(seconds, longest))


class Policies(BaseModel):
    """How the runs of a schedule are started, repeated, limited and ended.

    Attributes:
        overlap: what happens to a run that is due while another one is under way.
        catchup_window: seconds after its time within which a run is still started when Temporal
            was away at that time; None means one day, and for a date or for what runs after
            another schedule that it is never too late.
        retry: whether a walker that failed is started again.
        max_runs: how often the schedule runs in all; None means without end. Runs that were
            started by hand are not counted.
        pause_on_failure: after how many failures in a row the schedule is paused; None means
            never.
        priority: 1 (first) to 5 (last); which of several waiting runs a worker takes.
        after_completion: what becomes of the schedule when it can never run again.
        execution: how its walkers are started; None means durable, so that releases that know of
            no other can read it.
    """

    model_config = ConfigDict(frozen=True)

    overlap: OverlapPolicy = OverlapPolicy.SKIP
    catchup_window: Annotated[StrictInt, Field(ge=SHORTEST_CATCHUP, le=LONGEST_CATCHUP)] | None = (
        None
    )
    retry: RetryPolicy = RetryPolicy()
    max_runs: Annotated[StrictInt, Field(ge=1, le=MOST_RUNS)] | None = None
    pause_on_failure: Annotated[StrictInt, Field(ge=1, le=MOST_FAILURES)] | None = None
    priority: StrictInt = Field(DEFAULT_PRIORITY, ge=1, le=5)
    after_completion: AfterCompletion = AfterCompletion.KEEP
    execution: Annotated[Execution | None, BeforeValidator(_unless_durable)] = None

    @property
    def is_light(self) -> bool:
        """Whether walkers are started within the task of the run's workflow."""
        return self.execution is Execution.LIGHT

    def catchup_seconds(self, trigger: str) -> int:
        """Give the catch-up window of a schedule with a trigger of this kind, in seconds."""
        if self.catchup_window is not None:
            return self.catchup_window
        # What does not come again is never lost to an outage, however long.
        return LONGEST_CATCHUP if trigger in ("date", "after") else DEFAULT_CATCHUP
