"""Definitions for tests."""

import secrets
from datetime import UTC, datetime
from typing import Any

from footfall.schedules.schedule import Change, ChangeKind, ScheduledWalk
from footfall.temporal.action import planned


def a_change(kind: ChangeKind = ChangeKind.UPDATED, by: str = "alice") -> Change:
    return Change(kind=kind, by=by, at=datetime.now(UTC), token=secrets.token_hex(8))


def a_walk(app: str, **fields: Any) -> ScheduledWalk:
    now = datetime.now(UTC)
    values: dict[str, Any] = {
        "schedule_id": secrets.token_hex(10),
        "app": app,
        "walker_name": "my_walker",
        "owner": "alice",
        "root": "alice",
        "config": {"trigger": "interval", "minutes": 30},
        "anchor": now,
        "created_at": now,
        "change": a_change(ChangeKind.CREATED),
        **fields,
    }
    walk = ScheduledWalk(**values)
    # As the gateway writes it: with the releases by which it is planned.
    return planned(walk)[0] if "basis" not in fields else walk
