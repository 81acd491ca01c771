"""What schemathesis cannot know: a walker that exists, and triggers that fire."""

import hashlib
import json
from typing import Any

import schemathesis

# Found in tests/apps/python_runs.
WALKER = "greet"

FIRING: list[dict[str, Any]] = [
    {"trigger": "interval", "hours": 2, "exclude": {"weekdays": ["sun"]}},
    {"trigger": "interval", "weeks": 1, "start_at": "2035-01-01T00:00:00Z"},
    {"trigger": "cron", "cron": "0 9 * * 1-5", "timezone": "Europe/Berlin", "jitter": 60},
    {"trigger": "cron", "day": "last", "hour": 3, "dst_gap": "skip", "dst_overlap": "twice"},
    {"trigger": "date", "run_date": "2090-02-28T12:00:00"},
]
OPTIONS = frozenset(
    [
        "weeks",
        "days",
        "hours",
        "minutes",
        "seconds",
        "cron",
        "year",
        "month",
        "day",
        "week",
        "day_of_week",
        "hour",
        "minute",
        "second",
        "run_date",
        "after",
        "timezone",
        "start_at",
        "end_at",
        "exclude",
        "jitter",
        "dst_gap",
        "dst_overlap",
        "trigger",
    ]
)


@schemathesis.hook
def map_case(_: Any, case: Any) -> Any:
    """Let what is valid by the document be a schedule that can be, every other time."""
    mode = case.meta.generation.mode if case.meta else None
    if mode is None or not mode.is_positive or not isinstance(case.body, dict):
        return case
    declared = case.body.get("schedules", [case.body])
    for body in declared if isinstance(declared, list) else []:
        if isinstance(body, dict) and "walker_name" in body:
            _mend(body)
    return case


def _mend(body: dict[str, Any]) -> None:
    draw = hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).digest()[0]
    body["walker_name"] = WALKER
    if "args" in body:
        body["args"] = {}
    if draw % 2 and body.keys() & OPTIONS:
        for name in body.keys() & OPTIONS:
            del body[name]
        body.update(FIRING[draw % len(FIRING)])
        body.pop("late_after", None)
        body.pop("notify", None)
