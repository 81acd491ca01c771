import time
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from footfall.triggers import CompiledTrigger, Range, compile_trigger, next_times, parse
from footfall.triggers.calendar import ranges_of, values_of
from footfall.triggers.clock import DAY, clock_of, utc
from footfall.triggers.days import ALL_DAYS, ALL_MONTHS, ALL_WEEKDAYS, ALL_YEARS, Days
from footfall.triggers.moments import Moments
from footfall.triggers.zone import zone_of

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


def seconds_after_2000(seconds: int) -> datetime:
    return datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)


def cron(zone: str = "UTC", **options: Any) -> CompiledTrigger:
    return compile_trigger(parse({"trigger": "cron", "timezone": zone, **options}), NOW)


@given(st.frozensets(st.integers(0, 59), min_size=1))
def test_ranges_hold_exactly_their_values(values: frozenset[int]) -> None:
    assert values_of(ranges_of(values)) == values


def test_ranges_are_few() -> None:
    assert ranges_of({0, 15, 30, 45}) == (Range(0, 45, 15),)
    assert ranges_of(range(60)) == (Range(0, 59),)
    assert ranges_of({1, 2, 3, 9}) == (Range(1, 3), Range(9, 9))
    assert len(ranges_of([year for year in range(2000, 2101) if year % 4 or year == 2100])) <= 4


def field(low: int, high: int) -> SearchStrategy[frozenset[int]]:
    return st.frozensets(st.integers(low, high), min_size=1, max_size=4)


DAYS = st.builds(
    Days,
    field(1, 31) | st.just(ALL_DAYS),
    field(1, 12) | st.just(ALL_MONTHS),
    st.just(ALL_YEARS) | field(2026, 2030),
    field(0, 6) | st.just(ALL_WEEKDAYS),
)
MOMENTS = st.builds(
    Moments,
    field(0, 59),
    field(0, 59),
    field(0, 23),
    st.lists(DAYS, min_size=1, max_size=3).map(tuple),
)


@settings(max_examples=60, deadline=None)
@given(MOMENTS, st.integers(26 * 365 * 86_400, 30 * 366 * 86_400).map(seconds_after_2000))
def test_any_moments_fire_when_the_clock_shows_them(moments: Moments, after: datetime) -> None:
    after = after.replace(microsecond=0)
    expected = set()
    for days in range(200):
        day = after + timedelta(days=days)
        if any(
            day.day in one.days
            and day.month in one.months
            and day.year in one.years
            and day.isoweekday() % 7 in one.weekdays
            for one in moments.days
        ):
            expected |= {
                day.replace(hour=hour, minute=minute, second=second)
                for hour in moments.hours
                for minute in moments.minutes
                for second in moments.seconds
            }
    until = after.replace(hour=0, minute=0, second=0) + timedelta(days=200)
    got = next_times(CompiledTrigger(moments), after, 50)
    ordered = sorted(at for at in expected if after < at < until)
    assert [at for at in got if at < until] == ordered[:50]


def test_start_and_end_are_inclusive() -> None:
    start = datetime(2026, 12, 1, 9, tzinfo=UTC)
    bounded = cron(hour=9, start_at="2026-12-01T09:00:00", end_at="2026-12-03T10:00:00+01:00")
    days = [start + timedelta(days=day) for day in range(3)]
    assert next_times(bounded, NOW, 10) == days
    assert next_times(bounded, start, 10) == days[1:]
    assert next_times(bounded, start - timedelta(microseconds=1), 1) == [start]


def test_nothing_fires_a_second_after_the_end() -> None:
    end = NOW + timedelta(seconds=2)
    bounded = cron(second="*", end_at=end.isoformat())
    assert next_times(bounded, NOW, 9) == [NOW + timedelta(seconds=1), end]


def test_after_is_exclusive_also_within_a_second() -> None:
    every = cron(second="*")
    assert next_times(every, NOW, 1) == [NOW + timedelta(seconds=1)]
    assert next_times(every, NOW + timedelta(milliseconds=1), 1) == [NOW + timedelta(seconds=1)]
    local = NOW.astimezone(ZoneInfo("Asia/Tokyo"))
    assert next_times(every, local, 1) == [NOW + timedelta(seconds=1)]


@pytest.mark.parametrize("year", [1, 1969, 2099, 2100, 9999])
def test_any_instant_may_be_given(year: int) -> None:
    after = datetime(year, 6, 1, tzinfo=UTC)
    assert len(next_times(cron(hour=9), after, 3)) == (3 if year < 2101 else 0)
    if year < 2000:
        assert next_times(cron(hour=9), after, 1) == [datetime(2000, 1, 1, 9, tzinfo=UTC)]


def test_nothing_fires_after_2100() -> None:
    eve = datetime(2100, 12, 31, 12, tzinfo=UTC)
    assert next_times(cron(hour="*"), eve, 100)[-1] == datetime(2100, 12, 31, 23, tzinfo=UTC)
    tokyo = next_times(cron("Asia/Tokyo", hour="*"), eve, 100)
    assert tokyo[-1] == datetime(2100, 12, 31, 14, tzinfo=UTC)
    new_york = next_times(cron("America/New_York", hour="*"), eve, 100)
    assert new_york[-1] == datetime(2100, 12, 31, 23, tzinfo=UTC)


GAP = "2027-03-27T12:00"
OVERLAP = "2027-10-30T12:00"


@pytest.mark.parametrize(
    ("zone", "options", "after", "expected"),
    [
        # A time in the gap of spring runs at the first instant after the gap, or not at all.
        ("Europe/Berlin", {"cron": "30 2 * * *"}, GAP, ["03-28T01:00", "03-29T00:30"]),
        ("Europe/Berlin", {"cron": "30 2 * * *", "dst_gap": "skip"}, GAP, ["03-29T00:30"]),
        ("Europe/Berlin", {"hour": 2, "minute": "0,30"}, GAP, ["03-28T01:00", "03-29T00:00"]),
        ("America/New_York", {"cron": "30 2 * * *"}, "2027-03-13T12:00", ["03-14T07:00"]),
        # All times of the gap make one run, also where a time at its end is meant anyway.
        (
            "Europe/Berlin",
            {"cron": "0,20 2,3 * * *"},
            GAP,
            ["03-28T01:00", "03-28T01:20", "03-29T00:00"],
        ),
        # A time in the overlap of autumn runs once, the first time, or both times.
        ("Europe/Berlin", {"cron": "30 2 * * *"}, OVERLAP, ["10-31T00:30", "11-01T01:30"]),
        (
            "Europe/Berlin",
            {"cron": "30 2 * * *", "dst_overlap": "twice"},
            OVERLAP,
            ["10-31T00:30", "10-31T01:30", "11-01T01:30"],
        ),
        ("Europe/Berlin", {"cron": "0 1 * * *"}, OVERLAP, ["10-30T23:00", "11-01T00:00"]),
        (
            "America/New_York",
            {"cron": "30 1 * * *"},
            "2027-11-06T12:00",
            ["11-07T05:30", "11-08T06:30"],
        ),
        # What fires in every hour keeps its rhythm, and so does every n minutes.
        ("Europe/Berlin", {"minute": 30}, "2027-03-28T00:00", ["03-28T00:30", "03-28T01:30"]),
        (
            "Europe/Berlin",
            {"minute": 30},
            "2027-10-31T00:00",
            ["10-31T00:30", "10-31T01:30", "10-31T02:30"],
        ),
        (
            "Europe/Berlin",
            {"cron": "*/30 1-3 * * *"},
            "2027-10-31T00:00",
            ["10-31T00:30", "10-31T01:00", "10-31T01:30", "10-31T02:00"],
        ),
        (
            "Europe/Berlin",
            {"cron": "0,30 1-3 * * *"},
            "2027-10-31T00:00",
            ["10-31T00:30", "10-31T01:00", "10-31T01:30", "10-31T02:00"],
        ),
        (
            "Europe/Berlin",
            {"cron": "0,40 1-3 * * *"},
            "2027-10-31T00:00",
            ["10-31T00:40", "10-31T02:00", "10-31T02:40", "11-01T00:00"],
        ),
        ("Europe/Berlin", {"cron": "*/30 1,2 * * *"}, "2027-03-28T00:30", ["03-28T01:00"]),
        # A rhythm gives way to a policy that is asked for.
        (
            "Europe/Berlin",
            {"minute": 30, "dst_overlap": "once"},
            "2027-10-31T00:00",
            ["10-31T00:30", "10-31T02:30"],
        ),
        (
            "Europe/Berlin",
            {"minute": 30, "dst_gap": "run"},
            "2027-03-28T00:30",
            ["03-28T01:00", "03-28T01:30"],
        ),
        # Clocks that skip midnight, half an hour, or the end of a day.
        ("America/Santiago", {"cron": "0 12 * * 0"}, "2027-09-04T06:00", ["09-05T15:00"]),
        ("America/Santiago", {"cron": "15 0 * * 0"}, "2027-09-04T06:00", ["09-05T04:00"]),
        ("Australia/Lord_Howe", {"cron": "15 2 * * *"}, "2027-10-02T12:00", ["10-02T15:30"]),
        ("America/Nuuk", {"cron": "45 23 * * 6"}, "2027-03-27T12:00", ["03-28T01:00"]),
        # The gap's end is on the day after, which is excluded.
        (
            "America/Nuuk",
            {"cron": "45 23 * * *", "exclude": {"weekdays": "sun"}},
            "2027-03-27T12:00",
            ["03-30T00:45"],
        ),
        (
            "America/Nuuk",
            {"cron": "45 23 * * *", "exclude": {"dates": "2027-03-28"}},
            "2027-03-27T12:00",
            ["03-30T00:45"],
        ),
        (
            "Europe/Berlin",
            {"cron": "30 2 * * *", "exclude": {"weekdays": "sat"}},
            GAP,
            ["03-28T01:00", "03-29T00:30"],
        ),
        # The search begins between the two showings.
        (
            "Europe/Berlin",
            {"cron": "30 2 * * *", "dst_overlap": "twice"},
            "2027-10-31T00:45",
            ["10-31T01:30", "11-01T01:30"],
        ),
        ("Europe/Berlin", {"cron": "30 2 * * *"}, "2027-10-31T00:45", ["11-01T01:30"]),
        ("Europe/Berlin", {"cron": "30 2 * * *"}, "2027-03-28T01:00", ["03-29T00:30"]),
        ("Europe/Berlin", {"cron": "30 2 * * *"}, "2027-03-28T00:59", ["03-28T01:00"]),
    ],
)
def test_days_on_which_clocks_change(
    zone: str, options: dict[str, Any], after: str, expected: list[str]
) -> None:
    moment = datetime.fromisoformat(after).replace(tzinfo=UTC)
    times = [datetime.fromisoformat(f"2027-{at}").replace(tzinfo=UTC) for at in expected]
    assert next_times(cron(zone, **options), moment, len(times)) == times


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"hours": 12, "exclude": {"weekdays": ["sat", "sun"]}}, ["25T04", "25T16", "26T04"]),
        ({"hours": 12, "exclude": {"dates": "2026-11-25"}}, ["26T04", "26T16"]),
        (
            {"hours": 30, "start_at": "2026-11-20", "exclude": {"dates": ["2026-11-25"]}},
            ["26T06", "27T12"],
        ),
        ({"days": 1, "start_at": "2026-11-28T03:00:00+01:00"}, ["28T02", "29T02"]),
        ({"days": 1, "start_at": "2026-11-20T05:00:00", "end_at": "2026-11-25T05:00:00"}, None),
    ],
)
def test_intervals_are_bounded_and_leave_days_out(
    options: dict[str, Any], expected: list[str] | None
) -> None:
    anchor = NOW + timedelta(hours=12)
    compiled = compile_trigger(parse({"trigger": "interval", **options}), anchor)
    times = expected or ["24T05", "25T05"]
    found = next_times(compiled, NOW, len(times) if expected else 9)
    assert found == [datetime.fromisoformat(f"2026-11-{at}:00+00:00") for at in times]


def test_an_interval_goes_on_after_an_excluded_weekend_in_its_own_rhythm() -> None:
    config = {"trigger": "interval", "seconds": 7, "timezone": "America/New_York"}
    plain = compile_trigger(parse(config), NOW)
    spared = compile_trigger(parse({**config, "exclude": {"weekdays": ["sat", "sun"]}}), NOW)
    friday = datetime(2026, 11, 28, 4, 59, 50, tzinfo=UTC)
    times = next_times(spared, friday, 4)
    assert times[0] < datetime(2026, 11, 28, 5, tzinfo=UTC)
    monday = datetime(2026, 11, 30, 5, tzinfo=UTC)
    later = [at for at in times if at >= monday]
    assert len(later) == 4 - sum(at < monday for at in times)
    assert later == next_times(plain, monday - timedelta(seconds=1), len(later))


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
def test_midnight_comes_once_a_day(zone: str) -> None:
    local = zone_of(zone)
    times = next_times(cron(zone, hour=0), datetime(2026, 12, 31, 15, tzinfo=UTC), 800)
    first = times[0].astimezone(local).replace(tzinfo=None)
    shown = [at.astimezone(local).replace(tzinfo=None) for at in times]
    assert shown == [first + timedelta(days=day) for day in range(800)]


@pytest.mark.parametrize(
    "zone", ["UTC", "Europe/Berlin", "America/New_York", "Asia/Gaza", "Africa/Casablanca"]
)
def test_a_clock_knows_every_change(zone: str) -> None:
    clock, info = clock_of(zone), zone_of(zone)
    for day in range(11_000, 47_000):
        instant = day * DAY + 43_200
        offset = utc(instant).astimezone(info).utcoffset()
        assert offset is not None
        assert clock.offset(instant) == offset.total_seconds()


@pytest.mark.parametrize(
    "options",
    [
        {"cron": "* * * * *"},
        {"cron": "0 9 * * 1-5"},
        {"cron": "0 0 L * *"},
        {"cron": "0 0 13 * 5"},
        {"second": "*"},
        {"day": "last fri", "hour": 9},
        {"week": "*/2", "day_of_week": "mon,wed"},
        {"cron": "0 0 29 2 *"},
        {"cron": "0 0 30 2 *"},
        {"year": 2020, "second": "*"},
    ],
)
def test_a_thousand_times_take_little(options: dict[str, Any]) -> None:
    compiled = cron("Europe/Berlin", **options)
    next_times(compiled, NOW, 1)  # a zone and its calendars are read once
    spent = []
    for _ in range(3):
        began = time.process_time()
        next_times(compiled, NOW, 1000)
        spent.append(time.process_time() - began)
    # Meant are 10 ms on a quiet core; this leaves room for coverage and a slow one.
    assert min(spent) < 0.1
