"""What must be true of the runs, whatever was done to the processes: pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chaos.fault import Kind
from chaos.havoc import Happened
from chaos.member import End
from support.ledger import Line

from footfall.schedules.policy import OverlapPolicy
from footfall.schedules.run import RunKind, RunStatus, RunSummary

EVERY_TIME = frozenset({OverlapPolicy.ALLOW_ALL, OverlapPolicy.BUFFER_ALL})
"""Policies by which each time has a run."""

FOLLOWING = timedelta(seconds=10)
"""After so long every worker knows of a follower, on a busy machine."""

LETTING_GO = 3.0
"""Seconds in which a process that stood still lets go of its walkers, on a busy machine."""

CANNOT_BEGIN = 2
"""Exit code of a process that cannot do its work, and says why."""

RECKONED = 15.0
"""Seconds after a fault in which its consequence may show: a worker is missed only when its last
heartbeat is so old, and started again a moment later."""


@dataclass(frozen=True, slots=True)
class Due:
    """When a schedule was due.

    Attributes:
        times: every time of its plan (UTC) until the end of the havoc, which is `end`.
        certain_from: before that it may not have been there yet.
        skipped: how many times Temporal says that it left out because another run was under way.
        missed: how many it says that it found too late.
    """

    overlap: OverlapPolicy
    times: Sequence[datetime]
    end: datetime
    certain_from: datetime
    started: int
    skipped: int
    missed: int


def lost(due: Mapping[str, Due], runs: Sequence[RunSummary]) -> list[str]:
    """Tell the times that have no run, and no other run that explains it."""
    problems: list[str] = []
    by_schedule = _scheduled(runs)
    for schedule_id, plan in due.items():
        ran = {run.scheduled_at for run in by_schedule[schedule_id]}
        without = [at for at in plan.times if at not in ran]
        certain = [at for at in without if at >= plan.certain_from]
        where = f"{schedule_id} ({plan.overlap})"
        if plan.missed:
            problems.append(f"{where}: Temporal says that it missed {plan.missed}")
        beyond = {at for at in ran if at and at <= plan.end} - set(plan.times)
        if beyond:
            problems.append(f"{where}: ran at {sorted(map(str, beyond))}, which is not its plan")
        if plan.overlap in EVERY_TIME:
            problems += [f"{where}: nothing ran for {at}" for at in certain]
        elif len(certain) > plan.skipped:
            problems.append(
                f"{where}: {len(certain)} times had no run, but only {plan.skipped} overlapped"
            )
    return problems


def twice(runs: Iterable[RunSummary], lines: Iterable[Line]) -> list[str]:
    """Tell the times that have two runs, and the attempts that were begun twice."""
    executions = Counter((run.schedule_id, run.scheduled_at) for run in _of_times(runs))
    problems = [f"{key}: {count} runs" for key, count in executions.items() if count > 1]
    ids = Counter(run.id for run in runs)
    problems += [f"{run_id}: {count} executions" for run_id, count in ids.items() if count > 1]
    starts = Counter((line.run_id, line.attempt) for line in lines if line.event == "start")
    problems += [
        f"{run_id}: attempt {attempt} was begun {count} times"
        for (run_id, attempt), count in starts.items()
        if count > 1
    ]
    return problems


def untold(runs: Iterable[RunSummary], lines: Sequence[Line]) -> list[str]:
    """Tell the runs that succeeded without their walker, and walkers without their run."""
    ended = {line.run_id for line in lines if line.event == "end"}
    known = {run.id for run in runs}
    false = [run.id for run in runs if run.status is RunStatus.SUCCEEDED and run.id not in ended]
    return [f"{run_id}: succeeded, but its walker never ended" for run_id in false] + [
        f"{run_id}: its walker ran, but Temporal knows no such run"
        for run_id in sorted({line.run_id for line in lines} - known)
    ]


def failed(runs: Iterable[RunSummary], happened: Sequence[Happened]) -> list[str]:
    """Tell the runs that did not succeed though the disk had room."""
    full = [one for one in happened if one.fault.kind is Kind.FILL]
    return [
        f"{run.id}: {run.status} {run.error}"
        for run in runs
        if run.status is not RunStatus.SUCCEEDED
        and not any(
            one.begin <= (run.closed_at or run.started_at).timestamp()
            and run.started_at.timestamp() <= one.end
            for one in full
        )
    ]


def ended(ends: Iterable[End], happened: Sequence[Happened]) -> list[str]:
    """Tell the processes that ended by themselves, but for an API that began without MongoDB."""
    away = [one for one in happened if one.fault.target == "mongod"]
    return [
        f"{end.name} ended with {end.code}: {end.output}"
        for end in ends
        if not (
            end.name.startswith("api")
            and end.code == CANNOT_BEGIN
            and any(one.begin <= end.at <= one.end + RECKONED for one in away)
        )
    ]


def unexplained(lines: Iterable[Line], happened: Sequence[Happened]) -> list[str]:
    """Tell the attempts that came after another one though no worker can have been lost."""
    problems: list[str] = []
    for attempts in _attempts(lines).values():
        for number, begun in attempts.items():
            before = attempts.get(number - 1)
            if before is None or number == 1:
                continue
            begin, end = before[0].at, begun[0].at
            reasons = [
                one
                for one in happened
                if one.fault.target in ("temporal", "disk") or one.pid == before[0].worker
            ]
            if not any(one.begin <= end and one.end + RECKONED >= begin for one in reasons):
                problems.append(
                    f"{begun[0].run_id}: attempt {number} {end - begin:.1f} s after the other"
                )
    return problems


@dataclass(frozen=True, slots=True)
class Overlapped:
    """An attempt that showed life after the next one had begun; `seconds` long."""

    run_id: str
    attempt: int
    seconds: float
    worker: int
    at: float


def overlapped(lines: Iterable[Line]) -> list[Overlapped]:
    """Give the attempts of which two were alive at once."""
    found: list[Overlapped] = []
    for run_id, attempts in _attempts(lines).items():
        for number, begun in attempts.items():
            before = attempts.get(number - 1)
            if before is None:
                continue
            late = before[-1].at - begun[0].at
            if late > 0:
                found.append(Overlapped(run_id, number - 1, late, before[0].worker, begun[0].at))
    return found


def at_once(lines: Iterable[Line], happened: Sequence[Happened]) -> list[str]:
    """Tell the attempts of which two were alive at once.

    A process that stands still cannot let go; it does so as soon as it goes on.
    """
    return [
        f"{one.run_id}: attempt {one.attempt} went on for {one.seconds:.2f} s after {one.at:.1f}"
        for one in overlapped(lines)
        if not any(
            fault.fault.kind is Kind.FREEZE
            and fault.pid == one.worker
            and fault.end >= one.at
            and one.at + one.seconds <= fault.end + LETTING_GO
            for fault in happened
        )
    ]


def ineffective(runs: Iterable[RunSummary], effects: set[str], walker: str) -> list[str]:
    """Tell the runs of a walker without their effect, and effects without their run.

    An effect is named after its schedule and scheduled time, so that none can be there twice.
    """
    of_walker = [run for run in _of_times(runs) if run.walker_name == walker]
    names = {
        run.id: f"{run.schedule_id}@{run.scheduled_at.timestamp():.0f}"
        for run in of_walker
        if run.scheduled_at
    }
    good = {names[run.id] for run in of_walker if run.status is RunStatus.SUCCEEDED}
    schedules = {run.schedule_id for run in of_walker}
    had = {name for name in effects if name.partition("@")[0] in schedules}
    return [f"{name}: no effect" for name in sorted(good - effects)] + [
        f"{name}: an effect of no run" for name in sorted(had - set(names.values()))
    ]


def unfollowed(
    runs: Sequence[RunSummary],
    followers: Mapping[str, str],
    acknowledged: Mapping[str, datetime],
) -> list[str]:
    """Tell the ends that were not followed by one run each.

    Workers know of a new follower a few seconds after it was created.
    """
    problems: list[str] = []
    for schedule_id, follower in followers.items():
        ends = {
            run.id
            for run in runs
            if run.schedule_id == schedule_id
            and run.status is RunStatus.SUCCEEDED
            and run.closed_at
            and run.closed_at > acknowledged[follower] + FOLLOWING
        }
        after = Counter(
            run.after_run
            for run in runs
            if run.schedule_id == follower and run.kind is RunKind.CHAINED
        )
        problems += [f"{run_id}: followed by nothing" for run_id in sorted(ends - set(after))]
        problems += [
            f"{run_id}: followed {count} times" for run_id, count in after.items() if count > 1
        ]
    return problems


def certain(created_at: datetime, acknowledged: datetime | None) -> datetime:
    """Give the time from which a schedule was certainly there."""
    return (acknowledged or created_at) + timedelta(seconds=1)


def _of_times(runs: Iterable[RunSummary]) -> list[RunSummary]:
    return [run for run in runs if run.kind is RunKind.SCHEDULED]


def _scheduled(runs: Iterable[RunSummary]) -> dict[str, list[RunSummary]]:
    found: dict[str, list[RunSummary]] = defaultdict(list)
    for run in _of_times(runs):
        found[run.schedule_id].append(run)
    return found


def _attempts(lines: Iterable[Line]) -> dict[str, dict[int, list[Line]]]:
    found: dict[str, dict[int, list[Line]]] = defaultdict(lambda: defaultdict(list))
    for line in sorted(lines, key=lambda one: one.at):
        found[line.run_id][line.attempt].append(line)
    return {run_id: dict(attempts) for run_id, attempts in found.items()}
