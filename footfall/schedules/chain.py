"""Chains: schedules that run when a run of another one ends."""

from pydantic import AwareDatetime

from footfall.errors import FieldProblem, InvalidInputError
from footfall.schedules.occasion import Occasion, RunEnd, RunReference
from footfall.schedules.run import RunKind, RunStatus
from footfall.schedules.schedule import ScheduledWalk
from footfall.schedules.stored import Stored

LONGEST_CHAIN = 20
"""Schedules that may follow each other, the first one included."""

MOST_WAITING = 1000
"""Ends of runs that may wait to be followed by one schedule; what comes after is left out. Temporal
buffers as many runs that are due."""

MOST_FOLLOWERS = 100
"""Schedules that may follow one other."""


class Chain(Stored):
    """What the workflow of a chained schedule begins with.

    Attributes:
        schedule_id: the schedule that runs.
        ends: ends of runs that were told and are not looked at yet, oldest first.
        known: runs that were started lately and may be under way.
    """

    schedule_id: str
    ends: tuple[RunEnd, ...] = ()
    known: tuple[RunReference, ...] = ()


class Following(Stored):
    """Whether to run a schedule after the end of a run is the question.

    ``known`` are runs of the schedule that may be under way, beside those that Temporal lists.
    """

    schedule_id: str
    end: RunEnd
    known: tuple[RunReference, ...] = ()


class Followed(Stored):
    """What became of it.

    Attributes:
        known: runs of the schedule that may be under way, the one that was started included.
        waits_for: runs that have to end before the question is asked again.
        only_one: no other end may wait beside this one.
        counts: it was started, and one has to be taken off the runs that are left.
    """

    known: tuple[RunReference, ...] = ()
    waits_for: tuple[RunReference, ...] = ()
    only_one: bool = False
    counts: bool = False


def check_lateness(walk: ScheduledWalk) -> None:
    """Check that a schedule whose runs are to begin in time has times.

    Raises:
        InvalidInputError: it runs after another one.
    """
    if walk.follows is not None and walk.late_after is not None:
        message = "a schedule that runs after another has no times to be late for; leave it out"
        raise InvalidInputError(FieldProblem("late_after", message))


def chained(walk: ScheduledWalk, end: RunEnd) -> ScheduledWalk:
    """Give the argument of the run of a schedule that follows another run."""
    occasion = Occasion(kind=RunKind.CHAINED, scheduled_at=end.at, after=end)
    return walk.model_copy(update={"occasion": occasion})


def end_of(
    walk: ScheduledWalk, *, run: RunReference, status: RunStatus, at: AwareDatetime
) -> RunEnd:
    """Give the end of a run, and through which schedules its chain came."""
    before = walk.occasion.after if walk.occasion else None
    through = (*(before.through if before else ()), walk.schedule_id)
    return RunEnd(
        schedule_id=walk.schedule_id,
        run=run,
        status=status,
        at=at,
        through=through,
    )
