from datetime import timedelta

from temporalio.client import (
    ScheduleCalendarSpec,
    ScheduleIntervalSpec,
    ScheduleRange,
    ScheduleSpec,
)

from footfall.triggers import Calendar, Plan, Range


def to_schedule_spec(plan: Plan) -> ScheduleSpec:
    """Say to Temporal when a planned trigger fires.

    It is told UTC only: what a zone's clocks show, its server might know otherwise than we do.
    """
    intervals = [
        ScheduleIntervalSpec(every=timedelta(seconds=every), offset=timedelta(seconds=offset))
        for every, offset in plan.intervals
    ]
    return ScheduleSpec(
        calendars=[_calendar(calendar) for calendar in plan.calendars],
        intervals=intervals,
        skip=[_calendar(calendar) for calendar in plan.skip],
        start_at=plan.start_at,
        end_at=plan.end_at,
        jitter=timedelta(seconds=plan.jitter) if plan.jitter else None,
        time_zone_name="UTC",
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
