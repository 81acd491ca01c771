import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import structlog
from temporalio import activity
from temporalio.client import AsyncActivityCancelledError
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory
from temporalio.service import RPCError, RPCStatusCode

from footfall.schedules.schedule import utc_now
from footfall.walkers.watch import Watch

_log = structlog.get_logger(__name__)

LOOK_SECONDS = 0.5
"""How often a walker is looked at; what is new is told Temporal with the next heartbeat."""

BEAT_SECONDS = 1.0
"""How often a heartbeat is sent at most."""

QUIET_SECONDS = 2.0
"""How often a heartbeat is sent when there is nothing new. It also brings the news that the run
was cancelled or terminated."""

CORE_SECONDS = 3.0
"""How often the SDK itself is told that the activity is alive; it keeps a clock of its own."""

SILENT_SECONDS = 8.0
"""How long Temporal may leave heartbeats without an answer. Soon after, at the heartbeat timeout,
it gives the run to another worker, and the walker must not be alive in both."""

SURPRISING = timedelta(seconds=2)
"""How long a start may be under way, by the clocks of Temporal and this machine, before it is asked
about: what a network held up may be another worker's by now."""

LEARN_SECONDS = 6.0
"""How long it is waited for the SDK to learn what one of our heartbeats has learned."""

CLOSED = "Its run was terminated"

GONE = "Its run was terminated, or another worker has it"

SILENCE = "Temporal did not answer for so long that another worker may have the run"

OUT_OF_TOUCH = "OutOfTouch"
"""Type of the error of a start of a walker that was killed since this worker may not have it."""

RUN_CLOSED = "RunClosed"
"""Type of the error of one whose run was terminated; its detail is when it was killed (UTC)."""

_COMPLETED = "already completed"
"""What Temporal says of a run that has ended, and not of a start that another worker was given."""


@asynccontextmanager
async def watched(watch: Watch) -> AsyncIterator[None]:
    """Tell Temporal with each heartbeat what is seen of a walker, until the block ends.

    A walker that ends at once costs no heartbeat.

    Raises:
        ApplicationError: to be retried; Temporal has not answered for so long, or this process
            stood still for so long, that another worker has the run or is about to; or the run
            was terminated. The block was cancelled, or not begun.
    """
    if abs(utc_now() - activity.info().started_time) > SURPRISING:
        await _ask_whose_it_is(watch)
    working = asyncio.current_task()
    assert working is not None  # noqa: S101 - an activity is a task
    why: str | None = None

    async def keep_in_touch() -> None:
        nonlocal why
        found = SILENCE
        try:
            found = await _beat(watch)
        except Exception:  # noqa: BLE001 - its heartbeats are all that this run lives by
            # Whoever sends no heartbeats any more has lost the run, whatever the reason.
            _log.exception("heartbeats cannot be sent")
        why = found
        working.cancel()

    beating = asyncio.create_task(keep_in_touch())
    try:
        yield
    except asyncio.CancelledError:
        told = activity.cancellation_details()
        if why in (None, SILENCE) and told is not None and told.not_found:
            why = GONE
        if why is None:
            raise
        (_log.warning if why == SILENCE else _log.info)("a walker was killed", reason=why)
        killed = _killed(why)
        if why == SILENCE:
            working.uncancel()
        else:
            await _learn_that_it_is_gone(watch)
        raise killed from None
    finally:
        beating.cancel()


async def _ask_whose_it_is(watch: Watch) -> None:
    handle = activity.client().get_async_activity_handle(task_token=activity.info().task_token)
    try:
        await handle.heartbeat(watch.look(), rpc_timeout=timedelta(seconds=QUIET_SECONDS))
    except AsyncActivityCancelledError:
        # Told again by the heartbeats to come, which cancel it in order.
        return
    except RPCError as error:
        _log.warning("a walker is not started", reason=SILENCE)
        raise _killed(SILENCE) from error


async def _learn_that_it_is_gone(watch: Watch) -> None:
    """Have the SDK learn that Temporal takes no answer any more, and is not to be sent one."""
    activity.heartbeat(watch.look())
    with suppress(TimeoutError, asyncio.CancelledError):
        async with asyncio.timeout(LEARN_SECONDS):
            await activity.wait_for_cancelled()


def _killed(why: str) -> ApplicationError:
    return ApplicationError(
        f"{why}.",
        *((utc_now(),) if why == CLOSED else ()),
        type=RUN_CLOSED if why == CLOSED else OUT_OF_TOUCH,
        # It is logged already.
        category=ApplicationErrorCategory.BENIGN,
    )


async def _beat(watch: Watch) -> str:
    """Send heartbeats until Temporal does not answer, or says that the run is gone; say which.

    Returns:
        SILENCE, CLOSED, or GONE where it does not say more.
    """
    # The SDK's own heartbeats do not tell whether they arrived.
    handle = activity.client().get_async_activity_handle(task_token=activity.info().task_token)
    told, told_at = None, time.monotonic()
    answered_at = core_told_at = told_at
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        seen, now = watch.look(), time.monotonic()
        left = SILENT_SECONDS - (now - answered_at)
        if left <= 0:
            return SILENCE
        if now - told_at < (BEAT_SECONDS if seen != told else QUIET_SECONDS):
            continue
        told, told_at = seen, now
        try:
            async with asyncio.timeout(left):
                await handle.heartbeat(seen, rpc_timeout=timedelta(seconds=left))
        except AsyncActivityCancelledError:
            activity.heartbeat(seen)  # by which the SDK learns of it, and cancels
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return CLOSED if _COMPLETED in error.message else GONE
            continue
        except TimeoutError:
            return SILENCE
        answered_at = now
        if now - core_told_at >= CORE_SECONDS:
            # Else the SDK, which sees no other heartbeats, ends what is longer than the timeout.
            activity.heartbeat(seen)
            core_told_at = now
