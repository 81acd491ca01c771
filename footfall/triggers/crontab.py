import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from cronsim import CronSim

from footfall.errors import InvalidTriggerError
from footfall.triggers.days import Days, crossed, last_day, last_weekday, nth_weekday
from footfall.triggers.moments import Moments
from footfall.triggers.options import NO_OPTIONS, Options
from footfall.triggers.problem import listed, quote
from footfall.triggers.wrapping import unwrapped

MACROS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
"""What the macros of crontab(5) stand for."""

_LONGEST = 1024
_PARTS = ("minute", "hour", "day of month", "month", "day of week")
_BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_NAMES: tuple[tuple[str, ...], ...] = (
    (),
    (),
    (),
    ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"),
    ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"),
)
_NO_DAY = datetime(2000, 1, 1, tzinfo=UTC)
_TERM = re.compile(r"(?:\*|(?P<first>\w+)(?:-(?P<last>\w+))?)(?:/(?P<step>\d{1,4}))?", re.ASCII)
_DAY, _MONTH, _WEEKDAY = 2, 3, 4


@dataclass(frozen=True, slots=True)
class CrontabTrigger:
    """Fires when a crontab line of five fields would, with crontab(5)'s meaning.

    Attributes:
        written: the configuration as the user wrote it.
        expression: the five fields, in capitals, macros replaced.
        options: what bounds and bends it.
    """

    written: tuple[tuple[str, Any], ...]
    expression: str
    options: Options = NO_OPTIONS

    @property
    def config(self) -> dict[str, Any]:
        """Configuration as the user wrote it, flat."""
        return dict(self.written)


def parse_crontab(config: Mapping[str, Any], options: Options) -> CrontabTrigger:
    """Read the crontab string in `cron`; whether any time matches it is not asked.

    The meaning is crontab(5)'s as Debian's cron has it, which cronsim implements: 0 and 7 are
    Sunday; the day of month *or* the day of week has to match, but *and* as soon as one of
    them begins with ``*`` (``*/2`` too). Added to it, as in cronsim, are ``5/20`` (from 5 on,
    each 20th), which cron refuses, ``L`` (last day of the month), ``5L`` (last Friday) and
    ``5#2`` (second Friday). What happens when
    clocks change differs from cron's, see docs/decisions.md.

    Raises:
        InvalidTriggerError: the string is none, or says what can not be kept.
    """
    written = config["cron"]
    if not isinstance(written, str):
        message = f"must be text such as '0 9 * * 1-5', not {quote(written)}"
        raise InvalidTriggerError("cron", message)
    if len(written) > _LONGEST:
        raise InvalidTriggerError("cron", f"must have at most {_LONGEST} characters")
    expression = _expanded(written.strip())
    _check_parts(expression)
    return CrontabTrigger(tuple(config.items()), expression, options)


@lru_cache(maxsize=256)
def crontab_moments(expression: str) -> Moments:
    """Give the moments that the five fields of a crontab string match."""
    minute, hour, day, month, weekday = expression.split()
    # Every field is read by itself: cronsim refuses some combinations that match nothing,
    # and saying which field is to blame is better done for all of them in one place.
    times = CronSim(f"{minute} {hour} * {month} *", _NO_DAY)
    dates = CronSim(f"0 0 {day} * {weekday}", _NO_DAY)
    months = Days(months=frozenset(times.months))
    by_day = _by_day(dates.days)
    by_weekday = _by_weekday(dates.weekdays)
    both = day.startswith("*") or weekday.startswith("*")
    days = crossed(by_day, by_weekday) if both else by_day + by_weekday
    return Moments(
        frozenset({0}),
        frozenset(times.minutes),
        frozenset(times.hours),
        tuple(crossed(days, [months])),
    )


def _by_day(values: Iterable[int]) -> list[Days]:
    plain = frozenset(value for value in values if value > 0)
    return [Days(days=plain), *(last_day() if CronSim.LAST in values else ())]


def _by_weekday(values: Iterable[Any]) -> list[Days]:
    plain = frozenset(value % 7 for value in values if isinstance(value, int))
    found = [Days(weekdays=plain)]
    for weekday, nth in (value for value in values if not isinstance(value, int)):
        if nth == CronSim.LAST:
            found += last_weekday(weekday % 7)
        else:
            found.append(nth_weekday(nth, weekday % 7))
    return found


def _expanded(written: str) -> str:
    zone, _, rest = written.partition(" ")
    if re.fullmatch(r"(CRON_)?TZ=\S+", zone, re.IGNORECASE):
        times, name = quote(rest.strip()), quote(zone.partition("=")[2])
        message = f"has a time zone in it; use timezone: {name} beside cron: {times}"
        raise InvalidTriggerError("cron", message)
    if not written.startswith("@"):
        return " ".join(written.upper().split())
    if written.lower() in MACROS:
        return MACROS[written.lower()]
    if written.lower() == "@reboot":
        reason = "there is no boot to wait for; give times, or run it once yourself"
        raise InvalidTriggerError("cron", f"'@reboot' is no schedule: {reason}")
    if written.lower().startswith("@every"):
        message = f"{quote(written)} is an interval; {_every(written)}"
        raise InvalidTriggerError("cron", message)
    message = f"{quote(written)} is no macro; use one of {', '.join(MACROS)}"
    raise InvalidTriggerError("cron", message)


def _every(written: str) -> str:
    """Say what to write instead of "@every 1h30m"."""
    units = {"h": "hours", "m": "minutes", "s": "seconds"}
    found = re.findall(r"(\d{1,6})([hms])", written.lower(), re.ASCII)
    given = [f"{units[unit]}: {int(count)}" for count, unit in found] or ["minutes: 5"]
    return f"use trigger: 'interval' with {listed(given)}"


def _check_parts(expression: str) -> None:
    parts = expression.split()
    if len(parts) != len(_PARTS):
        raise InvalidTriggerError("cron", _wrong_count(len(parts)))
    for index, part in enumerate(parts):
        for term in part.split(","):
            problem = None if (index, term) == (_DAY, "L") else _term_problem(term, index)
            if problem:
                message = f"{_PARTS[index]} {quote(term)} {problem}"
                raise InvalidTriggerError("cron", message)


def _wrong_count(count: int) -> str:
    needed = f"must have five fields ({', '.join(_PARTS)}), not {count}"
    if count in {6, 7}:
        return (
            f"{needed}; write seconds and years as the named fields 'second' and 'year' instead "
            "(with 'minute', 'hour', 'day', 'month', 'day_of_week')"
        )
    return needed


def _term_problem(term: str, index: int) -> str | None:
    if "?" in term:
        return "has a '?', which crontab(5) does not know; write '*'"
    if index == _DAY and "W" in term:
        return "has a 'W' (nearest weekday), which is not supported; name the days instead"
    if index == _WEEKDAY and ("L" in term or "#" in term):
        return _weekday_problem(term)
    form = _TERM.fullmatch(term)
    if form is None:
        return f"is not understood; {_allowed(index)}"
    numbers = [_number(form[name], index) for name in ("first", "last") if form[name]]
    if None in numbers:
        return f"is out of bounds or no name; {_allowed(index)}"
    return _range_problem(form, [number for number in numbers if number is not None], index)


def _weekday_problem(term: str) -> str | None:
    form = re.fullmatch(r"(?P<last>[0-7])L|(?P<nth>\w+)#[1-5]", term, re.ASCII)
    if form is None or _number(form["last"] or form["nth"], _WEEKDAY) is None:
        return "is not understood; write '5L' for the last Friday, '5#2' for the second"
    return None


def _range_problem(form: re.Match[str], numbers: list[int], index: int) -> str | None:
    first = form["first"]
    if form["step"] is not None and int(form["step"]) == 0:
        return "has a step of 0; the least is 1"
    if len(numbers) > 1 and numbers[0] > numbers[1]:
        return _wrapping(form, numbers, index)
    if len(numbers) > 1 and numbers[0] == numbers[1] and form["step"]:
        return f"is a range of one value with a step; write '{first}' or '{first}/{form['step']}'"
    return None


def _wrapping(form: re.Match[str], numbers: list[int], index: int) -> str:
    first, last = numbers
    low, high = _BOUNDS[index]
    step = int(form["step"] or 1)
    if index == _WEEKDAY and last == 0:
        to = f"{first}-7" + (f"/{step}" if step > 1 else "")
        return f"wraps around the week; write '{to}', where 7 is Sunday too"
    if index == _WEEKDAY:
        # Sunday is not named twice.
        high -= 1
    names = () if form["first"].isdigit() and form["last"].isdigit() else _NAMES[index]
    return f"wraps around; write '{unwrapped((first, last), step, (low, high), names)}'"


def _number(text: str, index: int) -> int | None:
    """Read one value of the field, or give None where it has no such value."""
    if text in _NAMES[index]:
        return _NAMES[index].index(text) + (index == _MONTH)
    low, high = _BOUNDS[index]
    # Anything longer cannot be in bounds.
    number = int(text) if text.isdigit() and len(text) <= 4 else -1  # noqa: PLR2004
    return number if low <= number <= high else None


def _allowed(index: int) -> str:
    low, high = _BOUNDS[index]
    names = f" or {_NAMES[index][0]} to {_NAMES[index][-1]}" if _NAMES[index] else ""
    extra = {_DAY: ", 'L'", _WEEKDAY: ", '5L', '5#2'"}.get(index, "")
    return f"use {low} to {high}{names}, as '*', 'a', 'a-b', '*/n', 'a-b/n', lists{extra}"
