from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic_core import from_json, to_json

from footfall.errors import FootfallError
from footfall.projection.cursor import micros
from footfall.schedules.schedule import ScheduleSnapshot, ScheduleStatus
from footfall.triggers import describe, parse, parse_zone

_CONFIGS_KEPT = 16_384


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleFacts:
    """What a list is filtered and sorted by, as far as the schedule itself says it.

    Instants are microseconds from the year 1, as `micros` counts them.

    Attributes:
        description, trigger_description, timezone: as they are shown.
        text: what free text is looked for in, without case.
        times: the next times that are known, ascending; none unless the schedule is active.
    """

    id: str
    walker_name: str
    trigger: str
    status: str
    is_active: bool
    is_static: bool
    owner: str
    tags: tuple[str, ...]
    description: str
    trigger_description: str
    timezone: str
    timeout: int
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
    name = getattr(walk, "name", None) or ""
    searched = (walk.schedule_id, name, walk.walker_name, description, *walk.tags)
    return ScheduleFacts(
        id=walk.schedule_id,
        walker_name=walk.walker_name,
        trigger=walk.trigger,
        status=snapshot.status.value,
        is_active=is_active,
        is_static=walk.is_static,
        owner=walk.owner,
        tags=walk.tags,
        description=description,
        trigger_description=words,
        timezone=timezone,
        timeout=walk.timeout,
        revision=walk.revision,
        created_at=micros(walk.created_at),
        updated_at=micros(walk.change.at),
        text="\n".join(searched).casefold(),
        times=tuple(sorted(map(micros, snapshot.next_times))) if is_active else (),
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
