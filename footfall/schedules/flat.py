from typing import Any

from footfall.schedules.policy import Policies
from footfall.schedules.schedule import ScheduledWalk


def flat(walk: ScheduledWalk) -> dict[str, Any]:
    """Give a definition as JSON, by the flat names that requests use.

    A trigger's options and the policies stand beside the other fields. What is bookkeeping,
    such as the revision, is left out.
    """
    policies = walk.policies.model_dump(mode="json")
    return {
        "name": walk.name,
        "walker_name": walk.walker_name,
        "args": walk.args,
        **walk.config,
        "description": walk.description,
        "tags": list(walk.tags),
        "timeout": walk.timeout,
        "notify": [hook.model_dump(mode="json") for hook in walk.notify],
        "late_after": walk.late_after,
        **policies,
    }


def declaration(walk: ScheduledWalk, *, paused: bool, default_timeout: int) -> dict[str, Any]:
    """Give what has to be declared to get this schedule: its definition without the defaults.

    One without a name is known by its id.
    """
    defaults: dict[str, Any] = {
        "args": {},
        "description": "",
        "tags": [],
        "timeout": default_timeout,
        "notify": [],
        "late_after": None,
        **Policies().model_dump(mode="json"),
    }
    given = {
        name: value
        for name, value in flat(walk).items()
        if name not in defaults or defaults[name] != value
    }
    given["name"] = walk.name or walk.schedule_id
    return {**given, "is_active": False} if paused else given
