from fastapi import APIRouter, Request, Response

from api.auth import CurrentPrincipal, UsedServices
from footfall.errors import ForbiddenError
from footfall.side_server import scraped

router = APIRouter(include_in_schema=False)


@router.get("/metrics")
async def show_metrics(request: Request, who: CurrentPrincipal, services: UsedServices) -> Response:
    """Answer a scrape by an admin; who scrapes without a token asks at `api.metrics_port`.

    Raises:
        ForbiddenError: they are no admin.
    """
    if not who.is_admin:
        raise ForbiddenError("Only an admin may read the metrics.")
    await services.metrics.look()
    return await scraped(services.metrics.registry, request)
