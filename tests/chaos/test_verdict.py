"""The verdict sees what it is there to see."""

from datetime import UTC, datetime, timedelta
from random import Random

from chaos import verdict
from chaos.fault import DECK, Fault, Kind, Part, draw
from chaos.havoc import Happened
from chaos.member import End
from support.ledger import Line
from support.rows import run

from footfall.schedules.policy import OverlapPolicy
from footfall.schedules.run import RunKind, RunStatus, RunSummary

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
TIMES = [NOON + number * SECOND for number in range(5)]
WORKER = 77


def due(overlap: OverlapPolicy, *, skipped: int = 0, missed: int = 0) -> dict[str, verdict.Due]:
    return {
        "s1": verdict.Due(
            overlap=overlap,
            times=TIMES,
            end=TIMES[-1],
            certain_from=TIMES[1],
            started=5,
            skipped=skipped,
            missed=missed,
        )
    }


def runs(*numbers: int) -> list[RunSummary]:
    found = [run(f"r{number}") for number in numbers]
    return [
        one.model_copy(update={"scheduled_at": TIMES[number]})
        for one, number in zip(found, numbers, strict=True)
    ]


def line(event: str, at: float, *, attempt: int = 1, run_id: str = "r1") -> Line:
    return Line(
        event=event,
        schedule_id="s1",
        run_id=run_id,
        scheduled_at=NOON,
        attempt=attempt,
        process=1,
        worker=WORKER,
        at=at,
    )


def happened(kind: Kind, begin: float, end: float, target: str = "worker1") -> Happened:
    pid = WORKER if target == "worker1" else None
    return Happened(Fault(0, kind, target, end - begin), begin, end, pid)


def test_a_time_without_a_run_is_lost_unless_the_schedule_may_not_have_been_there() -> None:
    every = due(OverlapPolicy.ALLOW_ALL)
    assert verdict.lost(every, runs(0, 1, 2, 3, 4)) == []
    assert verdict.lost(every, runs(1, 2, 3, 4)) == []
    assert len(verdict.lost(every, runs(0, 1, 3, 4))) == 1
    assert len(verdict.lost(due(OverlapPolicy.ALLOW_ALL, missed=1), runs(0, 1, 2, 3, 4))) == 1


def test_what_was_left_out_must_have_overlapped() -> None:
    assert verdict.lost(due(OverlapPolicy.SKIP, skipped=2), runs(0, 1, 4)) == []
    assert len(verdict.lost(due(OverlapPolicy.SKIP, skipped=1), runs(0, 1, 4))) == 1


def test_a_run_beside_the_plan_is_told() -> None:
    beside = run("r9").model_copy(update={"scheduled_at": NOON + SECOND / 2})
    (told,) = verdict.lost(due(OverlapPolicy.ALLOW_ALL), [*runs(0, 1, 2, 3, 4), beside])
    assert "not its plan" in told


def test_two_runs_of_one_time_and_two_beginnings_of_one_attempt_are_told() -> None:
    assert verdict.twice(runs(0, 1), [line("start", 1), line("start", 9, attempt=2)]) == []
    again = run("other").model_copy(update={"scheduled_at": TIMES[1]})
    assert len(verdict.twice([*runs(0, 1), again], [])) == 1
    assert len(verdict.twice(runs(1), [line("start", 1), line("start", 2)])) == 1


def test_a_success_without_an_end_and_a_walker_without_a_run_are_told() -> None:
    assert verdict.untold(runs(1), [line("start", 1), line("end", 2)]) == []
    assert len(verdict.untold(runs(1), [line("start", 1)])) == 1
    assert len(verdict.untold([], [line("end", 1)])) == 1


def test_only_a_full_disk_excuses_a_failure() -> None:
    bad = [run(status=RunStatus.FAILED)]
    at = bad[0].started_at.timestamp()
    assert verdict.failed(bad, [happened(Kind.FILL, at - 1, at + 1, "disk")]) == []
    assert len(verdict.failed(bad, [happened(Kind.KILL, at - 1, at + 1)])) == 1


def test_a_second_attempt_needs_a_fault_of_its_worker() -> None:
    lines = [line("start", 100), line("start", 112, attempt=2)]
    assert verdict.unexplained(lines, [happened(Kind.KILL, 101, 102)]) == []
    assert len(verdict.unexplained(lines, [happened(Kind.KILL, 113, 114)])) == 1
    assert len(verdict.unexplained(lines, [happened(Kind.KILL, 101, 102, "worker2")])) == 1


def test_two_attempts_at_once_are_told_unless_the_worker_stood_still() -> None:
    lines = [line("start", 100), line("start", 111, attempt=2), line("alive", 113.5)]
    assert verdict.at_once(lines, [happened(Kind.FREEZE, 100, 113)]) == []
    assert len(verdict.at_once(lines, [happened(Kind.FREEZE, 100, 110)])) == 1
    assert len(verdict.at_once(lines, [happened(Kind.STALL, 100, 113)])) == 1
    assert verdict.at_once(lines[:2], []) == []


def test_effects_and_runs_belong_together() -> None:
    (one,) = runs(1)
    name = f"s1@{TIMES[1].timestamp():.0f}"
    assert verdict.ineffective([one], {name}, "tidy") == []
    assert len(verdict.ineffective([one], set(), "tidy")) == 1
    assert len(verdict.ineffective([one], {name, "s1@1"}, "tidy")) == 1


def test_each_end_is_followed_once() -> None:
    after = {"kind": RunKind.CHAINED, "schedule_id": "s2", "after_run": "r1"}
    followed = run("f1").model_copy(update=after)
    twice = run("f2").model_copy(update=after)
    there = {"s2": NOON - timedelta(minutes=1)}
    assert verdict.unfollowed([*runs(1), followed], {"s1": "s2"}, there) == []
    assert len(verdict.unfollowed(runs(1), {"s1": "s2"}, there)) == 1
    assert verdict.unfollowed(runs(1), {"s1": "s2"}, {"s2": NOON}) == []
    assert len(verdict.unfollowed([*runs(1), followed, twice], {"s1": "s2"}, there)) == 1


def test_a_process_may_end_by_itself_only_where_it_could_not_begin() -> None:
    away = [happened(Kind.KILL, 100, 105, "mongod")]
    assert verdict.ended([End("api2", 110, 2, "")], away) == []
    assert len(verdict.ended([End("api2", 130, 2, "")], away)) == 1
    assert len(verdict.ended([End("worker1", 110, 2, "")], away)) == 1


def test_one_seed_draws_the_same_faults() -> None:
    targets = {part: [part.value] for part in Part}
    draws = [draw(Random(7), seconds=200, pause=1, targets=targets) for _ in range(2)]  # noqa: S311 - a seed is the point
    assert draws[0] == draws[1]
    assert {(one.kind, one.target) for one in draws[0]} == {
        (card.kind, card.part.value) for card in DECK
    }
    for target in targets.values():
        mine = [one for one in draws[0] if one.target == target[0]]
        ends = [one.at + one.seconds for one in mine]
        assert all(later.at >= end for later, end in zip(mine[1:], ends, strict=False))
