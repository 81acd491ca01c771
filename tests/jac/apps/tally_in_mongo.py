"""A walker that keeps its number in MongoDB, and reads it before it writes it."""

import os
import time
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from footfall import current_run, walker

# Once for each process, with the threads that it needs: what a run leaves behind costs its host.
client: MongoClient[dict[str, Any]] = MongoClient(os.environ["TALLY_URI"])
numbers = client["tally"]["numbers"]
client.admin.command("ping")


@walker
def add(key: str) -> int:
    """Add one, with a gap in which another walker may come between."""
    found = numbers.find_one({"_id": key}) or {"number": 0, "fence": 0}
    time.sleep(0.001)
    number = found["number"] + 1
    fence = current_run().fence or 0
    written = {"number": number, "fence": fence, "in_order": fence > found["fence"]}
    numbers.replace_one({"_id": key}, written, upsert=True)
    return number


@walker
def hold(mark: str, seconds: float) -> None:
    """Show the process, and take some time."""
    end = time.monotonic() + seconds
    made = Path(f"{mark}.made")
    while time.monotonic() < end:
        # Whole or not at all: who shows it may be killed at any time.
        made.write_text(f"{os.getpid()} {time.monotonic()}")
        made.replace(mark)
        time.sleep(0.01)
