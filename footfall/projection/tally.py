"""How what is seen of a run is merged, and what a run counts for in its schedule's tally."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from footfall.projection.cursor import micros, place
from footfall.projection.row import RunTally
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
    """Give where a run stands in lists of runs; a schedule's greatest is its last run."""
    return place(run.started_at, f"{run.id}\0{run.schedule_id}")


def tally_of(counts: Mapping[RunStatus, int], last: RunSummary | None) -> RunTally:
    """Give the tally of as many runs of each status; `last` is the one that started last."""
    return RunTally(
        run_count=sum(counts.values()),
        failure_count=sum(count for status, count in counts.items() if status in FAILURES),
        counts={status: count for status, count in counts.items() if count},
        last_run=last,
    )


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

    counts: Counter[RunStatus] = field(default_factory=Counter)
    last: RunSummary | None = None

    def replace(self, old: RunSummary | None, new: RunSummary) -> None:
        """Count that a run's row changed from `old`, or from nothing, to `new`."""
        if old is not None:
            self.counts[old.status] -= 1
        self.counts[new.status] += 1
        if self.last is None or last_order(self.last) < last_order(new):
            self.last = new


def last_order(run: RunSummary) -> tuple[str, str, int, int, int, str]:
    """Give the order in which the greatest of all that was seen is a schedule's last run."""
    return (run_place(run), *rank(run)[1:])
