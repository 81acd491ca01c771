import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Protocol, Self
from urllib.parse import quote

from pydantic import AwareDatetime

from footfall.schedules.hook import Hook, HookUrl, NoticeKind
from footfall.schedules.run import RunError, RunKind, RunStatus, RunSummary
from footfall.schedules.schedule import ScheduledWalk
from footfall.schedules.stored import Stored

MESSAGE_LIMIT = 500
"""Characters of an error's message that a notice repeats."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class ToldRun(Stored):
    """The run that a notice tells of. Times are UTC.

    Attributes:
        scheduled_at: the time that the schedule meant; None if it was started by hand.
    """

    id: str
    kind: RunKind = RunKind.SCHEDULED
    status: RunStatus
    scheduled_at: AwareDatetime | None = None
    started_at: AwareDatetime | None = None
    error: RunError | None = None

    @classmethod
    def of(cls, run: RunSummary) -> Self:
        """Give what a notice tells of a run."""
        return cls(
            id=run.id,
            kind=run.kind,
            status=run.status,
            scheduled_at=run.scheduled_at,
            started_at=run.started_at,
            error=shortened(run.error),
        )


class Subject(Protocol):
    """The schedule that a notice is about; a ScheduledWalk is one."""

    @property
    def schedule_id(self) -> str:
        """Id of the schedule."""
        ...

    @property
    def name(self) -> str | None:
        """What its owner calls it."""
        ...

    @property
    def owner(self) -> str:
        """Whose it is."""
        ...

    @property
    def walker_name(self) -> str:
        """What it runs."""
        ...

    @property
    def is_static(self) -> bool:
        """Whether it is declared in code."""
        ...


class Notice(Stored):
    """Something that happened to a schedule, told once.

    Attributes:
        id: the same whoever noticed it, and never another's; letters, digits and `.-_~:%`.
        at: when it happened or was noticed (UTC).
        run: the run that it is about, if there is one.
        message: the same in words.
    """

    id: str
    kind: NoticeKind
    schedule_id: str
    name: str | None
    owner: str
    walker_name: str
    is_static: bool = False
    at: AwareDatetime
    run: ToldRun | None = None
    message: str

    @classmethod
    def about(
        cls,
        walk: Subject,
        kind: NoticeKind,
        *,
        mark: str,
        at: datetime,
        message: str,
        run: ToldRun | None = None,
    ) -> Self:
        """Give a notice about a schedule.

        `mark` tells it from others of its kind: the run's id, the time it is about, or the
        revision of the schedule in one life.
        """
        return cls(
            id=f"{kind}.{quote(walk.schedule_id, safe='')}.{quote(mark, safe=':')}",
            kind=kind,
            schedule_id=walk.schedule_id,
            name=walk.name,
            owner=walk.owner,
            walker_name=walk.walker_name,
            is_static=walk.is_static,
            at=at,
            run=run,
            message=message,
        )


class EndedRun(Stored):
    """A run that ends, as the run itself knows it.

    Attributes:
        walk: the schedule's definition when the run began.
        paused: its failure had the schedule paused.
    """

    walk: ScheduledWalk
    run: ToldRun
    at: AwareDatetime
    paused: bool = False


class Delivery(Stored):
    """One notice on its way to one hook; the argument of DeliverNotice."""

    app: str
    notice: Notice
    url: HookUrl

    @property
    def id(self) -> str:
        """Id of the delivery: one for each notice and URL."""
        text = f"{self.notice.id}\n{self.url}"
        return hashlib.sha256(text.encode()).hexdigest()[:24]


def wanted(hooks: Iterable[Hook]) -> frozenset[NoticeKind]:
    """Give the kinds of notices that at least one hook takes."""
    return frozenset(kind for hook in hooks for kind in hook.on)


def addressed(app: str, notice: Notice, hooks: Iterable[Hook]) -> list[Delivery]:
    """Give the deliveries of a notice: one for each URL that takes its kind."""
    urls = dict.fromkeys(hook.url for hook in hooks if notice.kind in hook.on)
    return [Delivery(app=app, notice=notice, url=url) for url in urls]


def shortened(error: RunError | None) -> RunError | None:
    """Give an error without its traceback, the message cut to what a notice repeats."""
    if error is None:
        return None
    return RunError(type=error.type, message=error.message[:MESSAGE_LIMIT])


def failed(walk: Subject, run: ToldRun, at: datetime) -> Notice:
    """Give the notice of a run that failed or ran out of time."""
    error = run.error
    why = f": {error.type}: {error.message}" if error else ""
    verb = "timed out" if run.status is RunStatus.TIMED_OUT else "failed"
    message = f"A run of {walk.walker_name} {verb}{why}"
    kind = NoticeKind.FAILED
    return Notice.about(walk, kind, mark=run.id, at=at, message=message, run=run)


def recovered(walk: Subject, run: ToldRun, at: datetime) -> Notice:
    """Give the notice of a run that succeeded, where the one that ended before it had failed."""
    message = f"{walk.walker_name} succeeded again after a failure."
    kind = NoticeKind.RECOVERED
    return Notice.about(walk, kind, mark=run.id, at=at, message=message, run=run)


def paused(walk: ScheduledWalk, at: datetime, run: ToldRun | None = None) -> Notice:
    """Give the notice of a schedule that its failures had paused; `walk` is the paused one."""
    message = f"The schedule of {walk.walker_name} is paused {walk.change.reason or ''}".strip()
    kind, mark = NoticeKind.PAUSED, _revision(walk)
    return Notice.about(walk, kind, mark=mark, at=at, message=f"{message}.", run=run)


def completed(walk: ScheduledWalk, at: datetime, run: ToldRun | None = None) -> Notice:
    """Give the notice of a schedule that can never run again."""
    message = f"The schedule of {walk.walker_name} is completed: it will not run again."
    kind, mark = NoticeKind.COMPLETED, _revision(walk)
    return Notice.about(walk, kind, mark=mark, at=at, message=message, run=run)


def overdue(
    walk: ScheduledWalk,
    kind: NoticeKind,
    *,
    due: datetime,
    at: datetime,
    why: str,
    run: ToldRun | None = None,
) -> Notice:
    """Give the notice of a run, late or missed, that was due at an instant (UTC)."""
    verb = "is late" if kind is NoticeKind.LATE else "was missed"
    shown = f"{due.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    message = f"The run of {walk.walker_name} that was due at {shown} {verb}: {why}"
    return Notice.about(walk, kind, mark=shown, at=at, message=message, run=run)


def _revision(walk: ScheduledWalk) -> str:
    # Revisions begin at 1 again in a schedule that is created again under its name.
    life = (walk.created_at - _EPOCH) // timedelta(milliseconds=1)
    return f"{life}.r{walk.revision}"
