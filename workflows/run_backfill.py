import asyncio
from collections.abc import Iterator
from datetime import datetime

from temporalio import workflow
from temporalio.common import Priority, SearchAttributeKey, SearchAttributePair
from temporalio.exceptions import ChildWorkflowError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from footfall.schedules.attributes import MEMO_OCCASION, MEMO_PROGRESS, SCHEDULED_START
    from footfall.schedules.backfill import AT_ONCE, Backfill, BackfillOverlap, BackfillProgress
    from footfall.schedules.occasion import Occasion
    from footfall.schedules.run import RunKind

_SCHEDULED_START = SearchAttributeKey.for_datetime(SCHEDULED_START)


@workflow.defn(name="RunBackfill")
class RunBackfill:
    """Makes the runs of a schedule for past times; each is a RunWalker of its own.

    How far it is stands in its memo, so that no worker has to answer for it. When it is
    cancelled, so are the runs that it has under way. Its own search attributes are those of
    its runs.
    """

    @workflow.init
    def __init__(self, backfill: Backfill) -> None:
        self._backfill = backfill
        self._progress = backfill.progress
        self._left = list(backfill.times)

    @workflow.run
    async def run(self, backfill: Backfill) -> BackfillProgress:
        """Start a run for each time, in order, and wait for all of them."""
        lanes = 1 if backfill.order.overlap is BackfillOverlap.BUFFER_ALL else AT_ONCE
        times = self._next_times()
        await asyncio.gather(*(self._lane(times) for _ in range(lanes)))
        if _is_cancelled():
            raise asyncio.CancelledError
        if self._left:
            workflow.continue_as_new(
                backfill.model_copy(
                    update={"times": tuple(self._left), "progress": self._progress},
                ),
            )
        return self._progress

    def _next_times(self) -> Iterator[datetime]:
        # A run that succeeds while it is being cancelled would swallow the cancellation.
        while (
            self._left
            and not workflow.info().is_continue_as_new_suggested()
            and not _is_cancelled()
        ):
            yield self._left.pop(0)

    async def _lane(self, times: Iterator[datetime]) -> None:
        for at in times:
            self._show(self._progress.one_started())
            # Other lanes go on meanwhile: only what is read afterwards is up to date.
            well = await self._run(at)
            self._show(self._progress.one_ended(well=well))

    async def _run(self, at: datetime) -> bool:
        order = self._backfill.order
        occasion = Occasion(
            kind=RunKind.BACKFILL,
            by=order.by,
            reason=order.reason,
            scheduled_at=at,
        )
        attributes = workflow.info().typed_search_attributes
        try:
            await workflow.execute_child_workflow(
                "RunWalker",
                self._backfill.walk.model_copy(update={"occasion": occasion}),
                id=f"{self._backfill.run_prefix}{at:%Y-%m-%dT%H:%M:%SZ}",
                memo={MEMO_OCCASION: occasion},
                search_attributes=attributes.updated(SearchAttributePair(_SCHEDULED_START, at)),
                priority=Priority(priority_key=self._backfill.walk.policies.priority),
                parent_close_policy=workflow.ParentClosePolicy.REQUEST_CANCEL,
                static_summary=self._backfill.walk.walker_name,
            )
        except ChildWorkflowError as error:
            # A run that somebody cancels is over; a backfill that is cancelled is, too.
            if is_cancelled_exception(error) and _is_cancelled():
                raise
            return False
        return True

    def _show(self, progress: BackfillProgress) -> None:
        self._progress = progress
        workflow.upsert_memo({MEMO_PROGRESS: progress})


def _is_cancelled() -> bool:
    return workflow.cancellation_reason() is not None
