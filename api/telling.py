from footfall.projection.feed import Feed
from footfall.schedules.notice import Notice
from footfall.schedules.schedule import ScheduledWalk
from footfall.temporal.deliveries import DeliveryGateway
from footfall.temporal.owner_hooks import KnownHooks


class Telling:
    """Tells of what an API notices itself: to those who follow, and to webhooks."""

    def __init__(self, feed: Feed, *, hooks: KnownHooks, deliveries: DeliveryGateway) -> None:
        self._feed = feed
        self._hooks = hooks
        self._deliveries = deliveries

    async def __call__(self, walk: ScheduledWalk, notice: Notice) -> None:
        """Tell a notice of a schedule.

        Raises:
            TemporalUnavailableError: Temporal does not answer, and nobody was told.
        """
        hooks = (*walk.notify, *await self._hooks.of(walk.owner))
        await self._deliveries.send(notice, hooks)
        self._feed.tell(notice)
