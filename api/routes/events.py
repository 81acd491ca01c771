from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.responses import StreamingResponse

from api.auth import CurrentPrincipal, UsedServices
from api.errors import responses
from api.expiry import while_valid
from api.routes.schedules import COMMON
from api.streams import STREAM, EventStream
from footfall.errors import TooManyStreamsError

router = APIRouter(tags=["notifications"])

_EXAMPLE = (
    'id: 5f0c9a7e-12\nevent: schedule_deleted\ndata: {"schedule_id":"9f2c61b07d5e4a13c8aa",'
    '"name":null,"owner":"ada","walker_name":"my_walker"}\n\n'
)

LastEventId = Annotated[
    str | None,
    Header(alias="Last-Event-ID", description="goes on after this event, if it is still known"),
]


@router.get(
    "/events",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "Events `notice`, `run_started`, `run_ended`, `schedule_changed` and "
            "`schedule_deleted`; `reset` where some may be missing, and `expired` as the last one "
            "when the token is no longer valid.",
            "content": {STREAM: {"schema": {"type": "string"}, "example": _EXAMPLE}},
        },
        **responses(*COMMON, TooManyStreamsError),
    },
)
async def follow_events(
    who: CurrentPrincipal,
    services: UsedServices,
    last_event_id: LastEventId = None,
) -> StreamingResponse:
    """Follow what happens to your schedules; an admin follows everyone's."""
    events = services.events.follow(who, last_event_id)
    return EventStream(services.streams, who.user, while_valid(who, events))
