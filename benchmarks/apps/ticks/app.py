"""The walkers of the benchmarks: they say in a file when they ran."""

import os
import time
from pathlib import Path

from footfall import current_run, walker


@walker
def tick(ledger: str) -> None:
    """Add one line: which schedule, when it was to be, and when it is."""
    run = current_run()
    line = f"{run.schedule_id} {run.scheduled_at.timestamp()} {time.time()} {os.getpid()}\n"
    with Path(ledger).open("ab", buffering=0) as sink:
        sink.write(line.encode())


@walker
def idle() -> None:
    """Do nothing."""
