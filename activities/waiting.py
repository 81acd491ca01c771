from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from footfall.schedules.occasion import RunReference
from footfall.temporal.runs import RunGateway


class WaitingActivities:
    """The activity by which a run waits for others."""

    def __init__(self, runs: RunGateway) -> None:
        self._runs = runs

    @activity.defn(name="others_ended")
    async def others_ended(self, others: list[RunReference]) -> None:
        """Return if all of some runs have ended.

        Temporal asks again by its retries: so a long wait takes no slot of a worker, and leaves
        nothing in the history.

        Raises:
            ApplicationError: one is under way still; to be retried.
        """
        for other in others:
            if await self._runs.is_open(other):
                raise ApplicationError(
                    f"{other.id} is under way still",
                    type="StillUnderWay",
                    category=ApplicationErrorCategory.BENIGN,
                )
