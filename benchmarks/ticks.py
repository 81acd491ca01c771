from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from load import percentile
from row import Figures


@dataclass(frozen=True, slots=True)
class Tick:
    """One run of a schedule: when it was meant to be and when it began (Unix time)."""

    schedule: str
    scheduled: float
    began: float


def read_ticks(ledger: Path) -> list[Tick]:
    """Read what walkers have noted; a line that is just being written is left out."""
    lines = ledger.read_text().rpartition("\n")[0].splitlines() if ledger.exists() else []
    found: list[Tick] = []
    for line in lines:
        schedule, scheduled, began, *_ = line.split()
        found.append(Tick(schedule, float(scheduled), float(began)))
    return found


def late(ticks: Iterable[Tick]) -> Figures:
    """Say how late runs began; nothing if there were none."""
    delays = [1000 * (tick.began - tick.scheduled) for tick in ticks]
    if not delays:
        return {}
    return {
        ("", "ms late (p50)"): percentile(delays, 50),
        ("", "ms late (p99)"): percentile(delays, 99),
    }


def judged(ticks: Sequence[Tick], schedules: int, start: float, seconds: int) -> Figures:
    """Say what became of schedules that run every second, in so many seconds from `start` on.

    Each has as many times in there as it has seconds; whichever did not run was lost.
    """
    meant = [tick for tick in ticks if start <= tick.scheduled < start + seconds]
    counts = Counter((tick.schedule, tick.scheduled) for tick in meant)
    expected = schedules * seconds
    return {
        ("", "% lost"): 100 * max(0, expected - len(counts)) / expected,
        ("", "twice"): sum(counts.values()) - len(counts),
        **late(meant),
    }
