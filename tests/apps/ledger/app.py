"""Walkers that write down what they did, line by line, in a file that only grows."""

import json
import os
import time
from pathlib import Path

from footfall import current_run, walker

FOREVER = 600


def note(ledger: str, event: str) -> None:
    run = current_run()
    line = json.dumps(
        {
            "event": event,
            "schedule_id": run.schedule_id,
            "run_id": run.run_id,
            "scheduled_at": run.scheduled_at.isoformat(),
            "attempt": run.attempt,
            "process": os.getpid(),
            "at": time.time(),
        },
    )
    # One write to a file that is open for appending: lines of several processes do not mix.
    with Path(ledger).open("ab", buffering=0) as sink:
        sink.write(f"{line}\n".encode())


@walker
def work(ledger: str, seconds: float = 0) -> None:
    """Take some time."""
    note(ledger, "start")
    time.sleep(seconds)
    note(ledger, "end")


@walker
def wait(ledger: str, flag: str) -> None:
    """Take until there is a file."""
    note(ledger, "start")
    while not Path(flag).exists():
        time.sleep(0.02)
    note(ledger, "end")


@walker
def attempts(ledger: str, fates: str) -> None:
    """End as the attempt's letter says; the last one is for all that follow."""
    meet(ledger, fates[min(current_run().attempt, len(fates)) - 1])


@walker
def runs(ledger: str, fates: str) -> None:
    """End as the letter of this run says, of all runs that the schedule has made."""
    mine = f'"schedule_id": "{current_run().schedule_id}"'
    before = sum(mine in line for line in Path(ledger).read_text().splitlines() if "start" in line)
    meet(ledger, fates[min(before, len(fates) - 1)])


def meet(ledger: str, fate: str) -> None:
    note(ledger, "start")
    if fate == "h":
        time.sleep(FOREVER)
    if fate == "s":
        time.sleep(4)
    if fate == "k":
        raise KeyError("no such thing")
    if fate in "fs":
        raise ValueError("not yet")
    note(ledger, "end")
