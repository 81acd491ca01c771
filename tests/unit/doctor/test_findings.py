from datetime import UTC, datetime, timedelta

import pytest

from footfall.doctor.finding import of_clock
from footfall.doctor.temporal import judged_workers
from footfall.temporal.clock import outside

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("ahead", "state", "told"),
    [
        (None, "skipped", "could not be read"),
        (timedelta(), "ok", "like this machine's"),
        (SECOND, "ok", "like this machine's"),
        (2 * SECOND, "warning", "2.0 seconds ahead of"),
        (-3 * SECOND, "warning", "3.0 seconds behind"),
        (-10 * SECOND, "broken", "10.0 seconds behind"),
    ],
)
def test_clocks_may_differ_a_little(ahead: timedelta | None, state: str, told: str) -> None:
    finding = of_clock("Temporal", ahead)
    assert finding.state == state
    assert told in finding.message
    assert (finding.remedy is not None) == (state in ("warning", "broken"))


def test_the_time_that_an_answer_takes_is_no_difference() -> None:
    later = NOW + SECOND
    assert outside(NOW + SECOND / 2, NOW, later) == timedelta()
    assert outside(NOW - SECOND, NOW, later) == -SECOND
    assert outside(later + SECOND, NOW, later) == SECOND


def test_workers_count_while_they_ask_for_work() -> None:
    def judged(**seconds: float) -> tuple[str, str]:
        found = {
            f"footfall-worker-{name}": NOW - timedelta(seconds=ago) for name, ago in seconds.items()
        }
        finding = judged_workers(
            {name.replace("_", "/"): at for name, at in found.items()}, app="a", now=NOW
        )
        return finding.state, finding.message

    assert judged() == ("broken", "No worker asks for work of the app 'a'.")
    assert judged(one_v1=80)[1].endswith("more than a minute ago.")
    assert judged(one_v1=70) == ("ok", "1 worker asks for work of 'a'.")
    assert judged(one_v1=1, two_v1=1)[0] == "ok"
    assert judged(one_v1=1, two_v2=1)[0] == "warning"
    assert judged(one_v1=1, two_v2=80)[0] == "ok"
