from datetime import UTC, datetime
from typing import Any

import pytest

from footfall.triggers import compile_trigger, next_times, parse, warnings_of

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
BERLIN = "Europe/Berlin"
BOTH_SET = "Day of month and day of week are both set: it fires on days that match "


def warned(config: dict[str, Any], after: datetime = NOW) -> list[str]:
    trigger = parse(config)
    return warnings_of(trigger, compile_trigger(trigger, after), after)


def cron(after: datetime = NOW, **options: Any) -> list[str]:
    return warned({"trigger": "cron", **options}, after)


def interval(**options: Any) -> list[str]:
    return warned({"trigger": "interval", **options})


@pytest.mark.parametrize(
    "options",
    [
        {"cron": "0 9 * * 1-5", "timezone": BERLIN},
        {"cron": "*/15 * * * *", "timezone": BERLIN},
        {"cron": "30 * * * *", "timezone": BERLIN},
        {"cron": "30 * * * *", "timezone": BERLIN, "dst_gap": "skip", "dst_overlap": "twice"},
        {"minute": "*/5", "timezone": "America/New_York"},
        {"cron": "30 2 * * *"},
        {"cron": "30 2 * * 1-5", "timezone": BERLIN},
        {"cron": "30 2 * 6 *", "timezone": BERLIN},
        {"cron": "30 2 * * *", "timezone": BERLIN, "exclude": {"weekdays": "sun"}},
        {"cron": "30 2 * * *", "timezone": BERLIN, "end_at": "2027-03-28T00:00"},
        {"cron": "30 2 * * *", "timezone": "Asia/Tokyo"},
        {"cron": "0 0 L * *"},
        {"cron": "0 0 31 1,3,12 *"},
        {"cron": "0 0 25-31 * *"},
        {"cron": "0 0 31 * *", "start_at": "2027-01-05", "end_at": "2027-01-31T12:00"},
        {"year": "*/2"},
        {"year": "2027-2060/3", "month": "*/6"},
        {"hour": 9, "exclude": {"holidays": "DE-BE"}},
        {"cron": "0 0 28 * *"},
        {"cron": "0 0 * * 5#5"},
        {"day": "last"},
        {"day": "last fri"},
        {"year": 2028, "month": 2, "day": 29},
        {"day": "*", "day_of_week": "mon"},
        {"cron": "0 */6 * * */7"},
        {"second": "*/30", "minute": 0, "hour": "*/12", "month": "*/4"},
    ],
)
def test_what_surprises_nobody_gets_no_warning(options: dict[str, Any]) -> None:
    assert cron(**options) == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"cron": "* * * * *"}, "It fires 1,440 times a day."),
        ({"second": "*"}, "It fires 86,400 times a day."),
        ({"hour": "9-16", "second": "*/5"}, "It fires 5,760 times a day."),
        (
            {"cron": "0 0 13 * 5"},
            BOTH_SET + "either of them.",
        ),
        (
            {"cron": "0 0 1-7 * */7"},
            BOTH_SET + "both, since one of them begins with '*'.",
        ),
        (
            {"day": "1-7", "day_of_week": "mon"},
            BOTH_SET + "both.",
        ),
        (
            {"cron": "0 0 31 * *"},
            (
                "Day 31 does not exist in February, April, June, September and November; "
                "nothing runs on it then."
            ),
        ),
        ({"day": 30}, "Day 30 does not exist in February; nothing runs on it then."),
        (
            {"cron": "0 0 29 2,3 *"},
            "Day 29 does not exist in February except in leap years; nothing runs on it then.",
        ),
        ({"cron": "* * * * 1"}, "It fires 1,440 times a day, on the days on which it fires."),
        (
            {"cron": "0 0 29-31 2 *"},
            (
                "Days 29 to 31 do not exist in February except in leap years; "
                "nothing runs on them then."
            ),
        ),
        (
            {"cron": "0 0 30/1 1-3 *"},
            "Days 30 and 31 do not exist in February; nothing runs on them then.",
        ),
        (
            {"cron": "0 0 31 * *", "end_at": "2027-06-30T12:00"},
            "Day 31 does not exist in February, April, June and November; nothing runs on it then.",
        ),
        ({"cron": "*/90 * * * *"}, "Minute */90 is longer than an hour: it means once an hour."),
        ({"cron": "0 */30 * * *"}, "Hour */30 is longer than a day: it means once a day."),
        (
            {"week": "*/3"},
            "Week */3 does not divide every year evenly: the step starts anew each year.",
        ),
        (
            {"hour": 9, "end_at": "2027-06-01"},
            (
                "end_at 2027-06-01 means 00:00 of that day, on which nothing runs later; "
                "write '2027-06-01T23:59:59' to have it with its runs."
            ),
        ),
        (
            {"hour": 9, "exclude": {"holidays": ["lk", "DE"]}},
            "No public holidays in Sri Lanka are known for 2027 to 2031; none is excluded then.",
        ),
        ({"hour": 9, "timezone": "est"}, "EST is never on summer time; 'America/New_York' is."),
        (
            {"cron": "*/7 * * * *"},
            "Minute */7 does not divide an hour evenly: the step starts anew each hour.",
        ),
        (
            {"hour": "*/5"},
            "Hour */5 does not divide a day evenly: the step starts anew each day.",
        ),
        (
            {"day": "*/2"},
            "Day */2 does not divide every month evenly: the step starts anew each month.",
        ),
        (
            {"day_of_week": "*/2"},
            "Day of week */2 does not divide a week evenly: the step starts anew each week.",
        ),
        (
            {"hour": 9, "jitter": 30},
            "Each run starts up to 30 seconds later, at random; next_runs show the earliest.",
        ),
    ],
)
def test_one_surprise_is_one_warning(options: dict[str, Any], words: str) -> None:
    assert cron(**options) == [words]


@pytest.mark.parametrize(
    ("zone", "options", "words"),
    [
        (
            BERLIN,
            {"cron": "30 2 * * *"},
            [
                "02:30 does not exist in Europe/Berlin on 28 March 2027; it runs at 03:00 instead.",
                (
                    "02:30 comes twice in Europe/Berlin on 31 October 2027; "
                    "it runs the first time only."
                ),
            ],
        ),
        (
            "europe/berlin",
            {"cron": "30 2 * * *", "dst_gap": "skip", "dst_overlap": "twice"},
            [
                "02:30 does not exist in Europe/Berlin on 28 March 2027; it is skipped.",
                "02:30 comes twice in Europe/Berlin on 31 October 2027; it runs both times.",
            ],
        ),
        (
            BERLIN,
            {"hour": 2, "minute": "15,45", "second": 5, "month": 3, "dst_overlap": "once"},
            [
                (
                    "02:15:05 and 02:45:05 do not exist in Europe/Berlin on 28 March 2027; "
                    "it runs once at 03:00 instead."
                ),
            ],
        ),
        (
            BERLIN,
            {"cron": "0 2,3 * * 0"},
            [
                (
                    "02:00 does not exist in Europe/Berlin on 28 March 2027; "
                    "it runs once at 03:00 as on other days."
                ),
                (
                    "02:00 comes twice in Europe/Berlin on 31 October 2027; "
                    "it runs the first time only."
                ),
            ],
        ),
        (
            BERLIN,
            {"cron": "0-59 2 * 3 *", "dst_gap": "skip"},
            [
                (
                    "60 local times from 02:00 to 02:59 do not exist in Europe/Berlin "
                    "on 28 March 2027; it is skipped."
                ),
            ],
        ),
        # A gap before midnight ends on another day, on which it may not run.
        (
            "America/Nuuk",
            {"cron": "30 23 * 3 *"},
            [
                (
                    "23:30 does not exist in America/Nuuk on 27 March 2027; "
                    "it runs at 00:00 on 28 March 2027 instead."
                ),
            ],
        ),
        (
            "America/Nuuk",
            {"cron": "30 23 * 3 *", "exclude": {"weekdays": "sun"}},
            ["23:30 does not exist in America/Nuuk on 27 March 2027; it is skipped."],
        ),
        # What fires every hour is asked to run in the gap, and but once in the overlap.
        (
            BERLIN,
            {"cron": "30 * * * *", "dst_gap": "run", "dst_overlap": "once"},
            [
                "02:30 does not exist in Europe/Berlin on 28 March 2027; it runs at 03:00 instead.",
                (
                    "02:30 comes twice in Europe/Berlin on 31 October 2027; "
                    "it runs the first time only."
                ),
            ],
        ),
        (
            "Australia/Lord_Howe",
            {"cron": "45 1 * 4 *"},
            [
                (
                    "01:45 comes twice in Australia/Lord_Howe on 4 April 2027; "
                    "it runs the first time only."
                ),
            ],
        ),
    ],
)
def test_changes_of_clocks(zone: str, options: dict[str, Any], words: list[str]) -> None:
    assert cron(timezone=zone, **options) == words


def test_only_what_comes_within_a_year_is_told() -> None:
    assert cron(cron="30 2 31 3 *", timezone=BERLIN) == []
    (told,) = cron(datetime(2029, 5, 1, tzinfo=UTC), cron="30 2 31 3 *", timezone=BERLIN)
    assert "31 March 2030" in told


def test_what_is_told_of_the_clock_is_what_happens() -> None:
    config = {"trigger": "cron", "cron": "30 2 * * *", "timezone": BERLIN}
    compiled = compile_trigger(parse(config), NOW)
    before = datetime(2027, 3, 27, 12, tzinfo=UTC)
    assert next_times(compiled, before, 1) == [datetime(2027, 3, 28, 1, tzinfo=UTC)]
    before = datetime(2027, 10, 30, 12, tzinfo=UTC)
    assert next_times(compiled, before, 2) == [
        datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
        datetime(2027, 11, 1, 1, 30, tzinfo=UTC),
    ]


@pytest.mark.parametrize(
    ("run_date", "words"),
    [
        (
            "2027-03-28T02:30",
            [
                "02:30 does not exist in Europe/Berlin on 28 March 2027; it runs at 03:00 instead.",
            ],
        ),
        (
            "2027-10-31 02:30:00",
            [
                (
                    "02:30 comes twice in Europe/Berlin on 31 October 2027; "
                    "it runs the first time only."
                ),
            ],
        ),
        ("2027-10-31T02:30:00+01:00", []),
        ("2027-10-31T03:00", []),
        ("2027-12-31", []),
    ],
)
def test_dates(run_date: str, words: list[str]) -> None:
    assert warned({"trigger": "date", "run_date": run_date, "timezone": BERLIN}) == words


def test_intervals() -> None:
    assert interval(minutes=1) == ["It fires 1,440 times a day."]
    assert interval(seconds=7) == ["It fires about 12,343 times a day."]
    assert interval(seconds=61) == []
    assert interval(days=1) == []
    assert interval(hours=12, timezone=BERLIN) == []
    assert interval(days=1, timezone="Asia/Tokyo") == []
    assert interval(days=1, timezone=BERLIN, end_at="2027-02-01T00:00") == []
    for options in ({"days": 1}, {"weeks": 2}, {"hours": 48}):
        (told,) = interval(**options, timezone=BERLIN)
        assert told == (
            "A day of an interval is 24 hours: it drifts by 1 hour against the local time when "
            "the clocks of Europe/Berlin change; use a cron trigger to keep the time of day."
        )


LATE = "Each run starts up to 2 hours later, at random; next_runs show the earliest."
PAST_END = "With its jitter, a run may start up to 2 hours after end_at."
EXCLUDED = "With its jitter, a run may start on a day that is excluded, such as "


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"hour": 23, "exclude": {"weekdays": "sat"}}, [LATE, EXCLUDED + "2026-11-28."]),
        ({"hour": 21, "exclude": {"weekdays": "sat"}}, [LATE]),
        ({"hour": 23, "exclude": {"dates": "2029-05-05"}}, [LATE, EXCLUDED + "2029-05-05."]),
        # A day that follows another excluded one is reached by no run.
        (
            {
                "hour": 23,
                "day": 5,
                "exclude": {"dates": {"from": "2027-01-05", "to": "2027-01-06"}},
            },
            [LATE],
        ),
        ({"hour": 9, "end_at": "2027-01-01T09:30"}, [LATE, PAST_END]),
        ({"hour": 9, "end_at": "2027-01-01T11:30"}, [LATE]),
    ],
)
def test_jitter_may_carry_a_run_out_of_its_bounds(
    options: dict[str, Any], words: list[str]
) -> None:
    assert cron(jitter=7200, **options) == words
