from fastapi import APIRouter

from api.auth import CurrentPrincipal, UsedServices
from api.change_views import ChangeList
from api.envelope import Envelope
from api.errors import responses
from api.routes.schedules import COMMON, ScheduleId
from footfall.errors import ScheduleNotFoundError

router = APIRouter(prefix="/schedule/{schedule_id}/changes", tags=["changes"])


@router.get("", responses=responses(*COMMON, ScheduleNotFoundError))
async def list_changes(
    schedule_id: ScheduleId,
    who: CurrentPrincipal,
    services: UsedServices,
) -> Envelope[ChangeList]:
    """List who changed what of a schedule, the newest first; also after its deletion."""
    return Envelope(data=ChangeList.of(await services.changes.read(who, schedule_id)))
