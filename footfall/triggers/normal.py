from collections.abc import Iterator
from datetime import datetime
from typing import Any

from footfall.triggers.after import AfterTrigger
from footfall.triggers.clock import EPOCH, date_of
from footfall.triggers.compiler import Trigger, compile_trigger
from footfall.triggers.crontab import CrontabTrigger
from footfall.triggers.date import DateTrigger
from footfall.triggers.exclusion import WEEKDAYS, DaySpan, Exclusion
from footfall.triggers.fields import FieldsTrigger
from footfall.triggers.interval import UNITS, IntervalTrigger
from footfall.triggers.options import Options
from footfall.triggers.wording import from_monday


def normalised(trigger: Trigger) -> dict[str, Any]:
    """Give the configuration that `trigger` means, flat, with every default made explicit.

    It is one that `parse` takes, and compiles to the same. Instants are ISO 8601 in UTC, days
    are ISO 8601 dates; options that bend nothing are left out.
    """
    if isinstance(trigger, DateTrigger):
        run_date = _instant(trigger.instant)
        return {"trigger": "date", "run_date": run_date, "timezone": trigger.timezone}
    if isinstance(trigger, AfterTrigger):
        after = {"schedule": trigger.schedule, "on": list(trigger.on)}
        return {"trigger": "after", "after": after}
    options = _options(trigger.options)
    if isinstance(trigger, IntervalTrigger):
        written = trigger.config
        units = {unit: written[unit] for unit in UNITS if written.get(unit)}
        return {"trigger": "interval", **units, **options}
    times = (
        {"cron": trigger.expression} if isinstance(trigger, CrontabTrigger) else _fields(trigger)
    )
    # The policies hang on the trigger alone; no anchor has a bearing on them.
    compiled = compile_trigger(trigger, EPOCH)
    policies = {"dst_gap": compiled.dst_gap.value, "dst_overlap": compiled.dst_overlap.value}
    return {"trigger": "cron", **times, **options, **policies}


def _options(options: Options) -> dict[str, Any]:
    found: dict[str, Any] = {"timezone": options.timezone}
    if options.start_at is not None:
        found["start_at"] = _instant(options.start_at)
    if options.end_at is not None:
        found["end_at"] = _instant(options.end_at)
    if options.exclude:
        found["exclude"] = dict(_exclusion(options.exclude))
    if options.jitter:
        found["jitter"] = options.jitter
    return found


def _fields(trigger: FieldsTrigger) -> dict[str, int | str]:
    found = trigger.all_fields.items()
    return {name: int(value) if value.isdigit() else value for name, value in found}


def _exclusion(exclude: Exclusion) -> Iterator[tuple[str, list[Any]]]:
    if exclude.spans:
        yield "dates", [_span(span) for span in exclude.spans]
    if exclude.weekdays:
        yield "weekdays", [WEEKDAYS[day] for day in from_monday(exclude.weekdays)]
    if exclude.regions:
        yield "holidays", list(exclude.regions)


def _span(span: DaySpan) -> str | dict[str, str]:
    first, last = (date_of(day).isoformat() for day in span)
    return first if first == last else {"from": first, "to": last}


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
