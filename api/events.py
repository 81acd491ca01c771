import time
from collections.abc import AsyncIterator
from typing import Any

from api.notification_views import DeletedScheduleView, NoticeView, ScheduleChangeView
from api.run_views import RunView
from api.streams import KEEP_ALIVE_SECONDS, StreamEvent, Streams
from api.temporal_ui import TemporalUi
from footfall.projection.feed import Feed, FeedEvent
from footfall.schedules.notice import Notice
from footfall.schedules.run import RunSummary
from footfall.schedules.schedule import ScheduleSnapshot
from footfall.tokens import Principal

LOOK_SECONDS = 0.5
"""How often it is looked for new events, for each stream."""

_RESET = {"message": "Events may be missing; read the lists again."}


class Events:
    """What happens to schedules, for whoever follows."""

    def __init__(self, feed: Feed, streams: Streams, *, ui: TemporalUi) -> None:
        self._feed = feed
        self._streams = streams
        self._ui = ui

    def follow(self, who: Principal, last_id: str | None) -> AsyncIterator[StreamEvent]:
        """Tell what happens to the schedules of `who`, to all for admins.

        It begins now, or after the event with the id `last_id`. Where events may be missing
        since then, or because they were not read fast enough, it tells `reset` once.
        """
        # Not only when the first event is asked for: nothing may be lost in between.
        position = self._feed.position(last_id) if last_id else self._feed.number
        if position is None:
            return self._follow(who, self._feed.number, is_reset=True)
        return self._follow(who, position, is_reset=False)

    async def _follow(
        self, who: Principal, position: int, *, is_reset: bool
    ) -> AsyncIterator[StreamEvent]:
        told_at = time.monotonic()
        while True:
            if is_reset or position < self._feed.forgotten:
                position = max(position, self._feed.forgotten)
                is_reset = False
                yield StreamEvent("reset", _RESET, self._feed.id_of(position))
                told_at = time.monotonic()
                # More may have been dropped while that was sent.
                continue
            for event in self._feed.after(position):
                position = event.number
                if who.is_admin or event.owner == who.user:
                    yield StreamEvent(event.name, self._shown(event), self._feed.id_of(position))
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
