from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic_core import from_json, to_json

from footfall.errors import FootfallError
from footfall.projection.cursor import micros
from footfall.schedules.policy import LONGEST_CATCHUP, Execution
from footfall.schedules.schedule import ScheduleSnapshot, ScheduleStatus
from footfall.triggers import describe, parse, parse_zone

_CONFIGS_KEPT = 16_384

_LONGEST_REASON = 500
"""Of a note that somebody wrote in Temporal's Web UI, whatever its length, cursors hold no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleFacts:
    """What a list is filtered and sorted by, as far as the schedule itself says it.

    Instants are microseconds from the year 1, as `micros` counts them.

    Attributes:
        description, trigger_description, timezone, catchup_window: as they are shown.
        pause_reason: the beginning of what is shown.
        text: what free text is looked for in, without case.
        times: the next times that are known, ascending; none unless the schedule is active.
    """

    id: str
    name: str | None
    walker_name: str
    trigger: str
    follows: str | None
    status: str
    is_active: bool
    is_static: bool
    owner: str
    tags: tuple[str, ...]
    description: str
    trigger_description: str
    timezone: str
    timeout: int
    overlap: str
    catchup_window: int | None
    max_runs: int | None
    runs_left: int | None
    pause_on_failure: int | None
    priority: int
    after_completion: str
    execution: str
    late_after: int | None
    pause_reason: str | None
    revision: int
    created_at: int
    updated_at: int
    text: str
    times: tuple[int, ...]

    def next_run_at(self, now: int) -> int | None:
        """Give the first known time after an instant, or None unless the schedule is active.

        Where all known times have passed and Temporal was not read again yet, the schedule is
        due, and the last one counts.
        """
        if not self.times:
            return None
        return self.times[min(bisect_right(self.times, now), len(self.times) - 1)]


def facts_of(snapshot: ScheduleSnapshot) -> ScheduleFacts:
    """Say what a schedule is found and sorted by."""
    walk = snapshot.walk
    words, timezone = _shown(to_json(walk.config, inf_nan_mode="constants"))
    description = walk.description or words
    is_active = snapshot.status is ScheduleStatus.ACTIVE
    policies = walk.policies
    catchup = policies.catchup_seconds(walk.trigger)
    searched = (walk.schedule_id, walk.name or "", walk.walker_name, description, *walk.tags)
    return ScheduleFacts(
        id=walk.schedule_id,
        name=walk.name,
        walker_name=walk.walker_name,
        trigger=walk.trigger,
        follows=walk.follows,
        status=snapshot.status.value,
        is_active=is_active,
        is_static=walk.is_static,
        owner=walk.owner,
        tags=walk.tags,
        description=description,
        trigger_description=words,
        timezone=timezone,
        timeout=walk.timeout,
        overlap=policies.overlap.value,
        catchup_window=None if catchup == LONGEST_CATCHUP else catchup,
        max_runs=policies.max_runs,
        runs_left=snapshot.runs_left,
        pause_on_failure=policies.pause_on_failure,
        priority=policies.priority,
        after_completion=policies.after_completion.value,
        execution=(policies.execution or Execution.DURABLE).value,
        late_after=walk.late_after,
        pause_reason=snapshot.note[:_LONGEST_REASON] or None if snapshot.paused else None,
        revision=walk.revision,
        created_at=micros(walk.created_at),
        updated_at=micros(walk.change.at),
        text="\n".join(searched).casefold(),
        times=tuple(sorted(map(micros, snapshot.coming_times))) if is_active else (),
    )


@lru_cache(_CONFIGS_KEPT)
def _shown(config: bytes) -> tuple[str, str]:
    # Reading a crontab takes longer than all the rest, and many schedules share one.
    trigger: Mapping[str, Any] = from_json(config)
    try:
        return describe(parse(trigger)), parse_zone(trigger.get("timezone", "UTC"))
    except FootfallError:
        # A row must not be lost because this release cannot read its trigger.
        return "", str(trigger.get("timezone", "UTC"))
