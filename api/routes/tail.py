from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from api.auth import CurrentPrincipal, UsedServices
from api.errors import responses
from api.expiry import while_valid
from api.routes.runs import RunId
from api.routes.schedules import COMMON, ScheduleId
from api.streams import STREAM, EventStream
from footfall.errors import (
    ProjectionUnavailableError,
    RunNotFoundError,
    ScheduleNotFoundError,
    TooManyStreamsError,
)

router = APIRouter(prefix="/schedule/{schedule_id}/runs/{run_id}", tags=["runs"])

_EXAMPLE = (
    'event: status\ndata: {"status":"running","attempt":1,"waits":false,"walker_started_at":null}'
    '\n\nevent: stdout\ndata: {"offset":0,"text":"hello\\n"}'
    '\n\nevent: progress\ndata: {"fraction":0.5,"message":"half"}'
    '\n\nevent: end\ndata: {"status":"succeeded","stdout_truncated":false,"error":null}\n\n'
)


@router.get(
    "/tail",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "Events `status`, `stdout`, `progress` and at last `end`, or `expired` "
            "when the token is no longer valid.",
            "content": {STREAM: {"schema": {"type": "string"}, "example": _EXAMPLE}},
        },
        **responses(
            *COMMON,
            ScheduleNotFoundError,
            RunNotFoundError,
            TooManyStreamsError,
            ProjectionUnavailableError,
        ),
    },
)
async def tail_run(
    schedule_id: ScheduleId,
    run_id: RunId,
    who: CurrentPrincipal,
    services: UsedServices,
) -> StreamingResponse:
    """Follow a run: its stdout and progress while it runs, until it ends."""
    found = await services.runs.observe(who, schedule_id, run_id)
    events = services.tails.follow(found)
    return EventStream(services.streams, who.user, while_valid(who, events))
