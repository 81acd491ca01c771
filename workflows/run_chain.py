from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from footfall.schedules.chain import Chain, Followed, Following
    from footfall.schedules.occasion import RunEnd, RunReference

LINGER = timedelta(minutes=10)
"""How long it stays when nothing is told: for so long it knows what it started last. Afterwards
Temporal's list of runs does, which lags behind by far less."""

_PATIENTLY = RetryPolicy(maximum_interval=timedelta(seconds=30))


@workflow.defn(name="RunChain")
class RunChain:
    """Runs one schedule after the runs of another: takes the ends of those one by one.

    There is at most one for a schedule, so that two ends at once cannot both find room where
    the overlap policy has room for one.
    """

    @workflow.init
    def __init__(self, chain: Chain) -> None:
        self._schedule_id = chain.schedule_id
        self._ends = list(chain.ends)
        self._known: tuple[RunReference, ...] = chain.known

    @workflow.signal
    def ended(self, end: RunEnd) -> None:
        """Take the end of a run that the schedule follows."""
        self._ends.append(end)

    @workflow.run
    async def run(self, chain: Chain) -> None:  # noqa: ARG002
        """Look at each end that is told, until none was for a while."""
        while await self._is_told():
            await self._follow(self._ends[0])
            del self._ends[0]
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

    async def _follow(self, end: RunEnd) -> None:
        following = Following(schedule_id=self._schedule_id, end=end, known=self._known)
        followed: Followed = await workflow.execute_activity(
            "follow",
            following,
            result_type=Followed,
            start_to_close_timeout=timedelta(minutes=1),
            retry_policy=_PATIENTLY,
            summary=end.run.id,
        )
        self._known = followed.known
        if followed.runs_left is not None:
            await workflow.execute_activity(
                "spend_run",
                args=[self._schedule_id, followed.runs_left],
                start_to_close_timeout=timedelta(minutes=1),
                retry_policy=_PATIENTLY,
                summary=end.run.id,
            )
