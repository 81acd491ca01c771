import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.cron.expressions import (
    MONTHS,
    WEEKDAYS,
    LastDayOfMonthExpression,
    RangeExpression,
    WeekdayPositionExpression,
)
from apscheduler.triggers.cron.fields import DEFAULT_VALUES, MAX_VALUES, MIN_VALUES

from footfall.errors import FieldProblem
from footfall.triggers.calendar import FIRST_YEAR, LAST_YEAR
from footfall.triggers.days import (
    Days,
    Values,
    by_date,
    compact,
    crossed,
    iso_weeks,
    last_day,
    last_weekday,
    nth_weekday,
)
from footfall.triggers.moments import Moments
from footfall.triggers.options import NO_OPTIONS, Options
from footfall.triggers.problem import quote, raise_problems
from footfall.triggers.wrapping import unwrapped

FIELDS: tuple[str, ...] = CronTrigger.FIELD_NAMES
"""The named fields, from the coarsest to the finest."""

_LONGEST = 512
_TERM = r"\*(/\d{1,4})?|\d{1,4}(-\d{1,4})?(/\d{1,4})?"
_NAME = r"[a-z]{3}(-[a-z]{3})?"
_TERMS = {
    "month": rf"{_TERM}|{_NAME}",
    "day_of_week": rf"{_TERM}|{_NAME}",
    "day": rf"{_TERM}|(1st|2nd|3rd|4th|5th|last) +[a-z]{{3}}|last",
}
_NAMES = {
    "month": " or jan to dec",
    "day_of_week": " (0 is Monday) or mon to sun",
    "day": ", 'last', '2nd fri' or 'last fri'",
}


@dataclass(frozen=True, slots=True)
class FieldsTrigger:
    """Fires when all of its named fields match, with APScheduler's meaning of them.

    Attributes:
        written: the configuration as the user wrote it.
        fields: name and value of each field given, in the order of ``FIELDS``.
        options: what bounds and bends it.
    """

    written: tuple[tuple[str, Any], ...]
    fields: tuple[tuple[str, str], ...]
    options: Options = NO_OPTIONS

    @property
    def all_fields(self) -> dict[str, str]:
        """What holds for every field: those not given match always, or are at their least.

        The former are coarser than the finest given, the latter finer.
        """
        given = dict(self.fields)
        finest = max(FIELDS.index(name) for name in given)
        return {
            name: given.get(name, "*" if at < finest else str(DEFAULT_VALUES[name]))
            for at, name in enumerate(FIELDS)
        }

    @property
    def config(self) -> dict[str, Any]:
        """Configuration as the user wrote it, flat."""
        return dict(self.written)


def parse_fields(config: Mapping[str, Any], options: Options) -> FieldsTrigger:
    """Read the named fields of a cron trigger, of which at least one is given.

    Grammar and meaning are those of APScheduler 3.11's ``CronTrigger``: 0 is Monday, all
    fields have to match, fields finer than the finest given are at their least value.
    Whether any time matches is not asked.

    Raises:
        InvalidInputError: a field has no such value.
    """
    given = {name: config[name] for name in FIELDS if name in config}
    raise_problems(
        [
            FieldProblem(name, message)
            for name, value in given.items()
            if (message := _problem(name, value))
        ]
    )
    fields = tuple((name, str(value).strip().lower()) for name, value in given.items())
    return FieldsTrigger(tuple(config.items()), fields, options)


@lru_cache(maxsize=256)
def fields_moments(fields: tuple[tuple[str, str], ...]) -> Moments:
    """Give the moments at which all of `fields` match."""
    parsed = {field.name: field for field in CronTrigger(**dict(fields), timezone="UTC").fields}
    frame = Days(
        months=_values(parsed["month"]),
        years=_values(parsed["year"]),
        # APScheduler counts weekdays from Monday, Temporal from Sunday.
        weekdays=frozenset((value + 1) % 7 for value in _values(parsed["day_of_week"])),
    )
    days = crossed(_days(parsed["day"]), [frame])
    weeks = _values(parsed["week"])
    if len(weeks) < MAX_VALUES["week"]:
        days = compact(crossed(days, iso_weeks(weeks)))
        # With a weekday the first form is the shorter one, in a single year the other.
        days = min(days, compact(by_date(days)), key=len)
    second, minute, hour = (_values(parsed[name]) for name in ("second", "minute", "hour"))
    return Moments(second, minute, hour, tuple(days))


def weeks_of(trigger: FieldsTrigger) -> Values | None:
    """Give the ISO weeks that a trigger is restricted to; None if it is to none."""
    weeks = _values(CronTrigger.FIELDS_MAP["week"]("week", trigger.all_fields["week"]))
    return None if len(weeks) == MAX_VALUES["week"] else weeks


def _days(field: Any) -> list[Days]:
    found: list[Days] = []
    plain: set[int] = set()
    for expression in field.expressions:
        if isinstance(expression, LastDayOfMonthExpression):
            found += last_day()
        elif not isinstance(expression, WeekdayPositionExpression):
            plain |= _expression_values(expression, "day")
        elif expression.option_num == len(expression.options) - 1:
            found += last_weekday((expression.weekday + 1) % 7)
        else:
            found.append(nth_weekday(expression.option_num + 1, (expression.weekday + 1) % 7))
    return [*found, Days(days=frozenset(plain))]


def _values(field: Any) -> Values:
    return frozenset().union(
        *(_expression_values(expression, field.name) for expression in field.expressions)
    )


def _expression_values(expression: Any, name: str) -> set[int]:
    first, last = MIN_VALUES[name], LAST_YEAR if name == "year" else MAX_VALUES[name]
    if isinstance(expression, RangeExpression):
        first = expression.first
        last = last if expression.last is None else expression.last
    return set(range(first, last + 1, expression.step or 1))


def _problem(name: str, value: Any) -> str | None:
    if not isinstance(value, bool) and isinstance(value, int | str):
        return _value_problem(name, value)
    hint = _as_text(value) if isinstance(value, list | tuple) else None
    remedy = f"a list; write {quote(hint)}" if hint else quote(value)
    return f"must be a number or text such as '*/2', not {remedy}"


def _value_problem(name: str, value: int | str) -> str | None:
    low, high = MIN_VALUES[name], MAX_VALUES[name]
    allowed = f"use {low} to {high}{_NAMES.get(name, '')}, as 'a', 'a-b', '*/n', 'a-b/n' or lists"
    if name == "year":
        allowed = f"use {FIRST_YEAR} to {LAST_YEAR}, as 'a', 'a-b', '*/n', 'a-b/n' or lists"
    if isinstance(value, int) and not low <= value <= high:
        return f"{quote(value)} is out of bounds; {allowed}"
    text = str(value).strip().lower()
    if len(text) > _LONGEST:
        return f"must have at most {_LONGEST} characters"
    for term in re.split(" *, *", text):
        if not re.fullmatch(_TERMS.get(name, _TERM), term, re.ASCII):
            return f"{quote(term)} is not understood; {allowed}"
        if split := _unwrapped(name, term):
            return f"{quote(term)} wraps around; write {quote(split)}"
    try:
        field = CronTrigger.FIELDS_MAP[name](name, text)
    except ValueError as error:
        return f"{quote(text)} is not possible ({error}); {allowed}"
    return _late_year(text) if name == "year" and _too_late(field) else None


def _as_text(values: Sequence[Any]) -> str | None:
    """Write a short list of numbers or texts as one text, or give None where it is none."""
    plain = all(isinstance(one, int | str) and not isinstance(one, bool) for one in values)
    return ",".join(str(one)[:_LONGEST] for one in values) if values and plain else None


def _unwrapped(name: str, term: str) -> str | None:
    """Say a range whose end comes before its start as ranges, or give None where it is none."""
    form = re.fullmatch(r"(\w+)-(\w+)(?:/(\d+))?", term, re.ASCII)
    if form is None or name == "year":
        return None
    names = {"month": MONTHS, "day_of_week": WEEKDAYS}.get(name, [])
    low, high = MIN_VALUES[name], MAX_VALUES[name]
    ends = [int(end) if end.isdigit() else _place(names, end, low) for end in form.groups()[:2]]
    step = int(form[3] or 1)
    if not (low <= ends[1] < ends[0] <= high and 0 < step <= high):
        return None
    return unwrapped((ends[0], ends[1]), step, (low, high), [] if form[1].isdigit() else names)


def _place(names: list[str], name: str, low: int) -> int:
    return names.index(name) + low if name in names else low - 1


def _too_late(field: Any) -> bool:
    bounds = (
        bound
        for expression in field.expressions
        if isinstance(expression, RangeExpression)
        for bound in (expression.first, expression.last)
    )
    return any(bound is not None and bound > LAST_YEAR for bound in bounds)


def _late_year(text: str) -> str:
    return f"{quote(text)} goes beyond {LAST_YEAR}, the last year in which anything runs"
