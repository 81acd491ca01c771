"""What a Temporal server fires when it is told a plan, worked out without one."""

from datetime import datetime

from footfall.triggers import Calendar, Plan
from footfall.triggers.calendar import values_of
from footfall.triggers.clock import clock_of, unix_time, utc
from footfall.triggers.server import fired


def plan_times(plan: Plan, after: datetime, until: datetime) -> list[datetime]:
    """Give the times (UTC) in (`after`, `until`], jitter left out."""
    clock = clock_of(plan.timezone)
    begin, end = unix_time(after), unix_time(until)
    if plan.start_at is not None:
        begin = max(begin, unix_time(plan.start_at) - 1)
    if plan.end_at is not None:
        end = min(end, unix_time(plan.end_at))
    found = set(fired(plan.calendars, clock, begin, end))
    found.update(at for at in plan.instants if begin < at <= end)
    for every, offset in plan.intervals:
        found.update(range(begin + 1 + (offset - begin - 1) % every, end + 1, every))
    return [
        utc(at)
        for at in sorted(found)
        if not any(_matches(one, utc(clock.wall(at))) for one in plan.skip)
    ]


def _matches(calendar: Calendar, shown: datetime) -> bool:
    years = values_of(calendar.year)
    return (
        shown.second in values_of(calendar.second)
        and shown.minute in values_of(calendar.minute)
        and shown.hour in values_of(calendar.hour)
        and shown.day in values_of(calendar.day_of_month)
        and shown.month in values_of(calendar.month)
        and (not years or shown.year in years)
        and shown.isoweekday() % 7 in values_of(calendar.day_of_week)
    )
