"""Walkers of which every step is on record, in a file that only grows; where it is stands in the
environment."""

import json
import os
import time
from pathlib import Path

from footfall import current_run, restspec, walker

LEDGER = Path(os.environ["CHAOS_LEDGER"])
EFFECTS = Path(os.environ["CHAOS_EFFECTS"])
PULSE = 0.1


def note(event: str) -> None:
    run = current_run()
    line = json.dumps(
        {
            "event": event,
            "schedule_id": run.schedule_id,
            "run_id": run.run_id,
            "scheduled_at": run.scheduled_at.isoformat(),
            "attempt": run.attempt,
            "process": os.getpid(),
            "worker": os.getppid(),
            "at": time.time(),
        },
    )
    # One write to a file that is open for appending: lines of several processes do not mix.
    with LEDGER.open("ab", buffering=0) as sink:
        sink.write(f"{line}\n".encode())


@walker
def work(seconds: float = 0) -> None:
    """Take some time, and show all the while that it is alive."""
    note("start")
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(min(PULSE, seconds))
        note("alive")
    print("x" * 2000)
    note("end")


@walker
def affect() -> None:
    """Have an effect that is the same however often it is had."""
    note("start")
    run = current_run()
    name = f"{run.schedule_id}@{run.scheduled_at.timestamp():.0f}"
    (EFFECTS / name).touch()
    note("end")


@restspec(schedule={"trigger": "interval", "seconds": 1, "overlap": "allow_all"})
def tick() -> None:
    note("start")
    note("end")


@restspec(schedule={"trigger": "cron", "second": "*/2", "root": "static"})
def tock() -> None:
    note("start")
    time.sleep(0.2)
    note("end")
