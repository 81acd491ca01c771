from collections.abc import AsyncIterator

from fastapi import APIRouter
from fastapi.responses import StreamingResponse
from pydantic_core import to_json
from starlette.types import Receive, Scope, Send

from api.auth import CurrentPrincipal, UsedServices
from api.errors import responses
from api.routes.runs import RunId
from api.routes.schedules import COMMON, ScheduleId
from api.tails import TailEvent, Tails
from footfall.errors import (
    ProjectionUnavailableError,
    RunNotFoundError,
    ScheduleNotFoundError,
    TooManyStreamsError,
)
from footfall.temporal.observation import Observation

router = APIRouter(prefix="/schedule/{schedule_id}/runs/{run_id}", tags=["runs"])

STREAM = "text/event-stream"

_EXAMPLE = (
    'event: status\ndata: {"status":"running","attempt":1,"waits":false,"walker_started_at":null}'
    '\n\nevent: stdout\ndata: {"offset":0,"text":"hello\\n"}'
    '\n\nevent: progress\ndata: {"fraction":0.5,"message":"half"}'
    '\n\nevent: end\ndata: {"status":"succeeded","stdout_truncated":false,"error":null}\n\n'
)


class TailResponse(StreamingResponse):
    """A tail as server-sent events (the HTML standard's text/event-stream)."""

    def __init__(self, tails: Tails, found: Observation) -> None:
        tails.enter()
        self._tails = tails
        super().__init__(
            _encoded(tails.follow(found)),
            media_type=STREAM,
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events, and give the stream's place back however that ends."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._tails.leave()


async def _encoded(events: AsyncIterator[TailEvent]) -> AsyncIterator[bytes]:
    async for event in events:
        if event.name is None:
            yield b": keep-alive\n\n"
        else:
            yield b"event: %b\ndata: %b\n\n" % (event.name.encode(), to_json(event.data))


@router.get(
    "/tail",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "Events `status`, `stdout`, `progress` and at last `end`.",
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
    return TailResponse(services.tails, found)
