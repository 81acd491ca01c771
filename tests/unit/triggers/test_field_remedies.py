from typing import Any

import pytest

from footfall.errors import InvalidTriggerError
from footfall.triggers import parse


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("hour", 24, "24 is out of bounds; use 0 to 23, as"),
        ("hour", -1, "-1 is out of bounds"),
        ("day", 32, "use 1 to 31, 'last', '2nd fri' or 'last fri', as"),
        ("month", "foo-bar-x", "use 1 to 12 or jan to dec, as"),
        ("day_of_week", "x", "use 0 to 6 (0 is Monday) or mon to sun, as"),
        ("year", 1969, "1969 is out of bounds; use 2000 to 2100, as"),
        ("year", 2101, "goes beyond 2100"),
        ("year", "2000-2101", "goes beyond 2100"),
        ("year", "2101-2102", "goes beyond 2100"),
        ("year", "2030-2020", "is not possible"),
        ("hour", "9am", "'9am' is not understood"),
        ("hour", "1,,2", "'' is not understood"),
        ("hour", "22-2", "'22-2' wraps around; write '22-23,0-2'"),
        ("hour", "22-3/2", "write '22,0-2/2'"),
        ("hour", "5-3/0", "is not possible"),
        ("hour", "25-3", "is not possible"),
        ("hour", "5-3/24", "is not possible"),
        ("hour", "20-4/23", "write '20'"),
        ("month", "nov-feb", "write 'nov-dec,jan-feb'"),
        ("month", "11-2", "write '11-12,1-2'"),
        ("month", "12-1", "write '12,1'"),
        ("month", "foo-jan", "is not possible"),
        ("month", "dec-foo", "is not possible"),
        ("day_of_week", "sun-mon", "write 'sun,mon'"),
        ("day_of_week", "sun-sat", "write 'sun,mon-sat'"),
        ("day_of_week", "6-0", "write '6,0'"),
        ("day", "31-1", "write '31,1'"),
        ("day", "30-0", "is not possible"),
        ("hour", [9, 17], "a list; write '9,17'"),
        ("hour", (9, "17"), "a list; write '9,17'"),
        ("hour", [], "not a value of type list"),
        ("hour", [9, True], "not a value of type list"),
        ("hour", [9, None], "not a value of type list"),
        ("hour", True, "not True"),
        ("hour", 1.5, "not 1.5"),
        ("hour", {"a": 1}, "not a value of type dict"),
        pytest.param("hour", ",".join(["9"] * 257), "at most 512 characters", id="513"),
    ],
)
def test_a_refusal_names_the_remedy(field: str, value: Any, words: str) -> None:
    with pytest.raises(InvalidTriggerError) as caught:
        parse({"trigger": "cron", field: value})
    (problem,) = caught.value.problems
    assert problem.field == field
    assert words in problem.message


@pytest.mark.parametrize(
    "value", [",".join(["9"] * 254) + ",10/2", " 9 , 10 ", "9-9", "0-23/23", 0, 23]
)
def test_takes(value: Any) -> None:
    assert len(str(value)) <= 512
    assert parse({"trigger": "cron", "hour": value})
