"""Walkers that end in every way that a run can end."""

import time
from pathlib import Path

from footfall import current_run, progress, restspec, walker


@walker
def greet(name: str = "world") -> dict[str, object]:
    print(f"hello {name}")
    context = current_run()
    return {"name": name, "at": context.scheduled_at.isoformat(), "run": context.run_id}


@walker
def boom(text: str = "no luck") -> None:
    print("before")
    raise ValueError(text)


@walker
def misnamed(kind: str) -> None:
    """Raise an error of the app's own that is called like one of ours."""
    raise type(kind, (Exception,), {})("its own")


@walker
def sleepy(seconds: float = 600) -> None:
    print("going to sleep", flush=True)
    time.sleep(seconds)


@walker
def stepwise(folder: str, steps: int = 3) -> int:
    """Print and tell of each step, and begin it only when the test lets it."""
    for step in range(1, steps + 1):
        print(f"step {step} of {steps}: 🚶")
        progress(step / steps, f"step {step}")
        while not (Path(folder) / str(step)).exists():
            time.sleep(0.02)
    return steps


@walker
def beat(folder: str) -> None:
    """Leave a sign of life every few milliseconds, until it is killed."""
    print("beating")
    while True:
        (Path(folder) / "alive").write_text(str(time.monotonic()))
        time.sleep(0.02)


@walker
def shout(size: int) -> str:
    print("x" * size)
    return "y" * size


@restspec(schedule={"trigger": "interval", "seconds": 1})
def tick() -> None:
    print("tick")


@restspec(schedule={"trigger": "interval", "hours": 0})
def never() -> None:
    """Its schedule is invalid, and skipped."""


@restspec(schedule={"trigger": "cron", "cron": "0 0 30 2 *"})
def february_30() -> None:
    """Its schedule can never fire, and is skipped."""


@restspec(schedule={"trigger": "interval", "hours": 1})
def needy(name: str) -> str:
    """It needs an argument that its schedule does not give."""
    return name


@restspec(schedule={"trigger": "date", "run_date": "2020-01-01T00:00:00"})
def passed() -> None:
    """Its time has passed: completed, not an error."""


@walker
class Choosy:
    """Its fields have values that a plain input cannot hold."""

    label: str
    size: int = 0
    limit: int | None = 7
    flag: bool | None = True

    def run(self) -> list[object]:
        return [self.label, self.size, self.limit, self.flag]
