from pydantic import AwareDatetime

from footfall.schedules.run import RunKind, RunStatus
from footfall.schedules.stored import Stored


class RunReference(Stored):
    """One execution of a run: its workflow id and Temporal's own id of the execution."""

    id: str
    temporal_run_id: str


class RunEnd(Stored):
    """The end of a run, after which other schedules run.

    Attributes:
        schedule_id: whose run it was.
        at: when it ended (UTC).
        through: ids of the schedules by which the chain came to it, its own the last.
        traceparent: the run's span where it is traced, in the form of W3C's header.
    """

    schedule_id: str
    run: RunReference
    status: RunStatus
    at: AwareDatetime
    through: tuple[str, ...] = ()
    traceparent: str | None = None


class Occasion(Stored):
    """Why there is a run that its schedule did not start itself.

    Attributes:
        by: the user who asked for it; None if nobody did.
        scheduled_at: the time that the run stands for (UTC); None means its start.
        waits_for: runs that have to end before the walker is started.
        after: the end of another schedule's run that it follows.
    """

    kind: RunKind
    by: str | None = None
    reason: str | None = None
    scheduled_at: AwareDatetime | None = None
    waits_for: tuple[RunReference, ...] = ()
    after: RunEnd | None = None
