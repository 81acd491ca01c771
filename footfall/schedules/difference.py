from typing import Any

from footfall.schedules.event import ScheduleEvent
from footfall.schedules.flat import flat
from footfall.schedules.sameness import same
from footfall.schedules.schedule import ScheduledWalk

type Difference = dict[str, dict[str, Any]]
"""Of each field that differs, its value `before` and `after`; None where there was none."""


def difference(before: ScheduleEvent, after: ScheduleEvent) -> Difference:
    """Give what differs between two states, as `definition_difference` does, and their pauses.

    What only Footfall needs is left out, but for a horizon that was moved on.
    """
    old, new = (
        {**_fields(event.walk), "paused": event.paused, "note": event.note}
        for event in (before, after)
    )
    found = _differing(old, new)
    horizons = before.walk.horizon, after.walk.horizon
    if horizons[1] is not None and horizons[0] != horizons[1]:
        found["horizon"] = {
            side: value.isoformat() if value else None
            for side, value in zip(("before", "after"), horizons, strict=True)
        }
    return found


def definition_difference(before: ScheduledWalk, after: ScheduledWalk) -> Difference:
    """Give what differs between two definitions, field by field, named as in a request's body.

    The walker's arguments are compared one by one, as ``args.<name>``.
    """
    return _differing(_fields(before), _fields(after))


def _fields(walk: ScheduledWalk) -> dict[str, Any]:
    fields = flat(walk)
    arguments = fields.pop("args")
    fields |= {"owner": walk.owner, "root": walk.root, "is_static": walk.is_static}
    return {**fields, **{f"args.{name}": value for name, value in arguments.items()}}


def _differing(old: dict[str, Any], new: dict[str, Any]) -> Difference:
    return {
        name: {"before": old.get(name), "after": new.get(name)}
        for name in sorted(old.keys() | new.keys())
        if not same(old.get(name), new.get(name))
    }
