from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from temporalio.worker import Interceptor

from activities.run_walker import AttemptListener
from footfall.config import Settings
from footfall.metrics.run_metrics import RunMetrics
from worker.run_ends import TellingRunEnds
from worker.run_log import NamingRuns, RunLog, quiet_sdk

if TYPE_CHECKING:
    from footfall.tracing.traces import Traces


@dataclass(frozen=True, slots=True)
class Watchers:
    """Who sees a worker's runs: its metrics, its log and, where it traces, its spans.

    Attributes:
        attempts: are told of each start of a walker.
        walking: see workflows and activities of runs.
        chores: see the short activities that belong to runs.
        traceparent: gives what spans of a walker's own join.
    """

    attempts: Sequence[AttemptListener]
    walking: Sequence[Interceptor]
    chores: Sequence[Interceptor]
    traceparent: Callable[[], str | None]


def watchers_of(settings: Settings, metrics: RunMetrics, traces: "Traces | None") -> Watchers:
    """Give who is to see the runs of a worker."""
    quiet_sdk()
    naming, log = NamingRuns(), RunLog()
    if traces is None:
        walking = [naming, TellingRunEnds(metrics)]
        return Watchers((metrics, log), walking, [naming], lambda: None)
    # What it imports is installed only where traces are wanted.
    from worker.run_traces import RunTraces  # noqa: PLC0415

    spans = RunTraces(traces, app=settings.temporal.task_queue)
    return Watchers(
        attempts=(metrics, log, spans),
        walking=[naming, spans, TellingRunEnds(metrics, spans)],
        chores=[naming],
        traceparent=spans.traceparent,
    )
