"""The requests about notifications, events and health; named as in the OpenAPI document."""

from collections.abc import Iterable

from footfall.client.answers import (
    DeliveryList,
    DeliveryStatus,
    DeliveryView,
    Liveness,
    NotificationsData,
    Readiness,
)
from footfall.client.bodies import Hook
from footfall.client.call import Call, filled, get, header, query
from footfall.client.read import part, whole
from footfall.client.sse import Event

_DELIVERY = "/notifications/deliveries/{delivery_id}"


def live() -> Call[Liveness]:
    """Say that the process answers; nothing else is asked."""
    return get("/healthz/live", whole(Liveness))


def ready() -> Call[Readiness]:
    """Say whether Temporal and the database answer and the projection is built."""
    return get("/healthz/ready", whole(Readiness))


def get_notifications(owner: str | None = None) -> Call[NotificationsData]:
    """Give your webhooks for all of your schedules, and the key that signs them."""
    return get("/notifications", whole(NotificationsData), {"owner": owner})


def put_notifications(
    hooks: Iterable[Hook], *, owner: str | None = None, dry_run: bool = False
) -> Call[NotificationsData]:
    """Replace your webhooks for all of your schedules; it takes effect within seconds."""
    return Call(
        method="PUT",
        path="/notifications",
        read=whole(NotificationsData),
        params=query({"owner": owner, "dry_run": dry_run or None}),
        body={"hooks": list(hooks)},
        is_repeatable=True,
    )


def list_deliveries(
    *,
    status: DeliveryStatus | None = None,
    schedule_id: str | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> Call[DeliveryList]:
    """List one page of the latest deliveries that Temporal still holds."""
    params = {"status": status, "schedule_id": schedule_id, "limit": limit, "cursor": cursor}
    return get("/notifications/deliveries", whole(DeliveryList), params)


def get_delivery(delivery_id: str) -> Call[DeliveryView]:
    """Give one delivery; of one under way, why its last attempt failed."""
    return get(_DELIVERY, part("delivery", DeliveryView), delivery_id=delivery_id)


def replay_delivery(delivery_id: str, *, dry_run: bool = False) -> Call[DeliveryView]:
    """Deliver a notice once more, with a new timestamp and signature."""
    return Call(
        method="POST",
        path=filled(f"{_DELIVERY}/replay", {"delivery_id": delivery_id}),
        read=part("delivery", DeliveryView),
        params=query({"dry_run": dry_run or None}),
        is_repeatable=dry_run,
    )


def follow_events(last_event_id: str | None = None) -> Call[Event]:
    """Follow what happens to your schedules: notices, runs, changes, until the token expires.

    Args:
        last_event_id: goes on after this event, if it is still known; the event ``reset`` says that
            some may be missing.
    """
    after = last_event_id
    headers = {} if after is None else header("last_event_id", "Last-Event-ID", after)
    return Call(
        method="GET",
        path="/events",
        read=lambda event: event,
        headers=headers,
        is_repeatable=True,
    )
