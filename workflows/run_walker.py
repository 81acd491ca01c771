import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy, SearchAttributeKey
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    CancelledError,
    TimeoutError,  # noqa: A004
    is_cancelled_exception,
)

with workflow.unsafe.imports_passed_through():
    from footfall.schedules.attributes import MEMO_ERROR, MEMO_WAITS, OUTCOME, SCHEDULED_START
    from footfall.schedules.light import LIGHT_AGE, LIGHT_PATIENCE, LONGEST_LIGHT, NOT_LIGHTLY
    from footfall.schedules.occasion import RunReference
    from footfall.schedules.request import ROOT_BUSY, ROOT_LOST, RunRequest, Stepped
    from footfall.schedules.run import (
        RUN_CANCELLED,
        WALKER_NOT_FOUND,
        WALKER_TIMEOUT,
        RunError,
        RunOutcome,
        RunStatus,
    )
    from footfall.schedules.schedule import ScheduledWalk

from workflows.chores import PATIENTLY, chores_queue, others_ended, root_has_room
from workflows.following import detail_of, failed_outcome, tell_followers, was_too_slow
from workflows.telling import tell_failure, tell_success

HEARTBEAT_TIMEOUT = timedelta(seconds=10)
"""A worker that is silent for so long is lost, and its run is given to another one."""

WAITING_TIME = timedelta(days=7)
"""How long a run may wait inside a worker for its root, beside the walker's own timeout."""

LOST_WORKERS = 10
"""How often a start of the walker is repeated after its worker was lost; each has the whole
timeout. A walker that takes its worker down each time must come to an end."""

TURNS = 100
"""How often a run steps aside for others on its root; then it keeps its slot until it has it, so
that its history does not grow without end."""

CANCELLED_ASIDE = "a run that was cancelled while it stepped aside ends"
"""Patch: Temporal tells the end of an activity, and not that it was to be cancelled meanwhile."""

LOST_STARTS = "a start that tells of no walker is no failure of one"
"""Patch: of a worker that lost touch with Temporal, say. The name of an error alone tells nothing:
a walker's own may have any."""

OWN_TIMEOUTS = "an error of a walker's own is no timeout, whatever its name"
"""Patch: the outcome says whether the walker's time was up."""

_OUTCOME = SearchAttributeKey.for_keyword(OUTCOME)
_SCHEDULED_START = SearchAttributeKey.for_datetime(SCHEDULED_START)


@workflow.defn(name="RunWalker")
class RunWalker:
    """One run of a schedule.

    Its close event holds the RunOutcome: as the result, or as the detail of the failure.
    """

    @workflow.run
    async def run(self, walk: ScheduledWalk) -> RunOutcome:
        """Run the walker; again after a failure, as the schedule's retry policy says.

        Raises:
            ActivityError: the walker failed, or its time was up.
            CancelledError: the run was cancelled.
        """
        try:
            if walk.occasion is not None and walk.occasion.waits_for:
                await _ended(walk.occasion.waits_for)
            outcome = await self._walk(walk)
        except (ActivityError, asyncio.CancelledError) as error:
            if is_cancelled_exception(error):
                _show_cancellation()
                await tell_followers(walk, RunStatus.CANCELLED, None)
            raise
        if outcome.status is RunStatus.CANCELLED:
            _show_cancellation()
            await tell_followers(walk, RunStatus.CANCELLED, outcome)
            raise CancelledError
        return outcome

    async def _walk(self, walk: ScheduledWalk) -> RunOutcome:
        info, occasion = workflow.info(), walk.occasion
        scheduled_at = (
            (occasion.scheduled_at if occasion else None)
            or info.typed_search_attributes.get(_SCHEDULED_START)
            or info.workflow_start_time
        )
        request = RunRequest.of(walk, run_id=info.workflow_id, scheduled_at=scheduled_at)
        retry, failures = walk.policies.retry, 0
        while True:
            try:
                outcome = await _start(request, light=walk.policies.is_light)
            except ActivityError as error:
                failures += 1
                failed = _walker_error(error)
                if workflow.cancellation_reason() is not None and failed is None:
                    # Its worker was lost, and Temporal starts nothing anew that is cancelled.
                    raise asyncio.CancelledError from None
                if failed is None or not retry.tries_again(failures, failed.type or ""):
                    if not isinstance(error.cause, CancelledError):
                        await _undisturbed(_failed(walk, request, error.cause))
                    raise
                request = request.model_copy(update={"starts_before": _starts(failed)})
                if workflow.cancellation_reason() is not None:
                    # It failed just when it was to be cancelled, and must not start again.
                    raise asyncio.CancelledError from None
            else:
                if outcome.status is RunStatus.SUCCEEDED:
                    await _undisturbed(_succeeded(walk, request, outcome))
                return outcome
            await workflow.sleep(retry.pause(failures))


async def _start(request: RunRequest, *, light: bool) -> RunOutcome:
    """Start the walker when it is its turn on its root, and give what it gave."""
    lost = turns = 0
    if light and workflow.now() - workflow.info().workflow_start_time < LIGHT_AGE:
        try:
            return await _lightly(request)
        except ActivityError as error:
            before = _lost(error)
            if before is None:
                raise
            _heed_cancellation()
        lost = before
        request = request.model_copy(update={"starts_before": request.starts_before + lost})
    while True:
        turns += 1
        asked = request.model_copy(update={"steps_aside": turns < TURNS})
        try:
            return await _attempted(asked, LOST_WORKERS - lost)
        except ActivityError as error:
            stepped = _stepped(error)
            if stepped is None:
                raise
            _heed_cancellation()
        lost += stepped.lost
        request = request.model_copy(
            update={"starts_before": request.starts_before + stepped.lost},
        )
        await root_has_room(request.root)


async def _lightly(request: RunRequest) -> RunOutcome:
    """Start the walker here and now, within the present task of the workflow."""
    name = "run_walker_lightly"
    try:
        outcome: RunOutcome = await workflow.execute_local_activity(
            name,
            args=[request.model_copy(update={"steps_aside": True}), workflow.now()],
            result_type=RunOutcome,
            schedule_to_close_timeout=2 * LIGHT_PATIENCE + timedelta(seconds=LONGEST_LIGHT),
            retry_policy=RetryPolicy(maximum_attempts=1),
            summary=request.walker_name,
        )
    except (ApplicationError, TimeoutError) as error:
        # The SDK raises the cause alone; whoever reads runs knows one shape of failures.
        raise ActivityError(
            "Activity task failed",
            scheduled_event_id=0,
            started_event_id=0,
            identity="",
            activity_type=name,
            activity_id="",
            retry_state=None,
        ) from error
    return outcome


async def _attempted(request: RunRequest, attempts: int) -> RunOutcome:
    outcome: RunOutcome = await workflow.execute_activity(
        "run_walker",
        request,
        result_type=RunOutcome,
        start_to_close_timeout=timedelta(seconds=request.timeout) + WAITING_TIME,
        heartbeat_timeout=HEARTBEAT_TIMEOUT,
        # The walker's own errors are not for Temporal to retry, and say so; what is tried
        # again here is a worker that was lost.
        retry_policy=RetryPolicy(
            initial_interval=timedelta(seconds=1),
            maximum_interval=timedelta(seconds=30),
            maximum_attempts=attempts,
        ),
        cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        summary=request.walker_name,
    )
    return outcome


async def _succeeded(walk: ScheduledWalk, request: RunRequest, outcome: RunOutcome) -> None:
    await tell_success(walk, request, outcome)
    await tell_followers(walk, RunStatus.SUCCEEDED, outcome)


async def _failed(walk: ScheduledWalk, request: RunRequest, cause: BaseException | None) -> None:
    _show(cause)
    paused = await _settle(walk, request)
    await tell_failure(walk, request, cause, paused=paused)
    await tell_followers(walk, *failed_outcome(cause))


async def _undisturbed(work: Coroutine[Any, Any, None]) -> None:
    """Wait for what follows from the end of a walker, which stands: cancelling comes too late."""
    doing = asyncio.ensure_future(work)
    while not doing.done():
        try:
            await asyncio.shield(doing)
        except asyncio.CancelledError:
            if doing.cancelled():
                raise
    doing.result()


async def _settle(walk: ScheduledWalk, request: RunRequest) -> bool:
    """Have the schedule paused if it has failed too often, and say whether it was."""
    if walk.policies.pause_on_failure is None:
        return False
    paused: bool = await workflow.execute_activity(
        "pause_after_failures",
        walk.schedule_id,
        task_queue=chores_queue(),
        result_type=bool,
        start_to_close_timeout=timedelta(minutes=1),
        # Without a worker or Temporal's visibility it waits; the run is closed afterwards.
        retry_policy=PATIENTLY,
        summary=request.walker_name,
    )
    return paused


def _heed_cancellation() -> None:
    """End the run if it was cancelled just when its activity ended without a walker's start."""
    if workflow.cancellation_reason() is not None and workflow.patched(CANCELLED_ASIDE):
        raise asyncio.CancelledError


def _lost(error: ActivityError) -> int | None:
    """Give how often a light start lost its walker; None if the walker came to an end."""
    cause = error.cause
    if isinstance(cause, TimeoutError):
        return 1
    stepped = _put_off(cause, NOT_LIGHTLY)
    return None if stepped is None else stepped.lost


def _stepped(error: ActivityError) -> Stepped | None:
    """Give what an activity told that stepped aside; None if something else ended it."""
    return _put_off(error.cause, ROOT_BUSY)


def _put_off(cause: BaseException | None, kind: str) -> Stepped | None:
    """Give what an error of a kind of ours tells; None for a walker's own that is called so."""
    if not isinstance(cause, ApplicationError) or cause.type != kind or _has_outcome(cause):
        return None
    return Stepped.model_validate(cause.details[0])


def _has_outcome(error: ApplicationError) -> bool:
    """Say whether an error tells what a walker did, as all errors of walkers do."""
    detail = detail_of(error)
    return isinstance(detail, Mapping) and "status" in detail


def _walker_error(error: ActivityError) -> ApplicationError | None:
    """Give the walker's own error, or None where it was something else that ended the run."""
    cause = error.cause
    if not isinstance(cause, ApplicationError):
        return None
    is_own = _tells_of_a_walker(cause)
    is_own_by_name = cause.type not in (WALKER_NOT_FOUND, ROOT_LOST)
    # Only where the two differ is there anything to be patched.
    if is_own != is_own_by_name and not workflow.patched(LOST_STARTS):
        is_own = is_own_by_name
    return cause if is_own else None


def _tells_of_a_walker(error: ApplicationError) -> bool:
    # Of a walker that a worker does not know there is an outcome too.
    return _has_outcome(error) and (
        error.type != WALKER_NOT_FOUND or detail_of(error).get("walker_started_at") is not None
    )


def _starts(error: ApplicationError) -> int:
    """Give how often the walker was started so far."""
    return RunOutcome.model_validate(detail_of(error) or {}).attempts


async def _ended(others: Sequence[RunReference]) -> None:
    await others_ended(others, first_pause=timedelta(seconds=1))
    workflow.upsert_memo({MEMO_WAITS: None})


def _show_cancellation() -> None:
    reason = workflow.cancellation_reason() or "The run was cancelled."
    workflow.upsert_memo({MEMO_ERROR: RunError(type=RUN_CANCELLED, message=reason)})


def _show(cause: BaseException | None) -> None:
    # Lists show neither a failure's text nor that it was a timeout.
    if not isinstance(cause, ApplicationError):
        return
    kind = cause.type or type(cause).__name__
    error = RunError(type=kind, message=cause.message)
    workflow.upsert_memo({MEMO_ERROR: error})
    if kind == WALKER_TIMEOUT and (was_too_slow(cause) or not workflow.patched(OWN_TIMEOUTS)):
        workflow.upsert_search_attributes([_OUTCOME.value_set(RunStatus.TIMED_OUT.value)])
