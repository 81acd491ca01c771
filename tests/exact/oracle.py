from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise, takewhile
from typing import Any

from apscheduler.triggers.cron import CronTrigger
from croniter import croniter
from croniter.croniter import CroniterBadCronError, CroniterBadDateError
from cronsim import CronSim, CronSimError

SECOND = timedelta(seconds=1)
AN_HOUR = datetime(2001, 1, 1)  # noqa: DTZ001
FIELDS = ("year", "month", "week", "day", "day_of_week", "hour", "minute", "second")
_MACROS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}

type Walls = Iterator[datetime]


class OracleRefusesError(Exception):
    """The oracle does not take this expression."""


@dataclass(frozen=True, slots=True)
class Oracle:
    """Another implementation, asked by a wall clock that is never changed.

    Attributes:
        name: the library.
        walls: gives the wall times (naive) from one to another, both included.
    """

    name: str
    walls: Callable[[datetime, datetime], Walls]

    def between(self, low: datetime, high: datetime) -> list[datetime]:
        """Give all wall times from `low` to `high`, both included."""
        return list(self.walls(low, high))

    def first(self, count: int, low: datetime, high: datetime) -> list[datetime]:
        """Give the first `count` of them."""
        return list(islice(self.walls(low, high), count))


def oracles_of(config: Mapping[str, Any]) -> list[Oracle]:
    """Give those that know what a trigger means; the first is the quickest."""
    if "cron" in config:
        text = expanded(config["cron"])
        return [
            Oracle("cronsim", lambda low, high: _cronsim(text, low, high)),
            Oracle("croniter", lambda low, high: _croniter(text, low, high)),
        ]
    fields = {name: config[name] for name in FIELDS if name in config}
    return [Oracle("APScheduler", lambda low, high: _apscheduler(fields, low, high))]


def expanded(text: str) -> str:
    """Give a crontab string without macro; of the libraries some know some."""
    return _MACROS.get(text.strip().lower(), text)


def is_hourly(config: Mapping[str, Any]) -> bool:
    """Say whether the oracle finds a run in each of 24 hours."""
    if "cron" in config:
        hours: Mapping[str, Any] = {"cron": f"0 {expanded(config['cron']).split()[1]} * * *"}
    else:
        hours = {"hour": _fine(config, "hour")}
    day = datetime(2001, 1, 1)  # noqa: DTZ001
    return len(oracles_of(hours)[0].between(day, day + timedelta(hours=23))) == 24


def is_repeated(config: Mapping[str, Any]) -> bool:
    """Say whether it runs every n minutes of an hour, or every n seconds of a minute."""
    if "cron" in config:
        minute = expanded(config["cron"]).split()[0]
        return _is_even(set(CronSim(f"{minute} * * * *", AN_HOUR).minutes))
    return any(_is_even(_matching(config, name)) for name in ("minute", "second"))


def _matching(config: Mapping[str, Any], name: str) -> set[int]:
    field = CronTrigger(**{name: _fine(config, name)}, timezone="UTC").fields[FIELDS.index(name)]
    at = AN_HOUR.replace(tzinfo=UTC)
    return {
        value for value in range(60) if field.get_next_value(at.replace(**{name: value})) == value
    }


def _is_even(values: set[int]) -> bool:
    ordered = sorted(values)
    around = pairwise([*ordered, *ordered[:1]])
    return len(ordered) > 1 and len({(after - before) % 60 for before, after in around}) == 1


def _fine(config: Mapping[str, Any], name: str) -> str:
    """Give a field as it is meant: any value if a finer one is given, else the least."""
    finer = FIELDS[FIELDS.index(name) + 1 :]
    default = "*" if any(other in config for other in finer) else "0"
    return str(config.get(name, default)).strip()


def _cronsim(text: str, low: datetime, high: datetime) -> Walls:
    try:
        found = CronSim(text, low - SECOND)
    except CronSimError as error:
        raise OracleRefusesError(f"{text}: {error}") from error
    return takewhile(lambda wall: wall <= high, found)


def _croniter(text: str, low: datetime, high: datetime) -> Walls:
    *others, weekday = text.split()
    # The last Friday is 5L for cronsim and L5 for croniter.
    terms = [f"L{term[:-1]}" if term[-1] in "lL" else term for term in weekday.split(",")]
    try:
        found = croniter(" ".join([*others, ",".join(terms)]), low - SECOND, ret_type=datetime)
    except CroniterBadCronError as error:
        raise OracleRefusesError(f"{text}: {error}") from error
    while True:
        try:
            wall = found.get_next()
        except CroniterBadDateError:
            return
        if wall > high:
            return
        yield wall


def _apscheduler(fields: Mapping[str, Any], low: datetime, high: datetime) -> Walls:
    try:
        trigger = CronTrigger(**fields, timezone="UTC", end_date=high.replace(tzinfo=UTC))
    except ValueError as error:
        raise OracleRefusesError(f"{fields}: {error}") from error
    after = (low - SECOND / 2).replace(tzinfo=UTC)
    while True:
        found = trigger.get_next_fire_time(after, after)
        if found is None:
            return
        yield found.replace(tzinfo=None)
        after = found
