from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from footfall.schedules.hook import Hook
from footfall.schedules.occasion import Occasion
from footfall.schedules.policy import AfterCompletion, Policies
from footfall.schedules.sameness import same
from footfall.schedules.stored import Stored

SYSTEM_OWNER = "system"
"""Owner of static schedules, and of the graph root that they run on."""

_TRAIL_LENGTH = 64
_TRAIL_AGE = timedelta(minutes=1)


MAX_TIMEOUT = 7 * 24 * 3600
"""The longest time that a run may be given, in seconds."""


TriggerKind = Literal["interval", "cron", "date", "after"]
"""What may start a schedule's runs."""


class ChangeKind(StrEnum):
    """What a change did to a schedule."""

    CREATED = "created"
    UPDATED = "updated"
    PAUSED = "paused"
    RESUMED = "resumed"
    RENEWED = "renewed"
    DELETED = "deleted"


class Change(Stored):
    """The last change of a schedule: what, by whom, when (UTC) and why.

    ``token`` is drawn anew for each write, so that a writer recognises its own revision.
    """

    kind: ChangeKind
    by: str
    at: AwareDatetime
    token: str
    reason: str | None = None


class ScheduledWalk(Stored):
    """The full definition of a schedule, and the single argument of its action, RunWalker.

    Temporal holds it inside the schedule; nothing else decides what a schedule is. New fields
    need defaults, since schedules written by older releases are decoded too.

    Attributes:
        schedule_id: id of the schedule, in Temporal and in the API.
        app: the app that the walker belongs to; also Temporal's task queue.
        walker_name: the walker to run.
        args: the walker's fields.
        owner: the user whose schedule it is, or ``SYSTEM_OWNER``.
        root: the user whose graph root the walker runs on.
        is_static: declared in code, not through the API.
        config: the trigger as the user wrote it, flat, ``trigger`` included.
        anchor: when the trigger was set (UTC); an interval's first run is one interval later.
        horizon: how far ahead (UTC) Temporal is told of holidays and changes of clocks; None
            means 5 years from the `anchor`.
        basis: fingerprint of the releases (our code, time zones, holidays) by which Temporal was
            told its times; the gateway sets it with each write.
        timeout: seconds that a run may take.
        policies: how its runs are started, repeated, limited and ended.
        resumed_at: when it was last resumed (UTC); failures before that no longer count.
        name: what its owner calls it; unique among the owner's schedules, and never changed.
        request: where the request that created it had an idempotency key, a hash of the key and
            a fingerprint of the body, with a colon between.
        revision: 1 at creation, one more with each change.
        trail: tokens of the changes shortly before the last one, oldest first; a writer whose
            change was followed at once by another's still finds its own here.
        notify: where to tell of what happens to it, beside its owner's hooks.
        late_after: seconds after its time within which a run's walker has to begin; None means
            that nobody watches.
        overrun: how many runs more than `Policies.max_runs` were made when that was made smaller.
        quiet: token of the last write of ours that was no change: a run of a chain that was
            counted, or one that has Temporal keep the schedule.
        occasion: set only in the argument of runs that the schedule did not start itself.
    """

    schedule_id: str
    app: str
    walker_name: str
    args: dict[str, Any] = Field(default_factory=dict)
    owner: str
    root: str
    is_static: bool = False
    config: dict[str, Any]
    anchor: AwareDatetime
    horizon: AwareDatetime | None = None
    basis: int | None = None
    description: str = ""
    tags: tuple[str, ...] = ()
    timeout: int = 300
    policies: Policies = Policies()
    resumed_at: AwareDatetime | None = None
    name: str | None = None
    request: str | None = None
    revision: int = 1
    created_at: AwareDatetime
    change: Change
    trail: tuple[str, ...] = ()
    notify: tuple[Hook, ...] = ()
    late_after: int | None = None
    overrun: int = 0
    quiet: str | None = None
    occasion: Occasion | None = None

    @property
    def trigger(self) -> TriggerKind:
        """Kind of the trigger."""
        kind: TriggerKind = self.config["trigger"]
        return kind

    @property
    def follows(self) -> str | None:
        """Id of the schedule after whose runs it runs; None if it has times of its own."""
        return str(self.config["after"]["schedule"]) if self.trigger == "after" else None

    @property
    def timezone(self) -> str:
        """IANA name of the trigger's time zone."""
        return str(self.config.get("timezone", "UTC"))

    def changed(self, change: Change, **fields: Any) -> Self:
        """Give the next revision, with `fields` replaced."""
        recent = change.at - self.change.at < _TRAIL_AGE
        bookkeeping = {
            "revision": self.revision + 1,
            "change": change,
            "trail": (*(self.trail if recent else ()), self.change.token)[-_TRAIL_LENGTH:],
        }
        return self.model_copy(update={**fields, **bookkeeping})

    def was_changed_by(self, tokens: AbstractSet[str]) -> bool:
        """Say whether one of these tokens made this revision, or one shortly before it."""
        return self.change.token in tokens or not tokens.isdisjoint(self.trail)

    def remembers_since(self, revision: int) -> bool:
        """Say whether the trail still holds every change that came after a revision.

        Where it does not, a token that is missing from it tells nothing.
        """
        return self.revision - len(self.trail) <= revision + 1

    def same_definition(self, other: "ScheduledWalk") -> bool:
        """Say whether both mean the same, however often and by whomever they were written."""
        bookkeeping = {
            "revision",
            "change",
            "trail",
            "created_at",
            "anchor",
            "horizon",
            "basis",
            "resumed_at",
            "request",
            "overrun",
            "quiet",
        }
        return same(*(one.model_dump(exclude=bookkeeping) for one in (self, other)))


class ScheduleStatus(StrEnum):
    """What a schedule is doing: it will run, it is held, or it can never run again."""

    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"


class ScheduleSnapshot(BaseModel):
    """A schedule as Temporal shows it at one moment.

    Attributes:
        next_times: the next few times (UTC) by Temporal's own reckoning; a paused schedule
            has them too. One that runs after another has one that never comes.
        note: Temporal's free-text note; the reason of a pause stands here.
        runs_left: how many runs are left of `Policies.max_runs`; None without such a limit.
        runs_started: how often Temporal started the schedule's action.
        running: whether a run that the schedule started is under way, unless runs may overlap.
    """

    model_config = ConfigDict(frozen=True)

    walk: ScheduledWalk
    paused: bool
    note: str = ""
    next_times: tuple[AwareDatetime, ...] = ()
    runs_left: int | None = None
    runs_started: int = 0
    running: bool = False

    def runs_left_of(self, walk: ScheduledWalk) -> int | None:
        """Give how many runs are left when the schedule becomes `walk`; None means no limit."""
        left = self._left_of(walk)
        return None if left is None else max(0, left)

    def counted(self, walk: ScheduledWalk) -> ScheduledWalk:
        """Give what the schedule becomes with the runs noted that were more than its limit."""
        left = self._left_of(walk)
        return walk.model_copy(update={"overrun": max(0, -left) if left is not None else 0})

    def _left_of(self, walk: ScheduledWalk) -> int | None:
        most = walk.policies.max_runs
        if most is None:
            return None
        before = self.walk.policies.max_runs
        if before is None or self.runs_left is None:
            return most - self.runs_started
        return self.runs_left - self.walk.overrun + most - before

    @property
    def coming_times(self) -> tuple[datetime, ...]:
        """The next few times (UTC) that the schedule itself has."""
        return self.next_times if self.walk.follows is None else ()

    @property
    def status(self) -> ScheduleStatus:
        """Status of the schedule; one with no time left is completed, paused or not."""
        if not self.next_times:
            return ScheduleStatus.COMPLETED
        return ScheduleStatus.PAUSED if self.paused else ScheduleStatus.ACTIVE

    @property
    def is_to_go(self) -> bool:
        """Say whether its policies want it deleted, because it is completed."""
        wanted = self.walk.policies.after_completion is AfterCompletion.DELETE
        return wanted and self.status is ScheduleStatus.COMPLETED


def utc_now() -> datetime:
    """Give the present instant, in UTC."""
    return datetime.now(UTC)
