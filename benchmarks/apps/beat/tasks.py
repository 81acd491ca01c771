"""What a user of Celery writes: a task, and entries that send it at each full minute."""

import os
import time
from pathlib import Path

from celery import Celery
from celery.schedules import crontab

app = Celery("tasks", broker=os.environ["BENCH_BROKER"])
app.conf.timezone = "UTC"
app.conf.task_ignore_result = True
app.conf.beat_schedule = {
    "ready": {"task": "tasks.note", "schedule": 1.0, "args": ("ready",)},
    **{
        f"entry-{number}": {
            "task": "tasks.note",
            "schedule": crontab(),
            "args": (f"entry-{number}",),
        }
        for number in range(int(os.environ["BENCH_ENTRIES"]))
    },
}


@app.task
def note(name: str) -> None:
    """Do what the walker `tick` does."""
    with Path(os.environ["BENCH_LEDGER"]).open("ab", buffering=0) as sink:
        sink.write(f"{name} 0 {time.time()}\n".encode())
