from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.auth import CurrentPrincipal, UsedServices
from api.envelope import Envelope, meta_of
from api.errors import TOO_LARGE, responses
from api.notification_views import (
    DeliveryData,
    DeliveryList,
    DeliveryView,
    HooksRequest,
    NotificationsData,
)
from api.openapi import CURSOR
from api.preconditions import DryRun
from api.routes.schedules import COMMON
from api.strict_json import StrictJsonRoute
from footfall.errors import (
    DeliveryNotFoundError,
    DeliveryPendingError,
    ForbiddenError,
)
from footfall.temporal.deliveries import DeliveryStatus

router = APIRouter(
    prefix="/notifications",
    tags=["notifications"],
    route_class=StrictJsonRoute,
)

Cursor = Annotated[
    str | None,
    Query(
        max_length=1000,
        json_schema_extra=CURSOR,
        description="`cursor` of the page before, with the same filters",
    ),
]
DeliveryId = Annotated[str, Path(description="id of the delivery")]
Owner = Annotated[
    str | None,
    Query(min_length=1, max_length=256, description="whose; others than you for admins only"),
]


@router.get("", responses=responses(*COMMON, ForbiddenError))
async def get_notifications(
    who: CurrentPrincipal,
    services: UsedServices,
    owner: Owner = None,
) -> Envelope[NotificationsData]:
    """Give your webhooks for all of your schedules, and the key that signs them."""
    hooks, key = await services.notifications.read(who, owner)
    return Envelope(data=NotificationsData(hooks=list(hooks), signing_key=key))


@router.put("", responses=responses(*COMMON, ForbiddenError) | TOO_LARGE)
async def put_notifications(
    body: HooksRequest,
    who: CurrentPrincipal,
    services: UsedServices,
    owner: Owner = None,
    *,
    dry_run: DryRun = False,
) -> Envelope[NotificationsData]:
    """Replace your webhooks for all of your schedules; it takes effect within seconds."""
    hooks, key = await services.notifications.replace(who, owner, body.hooks, dry_run=dry_run)
    data = NotificationsData(hooks=list(hooks), signing_key=key)
    return Envelope(data=data, meta=meta_of(dry_run=dry_run))


@router.get("/deliveries", responses=responses(*COMMON))
async def list_deliveries(
    who: CurrentPrincipal,
    services: UsedServices,
    *,
    status: Annotated[DeliveryStatus | None, Query(description="only those that stand so")] = None,
    schedule_id: Annotated[str | None, Query(max_length=512)] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Cursor = None,
) -> Envelope[DeliveryList]:
    """List the latest deliveries that Temporal still holds; an admin sees everyone's."""
    found, following = await services.notifications.deliveries(
        who,
        status=status,
        schedule_id=schedule_id,
        limit=min(limit, services.limits.page),
        cursor=cursor,
    )
    shown = [DeliveryView.of(state) for state in found]
    return Envelope(data=DeliveryList(deliveries=shown, cursor=following))


@router.get("/deliveries/{delivery_id}", responses=responses(*COMMON, DeliveryNotFoundError))
async def get_delivery(
    delivery_id: DeliveryId,
    who: CurrentPrincipal,
    services: UsedServices,
) -> Envelope[DeliveryData]:
    """Give one delivery; of one under way, why its last attempt failed."""
    state = await services.notifications.delivery(who, delivery_id)
    return Envelope(data=DeliveryData(delivery=DeliveryView.of(state)))


@router.post(
    "/deliveries/{delivery_id}/replay",
    responses=responses(*COMMON, DeliveryNotFoundError, DeliveryPendingError),
)
async def replay_delivery(
    delivery_id: DeliveryId,
    who: CurrentPrincipal,
    services: UsedServices,
    *,
    dry_run: DryRun = False,
) -> Envelope[DeliveryData]:
    """Deliver a notice once more, with a new timestamp and signature."""
    state = await services.notifications.replay(who, delivery_id, dry_run=dry_run)
    data = DeliveryData(delivery=DeliveryView.of(state))
    return Envelope(data=data, meta=meta_of(dry_run=dry_run))
