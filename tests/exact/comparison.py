from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from typing import Any

from exact.differences import differs, refusal_of
from exact.oracle import Oracle, OracleRefusesError, is_hourly, is_repeated, oracles_of
from exact.reference import instants_of, policy_of
from exact.size import Size
from exact.tally import Tally
from exact.window import amid, around, around_wall
from exact.zones import ZONES, changes

from footfall.errors import InvalidInputError
from footfall.triggers import compile_config, next_times, parse

ANCHOR = datetime(2026, 11, 24, tzinfo=UTC)
BEFORE_ALL = datetime(2000, 1, 1, tzinfo=UTC)
FEW = 8
YEARS_OF_WALLS = timedelta(days=9 * 366)
LEAP_YEARS = (2008, 2012, 2016, 2020, 2024, 2028, 2032, 2036)
LONGEST_LEAD, SHORTEST_LEAD = timedelta(days=400), timedelta(minutes=65)
LEAD_OF_SECONDS = timedelta(seconds=90)


def named(config: Mapping[str, Any]) -> str:
    """Give a trigger's name in reports."""
    return " ".join(f"{name}={value!r}" for name, value in config.items() if name != "trigger")


def compare(config: Mapping[str, Any], size: Size, seed: int) -> Tally:
    """Compare one cron trigger with its oracles, by the wall clock and in time zones.

    How often is said by `size`. Which zones, dates and policies hangs on `seed` and the trigger
    alone.
    """
    tally, random = Tally(), Random(f"{seed} {named(config)}")  # noqa: S311
    config = {"trigger": "cron", **config}
    try:
        parse(config)
    except InvalidInputError as error:
        if all(refusal_of(problem.message) for problem in error.problems):
            tally.refused.add(named(config))
        else:
            tally.mismatches.add(f"{named(config)}: refused without documented reason: {error}")
        return tally
    tally.expressions.add(named(config))
    try:
        if not next_times(compile_config(config, ANCHOR), BEFORE_ALL, 1):
            _compare_silence(config, tally)
            return tally
        _compare_walls(config, size.starts, random, tally)
        oracle = next(one for one in oracles_of(config) if not differs(one.name, config))
        _compare_zones(config, oracle, random.sample(ZONES, size.zones), random, tally)
    except OracleRefusesError as error:
        tally.mismatches.add(f"{named(config)}: accepted, but refused by an oracle: {error}")
    return tally


def _compare_silence(config: Mapping[str, Any], tally: Tally) -> None:
    """Compare what we say never fires, which some oracles refuse."""
    start = BEFORE_ALL.replace(tzinfo=None)
    for oracle in oracles_of(config):
        if known := differs(oracle.name, config):
            tally.skip(known.name)
            continue
        try:
            expected = oracle.first(1, start, start + YEARS_OF_WALLS)
        except OracleRefusesError:
            expected = []
        _judge(tally, f"{named(config)} against {oracle.name}", [], expected)


def _compare_walls(config: Mapping[str, Any], count: int, random: Random, tally: Tally) -> None:
    """Compare the times after year ends, leap days and any other time, in UTC."""
    compiled = compile_config(config, ANCHOR)
    starts = [
        datetime(random.randrange(2004, 2080), 12, 31, 23, random.randrange(60)),  # noqa: DTZ001
        datetime(random.choice(LEAP_YEARS), 2, random.choice((28, 29)), 22),  # noqa: DTZ001
        datetime(2004, 1, 1) + timedelta(minutes=random.randrange(40_000_000)),  # noqa: DTZ001
    ]
    starts = random.sample(starts, count)
    for oracle in oracles_of(config):
        if known := differs(oracle.name, config):
            tally.skip(known.name, len(starts))
            continue
        for start in starts:
            until = start + YEARS_OF_WALLS
            expected = oracle.first(FEW, start, until)
            after = start.replace(tzinfo=UTC) - timedelta(seconds=1)
            found = [at.replace(tzinfo=None) for at in next_times(compiled, after, FEW)]
            where = f"{named(config)} against {oracle.name} after {start}"
            _judge(tally, where, [at for at in found if at <= until], expected)


def _compare_zones(
    config: Mapping[str, Any], oracle: Oracle, zones: list[str], random: Random, tally: Tally
) -> None:
    """Compare all times around a change of clocks, and around a year end or a leap day.

    What the oracle says of the wall clock at the last two is kept for all zones.
    """
    lead = _lead(oracle, random)
    shown = cache(oracle.between)
    leap, other = random.choice(LEAP_YEARS), random.randrange(2006, 2038)
    ends = [datetime(leap, 2, 29), datetime(other + 1, 1, 1)]  # noqa: DTZ001
    defaults = {"is_hourly": is_hourly(config), "is_repeated": is_repeated(config)}
    for number, zone in enumerate(zones):
        local = {**config, "timezone": zone, **_policy(random)}
        compiled = compile_config(local, ANCHOR)
        policy = policy_of(local, **defaults)
        kinds = [
            change
            for change in changes(zone)
            # Windows may be long, and none may reach beyond the changes that are known.
            if 2005 <= change.at.year < 2040 and (change.after > change.before) == number % 2
        ]
        windows = [around_wall(zone, ends[number // 2 % 2], lead)]
        if kinds:
            at = random.choice(kinds).at
            amidst = amid(zone, at, random.randrange(-90, 90), lead)
            windows.append(amidst if random.random() < 0.25 else around(zone, at, lead))
        for window in windows:
            walls = shown(*window.walls())
            expected = [
                at for at in instants_of(walls, zone, **policy) if window.begin < at <= window.end
            ]
            # One more than expected, so that nothing can come between or after unseen.
            found = next_times(compiled, window.begin, len(expected) + 1)
            where = f"{named(local)} against {oracle.name} in {window}"
            _judge(tally, where, [at for at in found if at <= window.end], expected)


def _policy(random: Random) -> dict[str, str]:
    """Choose policies: mostly those that hold unless one says otherwise."""
    found = {}
    if random.random() < 0.25:
        found["dst_gap"] = random.choice(("run", "skip"))
    if random.random() < 0.25:
        found["dst_overlap"] = random.choice(("once", "twice"))
    return found


def _lead(oracle: Oracle, random: Random) -> timedelta:
    """Choose how far from a change to begin and end, so that there is something to see.

    It is the time in which half a dozen runs come, somewhere in a year.
    """
    start = datetime(2026, 1, 1) + timedelta(minutes=random.randrange(527_040))  # noqa: DTZ001
    walls = oracle.first(12, start, start + 2 * LONGEST_LEAD)
    if len(walls) < 12:
        return LONGEST_LEAD
    half = (walls[-1] - walls[0]) / 2
    if half < LEAD_OF_SECONDS:
        return LEAD_OF_SECONDS
    return max(SHORTEST_LEAD, min(half, LONGEST_LEAD))


def _judge(tally: Tally, where: str, found: list[datetime], expected: list[datetime]) -> None:
    tally.comparisons += 1
    tally.instants += len(expected)
    if found != expected:
        extra = [str(at) for at in found if at not in expected][:3]
        missing = [str(at) for at in expected if at not in found][:3]
        tally.mismatches.add(f"{where}: extra {extra}, missing {missing}")
