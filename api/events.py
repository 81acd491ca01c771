import time
from collections.abc import AsyncIterator
from typing import Any

from api.notification_views import DeletedScheduleView, NoticeView, ScheduleChangeView
from api.streams import KEEP_ALIVE_SECONDS, StreamEvent, Streams
from api.views import RunView, TemporalUi
from footfall.projection.feed import Feed, FeedEvent
from footfall.schedules.notice import Notice
from footfall.schedules.run import RunSummary
from footfall.schedules.schedule import ScheduleSnapshot
from footfall.tokens import Principal

LOOK_SECONDS = 0.5
"""How often it is looked for new events, for each stream."""


class Events:
    """What happens to schedules, for whoever follows."""

    def __init__(self, feed: Feed, streams: Streams, *, ui: TemporalUi) -> None:
        self._feed = feed
        self._streams = streams
        self._ui = ui

    def follow(self, who: Principal, last_id: str | None) -> AsyncIterator[StreamEvent]:
        """Tell what happens to the schedules of `who`, to all for admins.

        It begins now, or after the event with the id `last_id` where that is still known.
        """
        # Not only when the first event is asked for: nothing may be lost in between.
        return self._follow(who, self._feed.position(last_id))

    async def _follow(self, who: Principal, position: int) -> AsyncIterator[StreamEvent]:
        told_at = time.monotonic()
        while True:
            for event in self._feed.after(position):
                position = event.number
                if who.is_admin or event.owner == who.user:
                    yield StreamEvent(event.name, self._shown(event), self._feed.id_of(event))
                    told_at = time.monotonic()
            if time.monotonic() - told_at >= KEEP_ALIVE_SECONDS:
                yield StreamEvent(None, None)
                told_at = time.monotonic()
            if await self._streams.is_closing(LOOK_SECONDS):
                return

    def _shown(self, event: FeedEvent) -> dict[str, Any]:
        subject = event.subject
        if isinstance(subject, Notice):
            return NoticeView.of(subject).model_dump(mode="json")
        if isinstance(subject, RunSummary):
            return RunView.of(subject, self._ui).model_dump(mode="json")
        if isinstance(subject, ScheduleSnapshot):
            return ScheduleChangeView.of_change(subject).model_dump(mode="json")
        return DeletedScheduleView.of(subject).model_dump(mode="json")
