from footfall.triggers.calendar import FIRST_YEAR
from footfall.triggers.compiler import Trigger, moments
from footfall.triggers.crontab import CrontabTrigger
from footfall.triggers.date import DateTrigger
from footfall.triggers.days import (
    ALL_DAYS,
    ALL_MONTHS,
    ALL_WEEKDAYS,
    ALL_YEARS,
    Days,
    Values,
    last_day,
    last_weekday,
    nth_weekday,
)
from footfall.triggers.fields import FIELDS, FieldsTrigger
from footfall.triggers.interval import IntervalTrigger
from footfall.triggers.moments import Moments
from footfall.triggers.problem import listed
from footfall.triggers.wording import (
    MONTH_NAMES,
    WEEKDAY_NAMES,
    bounds_in_words,
    duration,
    from_monday,
)
from footfall.triggers.zone import zone_of

_WORKDAYS = frozenset({1, 2, 3, 4, 5})
_SIXTY = frozenset(range(60))
_DAY_HOURS = frozenset(range(24))
_MANY = 10
_SPECIAL = {frozenset(last_day()): "on the last day of the month"}
for _day, _name in enumerate(WEEKDAY_NAMES):
    _SPECIAL[frozenset(last_weekday(_day))] = f"on the last {_name} of the month"
    for _nth, _ordinal in enumerate(("1st", "2nd", "3rd", "4th", "5th"), start=1):
        _only = frozenset({nth_weekday(_nth, _day)})
        _SPECIAL[_only] = f"on the {_ordinal} {_name} of the month"


def describe(trigger: Trigger) -> str:
    """Say in words when `trigger` fires; what has no short words is quoted as written.

    What bounds or bends it follows, such as "except public holidays in Berlin".
    """
    if isinstance(trigger, DateTrigger):
        return _once(trigger)
    bounds, timezone = list(bounds_in_words(trigger.options)), trigger.options.timezone
    if isinstance(trigger, IntervalTrigger):
        # Excluded days and local times mean nothing without their zone.
        local = trigger.options.exclude or trigger.options.start_at or trigger.options.end_at
        zone = [timezone] if local else []
        return ", ".join([f"Every {duration(trigger.seconds)}", *zone, *bounds])
    when = moments(trigger)
    time, days = _time(when), _days(when.days)
    if time is None or days is None:
        return ", ".join([_quoted(trigger), timezone, *bounds])
    return ", ".join(part for part in (time, days, timezone, *bounds) if part)


def _once(trigger: DateTrigger) -> str:
    if trigger.timezone == "UTC" or trigger.instant.year < FIRST_YEAR:
        return f"Once at {trigger.instant:%Y-%m-%d %H:%M:%S} UTC"
    local = trigger.instant.astimezone(zone_of(trigger.timezone))
    return f"Once at {local:%Y-%m-%d %H:%M:%S}, {trigger.timezone}"


def _quoted(trigger: CrontabTrigger | FieldsTrigger) -> str:
    if isinstance(trigger, CrontabTrigger):
        return f"At the times of the crontab string {str(trigger.config['cron']).strip()!r}"
    fields = (f"{name}={value!r}" for name, value in trigger.config.items() if name in FIELDS)
    return f"At the times that match {listed(fields)}"


def _time(when: Moments) -> str | None:
    hours, minutes, seconds = when.hours, when.minutes, when.seconds
    if len(hours) * len(minutes) * len(seconds) <= _MANY:
        show = "{:02}:{:02}" if seconds == {0} else "{:02}:{:02}:{:02}"
        times = [
            show.format(hour, minute, second)
            for hour in sorted(hours)
            for minute in sorted(minutes)
            for second in sorted(seconds)
        ]
        return f"At {listed(times)}"
    if seconds == {0} and minutes == {0} and hours == _DAY_HOURS:
        return "Every hour"
    if seconds == {0} and minutes == {0}:
        step = _step(hours, 24)
        return f"Every {step} hours" if step else None
    if hours != _DAY_HOURS:
        return None
    if seconds == {0}:
        return _repeated(minutes, "minute", "past every hour")
    return _repeated(seconds, "second", "of every minute") if minutes == _SIXTY else None


def _repeated(values: Values, unit: str, of: str) -> str | None:
    if values == _SIXTY:
        return f"Every {unit}"
    step = _step(values, 60)
    if step:
        return f"Every {step} {unit}s"
    if len(values) > _MANY:
        return None
    numbers = listed(str(value) for value in sorted(values))
    return f"At {unit} {numbers} {of}" if len(values) == 1 else f"At {unit}s {numbers} {of}"


def _step(values: Values, size: int) -> int | None:
    """Give n where `values` are each n-th of `size`, evenly also from one round to the next."""
    step = size // len(values) if values else 0
    even = step > 1 and size % step == 0 and values == frozenset(range(0, size, step))
    return step if even else None


def _days(days: tuple[Days, ...]) -> str | None:
    special = _SPECIAL.get(frozenset(days))
    if special:
        return special
    if len(days) != 1:
        return None
    (numbers, months, years, weekdays) = days[0]
    parts: list[str] = []
    if numbers != ALL_DAYS and weekdays != ALL_WEEKDAYS:
        return None
    if weekdays != ALL_WEEKDAYS:
        parts.append(_weekdays(weekdays))
    if numbers != ALL_DAYS:
        if len(numbers) > _MANY:
            return None
        word = "day" if len(numbers) == 1 else "days"
        parts.append(f"on {word} {listed(str(day) for day in sorted(numbers))} of the month")
    if months != ALL_MONTHS:
        parts.append(f"in {listed(MONTH_NAMES[month - 1] for month in sorted(months))}")
    if years != ALL_YEARS:
        if len(years) > _MANY:
            return None
        parts.append(f"in {listed(str(year) for year in sorted(years))}")
    return " ".join(parts)


def _weekdays(weekdays: Values) -> str:
    if weekdays == _WORKDAYS:
        return "Monday to Friday"
    return listed(WEEKDAY_NAMES[day] for day in from_monday(weekdays))
