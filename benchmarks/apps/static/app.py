"""One static schedule, which says in a file when it ran."""

import os
import time
from pathlib import Path

from footfall import restspec


@restspec(schedule={"trigger": "interval", "seconds": 1})
def static() -> None:
    """Add a line."""
    with Path(os.environ["BENCH_LEDGER"]).open("a") as sink:
        sink.write(f"static {time.time()}\n")
