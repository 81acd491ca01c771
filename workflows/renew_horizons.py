from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from footfall.schedules.renewal import Renewal

HEARTBEAT_TIMEOUT = timedelta(minutes=1)
"""A worker that is silent for so long is lost; planning many schedules may keep it busy."""

LONGEST = timedelta(hours=12)
"""How long one attempt may take; the next one goes on where it stopped."""

ATTEMPTS = 20
"""Spread over almost three hours; what is left then waits for the next day."""


@workflow.defn(name="RenewHorizons")
class RenewHorizons:
    """The daily maintenance of an app: moves on the horizons of its schedules."""

    @workflow.run
    async def run(self) -> Renewal:
        """Renew what is due, and say how many.

        Raises:
            ActivityError: Temporal did not answer for some schedule at each attempt.
        """
        renewal: Renewal = await workflow.execute_activity(
            "renew_horizons",
            result_type=Renewal,
            start_to_close_timeout=LONGEST,
            heartbeat_timeout=HEARTBEAT_TIMEOUT,
            retry_policy=RetryPolicy(
                initial_interval=timedelta(seconds=5),
                maximum_interval=timedelta(minutes=10),
                maximum_attempts=ATTEMPTS,
            ),
        )
        return renewal
