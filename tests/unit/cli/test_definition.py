from typing import Any

import pytest
import typer

from footfall.cli.definition import arguments, definition, pairs


@pytest.mark.parametrize(
    ("options", "body"),
    [
        ({}, {}),
        ({"every": "1h30m"}, {"trigger": "interval", "hours": 1, "minutes": 30}),
        ({"every": "90m"}, {"trigger": "interval", "minutes": 90}),
        ({"every": "1m1m"}, {"trigger": "interval", "minutes": 2}),
        ({"cron": "@daily"}, {"trigger": "cron", "cron": "@daily"}),
        ({"at": "2027-01-01"}, {"trigger": "date", "run_date": "2027-01-01"}),
        ({"after": "x"}, {"trigger": "after", "after": {"schedule": "x"}}),
        (
            {"after": "x", "on": ["failed"]},
            {"trigger": "after", "after": {"schedule": "x", "on": ["failed"]}},
        ),
        ({"attempts": 3}, {"retry": {"max_attempts": 3}}),
        ({"timeout": "10m"}, {"timeout": 600}),
        ({"timeout": "45"}, {"timeout": 45}),
        ({"tag": []}, {}),
        ({"field": ["max_runs=null", "description=a=b"]}, {"max_runs": None, "description": "a=b"}),
        ({"arg": ["a=1"]}, {"args": {"a": 1}}),
    ],
)
def test_options_become_the_fields_of_the_api(
    options: dict[str, Any], body: dict[str, Any]
) -> None:
    assert definition(**options) == body


@pytest.mark.parametrize(
    "options",
    [
        {"every": "1h", "cron": "@daily"},
        {"on": ["failed"]},
        {"every": "soon"},
        {"every": "0s"},
        {"timeout": "long"},
        {"args": "["},
        {"args": "[1]"},
        {"arg": ["a"]},
        {"field": ["=1"]},
    ],
)
def test_what_is_no_definition_is_a_usage_error(options: dict[str, Any]) -> None:
    with pytest.raises(typer.BadParameter):
        definition(**options)


def test_a_value_is_json_or_else_text() -> None:
    written = ["a=1", 'b="1"', "c=one", "d=[1]", "e=", "f=NaN", "g=null"]
    assert dict(pairs("--arg", written)) == {
        "a": 1,
        "b": "1",
        "c": "one",
        "d": [1],
        "e": "",
        "f": "NaN",
        "g": None,
    }
    assert arguments(["b=2"], '{"a": 1, "b": 1}') == {"a": 1, "b": 2}
    assert arguments(None, None) is None
    assert arguments(None, "{}") == {}
