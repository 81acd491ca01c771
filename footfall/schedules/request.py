from datetime import UTC
from typing import Any, Self

from pydantic import AwareDatetime

from footfall.schedules.schedule import ScheduledWalk
from footfall.schedules.stored import Stored

ROOT_BUSY = "RootBusy"
"""Type of the error of an activity that gave up its slot, since it is not its turn on its root."""

ROOT_LOST = "RootLost"
"""Type of the error of an activity whose walker was killed, since its root was lost meanwhile."""


class Stepped(Stored):
    """What such an activity tells, and a light start that has to be made as a durable one.

    Attributes:
        lost: how often its worker was lost before.
    """

    lost: int


class RunRequest(Stored):
    """What the activity that runs a walker is told: which, with what, for which time.

    Attributes:
        run_id: id of the run, Temporal's workflow id.
        scheduled_at: the time that the schedule meant (UTC), or the run's start.
        timeout: seconds that the walker may take.
        starts_before: how often the walker was started for this run before this activity.
        steps_aside: fail with ROOT_BUSY when others have the root for long, rather than wait.
        jitter: seconds after `scheduled_at` in which the run begins, at random, and is not late.
    """

    schedule_id: str
    run_id: str
    walker_name: str
    args: dict[str, Any]
    root: str
    scheduled_at: AwareDatetime
    timeout: int
    starts_before: int = 0
    owner: str = ""
    steps_aside: bool = False
    jitter: int = 0

    @property
    def is_of_a_time(self) -> bool:
        """Whether the run was started by its schedule, at one of its times.

        Temporal makes the ids of such runs, and nobody else makes ids that look so.
        """
        time = f"{self.scheduled_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        static, dynamic = self.schedule_id, f"{self.walker_name}-{self.schedule_id}"
        return self.run_id in (f"{static}-{time}", f"{dynamic}-{time}")

    @classmethod
    def of(cls, walk: ScheduledWalk, *, run_id: str, scheduled_at: AwareDatetime) -> Self:
        """Give the request for one run of a schedule."""
        return cls(
            schedule_id=walk.schedule_id,
            run_id=run_id,
            walker_name=walk.walker_name,
            args=walk.args,
            root=walk.root,
            scheduled_at=scheduled_at,
            timeout=walk.timeout,
            owner=walk.owner,
            jitter=walk.config.get("jitter", 0),
        )
