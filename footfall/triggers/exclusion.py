import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from footfall.errors import FieldProblem, InvalidTriggerError
from footfall.triggers.clock import date_of, day_number, weekday_of
from footfall.triggers.days import ALL_WEEKDAYS, Values
from footfall.triggers.problem import listed, quote, raise_problems
from footfall.triggers.public_holidays import find_region, holidays_in, region_problem

WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
"""The names of weekdays; their places are their numbers."""

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_KEYS = ("dates", "weekdays", "holidays")
MOST = {"dates": 366, "weekdays": 7, "holidays": 20}
"""How many dates and ranges, weekdays, and regions may be named."""
_EXAMPLE = """{"dates": ["2027-12-24"], "weekdays": ["sat", "sun"], "holidays": "DE-BE"}"""

type DaySpan = tuple[int, int]
"""First and last of consecutive days, both included, numbered from the Unix epoch."""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """The local days on which nothing fires.

    Attributes:
        spans: single dates and ranges of dates.
        weekdays: 0 is Sunday.
        regions: ISO codes of the countries and regions whose public holidays are excluded.
    """

    spans: tuple[DaySpan, ...] = ()
    weekdays: Values = frozenset()
    regions: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Say whether it excludes anything."""
        return bool(self.spans or self.weekdays or self.regions)

    def covers(self, day: int) -> bool:
        """Say whether a day, numbered from the Unix epoch, is excluded."""
        return (
            weekday_of(day) in self.weekdays
            or any(first <= day <= last for first, last in self.spans)
            or any(day in holidays_in(region, date_of(day).year) for region in self.regions)
        )


NO_EXCLUSION = Exclusion()
"""Excludes nothing."""


def parse_exclusion(written: Any) -> Exclusion:
    """Read the option `exclude`: an object of dates, weekdays and regions.

    Each of them is one value or a list of them. A date is "2027-12-24", or a range with both
    ends included, {"from": "2027-12-24", "to": "2028-01-01"}.

    Raises:
        InvalidInputError: it is none, or a part of it is none.
    """
    if not isinstance(written, Mapping) or not written:
        message = f"must be an object such as {_EXAMPLE}, not {quote(written)}"
        if isinstance(written, Mapping):
            message = f"is empty; leave it out, or say what is excluded, such as {_EXAMPLE}"
        raise_problems([FieldProblem("exclude", message)])
    problems = [
        FieldProblem("exclude", f"{quote(key)} is no part of it; it has {listed(_KEYS)}")
        for key in written
        if key not in _KEYS
    ]
    parts: dict[str, list[Any]] = {}
    for key in _KEYS:
        values = written.get(key, [])
        parts[key] = list(values) if isinstance(values, list | tuple) else [values]
        if key in written and not 0 < len(parts[key]) <= MOST[key]:
            message = f"must name 1 to {MOST[key]}, not {len(parts[key])}"
            problems.append(FieldProblem(f"exclude.{key}", message))
    raise_problems(problems)
    spans = [_span(value, problems) for value in parts["dates"]]
    weekdays = [_weekday(value, problems) for value in parts["weekdays"]]
    regions = [_region(value, problems) for value in parts["holidays"]]
    if len(ALL_WEEKDAYS.intersection(weekdays)) == len(ALL_WEEKDAYS):
        problems.append(FieldProblem("exclude.weekdays", "leaves no day to run on; name fewer"))
    raise_problems(problems)
    return Exclusion(joined_spans(spans), frozenset(weekdays), tuple(dict.fromkeys(regions)))


def joined_spans(spans: Iterable[DaySpan]) -> tuple[DaySpan, ...]:
    """Give the same days in order, as few spans that neither overlap nor touch."""
    found: list[DaySpan] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return tuple(found)


def _span(value: Any, problems: list[FieldProblem]) -> DaySpan:
    ends = [value, value]
    if isinstance(value, Mapping):
        if set(value) != {"from", "to"}:
            message = 'a range is {"from": "2027-12-24", "to": "2028-01-01"}, both included'
            problems.append(FieldProblem("exclude.dates", message))
            return (0, 0)
        ends = [value["from"], value["to"]]
    days = [_day(end, problems) for end in ends]
    if days[0] > days[1]:
        message = f"the range ends on {ends[1]}, before it begins on {ends[0]}"
        problems.append(FieldProblem("exclude.dates", message))
    return (days[0], days[1])


def _day(value: Any, problems: list[FieldProblem]) -> int:
    try:
        # Python reads other forms of ISO 8601 as well, such as 2027-W01-1.
        if isinstance(value, str) and _DATE.fullmatch(value):
            return day_number(date.fromisoformat(value))
    except ValueError:
        pass
    message = f"{quote(value)} is no date; write it as '2027-12-24'"
    problem = FieldProblem("exclude.dates", message)
    if problem not in problems:
        problems.append(problem)
    return 0


def _weekday(value: Any, problems: list[FieldProblem]) -> int:
    name = value.strip().lower() if isinstance(value, str) else None
    if name in WEEKDAYS:
        return WEEKDAYS.index(name)
    message = f"{quote(value)} is no weekday; use {listed((*WEEKDAYS[1:], WEEKDAYS[0]), 'or')}"
    problems.append(FieldProblem("exclude.weekdays", message))
    return 0


def _region(value: Any, problems: list[FieldProblem]) -> str:
    region = find_region(value) if isinstance(value, str) else None
    if region is not None:
        return region
    message = region_problem(value) if isinstance(value, str) else f"{quote(value)} is no text"
    problems.append(FieldProblem("exclude.holidays", message))
    return ""


def ensure_holidays(exclude: Exclusion, since: date) -> None:
    """Check that each region has public holidays in the year of `since` or in the next one.

    Some are known to the library by name alone, or its data have ended; excluding their
    holidays would exclude nothing.

    Raises:
        InvalidTriggerError: a region has none.
    """
    years = (since.year, since.year + 1)
    for region in exclude.regions:
        if not any(holidays_in(region, year) for year in years):
            message = (
                f"no public holidays are known for {region!r} in {years[0]} and {years[1]}, so it "
                "would exclude nothing; give the days as dates"
            )
            raise InvalidTriggerError("exclude.holidays", message)
