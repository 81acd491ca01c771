from dataclasses import replace
from datetime import datetime

from footfall.errors import InvalidTriggerError
from footfall.triggers.calendar import LAST_YEAR
from footfall.triggers.compiled import CompiledTrigger
from footfall.triggers.compiler import Trigger, moments
from footfall.triggers.crontab import CrontabTrigger
from footfall.triggers.date import DateTrigger
from footfall.triggers.days import ALL_YEARS, Days, dates_in
from footfall.triggers.evaluator import next_times
from footfall.triggers.exclusion import NO_EXCLUSION
from footfall.triggers.fields import FieldsTrigger
from footfall.triggers.problem import listed

_DATE_FIELDS = ("year", "month", "day", "week", "day_of_week")


def ensure_fires(trigger: Trigger, compiled: CompiledTrigger, after: datetime) -> None:
    """Check that `trigger`, compiled to `compiled`, fires at least once after `after`.

    Raises:
        InvalidTriggerError: it never does; says which field is to blame.
    """
    if _fires(compiled, after):
        return
    if _fires(replace(compiled, exclude=NO_EXCLUSION), after):
        raise InvalidTriggerError("exclude", "leaves no time to run; exclude less")
    if compiled.end_at is not None and _fires(replace(compiled, end_at=None), after):
        late = "is in the past" if compiled.end_at <= after else "comes before the first run"
        raise InvalidTriggerError("end_at", f"{_show(compiled.end_at)} {late}; give a later one")
    if isinstance(trigger, DateTrigger):
        message = f"{_show(trigger.instant)} is in the past; give a later date"
        raise InvalidTriggerError("run_date", message)
    if compiled.start_at is not None and _fires(replace(compiled, start_at=None), after):
        message = f"nothing runs after {_show(compiled.start_at)}; give an earlier one"
        raise InvalidTriggerError("start_at", message)
    if isinstance(trigger, CrontabTrigger):
        reason = f"no date until {LAST_YEAR} matches its day, month and weekday"
        raise InvalidTriggerError("cron", f"never fires: {reason}")
    if isinstance(trigger, FieldsTrigger):
        raise _never(trigger)
    raise InvalidTriggerError("trigger", f"never fires: nothing runs after {LAST_YEAR}")


def _fires(compiled: CompiledTrigger, after: datetime) -> bool:
    return bool(next_times(compiled, after, 1))


def _show(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%d %H:%M:%S UTC")


def _never(trigger: FieldsTrigger) -> InvalidTriggerError:
    given = {name: value for name, value in trigger.fields if name in _DATE_FIELDS}
    days = moments(trigger).days
    past = any(dates_in(days, year) for year in ALL_YEARS)
    ever = [Days(one.days, one.months, ALL_YEARS, one.weekdays) for one in days]
    if "year" in given and (past or not days or any(dates_in(ever, y) for y in ALL_YEARS)):
        message = f"never fires again: all its times in {given['year']} are in the past"
        if not past:
            message = f"never fires: no date in {given['year']} matches all fields"
        return InvalidTriggerError("year", message)
    blamed = [name for name in ("day", "week", "day_of_week", "month") if name in given]
    pairs = [f"{name}={given[name]!r}" for name in _DATE_FIELDS if name in given]
    fields = listed(pairs) if pairs else "its fields"
    message = f"never fires: no date until {LAST_YEAR} matches {fields}"
    return InvalidTriggerError(blamed[0] if blamed else trigger.fields[0][0], message)
