from typing import Any

import pytest

from footfall.triggers import parse
from footfall.triggers.compiler import moments
from footfall.triggers.gap import smallest_gap

DAY = 86_400


@pytest.mark.parametrize(
    ("config", "enough", "gap"),
    [
        ({"second": "*"}, 1, None),
        ({"second": "*"}, 2, 1),
        ({"second": "*/2"}, 2, None),
        ({"second": "5,20,59"}, 61, 6),
        ({"minute": "*/5"}, 300, None),
        ({"minute": "*/5"}, 301, 300),
        ({"minute": "0,20", "second": 7}, 1201, 1200),
        ({"hour": "8,20"}, DAY // 2, None),
        ({"hour": "8,20"}, DAY // 2 + 1, DAY // 2),
        ({"hour": "8,17", "minute": "0,30"}, 1801, 1800),
        # From one day to the next: less than between two times of a day.
        ({"hour": "0,23"}, 3601, 3600),
        ({"hour": "0,23", "minute": 5, "second": 9}, 7200, 3600),
        ({"hour": "1,23"}, 7200, None),
        ({"hour": "1,23", "minute": 1}, 7201, 7200),
        # The days are not next to each other.
        ({"hour": "0,23", "day_of_week": "mon"}, 3601, 23 * 3600),
        ({"hour": "0,12", "day_of_week": "mon,tue"}, DAY, DAY // 2),
        ({"hour": 9}, DAY, None),
        ({"hour": 9}, DAY + 1, DAY),
        ({"hour": 9, "day_of_week": "mon,wed"}, DAY + 1, 2 * DAY),
        ({"hour": 9, "month": 6, "day": 1}, 2 * DAY, 365 * DAY),
        # Only one of all its days ever comes.
        ({"hour": 9, "year": 2030, "month": 6, "day": 1}, 2 * DAY, 36_525 * DAY),
        ({"hour": "0,23", "year": 2030, "month": 6, "day": 1}, DAY, 23 * 3600),
        ({"day": "1", "year": "2099-2100", "month": 1}, 2 * DAY, 365 * DAY),
        ({"day": "1", "year": "2000-2001", "month": 1}, 2 * DAY, 366 * DAY),
    ],
)
def test_the_smallest_gap(config: dict[str, Any], enough: int, gap: int | None) -> None:
    trigger = parse({"trigger": "cron", **config})
    assert smallest_gap(moments(trigger), enough) == gap
