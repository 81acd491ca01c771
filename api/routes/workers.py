from fastapi import APIRouter

from api.auth import CurrentPrincipal, UsedServices
from api.envelope import Envelope
from api.errors import responses
from api.routes.schedules import COMMON
from api.worker_views import WorkersData, WorkerView
from footfall.errors import ForbiddenError
from footfall.schedules.schedule import utc_now

router = APIRouter(prefix="/workers", tags=["walkers"])


@router.get("", responses=responses(*COMMON, ForbiddenError))
async def list_workers(who: CurrentPrincipal, services: UsedServices) -> Envelope[WorkersData]:
    """List the workers that ask Temporal for work of this app; for admins."""
    if not who.is_admin:
        message = "Workers tell hosts and processes: only an admin may see them."
        raise ForbiddenError(message)
    found, now = await services.workers(), utc_now()
    workers = [WorkerView.of(identity, at, now=now) for identity, at in sorted(found.items())]
    return Envelope(data=WorkersData(workers=workers))
