"""How what is seen of a run is merged, and what a run counts for in its schedule's tally."""

from collections.abc import Iterable
from dataclasses import dataclass

from footfall.projection.cursor import micros, place
from footfall.schedules.run import FAILURES, RunStatus, RunSummary

type RunKey = tuple[str, str]
"""Schedule id and run id."""

type Rank = tuple[int, str, int, int, int, str]
"""A total order over everything that can be seen of one run; the greatest is the truth."""


def rank(run: RunSummary) -> Rank:
    """Say how late in a run's life something was seen.

    Of two executions under one workflow id the one that started later counts; of one
    execution the end counts more than the middle. The rest, down to the text itself, only
    settles ties, so that processes that saw things in another order end with equal rows.
    """
    return (
        micros(run.started_at),
        run.temporal_run_id,
        int(run.status is not RunStatus.RUNNING),
        micros(run.closed_at) if run.closed_at else 0,
        int(run.error is not None),
        run.model_dump_json(),
    )


def run_key(run: RunSummary) -> RunKey:
    """Give what identifies a run's row within a scope."""
    return run.schedule_id, run.id


def run_place(run: RunSummary) -> str:
    """Give where a run stands in its schedule's list; the greatest is the last run."""
    return place(run.started_at, run.id)


def is_failure(run: RunSummary) -> bool:
    """Say whether the run counts as a failure."""
    return run.status in FAILURES


def latest_of_each(runs: Iterable[RunSummary]) -> dict[RunKey, RunSummary]:
    """Merge what was seen into one summary per run, the one of the greatest rank."""
    latest: dict[RunKey, RunSummary] = {}
    for run in runs:
        known = latest.get(run_key(run))
        if known is None or rank(known) < rank(run):
            latest[run_key(run)] = run
    return latest


@dataclass(slots=True)
class TallyChange:
    """What a number of writes does to one schedule's tally."""

    runs: int = 0
    failures: int = 0
    last: RunSummary | None = None

    def replace(self, old: RunSummary | None, new: RunSummary) -> None:
        """Count that a run's row changed from `old`, or from nothing, to `new`."""
        self.runs += old is None
        self.failures += is_failure(new) - (old is not None and is_failure(old))
        if self.last is None or last_order(self.last) < last_order(new):
            self.last = new


def last_order(run: RunSummary) -> tuple[str, str, int, int, int, str]:
    """Give the order in which the greatest of all that was seen is a schedule's last run."""
    return (run_place(run), *rank(run)[1:])
