from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from footfall.schedules.occasion import RunReference

PATIENTLY = RetryPolicy(maximum_interval=timedelta(seconds=30))
"""Tries what is short again until it is done, with pauses that do not grow beyond half a minute."""


def chores_queue() -> str:
    """Give the task queue of what is short: it must not wait for the slots that walkers hold."""
    return chores_queue_of(workflow.info().task_queue)


def chores_queue_of(app: str) -> str:
    """Give the task queue of the short activities of an app's workers."""
    return f"{app}.chores"


async def others_ended(others: Sequence[RunReference], *, first_pause: timedelta) -> None:
    """Wait until all of some runs have ended; asked again after pauses, which grow to 5 s."""
    await workflow.execute_activity(
        "others_ended",
        list(others),
        task_queue=chores_queue(),
        start_to_close_timeout=timedelta(seconds=30),
        # It asks by its retries.
        retry_policy=RetryPolicy(
            initial_interval=first_pause,
            backoff_coefficient=1.5,
            maximum_interval=timedelta(seconds=5),
        ),
        summary="wait for other runs",
    )


async def root_has_room(root: str) -> None:
    """Wait until a worker has nobody in line for a root; asked again after pauses up to 5 s."""
    await workflow.execute_activity(
        "root_has_room",
        root,
        task_queue=chores_queue(),
        start_to_close_timeout=timedelta(seconds=30),
        # It asks by its retries.
        retry_policy=RetryPolicy(
            initial_interval=timedelta(seconds=0.5),
            backoff_coefficient=1.5,
            maximum_interval=timedelta(seconds=5),
        ),
        summary="wait for the root",
    )


async def tell(
    activity: str,
    what: Any,
    *,
    attempt: timedelta,
    patience: timedelta,
    summary: str,
    lost: str,
) -> None:
    """Have the end of a run told, for as long as `patience` lasts; then log that it is `lost`.

    What became of the walker stands, whoever hears of it.

    Args:
        activity: its name.
        what: its argument.
        attempt: how long one attempt may take.
        patience: how long it is tried.
        summary: what the Web UI shows of it.
        lost: what is logged where it came to nothing.

    Raises:
        ActivityError: it was cancelled.
    """
    try:
        await workflow.execute_activity(
            activity,
            what,
            task_queue=chores_queue(),
            start_to_close_timeout=attempt,
            schedule_to_close_timeout=patience,
            retry_policy=PATIENTLY,
            summary=summary,
        )
    except ActivityError as failure:
        if is_cancelled_exception(failure):
            raise
        workflow.logger.warning(lost)
