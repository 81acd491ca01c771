import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from activities.watching import watched
from footfall.schedules.light import LIGHT_PATIENCE, NOT_LIGHTLY
from footfall.schedules.request import ROOT_BUSY, ROOT_LOST, RunRequest, Stepped
from footfall.schedules.run import WALKER_NOT_FOUND, RunError, RunOutcome, RunStatus
from footfall.schedules.schedule import utc_now
from footfall.walkers.call import RunContext, WalkerCall
from footfall.walkers.catalogue import Catalogue
from footfall.walkers.lease import LeaseLostError
from footfall.walkers.turn import RootBusyError
from footfall.walkers.watch import Watch

ELSEWHERE_ATTEMPTS = 5
"""How often another worker is asked for a walker that this one does not know; during a
rolling upgrade the next one may."""

MESSAGE_LIMIT = 1000

PERHAPS_SECONDS = 3.0
"""How long it is waited at a run's end to learn whether anyone wants to know of it."""


class Runner(Protocol):
    """What runs walkers: the worker's host processes."""

    async def run(self, call: WalkerCall, watch: Watch | None = None) -> RunOutcome:
        """Run a walker once; cancelling kills it.

        Raises:
            RootBusyError: others had the root for long, and the call steps aside then.
            LeaseLostError: the root was lost while the walker ran, which was killed.
        """
        ...


class Listeners(Protocol):
    """The webhooks of owners; KnownHooks is it."""

    async def listens(self, owner: str) -> bool:
        """Say whether an owner has webhooks, or perhaps has."""
        ...


class FollowedSchedules(Protocol):
    """The schedules after which others run; KnownFollowed is it."""

    async def has(self, schedule_id: str) -> bool:
        """Say whether others run after a schedule, or perhaps do."""
        ...


class AttemptListener(Protocol):
    """Who wants to know what becomes of walkers; RunMetrics is one."""

    def began(self, request: RunRequest, attempt: int, at: datetime) -> None:
        """Take that a walker was started, at an instant (UTC)."""
        ...

    def attempted(
        self, request: RunRequest, attempt: int, outcome: RunOutcome, seconds: float | None
    ) -> None:
        """Take how a start of a walker ended, and after how many seconds if it had begun."""
        ...


class WalkerActivities:
    """The activities of a worker: run a walker, and list the walkers that it knows."""

    def __init__(
        self,
        runner: Runner,
        *,
        catalogue: Catalogue,
        output_limit: int,
        listeners: Listeners,
        followed: FollowedSchedules,
        attempts: Sequence[AttemptListener],
        traceparent: Callable[[], str | None],
    ) -> None:
        self._runner = runner
        self._catalogue = catalogue
        self._output_limit = output_limit
        self._listeners = listeners
        self._followed = followed
        self._attempts = attempts
        self._traceparent = traceparent

    @activity.defn(name="list_walkers")
    async def list_walkers(self) -> Catalogue:
        """Give the catalogue of this worker."""
        return self._catalogue

    @activity.defn(name="run_walker")
    async def run_walker(self, request: RunRequest) -> RunOutcome:
        """Run a walker in a host process, and give what it gave.

        The outcome of a run that was cancelled is what its walker had printed until it was
        killed; it has the status ``cancelled``.

        Raises:
            ApplicationError: not for Temporal to retry, of the walker's own error type, with the
                RunOutcome as its detail, or because it is not its turn on its root, with a
                Stepped; or to be retried, when this worker does not know the walker, or lost
                the root.
            CancelledError: the run was terminated, or the worker stops; the walker was killed.
        """
        info = activity.info()
        attempt = request.starts_before + info.attempt
        if self._catalogue.find(request.walker_name) is None:
            raise _unknown(request.walker_name, info.attempt)
        watch = Watch(attempt, info.attempt)
        watch.at_begin = partial(self._began, request, attempt)
        try:
            async with watched(watch):
                outcome = await self._runner.run(self._call(request, attempt), watch)
        except RootBusyError:
            raise _stepped_aside(info.attempt) from None
        except LeaseLostError:
            raise ApplicationError(
                "The root was lost while the walker ran, and the walker was killed.",
                type=ROOT_LOST,
            ) from None
        except asyncio.CancelledError:
            details = activity.cancellation_details()
            if details is None or not details.cancel_requested:
                raise
            outcome = RunOutcome(
                status=RunStatus.CANCELLED,
                stdout=watch.stdout,
                stdout_truncated=watch.stdout_truncated,
            )
        return await self._told(request, outcome, watch, attempt)

    @activity.defn(name="run_walker_lightly")
    async def run_walker_lightly(self, request: RunRequest, task_at: datetime) -> RunOutcome:
        """Run a walker in a host process, within the task of its run's workflow.

        Nobody hears of it before it ends. So it begins soon after the task was handed out, or not
        at all: by the time that another worker has the task, it has ended.

        Args:
            request: what to run.
            task_at: when Temporal handed the task out (UTC).

        Raises:
            ApplicationError: as `run_walker` does for what the walker did; or NOT_LIGHTLY with a
                Stepped, where it has to be started as `run_walker` does.
            CancelledError: the worker stops; the walker was killed.
        """
        late = utc_now() - task_at
        if abs(late) > LIGHT_PATIENCE or self._catalogue.find(request.walker_name) is None:
            raise _not_lightly(lost=0)
        attempt = request.starts_before + 1
        watch = Watch(attempt)
        try:
            async with asyncio.timeout((LIGHT_PATIENCE - late).total_seconds()) as patience:

                def began(at: datetime) -> None:
                    # From now on it is the walker's own timeout that counts.
                    patience.reschedule(None)
                    self._began(request, attempt, at)

                watch.at_begin = began
                outcome = await self._runner.run(self._call(request, attempt), watch)
        except (TimeoutError, RootBusyError):
            raise _not_lightly(lost=0) from None
        except LeaseLostError:
            raise _not_lightly(lost=1) from None
        return await self._told(request, outcome, watch, attempt)

    def _began(self, request: RunRequest, attempt: int, at: datetime) -> None:
        for listener in self._attempts:
            listener.began(request, attempt, at)

    def _call(self, request: RunRequest, attempt: int) -> WalkerCall:
        return WalkerCall(
            walker_name=request.walker_name,
            args=request.args,
            root=request.root,
            context=RunContext(
                schedule_id=request.schedule_id,
                run_id=request.run_id,
                scheduled_at=request.scheduled_at,
                attempt=attempt,
                traceparent=self._traceparent(),
            ),
            timeout=request.timeout,
            steps_aside=request.steps_aside,
            output_limit=self._output_limit,
        )

    async def _told(
        self, request: RunRequest, outcome: RunOutcome, watch: Watch, attempt: int
    ) -> RunOutcome:
        """Give an outcome with what the worker knows beside it, or raise it where it failed."""
        for listener in self._attempts:
            listener.attempted(request, attempt, outcome, watch.seconds)
        owner_listens, is_followed = await asyncio.gather(
            _perhaps(self._listeners.listens(request.owner)),
            _perhaps(self._followed.has(request.schedule_id)),
        )
        outcome = outcome.model_copy(
            update={
                "attempts": attempt,
                "worker": activity.client().identity,
                "walker_started_at": watch.started_at,
                "owner_listens": owner_listens,
                "is_followed": is_followed,
            },
        )
        if outcome.status in (RunStatus.SUCCEEDED, RunStatus.CANCELLED):
            return outcome
        raise _failed(outcome)


async def _perhaps(asking: Coroutine[Any, Any, bool]) -> bool:
    """Give an answer, or yes where it takes long: no heartbeat is sent meanwhile."""
    try:
        async with asyncio.timeout(PERHAPS_SECONDS):
            return await asking
    except TimeoutError:
        return True


def _failed(outcome: RunOutcome) -> ApplicationError:
    kind = outcome.error.type if outcome.error else "WalkerFailed"
    message = outcome.error.message if outcome.error else "The walker failed."
    return ApplicationError(message[:MESSAGE_LIMIT], outcome, type=kind, non_retryable=True)


def _put_off(message: str, kind: str, *, lost: int) -> ApplicationError:
    """Give the error of a walker that was not started now; `lost` of its starts lost it before."""
    return ApplicationError(
        message,
        Stepped(lost=lost),
        type=kind,
        non_retryable=True,
        category=ApplicationErrorCategory.BENIGN,
    )


def _stepped_aside(attempt: int) -> ApplicationError:
    message = "Other walkers run on this root; this one comes later."
    return _put_off(message, ROOT_BUSY, lost=attempt - 1)


def _not_lightly(*, lost: int) -> ApplicationError:
    message = "The walker did not begin soon enough for a light run."
    return _put_off(message, NOT_LIGHTLY, lost=lost)


def _unknown(walker_name: str, attempt: int) -> ApplicationError:
    message = f"This worker's app has no walker named {walker_name!r}."
    return ApplicationError(
        message,
        RunOutcome(
            status=RunStatus.FAILED,
            error=RunError(type=WALKER_NOT_FOUND, message=message),
            attempts=attempt,
            worker=activity.client().identity,
        ),
        type=WALKER_NOT_FOUND,
        non_retryable=attempt >= ELSEWHERE_ATTEMPTS,
        next_retry_delay=timedelta(seconds=2),
    )
