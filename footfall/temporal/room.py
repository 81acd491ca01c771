from collections.abc import Sequence
from contextlib import suppress

from footfall.errors import OverlapError, RunEndedError
from footfall.schedules.occasion import RunReference
from footfall.schedules.policy import OverlapPolicy
from footfall.temporal.run_control import RunControl, UnderWay


async def make_room(
    control: RunControl,
    policy: OverlapPolicy,
    others: Sequence[UnderWay],
    *,
    reason: str,
) -> tuple[RunReference, ...]:
    """Do with the runs under way what an overlap policy says; give those to wait for.

    Temporal does so itself for the runs that schedules start.

    Args:
        control: by which runs are ended.
        policy: the policy.
        others: the runs of the schedule that are under way.
        reason: why they are ended, where they are.

    Raises:
        OverlapError: there is no room for another run.
        TemporalUnavailableError: Temporal does not answer.
    """
    if policy is OverlapPolicy.ALLOW_ALL:
        return ()
    if policy is OverlapPolicy.CANCEL_OTHER:
        for one in others:
            with suppress(RunEndedError):
                await control.cancel(one.run, reason=reason)
    elif policy is OverlapPolicy.TERMINATE_OTHER:
        for one in others:
            with suppress(RunEndedError):
                await control.terminate(one.run, reason=reason)
        return ()
    elif others and (policy is OverlapPolicy.SKIP or _is_full(policy, others)):
        raise OverlapError(overlap=policy, running=[one.run.id for one in others])
    return tuple(one.reference for one in others)


def _is_full(policy: OverlapPolicy, others: Sequence[UnderWay]) -> bool:
    return policy is OverlapPolicy.BUFFER_ONE and any(one.waits for one in others)
