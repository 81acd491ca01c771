from typing import Any

import pytest

from footfall.triggers import describe, parse


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"trigger": "interval", "hours": 1, "minutes": 30}, "Every 1 hour 30 minutes"),
        ({"trigger": "interval", "seconds": 90}, "Every 1 minute 30 seconds"),
        ({"trigger": "interval", "days": 7}, "Every 1 week"),
        ({"trigger": "interval", "seconds": 1}, "Every 1 second"),
        (
            {"trigger": "cron", "cron": "0 9 * * 1-5", "timezone": "Europe/Berlin"},
            "At 09:00, Monday to Friday, Europe/Berlin",
        ),
        ({"trigger": "cron", "hour": 9, "minute": 0}, "At 09:00, UTC"),
        ({"trigger": "cron", "cron": "0 9 * * 0"}, "At 09:00, Sunday, UTC"),
        ({"trigger": "cron", "hour": 9, "day_of_week": 0}, "At 09:00, Monday, UTC"),
        (
            {"trigger": "cron", "cron": "0 9,17 * * 0,6"},
            "At 09:00 and 17:00, Saturday and Sunday, UTC",
        ),
        ({"trigger": "cron", "cron": "* * * * *"}, "Every minute, UTC"),
        ({"trigger": "cron", "cron": "*/15 * * * *"}, "Every 15 minutes, UTC"),
        ({"trigger": "cron", "cron": "5 * * * *"}, "At minute 5 past every hour, UTC"),
        ({"trigger": "cron", "cron": "0 * * * *"}, "Every hour, UTC"),
        ({"trigger": "cron", "second": "*/10"}, "Every 10 seconds, UTC"),
        ({"trigger": "cron", "second": "*"}, "Every second, UTC"),
        ({"trigger": "cron", "cron": "@monthly"}, "At 00:00, on day 1 of the month, UTC"),
        ({"trigger": "cron", "cron": "0 0 L * *"}, "At 00:00, on the last day of the month, UTC"),
        ({"trigger": "cron", "day": "last fri"}, "At 00:00, on the last Friday of the month, UTC"),
        (
            {"trigger": "cron", "cron": "0 0 * * 5#2"},
            "At 00:00, on the 2nd Friday of the month, UTC",
        ),
        (
            {"trigger": "cron", "cron": "0 0 25 12 *"},
            "At 00:00, on day 25 of the month in December, UTC",
        ),
        (
            {"trigger": "cron", "month": "jan", "day": 1, "year": 2027},
            "At 00:00, on day 1 of the month in January in 2027, UTC",
        ),
        ({"trigger": "date", "run_date": "2025-12-31T23:59:59"}, "Once at 2025-12-31 23:59:59 UTC"),
        (
            {"trigger": "date", "run_date": "2027-07-01T12:00:00", "timezone": "Europe/Berlin"},
            "Once at 2027-07-01 12:00:00, Europe/Berlin",
        ),
        (
            {"trigger": "cron", "second": "*/7"},
            "At seconds 0, 7, 14, 21, 28, 35, 42, 49 and 56 of every minute, UTC",
        ),
        (
            {"trigger": "cron", "cron": "0 0 13 * 5"},
            "At the times of the crontab string '0 0 13 * 5', UTC",
        ),
        (
            {"trigger": "cron", "week": 10, "day_of_week": "mon", "timezone": "Asia/Tokyo"},
            "At the times that match week=10 and day_of_week='mon', Asia/Tokyo",
        ),
        (
            {"trigger": "cron", "cron": "*/5 9-16 * * *"},
            "At the times of the crontab string '*/5 9-16 * * *', UTC",
        ),
        # What bounds and bends a trigger comes last.
        (
            {
                "trigger": "cron",
                "cron": "0 9 * * 1-5",
                "timezone": "Europe/Berlin",
                "exclude": {"holidays": "DE-BE"},
            },
            "At 09:00, Monday to Friday, Europe/Berlin, except public holidays in Berlin",
        ),
        (
            {"trigger": "cron", "hour": 9, "exclude": {"weekdays": ["sun", "sat"]}},
            "At 09:00, UTC, except Saturdays and Sundays",
        ),
        (
            {"trigger": "cron", "hour": 9, "exclude": {"dates": "2027-12-24"}},
            "At 09:00, UTC, except on 2027-12-24",
        ),
        (
            {
                "trigger": "cron",
                "hour": 9,
                "exclude": {"dates": ["2027-03-01", {"from": "2027-12-24", "to": "2028-01-01"}]},
            },
            "At 09:00, UTC, except on 2027-03-01 and from 2027-12-24 to 2028-01-01",
        ),
        (
            {
                "trigger": "cron",
                "hour": 9,
                "exclude": {
                    "dates": [
                        *("2027-03-01", "2027-03-03", "2027-03-05"),
                        {"from": "2027-12-24", "to": "2028-01-01"},
                    ],
                    "weekdays": "sun",
                    "holidays": ["DE-BE", "US"],
                },
            },
            (
                "At 09:00, UTC, except Sundays, on 12 dates and "
                "public holidays in Berlin and United States"
            ),
        ),
        (
            {"trigger": "cron", "cron": "*/5 9-16 * * *", "exclude": {"weekdays": "sun"}},
            "At the times of the crontab string '*/5 9-16 * * *', UTC, except Sundays",
        ),
        (
            {"trigger": "cron", "week": 10, "exclude": {"weekdays": "sun"}, "jitter": 5},
            "At the times that match week=10, UTC, except Sundays, up to 5 seconds later",
        ),
        (
            {
                "trigger": "cron",
                "hour": 9,
                "timezone": "europe/berlin",
                "start_at": "2027-01-01T08:00Z",
                "end_at": "2027-06-01T09:00:30",
                "jitter": 90,
            },
            (
                "At 09:00, Europe/Berlin, from 2027-01-01 09:00 until 2027-06-01 09:00:30, "
                "up to 1 minute 30 seconds later"
            ),
        ),
        (
            {"trigger": "cron", "hour": 9, "start_at": "0001-01-01T00:00"},
            "At 09:00, UTC, from 0001-01-01 00:00 UTC",
        ),
        ({"trigger": "interval", "hours": 1, "jitter": 30}, "Every 1 hour, up to 30 seconds later"),
        (
            {
                "trigger": "interval",
                "hours": 1,
                "timezone": "Asia/Tokyo",
                "end_at": "2027-01-01T09:00",
            },
            "Every 1 hour, Asia/Tokyo, until 2027-01-01 09:00",
        ),
        (
            {"trigger": "interval", "hours": 1, "exclude": {"weekdays": "sat"}},
            "Every 1 hour, UTC, except Saturdays",
        ),
    ],
)
def test_words(config: Any, words: str) -> None:
    assert describe(parse(config)) == words
