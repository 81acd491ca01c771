from fastapi import APIRouter

from api.auth import CurrentPrincipal, UsedServices
from api.envelope import Envelope
from api.errors import responses
from api.routes.schedules import COMMON
from api.walker_views import WalkerList
from footfall.errors import NoWorkerError

router = APIRouter(prefix="/schedule", tags=["walkers"])


@router.get("/walkers", responses=responses(*COMMON, NoWorkerError))
async def list_walkers(_: CurrentPrincipal, services: UsedServices) -> Envelope[WalkerList]:
    """List the walkers that can be scheduled, as the running workers know them."""
    catalogue = await services.walkers.read()
    return Envelope(data=WalkerList.model_validate(catalogue.model_dump()))
