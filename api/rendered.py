import asyncio
from dataclasses import dataclass
from datetime import datetime

from api.envelope import Envelope, body_with
from api.schedule_views import ScheduleList, ScheduleView
from api.temporal_ui import TemporalUi
from footfall.projection.row import ScheduleRow

MOST_ROWS = 10_000
"""How many rows are kept, of some two kilobytes each; with one more they begin anew."""


@dataclass(frozen=True, slots=True)
class _Rendered:
    row: ScheduleRow
    since: datetime
    until: datetime | None
    json: bytes

    def shows(self, row: ScheduleRow, now: datetime) -> bool:
        return self.row is row and self.since <= now and (self.until is None or now < self.until)


class RenderedRows:
    """The JSON of schedules as lists show them, kept until one of them, or its next run, changes.

    A store that gives equal rows as new objects each time has nothing kept for it.
    """

    def __init__(self, ui: TemporalUi) -> None:
        self._ui = ui
        self._rows: dict[str, _Rendered] = {}

    async def body(self, page: ScheduleList, rows: list[ScheduleRow], now: datetime) -> bytes:
        """Give the body of an answer with a page; its `schedules` are these rows at an instant."""
        shown = [self._known(row, now) for row in rows]
        if None in shown:
            # The next runs of some may take a while to find.
            shown = await asyncio.to_thread(lambda: [self._json(row, now) for row in rows])
        envelope = Envelope[ScheduleList](data=page)
        return body_with(envelope, "schedules", filter(None, shown))

    def _known(self, row: ScheduleRow, now: datetime) -> bytes | None:
        known = self._rows.get(row.id)
        return known.json if known is not None and known.shows(row, now) else None

    def _json(self, row: ScheduleRow, now: datetime) -> bytes:
        known = self._known(row, now)
        if known is not None:
            return known
        view = ScheduleView.of(row, self._ui, now=now)
        json = ScheduleView.__pydantic_serializer__.to_json(view, by_alias=True)
        if len(self._rows) >= MOST_ROWS:
            self._rows.clear()
        self._rows[row.id] = _Rendered(row, now, view.next_run_at, json)
        return json
