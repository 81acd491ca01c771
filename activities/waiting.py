from typing import Protocol

from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from footfall.schedules.occasion import RunReference
from footfall.temporal.runs import RunGateway


class Lines(Protocol):
    """Who waits for roots in this worker; Hosts is it."""

    def has_line(self, root: str) -> bool:
        """Say whether runs wait here for a root."""
        ...


class WaitingActivities:
    """The activities by which a run waits for others, without a slot of a worker."""

    def __init__(self, runs: RunGateway, lines: Lines) -> None:
        self._runs = runs
        self._lines = lines

    @activity.defn(name="root_has_room")
    async def root_has_room(self, root: str) -> None:
        """Return if nobody waits in this worker for a root.

        Raises:
            ApplicationError: someone does; to be retried, then perhaps by another worker.
        """
        if self._lines.has_line(root):
            raise ApplicationError(
                "Other runs wait for this root",
                type="StillWaiting",
                category=ApplicationErrorCategory.BENIGN,
            )

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
