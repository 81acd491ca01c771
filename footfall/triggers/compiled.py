from dataclasses import dataclass
from datetime import datetime

from footfall.triggers.calendar import Calendar


@dataclass(frozen=True, slots=True)
class CompiledTrigger:
    """A trigger as Temporal's schedules understand it: calendars, or one interval.

    Attributes:
        calendars: it fires when any of them matches the wall clock of `timezone`.
        every: seconds between two runs; None where `calendars` say when.
        offset: seconds between the Unix epoch and a run, 0 <= offset < every, because
            Temporal aligns intervals to the epoch.
        timezone: IANA name; the one that `calendars` are in.
        start_at: nothing fires before this instant (UTC).
        end_at: nothing fires after this instant (UTC).
    """

    calendars: tuple[Calendar, ...] = ()
    every: int | None = None
    offset: int = 0
    timezone: str = "UTC"
    start_at: datetime | None = None
    end_at: datetime | None = None
