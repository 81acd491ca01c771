"""Light runs: walkers that are started within the task of their run's workflow."""

from datetime import timedelta

from footfall.errors import FieldProblem, InvalidInputError
from footfall.schedules.policy import Policies
from footfall.schedules.schedule import ScheduledWalk

LONGEST_LIGHT = 5
"""Seconds that a light walker may take. Temporal gives a workflow's task to another worker after
ten; by then the walker must have ended, whatever became of its worker's connection."""

LIGHT_PATIENCE = timedelta(seconds=2)
"""How long after its workflow's task was handed out a light walker begins at the latest."""

LIGHT_AGE = timedelta(seconds=60)
"""How long after its start a run is light; later, perhaps its workers were lost, and Temporal
counts these for durable runs only."""

NOT_LIGHTLY = "NotLightly"
"""Type of the error of a light start that has to be made as a durable one."""


def check_light(walk: ScheduledWalk) -> None:
    """Check that light walkers are short.

    Raises:
        InvalidInputError: the timeout is too long for it.
    """
    if walk.policies.is_light and walk.timeout > LONGEST_LIGHT:
        message = (
            f"must be at most {LONGEST_LIGHT} where `execution` is 'light', and is {walk.timeout}; "
            "give it too, or make `execution` 'durable'"
        )
        raise InvalidInputError(FieldProblem("timeout", message))


def timeout_of(policies: Policies, default: int) -> int:
    """Give the timeout of a schedule that names none, in seconds."""
    return min(default, LONGEST_LIGHT) if policies.is_light else default
