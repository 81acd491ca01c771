from typing import Any

import pytest

from footfall.triggers import describe, parse


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"trigger": "interval", "hours": 1, "minutes": 30}, "Every 1 hour 30 minutes"),
        ({"trigger": "interval", "seconds": 90}, "Every 1 minute 30 seconds"),
        ({"trigger": "interval", "days": 7}, "Every week"),
        ({"trigger": "interval", "seconds": 1}, "Every second"),
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
            "At 00:00, on day 13 of the month or on Friday, UTC",
        ),
        (
            {"trigger": "cron", "week": 10, "day_of_week": "mon", "timezone": "Asia/Tokyo"},
            "At 00:00, Monday in ISO week 10, Asia/Tokyo",
        ),
        (
            {"trigger": "cron", "cron": "*/5 9-16 * * *"},
            "Every 5 minutes from 09:00 to 16:55, UTC",
        ),
        (
            {"trigger": "cron", "cron": "*/15 9-17 * * 1-5"},
            "Every 15 minutes from 09:00 to 17:45, Monday to Friday, UTC",
        ),
        ({"trigger": "cron", "cron": "30 */2 * * *"}, "Every 2 hours from 00:30 to 22:30, UTC"),
        ({"trigger": "cron", "cron": "0 */2 * * *"}, "Every 2 hours, UTC"),
        ({"trigger": "cron", "cron": "0 1-23 * * *"}, "Every hour from 01:00 to 23:00, UTC"),
        (
            {"trigger": "cron", "cron": "0 9-17 * * 1-5"},
            "Every hour from 09:00 to 17:00, Monday to Friday, UTC",
        ),
        ({"trigger": "cron", "cron": "* 0-5 * * *"}, "Every minute from 00:00 to 05:59, UTC"),
        (
            {"trigger": "cron", "cron": "*/15 9-11,14-17 * * *"},
            "Every 15 minutes from 09:00 to 11:45 and from 14:00 to 17:45, UTC",
        ),
        (
            {"trigger": "cron", "cron": "0,5 9-17 * * *"},
            "At minutes 0 and 5 past the hours 9 to 17, UTC",
        ),
        (
            {"trigger": "cron", "cron": "5-59/15 * * * *"},
            "Every 15 minutes from 00:05 to 23:50, UTC",
        ),
        (
            {"trigger": "cron", "cron": "0 9 1 * 1"},
            "At 09:00, on day 1 of the month or on Monday, UTC",
        ),
        (
            {"trigger": "cron", "cron": "0 0 L,15 * *"},
            "At 00:00, on day 15 of the month or on the last day of the month, UTC",
        ),
        (
            {"trigger": "cron", "cron": "0 0 L 2 *"},
            "At 00:00, on the last day of the month in February, UTC",
        ),
        (
            {"trigger": "cron", "cron": "0 0 * * 1,5#2"},
            "At 00:00, on the 2nd Friday of the month or on Monday, UTC",
        ),
        (
            {"trigger": "cron", "cron": "0 0 */3 * *"},
            "At 00:00, on every 3rd day from 1 to 31 of the month, UTC",
        ),
        (
            {"trigger": "cron", "cron": "0 0 25-31,3 * *"},
            "At 00:00, on days 3 and 25 to 31 of the month, UTC",
        ),
        (
            {"trigger": "cron", "cron": "0 9 * 1,7 *"},
            "At 09:00, every day in January and July, UTC",
        ),
        ({"trigger": "cron", "cron": "0 9 * 1 1"}, "At 09:00, Monday in January, UTC"),
        (
            {"trigger": "cron", "cron": "0 0 */12 * 5"},
            "At 00:00, on Friday if among days 1, 13 and 25 of the month, UTC",
        ),
        ({"trigger": "cron", "day": 13, "day_of_week": "fri"}, "At 00:00, on Friday the 13th, UTC"),
        ({"trigger": "cron", "week": 10}, "At 00:00, every day in ISO week 10, UTC"),
        (
            {"trigger": "cron", "week": "1-3,7", "year": "2027-2030"},
            "At 00:00, every day in ISO weeks 1 to 3 and 7 in 2027 to 2030, UTC",
        ),
        (
            {"trigger": "cron", "week": "*/3", "day_of_week": "mon"},
            "At 00:00, Monday in every 3rd ISO week from 1 to 52, UTC",
        ),
        (
            {"trigger": "cron", "year": "*/2"},
            "At 00:00, on day 1 of the month in January in every 2nd year from 2000 to 2100, UTC",
        ),
        (
            {"trigger": "cron", "hour": "9-16", "second": "*/10"},
            "Every 10 seconds from 09:00:00 to 16:59:50, UTC",
        ),
        (
            {"trigger": "cron", "minute": 0, "second": 5},
            "At second 5 of minute 0 past every hour, UTC",
        ),
        (
            {"trigger": "cron", "day": "last", "day_of_week": "fri"},
            "At the times that match day='last' and day_of_week='fri', UTC",
        ),
        ({"trigger": "interval", "days": 1}, "Every day"),
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
            {"trigger": "cron", "cron": "*/7 9-16 * * *", "exclude": {"weekdays": "sun"}},
            (
                "At minutes 0, 7, 14, 21, 28, 35, 42, 49 and 56 past the hours 9 to 16, UTC, "
                "except Sundays"
            ),
        ),
        (
            {"trigger": "cron", "week": 10, "exclude": {"weekdays": "sun"}, "jitter": 5},
            "At 00:00, every day in ISO week 10, UTC, except Sundays, up to 5 seconds later",
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
        ({"trigger": "interval", "hours": 1, "jitter": 30}, "Every hour, up to 30 seconds later"),
        (
            {
                "trigger": "interval",
                "hours": 1,
                "timezone": "Asia/Tokyo",
                "end_at": "2027-01-01T09:00",
            },
            "Every hour, Asia/Tokyo, until 2027-01-01 09:00",
        ),
        (
            {"trigger": "interval", "hours": 1, "exclude": {"weekdays": "sat"}},
            "Every hour, UTC, except Saturdays",
        ),
    ],
)
def test_words(config: Any, words: str) -> None:
    assert describe(parse(config)) == words
