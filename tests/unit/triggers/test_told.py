from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import pytest
from support.plans import plan_times

from footfall.errors import InvalidTriggerError
from footfall.triggers import CompiledTrigger, compile_trigger, horizon_of, next_times, parse, plan
from footfall.triggers.calendar import values_of
from footfall.triggers.clock import DAY, END, day_number, unix_time, utc
from footfall.triggers.moments import Moments
from footfall.triggers.told import Told, Window, _check_streak, _cut, told

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
FIRST_YEARS = 5 * 366 * DAY


def at(year: int, month: int = 1, day: int = 1, hour: int = 0) -> int:
    return unix_time(datetime(year, month, day, hour, tzinfo=UTC))


WINDOW = Window(at(2026), at(2032), range(2026, 2033))


def compiled(trigger: str = "cron", **options: Any) -> CompiledTrigger:
    return compile_trigger(parse({"trigger": trigger, **options}), NOW)


def ends(window: Window, trigger: str = "cron", **options: Any) -> tuple[int, int]:
    since, until, holidays = _cut(compiled(trigger, **options), window)
    assert holidays == window.holidays
    return since, until


def test_what_is_not_bounded_is_told_as_it_is_asked_for() -> None:
    assert ends(WINDOW, hour=9) == (at(2026), at(2032))
    assert ends(WINDOW._replace(until=END), hour=9) == (at(2026), END)


def test_bounds_are_not_told_beyond() -> None:
    assert ends(WINDOW, hour=9, start_at="2026-05-05") == (at(2026, 5, 5), at(2032))
    assert ends(WINDOW, hour=9, start_at="2028-01-01") == (at(2028), at(2028) + FIRST_YEARS)
    assert ends(WINDOW, hour=9, start_at="2025-05-05") == (at(2026), at(2032))
    assert ends(WINDOW, hour=9, end_at="2028-05-05") == (at(2026), at(2028, 5, 5) + 1)
    # What begins late is told for some years, or it would look as if it never ran.
    assert ends(WINDOW, hour=9, start_at="2040-01-01") == (at(2040), at(2040) + FIRST_YEARS)
    assert ends(WINDOW, hour=9, start_at="2040-01-01", end_at="2041-01-01") == (
        at(2040), at(2041) + 1,
    )  # fmt: skip
    interval = {"trigger": "interval", "hours": 1, "exclude": {"weekdays": "sun"}}
    assert ends(WINDOW, **interval, end_at="2028-05-05") == (
        unix_time(NOW) + 3600, at(2028, 5, 5) + 1,
    )  # fmt: skip
    assert ends(WINDOW._replace(until=END), hour=9, start_at="2099-01-01") == (at(2099), END)


def test_years_are_told_with_a_day_on_each_side() -> None:
    assert ends(WINDOW, hour=9, year="2027,2029") == (at(2026, 12, 31), at(2030, 1, 2))
    assert ends(WINDOW, hour=9, year="2020-2027") == (at(2026), at(2028, 1, 2))
    nothing = CompiledTrigger(Moments(*[frozenset({0})] * 3, ()))
    assert _cut(nothing, WINDOW) == WINDOW._replace(until=at(2026))
    assert told(nothing, WINDOW) == Told()


def test_nothing_is_told_after_the_end() -> None:
    assert told(compiled(hour=9, end_at="2025-01-01"), WINDOW) == Told()
    assert told(compiled(hour=9, end_at="2025-12-31T23:59:59"), WINDOW) == Told()
    assert told(compiled("interval", hours=1), WINDOW) == Told()
    # The last second of all is told.
    assert told(compiled(hour=9, end_at="2026-01-01"), WINDOW).calendars


@pytest.mark.parametrize(("last", "is_skipped"), [("2027-01-07", True), ("2027-01-08", False)])
def test_a_week_of_seconds_is_skipped_and_more_is_left_out(last: str, *, is_skipped: bool) -> None:
    exclude = {"dates": {"from": "2027-01-01", "to": last}}
    found = told(compiled(second="*", exclude=exclude), WINDOW)
    assert bool(found.skip) == is_skipped
    assert (len(found.calendars) == 1) == is_skipped


def test_a_week_of_runs_is_not_too_many() -> None:
    _check_streak(604_800)
    with pytest.raises(InvalidTriggerError) as caught:
        _check_streak(604_801)
    assert caught.value.problems[0].field == "exclude"


def test_days_of_rest_are_told_only_in_the_months_in_which_something_fires() -> None:
    dates = ["2027-05-05", "2027-06-06", "2028-06-07"]
    found = told(compiled(hour=9, month=6, year=2027, exclude={"dates": dates}), WINDOW)
    (skipped,) = found.skip
    assert values_of(skipped.month) == {6}
    assert values_of(skipped.day_of_month) == {6}
    assert told(compiled(cron="0 9 L 2,4 *", exclude={"dates": "2027-04-30"}), WINDOW).skip
    both = told(compiled(hour=9, month="5,6", year=2027, exclude={"dates": dates}), WINDOW)
    assert {day for one in both.skip for day in values_of(one.day_of_month)} == {5, 6}


@pytest.mark.parametrize(
    ("options", "skipped"),
    [
        ({"hours": 1}, range(1440)),
        ({"minutes": 7}, range(1440)),
        # It fires at 04:30 UTC only, or at that and every second hour.
        ({"days": 1, "start_at": "2026-01-01T04:30:00Z"}, range(1440)),
    ],
)
def test_an_interval_rests_all_day_in_utc(options: dict[str, Any], skipped: range) -> None:
    found = told(compiled("interval", **options, exclude={"dates": "2027-05-05"}), WINDOW)
    (one,) = found.skip
    minutes = [
        60 * hour + minute for hour in values_of(one.hour) for minute in values_of(one.minute)
    ]
    assert sorted(minutes) == list(skipped)
    assert values_of(one.second) == set(range(60))
    assert (values_of(one.day_of_month), values_of(one.month)) == ({5}, {5})


@pytest.mark.parametrize(
    ("start", "days"), [("14:59", {5}), ("15:00", {4}), ("23:59", {4}), ("00:00", {5})]
)
def test_a_daily_interval_rests_on_the_day_in_utc_on_which_it_would_fire(
    start: str, days: set[int]
) -> None:
    options = {"days": 1, "start_at": f"2026-01-01T{start}:00Z", "timezone": "Asia/Tokyo"}
    found = told(compiled("interval", **options, exclude={"dates": "2027-05-05"}), WINDOW)
    (one,) = found.skip
    assert values_of(one.day_of_month) == days
    assert values_of(one.hour) == set(range(24))


def test_a_far_year_needs_few_calendars() -> None:
    found = told(compiled(hour=9, year=2060, timezone="Europe/Berlin"), WINDOW._replace(until=END))
    assert len(found.calendars) == 6
    assert {year for one in found.calendars for year in values_of(one.year)} == {2060}


def test_what_is_skipped_by_a_gap_is_told_once_at_its_first_second() -> None:
    options = {"minute": 30, "second": "0,30", "hour": 2, "timezone": "Europe/Berlin"}
    run = told(compiled(**options, year=2027), WINDOW).calendars
    skip = told(compiled(**options, year=2027, dst_gap="skip"), WINDOW).calendars
    (gap,) = set(run) - set(skip)
    fields = (gap.second, gap.minute, gap.hour, gap.day_of_month, gap.month)
    assert [values_of(one) for one in fields] == [{0}, {0}, {1}, {28}, {3}]


@pytest.mark.parametrize("month", range(1, 13))
def test_the_horizon_begins_its_month(month: int) -> None:
    now = datetime(2027, month, 28, 23, 59, 59, 999_999, tzinfo=UTC)
    assert horizon_of(now) == datetime(2032, month, 1, tzinfo=UTC)


def test_days_of_new_years_are_their_own() -> None:
    config = {"hour": 0, "month": 1, "day": 1, "year": 2028, "timezone": "Asia/Tokyo"}
    (one,) = told(compiled(**config), WINDOW).calendars
    found = [values_of(field) for field in (one.year, one.month, one.day_of_month, one.hour)]
    assert found == [{2027}, {12}, {31}, {15}]
    assert next_times(compiled(**config), NOW, 2) == [utc(at(2027, 12, 31, 15))]
    assert day_number(datetime(2027, 12, 31, tzinfo=UTC).date()) == at(2027, 12, 31) // DAY


@pytest.mark.parametrize(
    ("most", "refused", "config", "field"),
    [
        (2, False, {"hour": 9, "exclude": {"dates": "2027-05-05"}}, None),
        (1, True, {"hour": 9, "exclude": {"dates": "2027-05-05"}}, "exclude"),
        (1, True, {"cron": "0 9 1,L * *"}, "trigger"),
        (5, True, {"cron": "0 9 1,L * *", "exclude": {"dates": "2027-05-31"}}, "trigger"),
        (6, False, {"cron": "0 9 1,L * *", "exclude": {"dates": "2027-05-31"}}, None),
    ],
)
def test_a_plan_has_no_more_calendars_than_a_server_takes(
    monkeypatch: pytest.MonkeyPatch,
    most: int,
    config: dict[str, Any],
    field: str | None,
    *,
    refused: bool,
) -> None:
    monkeypatch.setattr(import_module("footfall.triggers.plan"), "MOST_CALENDARS", most)
    anew = plan.__wrapped__
    if not refused:
        assert anew(compiled(**config), utc(at(2031))).calendars
        return
    with pytest.raises(InvalidTriggerError, match=f"calendars, more than {most}") as caught:
        anew(compiled(**config), utc(at(2031)))
    assert caught.value.problems[0].field == field


def test_changes_are_told_until_2100_where_that_takes_few_calendars(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    module, horizon = import_module("footfall.triggers.plan"), utc(at(2031))
    anew = plan.__wrapped__
    gaza = compiled(hour=9, timezone="Asia/Gaza", exclude={"dates": "2027-05-05"})
    shown = anew(gaza, horizon)
    size = len(shown.calendars) + len(shown.skip)
    assert shown.horizon is None
    monkeypatch.setattr(module, "_FEW", size)
    assert anew(gaza, horizon) == shown
    monkeypatch.setattr(module, "_FEW", size - 1)
    shorter = anew(gaza, horizon)
    assert shorter.horizon == horizon
    assert len(shorter.calendars) < len(shown.calendars)
    # A plan without changes of clocks does not become shorter, and stays exact.
    monkeypatch.setattr(module, "_FEW", 0)
    assert anew(compiled(hour=9), horizon).horizon is None


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York"])
def test_the_last_days_of_a_window_may_be_excluded(zone: str) -> None:
    options = {"hour": 9, "timezone": zone, "exclude": {"dates": ["2028-05-05", "2100-12-31"]}}
    last = told(compiled(**options, end_at="2028-05-05T12:00:00"), WINDOW)
    assert [values_of(one.year) for one in last.skip] == [{2028}]
    both = told(compiled(**options), WINDOW._replace(until=END))
    assert {year for one in both.skip for year in values_of(one.year)} == {2028, 2100}
    first = {"hour": 9, "timezone": zone, "exclude": {"dates": "2028-05-05"}}
    assert told(compiled(**first, start_at="2028-05-05T08:00:00"), WINDOW).skip
    assert not told(compiled(**first, start_at="2028-05-07"), WINDOW).skip


def test_an_hourly_interval_rests_on_parts_of_two_days_in_utc() -> None:
    options = {"hours": 1, "timezone": "Asia/Tokyo", "exclude": {"dates": "2027-05-05"}}
    found = told(compiled("interval", **options), WINDOW)
    hours = {day: values_of(one.hour) for one in found.skip for day in values_of(one.day_of_month)}
    assert hours == {4: set(range(15, 24)), 5: set(range(15))}


def test_days_of_rest_in_years_without_runs_are_not_told() -> None:
    exclude = {"dates": "2028-05-05"}
    assert told(compiled(hour=9, year="2027,2029", exclude=exclude), WINDOW).skip == ()
    assert told(compiled(hour=9, year="2027-2029", exclude=exclude), WINDOW).skip


def test_a_window_may_begin_on_the_day_of_a_change() -> None:
    options = {"hour": "2,9", "minute": 45, "timezone": "Europe/Berlin"}
    bounded = compiled(**options, start_at="2027-10-31T02:30:00+01:00")
    begin, end = utc(at(2027, 10, 31)), utc(at(2027, 11, 2))
    found = plan_times(plan(bounded, utc(at(2031))), begin, end)
    assert found == next_times(bounded, begin, len(found))
    assert found[0] == utc(at(2027, 10, 31, 8) + 45 * 60)
