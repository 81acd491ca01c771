from footfall.triggers.after import OUTCOMES, AfterTrigger
from footfall.triggers.calendar import FIRST_YEAR
from footfall.triggers.compiler import Trigger, moments
from footfall.triggers.crontab import CrontabTrigger
from footfall.triggers.date import DateTrigger
from footfall.triggers.day_words import days_in_words
from footfall.triggers.fields import FIELDS, FieldsTrigger, fields_moments, weeks_of
from footfall.triggers.interval import IntervalTrigger
from footfall.triggers.problem import listed
from footfall.triggers.time_words import time_in_words
from footfall.triggers.wording import bounds_in_words, every
from footfall.triggers.zone import zone_of


def describe(trigger: Trigger) -> str:
    """Say in words when `trigger` fires; what has no short words is quoted as written.

    What bounds or bends it follows, such as "except public holidays in Berlin".
    """
    if isinstance(trigger, DateTrigger):
        return _once(trigger)
    if isinstance(trigger, AfterTrigger):
        ends = listed((OUTCOMES[name] for name in trigger.on), "or")
        return f"After each run of {trigger.schedule} that {ends}"
    bounds, timezone = list(bounds_in_words(trigger.options)), trigger.options.timezone
    if isinstance(trigger, IntervalTrigger):
        # Excluded days and local times mean nothing without their zone.
        local = trigger.options.exclude or trigger.options.start_at or trigger.options.end_at
        zone = [timezone] if local else []
        return ", ".join([every(trigger.seconds), *zone, *bounds])
    time, days = time_in_words(moments(trigger)), _days(trigger)
    if time is None or days is None:
        return ", ".join([_quoted(trigger), timezone, *bounds])
    return ", ".join(part for part in (time, days, timezone, *bounds) if part)


def _once(trigger: DateTrigger) -> str:
    if trigger.timezone == "UTC" or trigger.instant.year < FIRST_YEAR:
        return f"Once at {trigger.instant:%Y-%m-%d %H:%M:%S} UTC"
    local = trigger.instant.astimezone(zone_of(trigger.timezone))
    return f"Once at {local:%Y-%m-%d %H:%M:%S}, {trigger.timezone}"


def _days(trigger: CrontabTrigger | FieldsTrigger) -> str | None:
    if isinstance(trigger, CrontabTrigger):
        return days_in_words(moments(trigger).days)
    weeks = weeks_of(trigger)
    if weeks is None:
        return days_in_words(moments(trigger).days)
    # Weeks are told by their numbers, and not as the dates that they are.
    others = {**trigger.all_fields, "week": "*"}
    return days_in_words(fields_moments(tuple(others.items())).days, weeks)


def _quoted(trigger: CrontabTrigger | FieldsTrigger) -> str:
    if isinstance(trigger, CrontabTrigger):
        return f"At the times of the crontab string {str(trigger.config['cron']).strip()!r}"
    fields = (f"{name}={value!r}" for name, value in trigger.config.items() if name in FIELDS)
    return f"At the times that match {listed(fields)}"
