from datetime import timedelta

from temporalio.client import (
    ScheduleCalendarSpec,
    ScheduleIntervalSpec,
    ScheduleRange,
    ScheduleSpec,
)

from footfall.triggers import Calendar, CompiledTrigger, Range


def to_schedule_spec(compiled: CompiledTrigger) -> ScheduleSpec:
    """Say to Temporal when a compiled trigger fires."""
    intervals = []
    if compiled.every is not None:
        every, offset = timedelta(seconds=compiled.every), timedelta(seconds=compiled.offset)
        intervals.append(ScheduleIntervalSpec(every=every, offset=offset))
    return ScheduleSpec(
        calendars=[_calendar(calendar) for calendar in compiled.calendars],
        intervals=intervals,
        start_at=compiled.start_at,
        end_at=compiled.end_at,
        time_zone_name=compiled.timezone,
    )


def _calendar(calendar: Calendar) -> ScheduleCalendarSpec:
    return ScheduleCalendarSpec(
        second=_ranges(calendar.second),
        minute=_ranges(calendar.minute),
        hour=_ranges(calendar.hour),
        day_of_month=_ranges(calendar.day_of_month),
        month=_ranges(calendar.month),
        year=_ranges(calendar.year),
        day_of_week=_ranges(calendar.day_of_week),
    )


def _ranges(ranges: tuple[Range, ...]) -> list[ScheduleRange]:
    return [ScheduleRange(start, end, step) for start, end, step in ranges]
