import io
from datetime import UTC, datetime

import pytest
from rich.console import Console

from footfall.cli.tables import ago, beginning, duration, facts, printable, table, took

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def drawn(shown: object) -> list[str]:
    file = io.StringIO()
    Console(file=file, width=200, markup=False).print(shown)
    return [line.rstrip() for line in file.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3661, "1 h 1 min"),
        (3601, "1 h"),
        (86400 * 2 + 3600, "2 d 1 h"),
        (86400 * 400 + 60, "400 d"),
    ],
)
def test_durations_have_two_units_at_most(seconds: int, told: str) -> None:
    assert duration(seconds) == told


def test_instants_are_told_from_now() -> None:
    assert ago("2026-01-01T12:05:00Z", NOW) == "in 5 min"
    assert ago("2026-01-01T11:59:58.600Z", NOW) == "1 s ago"
    assert ago("2026-01-01T13:00:00+01:00", NOW) == "now"
    assert ago("2026-01-01T13:59:00Z", NOW, units=1) == "in 1 h"
    assert ago(None, NOW) is None


def test_what_took_less_than_a_minute_is_told_in_tenths() -> None:
    assert [took(one) for one in (None, 0, 1234, 61_000)] == [None, "0.0 s", "1.2 s", "1 min 1 s"]


def test_others_text_neither_steers_the_terminal_nor_is_markup() -> None:
    assert printable("a\x1b[31m\x9b\n\tb") == "a�[31m�\n\tb"
    assert drawn(table(("A", "B"), [("[red]x[/red]\x1b[0m", None)])) == [
        "A                 B",
        "[red]x[/red]�[0m  -",
    ]


def test_what_people_copy_is_not_broken() -> None:
    file = io.StringIO()
    rows = [("a-schedule-with-a-name", "a walker with words", "an error that is longer than that")]
    shown = table(("SCHEDULE", "WALKER", "ERROR"), rows)
    Console(file=file, width=50, markup=False).print(shown)
    assert "\na-schedule-with-a-name  " in file.getvalue()


def test_errors_are_told_by_their_beginning() -> None:
    assert beginning("one\ntwo") == "one"
    assert beginning("x" * 60) == "x" * 60
    assert beginning("x" * 61) == "x" * 59 + "…"


def test_facts_without_a_value_are_left_out() -> None:
    assert drawn(facts({"one": 1, "two": None, "three": "a\nb"})) == [
        "one    1",
        "three  a",
        "       b",
    ]
