from datetime import UTC, date, datetime, timedelta
from importlib import import_module
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
from footfall.triggers.clock import DAY, END, clock_of, unix_time, utc

HOUR = 3600
NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
HORIZON = datetime(2031, 11, 1, tzinfo=UTC)
BEGIN = unix_time(HORIZON) - 6 * 365 * DAY
# A weekend is between the first two of them and the others.
DATES = ["2026-12-31", "2027-01-01", "2027-01-04", "2027-01-05", "2027-01-06", "2027-01-07"]
LONG = {"from": "2028-10-20", "to": "2029-01-05"}


def planned(trigger: str = "cron", horizon: datetime = HORIZON, **options: Any) -> Plan:
    return plan(compile_trigger(parse({"trigger": trigger, **options}), NOW), horizon)


def agree(
    instant: int, horizon: datetime = HORIZON, *, around: int = 2 * DAY, **config: Any
) -> None:
    """Check that a plan fires when the evaluator says, so many seconds around an instant."""
    compiled = compile_trigger(parse({"trigger": "cron", **config}), NOW)
    low, high = utc(instant - around), utc(instant + around)
    times = plan_times(plan(compiled, horizon), low, high)
    wanted = next_times(compiled, low, len(times) + 1)
    assert [at for at in wanted if at <= high] == times


def changes(zone: str, until: int) -> list[int]:
    return [change.at for change in clock_of(zone).changes() if BEGIN < change.at < until]


def minutes(calendar: Calendar) -> list[tuple[int, int]]:
    return [(h, m) for h in values_of(calendar.hour) for m in values_of(calendar.minute)]


def test_the_horizon_is_the_first_of_a_month_five_years_ahead() -> None:
    assert horizon_of(NOW) == HORIZON
    assert horizon_of(datetime(2028, 2, 29, 23, tzinfo=UTC)) == datetime(2033, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("options", "hour", "minute"),
    [
        ({"hour": 9}, 9, 0),
        ({"hour": 9, "timezone": "Asia/Tokyo"}, 0, 0),
        ({"hour": 9, "timezone": "Asia/Kolkata"}, 3, 30),
        ({"hour": 9, "timezone": "America/Phoenix"}, 16, 0),
    ],
)
def test_where_clocks_never_change_one_calendar_is_enough(
    options: dict[str, Any], hour: int, minute: int
) -> None:
    found = planned(**options)
    (calendar,) = found.calendars
    assert minutes(calendar) == [(hour, minute)]
    assert calendar.year == ()
    assert found == Plan(found.calendars)


def test_another_day_in_utc_moves_weekdays_and_dates() -> None:
    (monday,) = planned(cron="0 8 * * 2", timezone="Asia/Tokyo").calendars
    assert values_of(monday.day_of_week) == {1}
    found = planned(cron="0 8 1 * *", timezone="Asia/Tokyo").calendars
    assert {day for one in found for day in values_of(one.day_of_month)} == {28, 29, 30, 31}
    assert len(found) == 4


@pytest.mark.parametrize(
    ("config", "most"),
    [
        ({"cron": "0 9 * * 1-5", "timezone": "Europe/Berlin"}, 30),
        ({"cron": "30 2 * * *", "timezone": "America/New_York"}, 40),
        ({"day": "last fri", "hour": 9, "timezone": "Europe/Berlin"}, 35),
        ({"week": 10, "day_of_week": "mon", "timezone": "Europe/Berlin"}, 4),
        ({"week": "*/2", "hour": "0,23", "timezone": "Europe/Berlin"}, 250),
        ({"second": "*", "timezone": "Australia/Lord_Howe"}, 10),
        ({"second": "*", "timezone": "Antarctica/Troll", "dst_gap": "run"}, 20),
        ({"second": "*", "timezone": "Europe/Berlin", "dst_overlap": "once"}, 20),
        ({"second": "*/10", "hour": 2, "timezone": "Europe/Berlin"}, 50),
        ({"minute": "*", "year": 2027, "timezone": "Europe/Berlin"}, 8),
        ({"second": "*/30", "year": "2027-2030", "timezone": "Europe/Berlin"}, 8),
        ({"second": "*/10", "month": "10-12", "timezone": "Europe/Berlin"}, 10),
        ({"second": "*", "day": "25-31", "timezone": "Europe/Berlin"}, 80),
    ],
)
def test_few_calendars_tell_all_changes_until_2100(config: dict[str, Any], most: int) -> None:
    found = planned(**config)
    assert found.horizon is None
    assert len(found.calendars) <= most
    # Of what fires each second a few hours are thousands of times.
    around = 4 * HOUR if "second" in config else 2 * DAY
    for at in changes(config["timezone"], END)[::37]:
        agree(at, around=around, **config)


def test_a_far_year_is_told_at_once() -> None:
    config = {"minute": "*/10", "year": 2060, "timezone": "Europe/Berlin"}
    first = datetime(2059, 12, 31, 23, tzinfo=UTC)
    assert plan_times(planned(**config), first - timedelta(days=9), first) == [first]
    for at in changes("Europe/Berlin", END):
        if utc(at).year == 2060:
            agree(at, **config)


def test_where_changes_take_many_calendars_they_are_told_until_the_horizon() -> None:
    # Gaza's clocks hang on Ramadan, so that no two years are alike.
    config = {"cron": "30 0-6 * * 1-5", "timezone": "Asia/Gaza"}
    found = planned(**config)
    assert found.horizon == HORIZON
    assert len(found.calendars) <= 200
    for at in changes("Asia/Gaza", unix_time(HORIZON) - 3 * DAY):
        agree(at, **config)
    later = datetime(2040, 5, 1, tzinfo=UTC)
    assert planned(horizon=later, **config).horizon == later
    for at in changes("Asia/Gaza", unix_time(later) - 3 * DAY):
        if at > unix_time(later) - 5 * 365 * DAY:
            agree(at, later, **config)
    # It still runs afterwards, so that it is not taken for completed.
    assert plan_times(found, utc(END - 9 * DAY), utc(END - 1))


def test_a_late_start_after_the_horizon_is_told_nevertheless() -> None:
    config = {"cron": "30 0-6 * * 1-5", "timezone": "Asia/Gaza", "start_at": "2041-01-01"}
    assert planned(**config).horizon == HORIZON
    for at in changes("Asia/Gaza", END):
        if 2040 < utc(at).year < 2045:
            agree(at, **config)


@pytest.mark.parametrize(
    ("zone", "minute"),
    [("Europe/Berlin", {7}), ("America/St_Johns", {37}), ("Pacific/Chatham", {22})],
)
@pytest.mark.parametrize("second", ["0", "*/7"])
def test_what_goes_on_in_every_hour_needs_one_calendar(
    zone: str, minute: set[int], second: str
) -> None:
    (calendar,) = planned(minute=7, second=second, timezone=zone).calendars
    assert values_of(calendar.minute) == minute
    assert values_of(calendar.hour) == set(range(24))
    assert calendar.year == ()


def test_hours_of_different_length_are_no_rhythm() -> None:
    assert len(planned(minute=7, timezone="Australia/Lord_Howe").calendars) > 20


def test_what_a_gap_skips_runs_at_the_first_second_after_it() -> None:
    config = {"second": "5,35", "minute": 30, "hour": 2, "timezone": "Europe/Berlin"}
    (at,) = [
        at for at in plan_times(planned(**config), utc(BEGIN), HORIZON)
        if at.date() == date(2027, 3, 28)
    ]  # fmt: skip
    assert at == datetime(2027, 3, 28, 1, tzinfo=UTC)


def test_excluded_weekdays_are_left_out_of_calendars() -> None:
    found = planned(hour=9, exclude={"weekdays": ["sat", "sun"], "dates": "2027-05-05"})
    (calendar,) = found.calendars
    assert values_of(calendar.day_of_week) == {1, 2, 3, 4, 5}
    (skipped,) = found.skip
    assert values_of(skipped.second) == values_of(skipped.minute) == set(range(60))
    assert values_of(skipped.hour) == set(range(24))
    assert values_of(skipped.day_of_month) == {5}


def test_an_excluded_day_is_skipped_in_utc_where_it_runs() -> None:
    exclude = {"dates": "2027-05-05"}
    (whole,) = planned(hour=8, timezone="Asia/Tokyo", exclude=exclude).skip
    assert values_of(whole.day_of_month) == {4}
    assert values_of(whole.hour) == set(range(24))
    parts = planned(hour="8,9", timezone="Asia/Kolkata", exclude=exclude).skip
    assert len(parts) == 1
    parts = planned(minute=0, timezone="Asia/Kolkata", exclude=exclude).skip
    assert sum(len(minutes(one)) for one in parts) == 1440


def test_an_interval_skips_weekdays_and_dates() -> None:
    found = planned("interval", hours=5, exclude={"weekdays": "sun", "dates": "2027-05-05"})
    assert found.intervals == ((5 * 3600, found.intervals[0][1]),)
    assert len(found.skip) == 2


def test_public_holidays_are_told_until_the_horizon() -> None:
    found = planned(hour=9, timezone="Europe/Berlin", exclude={"holidays": "DE-BE"})
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


@pytest.mark.parametrize(
    "options",
    [
        {"hour": 9, "start_at": "2027-05-06", "end_at": "2027-05-09"},
        {"hour": 9, "year": 2028},
        {"hour": 9, "month": 6},
    ],
)
def test_excluded_days_on_which_nothing_runs_anyhow_are_not_told(options: dict[str, Any]) -> None:
    assert planned(**options, exclude={"dates": "2027-05-05"}).skip == ()


def test_an_interval_counts_only_the_excluded_days_of_its_window() -> None:
    far = {"dates": {"from": "2030-01-01", "to": "2030-12-31"}}
    found = planned("interval", seconds=1, end_at="2029-01-01", exclude=far)
    assert found.skip == ()


def test_windows_and_jitter_are_passed_on() -> None:
    found = planned(
        hour=9, timezone="asia/tokyo", start_at="2027-01-01", end_at="2027-02-01", jitter=30
    )
    assert found.start_at == datetime(2026, 12, 31, 15, tzinfo=UTC)
    assert found.end_at == datetime(2027, 1, 31, 15, tzinfo=UTC)
    assert found.jitter == 30


@pytest.mark.parametrize(
    "start_at", ["2027-03-28T02:30", "2027-03-28T03:00", "2027-10-31T02:30:00+01:00"]
)
def test_a_window_that_begins_at_a_change_loses_nothing(start_at: str) -> None:
    for end_at in ("2027-03-28T03:30", "2027-10-31T03:00", "2028-03-26T03:00"):
        for at in changes("Europe/Berlin", unix_time(HORIZON)):
            if unix_time(NOW) < at and start_at < end_at:
                options = {"timezone": "Europe/Berlin", "start_at": start_at, "end_at": end_at}
                agree(at, minute="*/30", hour="1-3", **options)


def test_a_date_is_one_calendar() -> None:
    found = planned("date", run_date="2027-10-31T02:30:00", timezone="Europe/Berlin")
    fields = (0, 30, 0, 31, 10, 2027)
    calendar = Calendar(*((Range(number, number),) for number in fields), (Range(0, 6),))
    assert found == Plan((calendar,))


@pytest.mark.parametrize("year", [1999, 2000, 2100])
def test_a_date_can_be_told_from_2000_on(year: int) -> None:
    found = planned("date", run_date=f"{year}-01-01T00:00:01")
    assert len(found.calendars) == (year >= 2000)


@pytest.mark.parametrize(
    ("options", "exclude", "refused"),
    [
        ({"seconds": 1}, {"weekdays": ["sat", "sun"]}, False),
        ({"seconds": 1}, {"dates": {"from": "2027-01-01", "to": "2027-01-07"}}, False),
        ({"seconds": 1}, {"dates": {"from": "2027-01-01", "to": "2027-01-08"}}, True),
        ({"seconds": 1}, {"dates": DATES, "weekdays": ["sat", "sun"]}, True),
        ({"days": 1}, {"dates": {"from": "2027-01-01", "to": "2099-01-05"}}, False),
    ],
)
def test_temporal_must_find_the_next_run_of_an_interval_behind_what_is_excluded(
    options: dict[str, Any], exclude: dict[str, Any], *, refused: bool
) -> None:
    if not refused:
        assert planned("interval", **options, exclude=exclude).skip
        return
    with pytest.raises(InvalidTriggerError, match="in a row") as caught:
        planned("interval", **options, exclude=exclude)
    assert caught.value.problems[0].field == "exclude"


@pytest.mark.parametrize(
    "exclude",
    [
        {"dates": {"from": "2027-01-01", "to": "2027-01-08"}},
        {"dates": [f"2027-{month:02}-01" for month in range(1, 13)]},
        {"holidays": "DE-BE"},
    ],
)
def test_a_cron_trigger_leaves_out_the_days_that_are_too_many_to_skip(
    exclude: dict[str, Any],
) -> None:
    config = {"second": "*", "timezone": "Europe/Berlin", "exclude": exclude}
    found = planned(**config)
    assert found.skip == ()
    assert len(found.calendars) < 200
    for day in ("2027-01-01", "2027-01-02", "2027-05-01", "2027-05-02", "2027-10-31"):
        midnight = unix_time(datetime.fromisoformat(day).replace(tzinfo=UTC))
        agree(midnight, around=4 * HOUR, **config)


def test_a_cron_trigger_skips_very_many_days_on_which_it_seldom_runs() -> None:
    exclude = {"dates": {"from": "0001-01-01", "to": "2090-01-06"}}
    assert len(planned(hour=9, exclude=exclude).skip) < 10


@pytest.mark.parametrize(
    ("config", "field"),
    [
        ({"week": "*/2"}, "trigger"),
        ({"hour": 9, "exclude": {"dates": [f"2027-{at:02}-01" for at in range(1, 13)]}}, "trigger"),
        ({"minute": 1, "exclude": {"holidays": "DE-BE"}}, "exclude"),
    ],
)
def test_a_plan_that_is_too_long_is_refused(
    monkeypatch: pytest.MonkeyPatch, config: dict[str, Any], field: str
) -> None:
    monkeypatch.setattr(import_module("footfall.triggers.plan"), "MOST_CALENDARS", 10)
    plan.cache_clear()
    with pytest.raises(InvalidTriggerError, match="calendars, more than 10") as caught:
        planned(timezone="Europe/Berlin", **config)
    assert caught.value.problems[0].field == field


ZONES = [
    "Europe/Berlin", "America/Havana", "Australia/Lord_Howe", "America/Nuuk",
    "Pacific/Chatham", "Asia/Gaza", "Antarctica/Troll", "Africa/Cairo",
]  # fmt: skip


@pytest.mark.parametrize(
    ("zone", "policy"),
    [
        *[(zone, {}) for zone in ZONES],
        *[
            (zone, policy)
            for zone in ("Europe/Berlin", "Australia/Lord_Howe", "Antarctica/Troll")
            for policy in (
                {"dst_gap": "skip", "dst_overlap": "twice"},
                {"dst_gap": "run", "dst_overlap": "once"},
                {"dst_gap": "run", "dst_overlap": "twice"},
            )
        ],
    ],
)
@pytest.mark.parametrize(
    "options",
    [
        {"cron": "30 2 * * *"},
        {"cron": "0 0-2,23 * * 0,6"},
        {"cron": "15 0,1 L * *"},
        {"cron": "*/30 * * * *"},
        {"minute": "7,59", "second": "*/20", "day_of_week": "sat,sun"},
        {"cron": "0,30 * * 3,10 *", "exclude": {"weekdays": "sat"}},
        {"cron": "0 */6 * * *", "exclude": {"holidays": "DE-BE", "dates": ["2027-03-28", LONG]}},
        {"hour": "0,23", "week": "12-14,42-45"},
    ],
)
def test_a_plan_is_right_at_every_change_until_its_horizon(
    zone: str, options: dict[str, Any], policy: dict[str, Any]
) -> None:
    for at in changes(zone, unix_time(HORIZON) - 3 * DAY):
        agree(at, timezone=zone, **options, **policy)


@pytest.mark.parametrize(
    "config",
    [
        {"trigger": "interval", "hours": 5, "exclude": {"weekdays": "sun", "holidays": "DE-BE"}},
        {"trigger": "interval", "days": 1, "exclude": {"dates": ["2027-03-28", LONG]}},
        {"trigger": "interval", "minutes": 45, "exclude": {"weekdays": ["sat", "sun"]}},
    ],
)
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Havana", "Asia/Kolkata"])
def test_an_interval_rests_on_local_days(config: dict[str, Any], zone: str) -> None:
    some = [unix_time(NOW) + week * 7 * DAY + week * 7919 for week in range(1, 200, 17)]
    for at in (*changes(zone, unix_time(HORIZON) - 3 * DAY), *some):
        agree(at, **{**config, "timezone": zone})
