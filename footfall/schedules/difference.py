from typing import Any

from footfall.schedules.event import ScheduleEvent

type Difference = dict[str, dict[str, Any]]
"""Of each field that differs, its value `before` and `after`; None where there was none."""

_BOOKKEEPING = {
    "schedule_id",
    "app",
    "revision",
    "change",
    "trail",
    "created_at",
    "anchor",
    "horizon",
}
_FLAT = ("config", "policies")
"""Fields whose own fields stand beside the others, as in a request's body."""


def difference(before: ScheduleEvent, after: ScheduleEvent) -> Difference:
    """Give what differs between two states, field by field, named as in a request's body.

    The walker's arguments are compared one by one, as ``args.<name>``. What only Footfall needs
    is left out, but for a horizon that was moved on.
    """
    old, new = _fields(before), _fields(after)
    found = {
        name: {"before": old.get(name), "after": new.get(name)}
        for name in sorted(old.keys() | new.keys())
        if not _equal(old.get(name), new.get(name))
    }
    horizons = before.walk.horizon, after.walk.horizon
    if horizons[1] is not None and horizons[0] != horizons[1]:
        found["horizon"] = {
            side: value.isoformat() if value else None
            for side, value in zip(("before", "after"), horizons, strict=True)
        }
    return found


def _fields(event: ScheduleEvent) -> dict[str, Any]:
    fields = event.walk.model_dump(mode="json", exclude=_BOOKKEEPING)
    for name in _FLAT:
        fields |= fields.pop(name, None) or {}
    arguments = fields.pop("args")
    fields |= {f"args.{name}": value for name, value in arguments.items()}
    return {**fields, "paused": event.paused, "note": event.note}


def _equal(old: Any, new: Any) -> bool:
    # To Python 1, 1.0 and True are equal; to a walker they are not.
    if type(old) is not type(new):
        return False
    if isinstance(old, dict):
        return old.keys() == new.keys() and all(_equal(old[name], new[name]) for name in old)
    if isinstance(old, list):
        return len(old) == len(new) and all(map(_equal, old, new))
    return bool(old == new)
