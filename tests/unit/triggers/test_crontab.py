from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim, CronSimError
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from footfall.errors import InvalidTriggerError
from footfall.triggers import (
    compile_trigger,
    ensure_fires,
    horizon_of,
    next_times,
    parse,
    plan,
)

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


def seconds_after_2000(seconds: int) -> datetime:
    return datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)


MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
ZONES = ["UTC", "Etc/GMT+5", "Asia/Kolkata", "Asia/Tokyo", "America/Phoenix"]
EDGES = [
    datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC),
    datetime(2027, 12, 31, 0, 0, tzinfo=UTC),
    datetime(2028, 2, 28, 23, 59, 59, tzinfo=UTC),
    datetime(2028, 2, 29, 0, 0, tzinfo=UTC),
    datetime(2027, 2, 28, 12, 30, 15, tzinfo=UTC),
    datetime(2095, 12, 31, 12, 0, tzinfo=UTC),
]


def ours(expression: Any, after: datetime, count: int = 12, zone: str = "UTC") -> list[datetime]:
    trigger = parse({"trigger": "cron", "cron": expression, "timezone": zone})
    return next_times(compile_trigger(trigger, after), after, count)


def theirs(expression: Any, after: datetime, count: int = 12) -> list[datetime]:
    try:
        return [at.astimezone(UTC) for at in islice(CronSim(expression, after), count)]
    except CronSimError:
        return []


def terms(low: int, high: int, names: Sequence[str] = ()) -> SearchStrategy[str]:
    values = st.integers(low, high).map(str)
    if names:
        values |= st.sampled_from(names) | st.sampled_from(names).map(str.lower)
    ranges = (
        st.tuples(st.integers(low, high), st.integers(low, high))
        .map(sorted)
        .map(lambda ends: f"{ends[0]}-{ends[1]}")
    )
    steps = st.integers(1, high)
    stepped = (
        st.tuples(ranges.filter(lambda text: len(set(text.split("-"))) == 2), steps)
        | st.tuples(st.just("*"), steps)
        | st.tuples(st.integers(low, high).map(str), steps)
    ).map(lambda pair: f"{pair[0]}/{pair[1]}")
    return values | ranges | stepped


def parts(term: SearchStrategy[str]) -> SearchStrategy[str]:
    lists = st.lists(term, min_size=1, max_size=3).map(",".join)
    return st.one_of(st.just("*"), st.just("*"), term, lists)


EXPRESSIONS = st.tuples(
    parts(terms(0, 59)),
    parts(terms(0, 23)),
    parts(terms(1, 31) | st.just("L")),
    parts(terms(1, 12, MONTHS)),
    parts(
        terms(0, 7, WEEKDAYS)
        | st.integers(0, 7).map("{}L".format)
        | st.tuples(st.integers(0, 7).map(str) | st.sampled_from(WEEKDAYS), st.integers(1, 5)).map(
            lambda pair: f"{pair[0]}#{pair[1]}"
        )
    ),
).map(" ".join)
MOMENTS = st.sampled_from(EDGES) | st.integers(0, 40 * 366 * 86_400).map(seconds_after_2000)


@settings(max_examples=300, deadline=None)
@given(EXPRESSIONS, MOMENTS, st.sampled_from(ZONES))
def test_fires_when_cronsim_says(expression: Any, moment: datetime, zone: str) -> None:
    after = moment.replace(microsecond=0, tzinfo=ZoneInfo(zone))
    local = ZoneInfo(zone)
    expected = [
        at for at in theirs(expression, after) if max(at.year, at.astimezone(local).year) <= 2100
    ]
    got = ours(expression, after, zone=zone)
    assert got[: len(expected)] == expected
    if len(expected) < 12 and expected and expected[-1].year < 2050:
        assert got == expected  # cronsim itself gives up after 50 years


@settings(max_examples=100, deadline=None)
@given(
    EXPRESSIONS,
    st.sampled_from(["Europe/Berlin", "America/New_York", "Europe/London"]),
    st.integers(2026, 2090),
    st.sampled_from([(11, 25), (5, 1)]),
)
def test_fires_when_cronsim_says_in_zones_with_summer_time_away_from_its_changes(
    expression: Any, zone: str, year: int, start: tuple[int, int]
) -> None:
    after = datetime(year, *start, 1, 2, 3, tzinfo=ZoneInfo(zone))
    until = after.astimezone(UTC) + timedelta(days=90)
    expected = [at for at in theirs(expression, after) if at < until]
    got = [at for at in ours(expression, after, zone=zone) if at < until]
    assert got == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("0 9 * * 0", "2026-11-29 09:00"),  # Sunday, which APScheduler takes for Monday
        ("0 9 * * 7", "2026-11-29 09:00"),
        ("0 9 * * sun", "2026-11-29 09:00"),
        ("0 0 13 * 5", "2026-11-27 00:00"),  # day of month or day of week
        ("0 0 */2 * 5", "2026-11-27 00:00"),  # a star makes it "and": Friday the 27th
        ("0 0 L * *", "2026-11-30 00:00"),
        ("0 0 * * 5L", "2026-11-27 00:00"),
        ("0 0 * * 5#2", "2026-12-11 00:00"),
        ("0 0 29 2 *", "2028-02-29 00:00"),
        ("0 0 L 2 *", "2027-02-28 00:00"),
        ("@yearly", "2027-01-01 00:00"),
        ("@annually", "2027-01-01 00:00"),
        ("@monthly", "2026-12-01 00:00"),
        ("@weekly", "2026-11-29 00:00"),
        ("@daily", "2026-11-25 00:00"),
        ("@midnight", "2026-11-25 00:00"),
        ("@Hourly", "2026-11-24 05:00"),
        ("5/20 4 * * *", "2026-11-24 04:05"),
        (" 0  9\t* * * ", "2026-11-24 09:00"),
        (" @daily ", "2026-11-25 00:00"),
        ("0 0 1-1 * *", "2026-12-01 00:00"),
        ("0007 4 * * *", "2026-11-24 04:07"),
        pytest.param("00" + ",1" * 507 + " * * * *", "2026-11-24 04:01", id="1024"),
        ("0 0 13 * */7", "2026-12-13 00:00"),
        ("0 0 */31 * 5", "2027-01-01 00:00"),
    ],
)
def test_next_time(expression: Any, expected: Any) -> None:
    assert ours(expression, NOW, 1) == [datetime.fromisoformat(expected).replace(tzinfo=UTC)]


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("", "five fields"),
        ("* * * *", "five fields"),
        ("0 0 0 1 1 *", "'second' and 'year'"),
        ("0 0 0 1 1 * 2027", "'second' and 'year'"),
        ("@reboot", "no boot"),
        ("@sometimes", "@hourly"),
        ("0 0 15W * *", "nearest weekday"),
        ("0 0 LW * *", "nearest weekday"),
        ("0 0 ? * 1", "write '*'"),
        ("0 0 * * FRI-MON", "'FRI-SAT,SUN-MON'"),
        ("0 0 * * FRI-SUN", "'5-7'"),
        ("0 22-2 * * *", "'22-23,0-2'"),
        ("0 0 * NOV-FEB *", "'NOV-DEC,JAN-FEB'"),
        ("60 * * * *", "0 to 59"),
        ("00007 * * * *", "out of bounds"),
        ("* 24 * * *", "0 to 23"),
        ("* * 0 * *", "1 to 31"),
        ("* * 32 * *", "1 to 31"),
        ("* * * 13 *", "1 to 12"),
        ("* * * * 8", "0 to 7"),
        ("*/0 * * * *", "step of 0"),
        ("5-5/2 * * * *", "one value"),
        ("1,,2 * * * *", "not understood"),
        ("-1 * * * *", "not understood"),
        ("1.5 * * * *", "not understood"),
        ("\u0661 * * * *", "not understood"),
        ("* * L/2 * *", "out of bounds"),
        ("* * * * L", "'5L'"),
        ("* * * * FRIL", "'5L'"),
        ("* * * * 5#6", "'5#2'"),
        ("* * * * 1-3#2", "'5#2'"),
        ("* * * * FOO#2", "'5#2'"),
        ("* * * FOO *", "1 to 12"),
        ("* * * * MONDAY", "0 to 7"),
        pytest.param("9" * 1000 + " * * * *", "out of bounds", id="long"),
        ("*/99999999999 * * * *", "not understood"),
        pytest.param("0,1" * 600, "1024", id="longer"),
        (5, "text"),
        pytest.param("000" + ",1" * 507 + " * * * *", "1024", id="1025"),
        ("CRON_TZ=Asia/Tokyo 0 9 * * *", "use timezone: 'Asia/Tokyo' beside cron: '0 9 * * *'"),
        ("tz=UTC 0 9 * * *", "use timezone: 'UTC' beside cron: '0 9 * * *'"),
        ("XTZ=UTC 0 9 * * *", "five fields"),
        ("0 0 * * 5L/2", "'5L'"),
        ("0 0 * * 8L", "'5L'"),
        ("0 0 * * 5#0", "'5#2'"),
        ("0 0 * * 8#1", "'5#2'"),
        ("0 0 L-3 * *", "out of bounds"),
        ("0 0 1L * *", "out of bounds"),
        ("0 0 * L *", "1 to 12 or JAN to DEC"),
        ("0 0 * * 1,5L,X", "0 to 7 or SUN to SAT"),
        ("0 0 5,X * *", "1 to 31, as '*', 'a', 'a-b', '*/n', 'a-b/n', lists, 'L'"),
        ("0,60 * * * *", "minute '60'"),
        ("0 0 32,1 * *", "day of month '32'"),
        ("5/0 * * * *", "step of 0"),
        ("0-59/0 * * * *", "step of 0"),
        ("5-5/2 * * * *", "write '5' or '5/2'"),
        ("22-5/10 * * * *", "'22-52/10,2'"),
        ("50-10/20 * * * *", "'50,10'"),
        ("0 20-3/1 * * *", "'20-23,0-3'"),
        ("0 0 * DEC-JAN *", "'DEC,JAN'"),
        ("0 0 * 12-1 *", "'12,1'"),
        ("0 0 * 11-FEB *", "'NOV-DEC,JAN-FEB'"),
        ("0 0 * * 6-1", "'6,0-1'"),
        ("0 0 * * SAT-MON", "'SAT,SUN-MON'"),
        ("0 0 * * 7-2", "'0-2'"),
        ("0 0 * * 7-2/2", "'0-2/2'"),
        ("0 0 * * 5-1/2", "'5,0'"),
        ("0 0 * * 7-TUE", "'SUN-TUE'"),
        ("0 0 * * FRI-SUN/2", "'5-7/2'"),
        ("0 0 * * 5-0", "'5-7'"),
    ],
)
def test_refuses(expression: Any, words: str) -> None:
    with pytest.raises(InvalidTriggerError) as caught:
        parse({"trigger": "cron", "cron": expression})
    (problem,) = caught.value.problems
    assert problem.field == "cron"
    assert words in problem.message


@pytest.mark.parametrize("expression", ["0 0 30 2 *", "0 0 31 2,4 *", "0 0 31 4 *"])
def test_what_never_fires_is_refused(expression: Any) -> None:
    trigger = parse({"trigger": "cron", "cron": expression})
    compiled = compile_trigger(trigger, NOW)
    assert next_times(compiled, NOW, 5) == []
    with pytest.raises(InvalidTriggerError, match="never fires") as caught:
        ensure_fires(trigger, compiled, NOW)
    assert caught.value.problems[0].field == "cron"


def test_last_day_takes_four_calendars_and_is_right_until_2100() -> None:
    trigger = parse({"trigger": "cron", "cron": "0 0 L * *"})
    compiled = compile_trigger(trigger, NOW)
    assert len(plan(compiled, horizon_of(NOW)).calendars) == 4
    times = next_times(compiled, datetime(1999, 12, 31, tzinfo=UTC), 2000)
    assert len(times) == 101 * 12
    assert all((at + timedelta(days=1)).day == 1 for at in times)
