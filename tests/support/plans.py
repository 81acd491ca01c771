"""What a Temporal server fires when it is told a plan, worked out without one."""

from datetime import date, datetime

from footfall.triggers import Calendar, Plan
from footfall.triggers.calendar import values_of
from footfall.triggers.clock import DAY, date_of, unix_time, utc


def plan_times(plan: Plan, after: datetime, until: datetime) -> list[datetime]:
    """Give the times (UTC) in (`after`, `until`], jitter left out."""
    begin, end = unix_time(after), unix_time(until)
    if plan.start_at is not None:
        begin = max(begin, unix_time(plan.start_at) - 1)
    if plan.end_at is not None:
        end = min(end, unix_time(plan.end_at))
    found: set[int] = set()
    for day in range(begin // DAY, end // DAY + 1):
        fires = _times(plan.calendars, day)
        for every, offset in plan.intervals:
            fires.update(range((offset - day * DAY) % every, DAY, every))
        if fires and plan.skip:
            fires -= _times(plan.skip, day)
        found.update(day * DAY + time for time in fires)
    return [utc(at) for at in sorted(found) if begin < at <= end]


def _times(calendars: tuple[Calendar, ...], day: int) -> set[int]:
    """Give the seconds of a day, numbered from the Unix epoch, that any calendar matches."""
    return {
        hour * 3600 + minute * 60 + second
        for one in calendars
        if _matches(one, date_of(day))
        for hour in values_of(one.hour)
        for minute in values_of(one.minute)
        for second in values_of(one.second)
    }


def _matches(calendar: Calendar, day: date) -> bool:
    years = values_of(calendar.year)
    return (
        day.day in values_of(calendar.day_of_month)
        and day.month in values_of(calendar.month)
        and (not years or day.year in years)
        and day.isoweekday() % 7 in values_of(calendar.day_of_week)
    )
