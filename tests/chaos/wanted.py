"""The schedules of a deployment under havoc: some of every kind."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

DATES = 3
EVERY_SECOND = {"trigger": "interval", "seconds": 1}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A schedule that is to be created for an owner."""

    owner: str
    body: dict[str, Any]


def timed(number: int, *, end: datetime) -> list[Wanted]:
    """Give the schedules of set `number` that have times of their own, until `end`."""
    quick = f"quick-{number}"
    every: list[tuple[str, dict[str, Any]]] = [
        (quick, {"walker_name": "affect", **EVERY_SECOND, "overlap": "allow_all"}),
        (quick, {"walker_name": "affect", **EVERY_SECOND, "overlap": "allow_all"}),
        (
            f"fields-{number}",
            {"walker_name": "work", "trigger": "cron", "second": "*", "overlap": "allow_all"},
        ),
        (
            f"one-by-one-{number}",
            {"walker_name": "affect", "trigger": "cron", "second": "*/2", "overlap": "buffer_all"},
        ),
        (
            f"followed-{number}",
            {
                "walker_name": "work",
                "args": {"seconds": 0.2},
                "overlap": "buffer_all",
                "trigger": "interval",
                "seconds": 4,
            },
        ),
        (f"skip-{number}", {"walker_name": "work", "args": {"seconds": 0.4}, **EVERY_SECOND}),
        (
            f"buffer-one-{number}",
            {
                "walker_name": "work",
                "args": {"seconds": 0.6},
                "overlap": "buffer_one",
                "trigger": "interval",
                "seconds": 2,
            },
        ),
        (
            f"slow-{number}",
            {
                "walker_name": "work",
                "args": {"seconds": 3},
                "overlap": "allow_all",
                "trigger": "interval",
                "seconds": 8,
            },
        ),
    ]
    until = {"end_at": end.isoformat()}
    return [Wanted(owner, {**body, **until}) for owner, body in every]


def dates(random: Random, *, begin: datetime, seconds: int) -> list[Wanted]:
    """Give schedules of one time each, somewhere between."""
    times = [begin + timedelta(seconds=random.randrange(5, seconds)) for _ in range(DATES)]
    return [
        Wanted("dates", {"walker_name": "affect", "trigger": "date", "run_date": at.isoformat()})
        for at in times
    ]


def chained(schedule_id: str, owner: str) -> Wanted:
    """Give a schedule that runs after each good run of another."""
    after = {"schedule": schedule_id}
    return Wanted(owner, {"walker_name": "affect", "after": after, "overlap": "allow_all"})


def by_hand() -> Wanted:
    """Give a schedule that only runs when someone wants it to."""
    never = {"trigger": "date", "run_date": "2099-01-01T00:00:00Z"}
    return Wanted("hand", {"walker_name": "affect", **never})


def burst(number: int, *, end: datetime) -> Wanted:
    """Give a schedule that makes the load larger."""
    body = {"walker_name": "affect", **EVERY_SECOND, "overlap": "allow_all"}
    return Wanted(f"burst-{number}", {**body, "end_at": end.isoformat()})
