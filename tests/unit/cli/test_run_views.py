from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from footfall.cli.run_views import counts, listed
from footfall.counted import counted
from footfall.schedules.schedule import utc_now

SPAN = {"since": "2026-11-24T23:00:00Z", "total": 2, "counts": {"failed": 2}}


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        (None, "2026-11-24T23:00:00Z"),
        (ZoneInfo("Europe/Berlin"), "2026-11-25T00:00:00+01:00"),
    ],
)
def test_counts_are_told_by_the_clocks_that_were_asked_for(
    zone: ZoneInfo | None, told: str
) -> None:
    console = Console(width=100)
    with console.capture() as caught:
        counts(console, {"spans": [SPAN]}, zone)
    assert [line.split() for line in caught.get().splitlines()] == [
        ["SINCE", "RUNS", "FAILED"],
        [told, "2", "2"],
    ]


def test_one_is_one_run() -> None:
    run = {"started_at": "2026-11-24T23:00:00Z", "status": "running", "duration_ms": None}
    run |= {"kind": "manual", "error": None, "id": "x"}
    console = Console(width=100)
    with console.capture() as caught:
        listed(console, {"runs": [run], "cursor": "more"}, utc_now())
    assert "1 run, and there are more; --all shows all." in caught.get()
    assert [counted(count, "run") for count in (0, 1, 2)] == ["0 runs", "1 run", "2 runs"]
