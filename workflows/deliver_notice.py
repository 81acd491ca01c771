from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from footfall.schedules.attributes import MEMO_ERROR
    from footfall.schedules.notice import Delivery
    from footfall.schedules.run import RunError

FIRST_PAUSE = timedelta(seconds=5)
BACKOFF = 2.8
LONGEST_PAUSE = timedelta(hours=1)
"""Eight attempts with these pauses take 62 minutes."""

ATTEMPT_TIMEOUT = timedelta(seconds=30)


@workflow.defn(name="DeliverNotice")
class DeliverNotice:
    """Delivers one notice to one webhook; one that failed is a dead letter, to be replayed."""

    @workflow.run
    async def run(self, delivery: Delivery) -> int:
        """Post until the receiver takes it, and give the status of its answer.

        Raises:
            ActivityError: it was refused for good, or tried often enough.
        """
        try:
            status: int = await workflow.execute_activity(
                "post_webhook",
                delivery,
                result_type=int,
                start_to_close_timeout=ATTEMPT_TIMEOUT,
                # The activity knows how often it may be tried, and says when it is over.
                retry_policy=RetryPolicy(
                    initial_interval=FIRST_PAUSE,
                    backoff_coefficient=BACKOFF,
                    maximum_interval=LONGEST_PAUSE,
                ),
                summary=f"{delivery.notice.kind} of {delivery.notice.schedule_id}",
            )
        except ActivityError as error:
            workflow.upsert_memo({MEMO_ERROR: _why(error.cause)})
            raise
        return status


def _why(cause: Any) -> RunError:
    kind = cause.type if isinstance(cause, ApplicationError) else None
    message = getattr(cause, "message", None) or "The delivery failed."
    return RunError(type=kind or type(cause).__name__, message=message)
