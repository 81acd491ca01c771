from collections.abc import Iterator
from functools import cache

from footfall.triggers.days import (
    ALL_DAYS,
    ALL_MONTHS,
    ALL_WEEKDAYS,
    ALL_YEARS,
    Days,
    Values,
    crossed,
    last_day,
    last_weekday,
    nth_weekday,
)
from footfall.triggers.problem import listed
from footfall.triggers.wording import (
    MONTH_NAMES,
    WEEKDAY_NAMES,
    from_monday,
    in_ranges,
    ordinal,
)

_WORKDAYS = frozenset({1, 2, 3, 4, 5})
_MANY = 10
_MOST_KINDS = 4
_SERIES = 5


def days_in_words(days: tuple[Days, ...], weeks: Values | None = None) -> str | None:
    """Say on which days moments come, or give None where that takes many words.

    They are "Monday to Friday", "on day 1 of the month or on Monday", "" for every day; equal
    words mean equal days. `weeks` are the ISO weeks to which they are restricted, if they are.
    """
    if not days:
        return None
    months, years = (
        frozenset[int]().union(*(getattr(one, name) for one in days))
        for name in ("months", "years")
    )
    kinds = _kinds(days, Days(months=months, years=years))
    told = list(_frame(months, years, weeks))
    frame = [words for words in told if words is not None]
    if kinds is None or len(frame) < len(told):
        return None
    return " ".join([kinds or "every day", *frame]) if frame else kinds


def _kinds(days: tuple[Days, ...], frame: Days) -> str | None:
    """Say which days of these months and years they are; "" for all of them."""
    left = set(days)
    kinds: list[tuple[bool, str]] = []
    for special, words in _specials():
        found = set(crossed(special, [frame]))
        if found and found <= left:
            left -= found
            kinds.append((False, words))
    for one in sorted(left, key=lambda one: [sorted(field) for field in one]):
        of_month = _of_month(one)
        if (one.months, one.years) != (frame.months, frame.years) or of_month is None:
            return None
        kinds.append((one.days == ALL_DAYS, of_month))
    if len(kinds) > _MOST_KINDS or (len(kinds) > 1 and any(not words for _, words in kinds)):
        return None
    if len(kinds) == 1:
        return kinds[0][1]
    # Weekdays come last, and need their preposition only beside others.
    ordered = [words for by_weekday, words in sorted(kinds) if not by_weekday]
    ordered += [f"on {words}" for by_weekday, words in sorted(kinds) if by_weekday]
    return " or ".join(ordered)


@cache
def _specials() -> tuple[tuple[tuple[Days, ...], str], ...]:
    found = [(tuple(last_day()), "on the last day of the month")]
    for weekday, name in enumerate(WEEKDAY_NAMES):
        found.append((tuple(last_weekday(weekday)), f"on the last {name} of the month"))
        found += [
            ((nth_weekday(nth, weekday),), f"on the {ordinal(nth)} {name} of the month")
            for nth in range(1, 6)
        ]
    return tuple(found)


def _of_month(one: Days) -> str | None:
    every_day, every_weekday = one.days == ALL_DAYS, one.weekdays == ALL_WEEKDAYS
    if every_day:
        return "" if every_weekday else _weekdays(one.weekdays)
    numbers = _numbers(one.days, "day")
    if numbers is None or every_weekday:
        return f"on {numbers} of the month" if numbers else None
    if len(one.days) == len(one.weekdays) == 1:
        return f"on {_weekdays(one.weekdays)} the {ordinal(min(one.days))}"
    among = "if it is" if len(one.days) == 1 else "if among"
    return f"on {_weekdays(one.weekdays)} {among} {numbers} of the month"


def _frame(months: Values, years: Values, weeks: Values | None) -> Iterator[str | None]:
    if months != ALL_MONTHS:
        yield f"in {listed(MONTH_NAMES[month - 1] for month in sorted(months))}"
    if weeks is not None:
        numbers = _numbers(weeks, "ISO week")
        yield f"in {numbers}" if numbers else None
    if years != ALL_YEARS:
        numbers = _numbers(years, "year")
        yield f"in {numbers.removeprefix('years ').removeprefix('year ')}" if numbers else None


def _numbers(values: Values, unit: str) -> str | None:
    """Say "day 1", "days 1 to 5 and 20", or "every 3rd day from 1 to 31"."""
    ordered = sorted(values)
    if len(ordered) == 1:
        return f"{unit} {ordered[0]}"
    step = ordered[1] - ordered[0]
    series = len(ordered) >= _SERIES and step > 1
    if series and ordered == list(range(ordered[0], ordered[-1] + 1, step)):
        return f"every {ordinal(step)} {unit} from {ordered[0]} to {ordered[-1]}"
    ranges = in_ranges(values)
    return f"{unit}s {ranges}" if ranges.count(",") < _MANY else None


def _weekdays(weekdays: Values) -> str:
    if weekdays == _WORKDAYS:
        return "Monday to Friday"
    return listed(WEEKDAY_NAMES[day] for day in from_monday(weekdays))
