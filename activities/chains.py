from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import structlog
from temporalio import activity

from footfall.errors import OverlapError
from footfall.schedules.chain import Followed, Following, chained
from footfall.schedules.occasion import RunEnd, RunReference
from footfall.schedules.policy import OverlapPolicy
from footfall.schedules.schedule import ScheduledWalk, ScheduleSnapshot
from footfall.temporal.action import action_id
from footfall.temporal.followers import FollowerGateway
from footfall.temporal.room import make_room
from footfall.temporal.run_control import RunControl, UnderWay
from footfall.temporal.runs import RunGateway
from footfall.temporal.schedules import ScheduleGateway
from footfall.together import together
from footfall.triggers import AfterTrigger, read_config

_log = structlog.get_logger(__name__)


class ChainActivities:
    """The activities of a worker by which schedules run after the runs of others."""

    def __init__(
        self,
        gateway: ScheduleGateway,
        *,
        followers: FollowerGateway,
        runs: RunGateway,
        control: RunControl,
    ) -> None:
        self._gateway = gateway
        self._followers = followers
        self._runs = runs
        self._control = control

    @activity.defn(name="tell_followers")
    async def tell_followers(self, end: RunEnd) -> None:
        """Tell all schedules that run after one that a run of it has ended.

        Called by that run, which is not closed yet; called again, it starts no more runs.

        Raises:
            TemporalUnavailableError: Temporal did not answer; call it again.
        """
        followers = await self._followers.of(end.schedule_id)
        await together(lambda follower: self._followers.tell(follower, end), followers)

    @activity.defn(name="follow")
    async def follow(self, following: Following) -> Followed:
        """Run a schedule after the end of a run, if it still wants that and its policies allow it.

        Called for one end after the other; called again for the same, it starts no second run.
        Where runs that are under way have to end first, it has to be called again then.

        Raises:
            TemporalUnavailableError: Temporal did not answer; call it again.
        """
        end, known = following.end, following.known
        snapshot = await self._gateway.find(following.schedule_id)
        if snapshot is None:
            return Followed()
        walk = chained(snapshot.walk, end)
        run_id = run_id_of(walk, end)
        started = await self._runs.find(walk.schedule_id, run_id)
        if started is not None and activity.info().attempt == 1:
            return _left_out(following, "it has done so already", known)
        if started is None:
            # The time of Temporal, and not of this machine.
            now = activity.info().current_attempt_scheduled_time.astimezone(UTC)
            reason = why_not(snapshot, end, now)
            if reason is not None:
                return _left_out(following, reason, known)
            others = await self._under_way(walk, known)
            known = tuple(one.reference for one in others)
            policy = walk.policies.overlap
            try:
                waits_for = await make_room(self._control, policy, others, reason=_replaced(end))
            except OverlapError:
                return _left_out(following, "another run is under way", known)
            if waits_for:
                only_one = policy is OverlapPolicy.BUFFER_ONE
                return Followed(known=known, waits_for=waits_for, only_one=only_one)
            await self._control.start(walk, run_id)
            started = await self._runs.find(walk.schedule_id, run_id)
        if started is not None and walk.policies.overlap is not OverlapPolicy.ALLOW_ALL:
            this = RunReference(id=run_id, temporal_run_id=started.temporal_run_id)
            known = (*(one for one in known if one.id != run_id), this)
        return Followed(known=known, counts=snapshot.runs_left is not None)

    async def _under_way(
        self, walk: ScheduledWalk, known: Sequence[RunReference]
    ) -> list[UnderWay]:
        if walk.policies.overlap is OverlapPolicy.ALLOW_ALL:
            return []
        return await self._control.under_way(walk.schedule_id, [one.id for one in known])

    @activity.defn(name="spend_run")
    async def spend_run(self, schedule_id: str, end: RunEnd) -> None:
        """Take one off the runs that a schedule has left, for the run that followed an end.

        Raises:
            TemporalUnavailableError: Temporal did not answer; call it again.
            ConflictError: others kept changing the schedule; call it again.
        """
        await self._gateway.spend_run(schedule_id, end.run.temporal_run_id)


def why_not(snapshot: ScheduleSnapshot, end: RunEnd, now: datetime) -> str | None:
    """Say why a schedule does not run after the end of a run, or None if it may; `now` is UTC."""
    walk = snapshot.walk
    trigger = read_config(walk.config).trigger
    if not isinstance(trigger, AfterTrigger) or trigger.schedule != end.schedule_id:
        return "it does not follow that schedule any more"
    catchup = timedelta(seconds=walk.policies.catchup_seconds(walk.trigger))
    obstacles = (
        (end.at < walk.anchor, "the run ended before it was followed"),
        (end.status.value not in trigger.on, "it does not follow runs that end so"),
        (walk.schedule_id in end.through, "the schedules follow each other in a circle"),
        (snapshot.paused, "it is paused"),
        (snapshot.runs_left == 0, "its runs are used up"),
        (now - end.at > catchup, "it is too late for that"),
    )
    return next((reason for stands, reason in obstacles if stands), None)


def run_id_of(walk: ScheduledWalk, end: RunEnd) -> str:
    """Give the id of the run of a schedule that follows an end.

    The same end gives the same id, and Temporal takes each id once.
    """
    return f"{action_id(walk)}-after-{end.run.temporal_run_id}"


def _left_out(following: Following, reason: str, known: tuple[RunReference, ...]) -> Followed:
    _log.info(
        "a schedule does not run after another",
        schedule_id=following.schedule_id,
        after=following.end.schedule_id,
        run=following.end.run.id,
        reason=reason,
    )
    return Followed(known=known)


def _replaced(end: RunEnd) -> str:
    return f"A run that follows {end.run.id} took its place."
