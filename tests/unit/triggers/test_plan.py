from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support.plans import plan_times

from footfall.errors import InvalidTriggerError
from footfall.triggers import (
    Calendar,
    Plan,
    Range,
    compile_trigger,
    horizon_of,
    next_times,
    parse,
    plan,
)
from footfall.triggers.calendar import values_of
from footfall.triggers.clock import DAY, clock_of, unix_time, utc

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
# A weekend is between the first two of them and the others.
DATES = ["2026-12-31", "2027-01-01", "2027-01-04", "2027-01-05", "2027-01-06", "2027-01-07"]
HORIZON = datetime(2031, 11, 1, tzinfo=UTC)


def planned(trigger: str = "cron", horizon: datetime = HORIZON, **options: Any) -> Plan:
    return plan(compile_trigger(parse({"trigger": trigger, **options}), NOW), horizon)


def test_the_horizon_is_the_first_of_a_month_five_years_ahead() -> None:
    assert horizon_of(NOW) == HORIZON
    assert horizon_of(datetime(2028, 2, 29, 23, tzinfo=UTC)) == datetime(2033, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "options",
    [
        {"cron": "0 9 * * 1-5", "timezone": "Europe/Berlin"},
        {"cron": "30 2 * * *", "timezone": "Asia/Tokyo"},
        {"cron": "30 2 * * *", "timezone": "Europe/Berlin", "month": None},
        {"hour": 9, "timezone": "America/New_York", "exclude": {"weekdays": "sun"}},
        {"hour": 9, "exclude": {"dates": "2027-05-05"}},
        {"minute": "*/5", "timezone": "America/New_York"},
    ],
)
def test_what_neither_holidays_nor_clocks_touch_is_planned_for_ever(
    options: dict[str, Any],
) -> None:
    if "month" in options:
        options = {"hour": 2, "minute": 30, "month": "5-8", "timezone": options["timezone"]}
    found = planned(**options)
    assert found.horizon is None
    assert not found.instants
    assert len(found.calendars) == 1


def test_the_hours_around_a_change_are_named_one_by_one() -> None:
    found = planned(cron="30 2 * * *", timezone="Europe/Berlin")
    assert found.horizon == HORIZON
    local = [utc(at).astimezone().astimezone(UTC) for at in found.instants]
    assert datetime(2027, 3, 28, 1, 0, tzinfo=UTC) in local
    assert datetime(2027, 10, 31, 0, 30, tzinfo=UTC) in local
    assert max(local) < HORIZON
    years = {at.year for at in local}
    assert years == {2026, 2027, 2028, 2029, 2030, 2031}
    assert len(local) == 12


def test_a_later_horizon_holds_later_changes() -> None:
    later = planned(
        cron="30 2 * * *", timezone="Europe/Berlin", horizon=datetime(2033, 3, 1, tzinfo=UTC)
    )
    assert {utc(at).year for at in later.instants} == {2027, 2028, 2029, 2030, 2031, 2032}


def test_a_change_beyond_the_horizon_keeps_it_open() -> None:
    # Berlin's clocks change on the 29th of March in 2026 and again in 2037.
    horizon = datetime(2033, 1, 1, tzinfo=UTC)
    near = planned(cron="30 2 29 3 *", timezone="Europe/Berlin", horizon=horizon)
    assert not near.instants
    assert near.horizon == horizon


def test_a_change_that_a_trigger_does_not_meet_leaves_it_alone() -> None:
    found = planned(cron="30 2 * * 1-5", timezone="Europe/Berlin")
    assert (len(found.calendars), found.instants, found.horizon) == (1, (), None)


def test_excluded_weekdays_are_left_out_of_calendars() -> None:
    found = planned(hour=9, exclude={"weekdays": ["sat", "sun"], "dates": "2027-05-05"})
    (calendar,) = found.calendars
    assert values_of(calendar.day_of_week) == {1, 2, 3, 4, 5}
    (skipped,) = found.skip
    assert values_of(skipped.second) == values_of(skipped.minute) == set(range(60))
    assert values_of(skipped.hour) == set(range(24))
    assert values_of(skipped.day_of_month) == {5}


def test_an_interval_skips_weekdays_and_dates() -> None:
    found = planned("interval", hours=5, exclude={"weekdays": "sun", "dates": "2027-05-05"})
    assert found.intervals == ((5 * 3600, found.intervals[0][1]),)
    assert len(found.skip) == 2


def test_public_holidays_are_told_until_the_horizon() -> None:
    found = planned(hour=9, exclude={"holidays": "DE-BE"})
    assert found.horizon == HORIZON
    good_friday = datetime(2027, 3, 26, tzinfo=UTC)
    assert any(
        good_friday.day in values_of(one.day_of_month)
        and good_friday.month in values_of(one.month)
        and good_friday.year in values_of(one.year)
        for one in found.skip
    )
    years = frozenset[int]().union(*(values_of(one.year) for one in found.skip))
    assert years == set(range(2025, 2032))
    assert len(found.skip) < 60


def test_windows_jitter_and_zone_are_passed_on() -> None:
    found = planned(
        hour=9, timezone="asia/tokyo", start_at="2027-01-01", end_at="2027-02-01", jitter=30
    )
    assert found.timezone == "Asia/Tokyo"
    assert found.start_at == datetime(2026, 12, 31, 15, tzinfo=UTC)
    assert found.end_at == datetime(2027, 1, 31, 15, tzinfo=UTC)
    assert found.jitter == 30


def test_a_date_is_one_calendar_in_utc() -> None:
    found = planned("date", run_date="2027-10-31T02:30:00", timezone="Europe/Berlin")
    fields = (0, 30, 0, 31, 10, 2027)
    calendar = Calendar(*((Range(number, number),) for number in fields), (Range(0, 6),))
    assert found == Plan((calendar,))


@pytest.mark.parametrize("year", [1999, 2000, 2100])
def test_a_date_can_be_told_from_2000_on(year: int) -> None:
    found = planned("date", run_date=f"{year}-01-01T00:00:01")
    assert len(found.calendars) == (year >= 2000)


@pytest.mark.parametrize(
    ("trigger", "options", "exclude", "refused"),
    [
        ("interval", {"seconds": 1}, {"weekdays": ["sat", "sun"]}, False),
        ("interval", {"seconds": 1}, {"dates": {"from": "2027-01-01", "to": "2027-01-07"}}, False),
        ("interval", {"seconds": 1}, {"dates": {"from": "2027-01-01", "to": "2027-01-08"}}, True),
        ("interval", {"seconds": 1}, {"dates": DATES, "weekdays": ["sat", "sun"]}, True),
        ("interval", {"days": 1}, {"dates": {"from": "2027-01-01", "to": "2099-01-05"}}, False),
        ("cron", {"second": "*"}, {"dates": {"from": "2027-01-01", "to": "2027-01-08"}}, True),
        ("cron", {"hour": 9}, {"dates": {"from": "0001-01-01", "to": "2090-01-06"}}, False),
    ],
)
def test_temporal_must_find_the_next_run_behind_what_is_excluded(
    trigger: str, options: dict[str, Any], exclude: dict[str, Any], *, refused: bool
) -> None:
    if not refused:
        assert planned(trigger, **options, exclude=exclude).skip
        return
    with pytest.raises(InvalidTriggerError, match="in a row") as caught:
        planned(trigger, **options, exclude=exclude)
    assert caught.value.problems[0].field == "exclude"


def test_a_plan_that_is_too_long_is_refused() -> None:
    options = {"timezone": "Europe/Berlin", "dst_overlap": "once"}
    with pytest.raises(InvalidTriggerError, match="more than 2000"):
        planned(hour=2, second="*", **options)


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "America/Havana", "Australia/Lord_Howe", "America/Nuuk"]
)
@pytest.mark.parametrize(
    "options",
    [
        {"cron": "30 2 * * *"},
        {"cron": "0 0-2,23 * * 0,6"},
        {"cron": "*/20 0-4 * * *"},
        {"cron": "15 0,1 L * *"},
        {"second": "0,30", "minute": 30, "hour": "1,2"},
        {"cron": "*/30 * * * *"},
        {"minute": "7,9", "second": "*/20", "day_of_week": "sat,sun"},
        {"cron": "0,30 * * 3,10 *", "exclude": {"weekdays": "sat"}},
    ],
)
@pytest.mark.parametrize(
    "policy",
    [{}, {"dst_gap": "skip", "dst_overlap": "twice"}, {"dst_gap": "run", "dst_overlap": "once"}],
)
def test_a_server_fires_a_plan_when_the_trigger_says(
    zone: str, options: dict[str, Any], policy: dict[str, Any]
) -> None:
    compiled = compile_trigger(
        parse({"trigger": "cron", "timezone": zone, **options, **policy}), NOW
    )
    found, clock = plan(compiled, HORIZON), clock_of(zone)
    for change in clock.changes():
        if unix_time(NOW) < change.at < unix_time(HORIZON) - 2 * DAY:
            low, high = utc(change.at - 2 * DAY), utc(change.at + 2 * DAY)
            times = plan_times(found, low, high)
            wanted = next_times(compiled, low, len(times) + 1)
            assert [at for at in wanted if at <= high] == times


def test_excluded_days_are_not_named_either() -> None:
    found = planned(
        cron="30 2 * * *", timezone="Europe/Berlin", exclude={"dates": ["2027-10-31", "2028-03-26"]}
    )
    days = {utc(at).date().isoformat() for at in found.instants}
    assert "2027-10-31" not in days
    assert "2028-03-26" not in days
    assert "2027-03-28" in days


def test_a_year_without_runs_needs_nothing() -> None:
    found = planned("interval", hours=1)
    assert found == Plan(intervals=((3600, 0),), start_at=NOW + timedelta(hours=1))


@pytest.mark.parametrize(
    ("options", "intervals", "skip"),
    [
        ({"cron": "* * * * *"}, [(60, 0)], 0),
        ({"second": "*"}, [(1, 0)], 0),
        ({"cron": "*/5 * * * *"}, [(300, 0)], 0),
        ({"cron": "3-59/5 * * * *"}, [(300, 180)], 0),
        ({"cron": "0,15,20 * * * *"}, [(3600, 0), (3600, 900), (3600, 1200)], 0),
        ({"minute": "*/30", "second": 5}, [(1800, 5)], 0),
        ({"minute": "*", "second": "*/30"}, [(30, 0)], 0),
        ({"cron": "*/30 * * * 0"}, [(1800, 0)], 1),
        ({"cron": "*/30 * 25-31 10 *"}, [(1800, 0)], 2),
        ({"minute": "*/30", "month": 10, "exclude": {"weekdays": "sun"}}, [], 0),
    ],
)
def test_what_goes_on_in_every_hour_is_an_interval_where_clocks_change(
    options: dict[str, Any], intervals: list[tuple[int, int]], skip: int
) -> None:
    found = planned(timezone="Europe/Berlin", **options)
    assert list(found.intervals) == intervals
    assert len(found.skip) == skip
    assert bool(found.calendars) is not bool(intervals)
    assert found.horizon is None
    assert not found.instants


def test_a_rhythm_is_shifted_by_what_a_zone_is_ahead_within_the_hour() -> None:
    found = planned(minute=10, second=5, timezone="America/St_Johns")
    assert found.calendars  # in the west a server needs no help
    found = planned(minute="10,20", timezone="Australia/Adelaide")
    assert found.intervals == ((3600, 40 * 60), (3600, 50 * 60))


def test_hours_of_different_length_are_no_rhythm() -> None:
    found = planned(cron="*/30 * * * *", timezone="Australia/Lord_Howe")
    assert not found.intervals
    assert found.instants


@pytest.mark.parametrize(
    ("zone", "options"),
    [
        ("Europe/Berlin", {"cron": "30 2 29 3 *"}),
        ("Europe/Berlin", {"cron": "30 2 * * 1-5"}),
        ("Europe/Berlin", {"cron": "30 2 1-24 * *"}),
        ("Europe/Berlin", {"cron": "30 1 24,25 10 *"}),
        ("Europe/Berlin", {"cron": "30 1 * 10 6"}),
        ("Europe/Berlin", {"week": 43, "hour": 2}),
        ("Europe/Berlin", {"week": 44, "day_of_week": "sun", "hour": "0-2"}),
        ("Europe/Berlin", {"year": "2040-2050", "hour": 2}),
        ("Europe/Berlin", {"minute": 59, "second": "0,59"}),
        ("America/New_York", {"cron": "0,59 0-3 * * *", "dst_gap": "skip"}),
        ("America/Havana", {"cron": "0 12 * * 6"}),
        ("America/Havana", {"cron": "0 23 * * 0"}),
        ("America/Havana", {"cron": "0 12 14 3 *"}),
        ("Asia/Beirut", {"cron": "0 5 * * 0"}),
        ("Australia/Lord_Howe", {"cron": "20,40 1 * * *"}),
        ("Australia/Lord_Howe", {"cron": "1 3 * * *"}),
        ("America/Nuuk", {"cron": "59 22 * * 6"}),
        ("Africa/Casablanca", {"cron": "0 3 * 2 *"}),
    ],
)
def test_a_plan_is_right_at_every_change_until_its_horizon(
    zone: str, options: dict[str, Any]
) -> None:
    compiled = compile_trigger(parse({"trigger": "cron", "timezone": zone, **options}), NOW)
    for horizon in (HORIZON, datetime(2036, 3, 1, tzinfo=UTC)):
        found = plan(compiled, horizon)
        last = unix_time(found.horizon or datetime(2100, 12, 1, tzinfo=UTC))
        for change in clock_of(zone).changes():
            if unix_time(horizon - timedelta(days=2187)) < change.at < last - 2 * DAY:
                low, high = utc(change.at - 2 * DAY), utc(change.at + 2 * DAY)
                times = plan_times(found, low, high)
                wanted = next_times(compiled, low, len(times) + 1)
                assert [at for at in wanted if at <= high] == times


def test_no_more_is_taken_out_of_calendars_than_is_wrong() -> None:
    found = planned(cron="30 1-9 * * *", timezone="Europe/Berlin", dst_overlap="twice")
    shown = [f"{utc(at):%m-%d %H:%M}" for at in found.instants if utc(at).year == 2027]
    assert shown == [
        "03-28 00:30", "03-28 01:00", "03-28 01:30",
        "10-30 23:30", "10-31 00:30", "10-31 01:30", "10-31 02:30",
    ]  # fmt: skip


def test_an_instant_does_not_come_round_again() -> None:
    config = {"cron": "30 2 * 3-10 *", "timezone": "Europe/Berlin"}
    assert planned(**config).end_at == utc(2 * min(planned(**config).instants) - 1)
    ended = planned(**config, end_at="2030-01-01T00:00:00Z")
    assert ended.end_at == datetime(2030, 1, 1, tzinfo=UTC)
    once = planned(year=2027, month=10, hour=2, timezone="Europe/Berlin")
    assert once.horizon
    assert once.end_at
    assert once.end_at.year == 2085
