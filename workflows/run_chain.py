from datetime import timedelta
from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from footfall.schedules.chain import MOST_WAITING, Chain, Followed, Following
    from footfall.schedules.occasion import RunEnd, RunReference

from workflows.chores import PATIENTLY, chores_queue, others_ended

LINGER = timedelta(minutes=10)
"""How long it stays when nothing is told: for so long it knows what it started last. Afterwards
Temporal's list of runs does, which lags behind by far less."""


@workflow.defn(name="RunChain")
class RunChain:
    """Runs one schedule after the runs of another: takes the ends of those one by one.

    There is at most one for a schedule, so that two ends at once cannot both find room where
    the overlap policy has room for one. Ends that have to wait do so here, and not as runs.
    """

    @workflow.init
    def __init__(self, chain: Chain) -> None:
        self._schedule_id = chain.schedule_id
        self._ends = list(chain.ends)
        self._known: tuple[RunReference, ...] = chain.known

    @workflow.signal
    def ended(self, told: dict[str, Any]) -> None:
        """Take the end of a run that the schedule follows, a RunEnd."""
        # Decoded here: a signal that cannot be decoded is dropped by the SDK, whereas what fails
        # here is tried again, until a worker takes it that can.
        end = RunEnd.model_validate(told)
        if len(self._ends) >= MOST_WAITING:
            workflow.logger.warning("too many ends of runs wait; %s is not followed", end.run.id)
            return
        self._ends.append(end)

    @workflow.run
    async def run(self, chain: Chain) -> None:  # noqa: ARG002
        """Look at each end that is told, until none was for a while."""
        while await self._is_told():
            followed = await self._follow(self._ends[0])
            self._known = followed.known
            if followed.waits_for:
                await others_ended(followed.waits_for, first_pause=timedelta(milliseconds=200))
                if followed.only_one:
                    del self._ends[1:]
            else:
                end = self._ends.pop(0)
                if followed.counts:
                    await self._spend(end)
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(
                    Chain(
                        schedule_id=self._schedule_id,
                        ends=tuple(self._ends),
                        known=self._known,
                    ),
                )

    async def _is_told(self) -> bool:
        try:
            await workflow.wait_condition(lambda: bool(self._ends), timeout=LINGER)
        except TimeoutError:
            # One may have come together with the timer.
            return bool(self._ends)
        return True

    async def _follow(self, end: RunEnd) -> Followed:
        followed: Followed = await workflow.execute_activity(
            "follow",
            Following(schedule_id=self._schedule_id, end=end, known=self._known),
            task_queue=chores_queue(),
            result_type=Followed,
            start_to_close_timeout=timedelta(minutes=1),
            retry_policy=PATIENTLY,
            summary=end.run.id,
        )
        return followed

    async def _spend(self, end: RunEnd) -> None:
        await workflow.execute_activity(
            "spend_run",
            args=[self._schedule_id, end],
            task_queue=chores_queue(),
            start_to_close_timeout=timedelta(minutes=1),
            retry_policy=PATIENTLY,
            summary=end.run.id,
        )
