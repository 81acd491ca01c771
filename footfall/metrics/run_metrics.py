from collections.abc import Iterable
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Histogram

from footfall.metrics.registry import PREFIX
from footfall.schedules.request import RunRequest
from footfall.schedules.run import RunOutcome, RunStatus
from footfall.schedules.schedule import ScheduledWalk

OTHER = "other"
"""The label of walkers that the app does not have, so that there are only so many labels."""

_LATE = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600)
_LONG = (0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600)


class RunMetrics:
    """Counts what the runs of one worker came to; each is counted by the worker that ended it."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._known: frozenset[str] = frozenset()
        self._runs = Counter(
            f"{PREFIX}_runs",
            "Runs that ended, by walker and outcome.",
            ("walker", "outcome"),
            registry=registry,
        )
        self._attempts = Counter(
            f"{PREFIX}_attempts",
            "Starts of walkers that came to an end, by walker and outcome; a run has several "
            "where it was tried again.",
            ("walker", "outcome"),
            registry=registry,
        )
        self._lateness = Histogram(
            f"{PREFIX}_run_lateness_seconds",
            "From the time that a schedule meant, or the end of its jitter, to the first start of "
            "the walker.",
            ("walker",),
            buckets=_LATE,
            registry=registry,
        )
        self._run_seconds = Histogram(
            f"{PREFIX}_run_duration_seconds",
            "From the start of a run to its end, with what it waited for and tried again.",
            ("walker",),
            buckets=_LONG,
            registry=registry,
        )
        self._walker_seconds = Histogram(
            f"{PREFIX}_walker_duration_seconds",
            "How long walkers themselves took, from each start to its end.",
            ("walker",),
            buckets=_LONG,
            registry=registry,
        )

    def know(self, walkers: Iterable[str]) -> None:
        """Take the walkers that the app has; only these have labels of their own."""
        self._known = frozenset(walkers)
        for walker in self._known:
            # What has never failed is told as zero, so that the first failure is seen to be one.
            for outcome in (RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.TIMED_OUT):
                self._runs.labels(walker, outcome.value)

    def began(self, request: RunRequest, attempt: int, at: datetime) -> None:
        """Take that a walker was started, at an instant (UTC)."""
        if attempt == 1 and request.is_of_a_time:
            # How much of its jitter a run was given, only Temporal knows.
            late = (at - request.scheduled_at).total_seconds() - request.jitter
            # Clocks differ, and nothing starts before its time.
            self._lateness.labels(self._label(request.walker_name)).observe(max(0.0, late))

    def attempted(
        self, request: RunRequest, attempt: int, outcome: RunOutcome, seconds: float | None
    ) -> None:
        """Take how a start of a walker ended, and after how many seconds if it had begun."""
        del attempt
        walker = self._label(request.walker_name)
        self._attempts.labels(walker, outcome.status.value).inc()
        if seconds is not None:
            self._walker_seconds.labels(walker).observe(seconds)

    def ended(
        self, walk: ScheduledWalk, outcome: RunStatus, started_at: datetime, at: datetime
    ) -> None:
        """Take how a run ended, which had started at an instant (UTC)."""
        walker = self._label(walk.walker_name)
        self._runs.labels(walker, outcome.value).inc()
        self._run_seconds.labels(walker).observe(max(0.0, (at - started_at).total_seconds()))

    def _label(self, walker_name: str) -> str:
        return walker_name if walker_name in self._known else OTHER
