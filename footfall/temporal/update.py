import uuid

from temporalio.api.schedule.v1 import Schedule as ScheduleProto
from temporalio.api.workflowservice.v1 import UpdateScheduleRequest
from temporalio.client import Client, Schedule
from temporalio.converter import encode_search_attributes
from temporalio.service import RPCError, RPCStatusCode

from footfall.errors import ScheduleNotFoundError
from footfall.temporal import attributes
from footfall.temporal.action import planned, to_schedule
from footfall.temporal.connection import RPC_TIMEOUT, translated_errors
from footfall.temporal.draft import Draft


async def update(
    client: Client,
    draft: Draft,
    conflict_token: bytes,
    runs_left: int | None,
) -> bool:
    """Write what a schedule is to become; say whether Temporal took it, as far as it tells.

    `runs_left` is how often it may still run, None without a limit. A write whose conflict token
    is stale is dropped: one of Temporal's two schedule backends says so, the other one does not,
    and the schedule has to be read again.

    Raises:
        ScheduleNotFoundError: it is gone.
        TemporalUnavailableError: Temporal did not answer.
    """
    walk, _, plan = planned(draft.walk)
    request = UpdateScheduleRequest(
        namespace=client.namespace,
        schedule_id=walk.schedule_id,
        schedule=await _to_proto(
            to_schedule(
                walk,
                plan,
                paused=draft.paused,
                note=draft.note,
                runs_left=runs_left,
            ),
            client,
        ),
        conflict_token=conflict_token,
        identity=client.identity,
        request_id=str(uuid.uuid4()),
    )
    encode_search_attributes(
        attributes.schedule_attributes(walk, horizon=plan.horizon),
        request.search_attributes,
    )
    try:
        with translated_errors():
            await client.workflow_service.update_schedule(
                request,
                retry=True,
                timeout=RPC_TIMEOUT,
            )
    except RPCError as error:
        if error.status == RPCStatusCode.FAILED_PRECONDITION:
            return False
        if error.status == RPCStatusCode.NOT_FOUND:
            raise ScheduleNotFoundError from error
        raise
    return True


async def _to_proto(schedule: Schedule, client: Client) -> ScheduleProto:
    # The SDK has no public way to send a conflict token, nor to make this message.
    return await schedule._to_proto(client)  # noqa: SLF001
