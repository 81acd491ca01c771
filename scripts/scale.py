# ruff: noqa: INP001, T201 - a script, which prints
"""What a deployment needs: the arithmetic of docs/scale.md.

    python scripts/scale.py                                        # the tables of the page
    python scripts/scale.py --schedules 50000 --runs 200 --light   # those of another load

Costs are those that were measured on two cores, see docs/scale.md.
"""

import argparse
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

DAY = 86_400
GIB = 1024**3
LONG, FEW = 120, 10
"""From when on a time is told in minutes; below what a number has two digits."""

KIB = 1024

TICK = 3
"""State transitions of a schedule for each run that it starts."""

VISIBILITY_WRITES = 3
"""Of each run: its start, its end, and its schedule's list of last runs."""

SERVER_TICK_CPU = 0.009
"""Seconds of a core for which a schedule keeps the server busy with each run that it starts."""

API_CPU = 0.0014
"""Seconds of a core for which each API is busy with each run, to project it."""

LIST_SECONDS = 0.0013
"""Seconds for which Temporal takes to list one schedule."""

SCHEDULE_BYTES_IN_MEMORY, RUN_BYTES_IN_MEMORY = 7.5 * KIB, 2.3 * KIB
SCHEDULE_BYTES_IN_MONGODB, RUN_BYTES_IN_MONGODB = 2.0 * KIB, 0.5 * KIB
"""Compressed documents and indexes; a schedule's tally is counted with it."""

SCHEDULE_BYTES_IN_TEMPORAL = 13.0 * KIB
"""Of a schedule's own history, before it is continued as new, which takes it back to 4 KiB."""


@dataclass(frozen=True)
class Kind:
    """What a run costs, by its `execution`.

    Attributes:
        transitions: state transitions of its workflow: writes to Temporal's database.
        bytes: of its history, for as long as Temporal keeps it.
        server_cpu, worker_cpu: seconds of a core, without the walker's own.
    """

    transitions: int
    bytes: int
    server_cpu: float
    worker_cpu: float


DURABLE = Kind(transitions=6, bytes=3600, server_cpu=0.021, worker_cpu=0.009)
LIGHT = Kind(transitions=3, bytes=2900, server_cpu=0.015, worker_cpu=0.008)


@dataclass(frozen=True)
class Load:
    """What is asked of a deployment.

    Attributes:
        schedules: how many there are.
        runs: per second, on the average.
        seconds: that a walker takes, of which it uses a core for `busy`, a share.
        days: that Temporal and the projection keep runs.
        apis: how many APIs there are.
    """

    name: str
    schedules: int
    runs: float
    light: bool = False
    seconds: float = 0.2
    busy: float = 0.3
    days: float = 7
    apis: int = 2

    @property
    def kind(self) -> Kind:
        """What one of its runs costs."""
        return LIGHT if self.light else DURABLE


@dataclass(frozen=True)
class Sizing:
    """What a load needs.

    Attributes:
        writes: to Temporal's database, per second.
        shards: of Temporal's history, each of which writes one thing at a time.
        visibility_writes: per second.
        server_cores, worker_cores, api_cores: busy all the time; give them twice as many.
        hosts: host processes of all workers that run walkers at once.
        temporal_bytes, mongodb_bytes: kept.
        memory_bytes: of one API whose projection is in memory.
        rebuild_seconds: for which Temporal lists all schedules.
    """

    writes: float
    shards: int
    visibility_writes: float
    server_cores: float
    worker_cores: float
    api_cores: float
    hosts: int
    temporal_bytes: float
    mongodb_bytes: float
    memory_bytes: float
    rebuild_seconds: float


def sizing(load: Load, *, write_seconds: float = 0.005, headroom: float = 3.0) -> Sizing:
    """Give what a load needs.

    Args:
        load: what is asked.
        write_seconds: how long the database takes for one write.
        headroom: how many times the average there has to be room for.
    """
    kind, kept = load.kind, load.runs * load.days * DAY
    writes = load.runs * (kind.transitions + TICK)
    shards = max(4.0, writes * write_seconds * headroom)
    return Sizing(
        writes=writes,
        shards=2 ** math.ceil(math.log2(shards)),
        visibility_writes=load.runs * VISIBILITY_WRITES,
        server_cores=load.runs * (kind.server_cpu + SERVER_TICK_CPU),
        worker_cores=load.runs * (kind.worker_cpu + load.seconds * load.busy),
        api_cores=load.runs * API_CPU * load.apis,
        hosts=math.ceil(load.runs * load.seconds * headroom),
        temporal_bytes=kept * kind.bytes + load.schedules * SCHEDULE_BYTES_IN_TEMPORAL,
        mongodb_bytes=kept * RUN_BYTES_IN_MONGODB + load.schedules * SCHEDULE_BYTES_IN_MONGODB,
        memory_bytes=kept * RUN_BYTES_IN_MEMORY + load.schedules * SCHEDULE_BYTES_IN_MEMORY,
        rebuild_seconds=load.schedules * LIST_SECONDS,
    )


@dataclass(frozen=True)
class Lateness:
    """How late runs begin that come in crowds, in seconds."""

    p50: float
    p99: float
    most: float


def crowded(arrivals: Sequence[int], per_second: float) -> Lateness:
    """Simulate a queue.

    Args:
        arrivals: how many runs are due in each second.
        per_second: how many begin per second.
    """
    waits: list[float] = []
    free = 0.0
    for second, due in enumerate(arrivals):
        for _ in range(due):
            free = max(free, float(second)) + 1 / per_second
            waits.append(free - second)
    waits.sort()
    return Lateness(waits[len(waits) // 2], waits[int(len(waits) * 0.99)], waits[-1])


def on_the_hour(runs: int, *, share: float) -> list[int]:
    """Give an hour of so many runs, a share of which is due in its first second."""
    crowd = round(runs * share)
    rest = runs - crowd
    spread = [rest * (second + 1) // 3600 - rest * second // 3600 for second in range(3600)]
    spread[0] += crowd
    return spread


LOADS = (
    Load("`footfall dev` on 2 cores", 1_000, 15),
    Load("the same, light", 1_000, 25, light=True),
    Load("a team", 10_000, 100),
    Load("a company", 100_000, 1_000, apis=3),
    Load("1M schedules", 1_000_000, 10_000, days=1, apis=6),
    Load("the same, light", 1_000_000, 10_000, light=True, days=1, apis=6),
)


def table(loads: Sequence[Load]) -> Iterator[str]:
    """Give the sizing of loads, as a table."""
    rows = [(load, sizing(load)) for load in loads]
    yield "| | " + " | ".join(load.name for load in loads) + " |"
    yield "|---|" + "---|" * len(loads)
    lines = {
        "schedules": [f"{load.schedules:,}" for load, _ in rows],
        "runs per second": [f"{load.runs:,.0f}" for load, _ in rows],
        "days kept": [f"{load.days:g}" for load, _ in rows],
        "writes to Temporal's database per second": [f"{need.writes:,.0f}" for _, need in rows],
        "history shards": [f"{need.shards:,}" for _, need in rows],
        "writes to the visibility store per second": [
            f"{need.visibility_writes:,.0f}" for _, need in rows
        ],
        "busy cores: Temporal": [_short(need.server_cores) for _, need in rows],
        "busy cores: workers, walkers included": [_short(need.worker_cores) for _, need in rows],
        "busy cores: APIs": [_short(need.api_cores) for _, need in rows],
        "host processes": [f"{need.hosts:,}" for _, need in rows],
        "Temporal's database": [_size(need.temporal_bytes) for _, need in rows],
        "MongoDB": [_size(need.mongodb_bytes) for _, need in rows],
        "memory of an API without MongoDB": [_size(need.memory_bytes) for _, need in rows],
        "Temporal lists all schedules in": [_time(need.rebuild_seconds) for _, need in rows],
    }
    for name, cells in lines.items():
        yield f"| {name} | " + " | ".join(cells) + " |"


def crowds(per_second: float) -> Iterator[str]:
    """Give how late the runs of an hour are, by the share that is due on the hour."""
    hour = round(per_second * 3600 / 2)
    yield "| due on the hour | p50 | p99 | last |"
    yield "|---|---|---|---|"
    for share in (0.0, 0.01, 0.05, 0.2):
        late = crowded(on_the_hour(hour, share=share), per_second)
        yield f"| {share:.0%} | {_time(late.p50)} | {_time(late.p99)} | {_time(late.most)} |"


def _size(count: float) -> str:
    return f"{_short(count / GIB)} GiB"


def _time(seconds: float) -> str:
    return f"{_short(seconds)} s" if seconds < LONG else f"{seconds / 60:.0f} min"


def _short(number: float) -> str:
    return f"{number:.2g}" if number < FEW else f"{number:,.0f}"


def main() -> None:
    """Print the tables of the page, or that of one load."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--schedules", type=int)
    parser.add_argument("--runs", type=float, help="per second", default=1.0)
    parser.add_argument("--light", action="store_true")
    parser.add_argument("--seconds", type=float, help="that a walker takes", default=0.2)
    parser.add_argument("--busy", type=float, help="share of them that it uses a core", default=0.3)
    parser.add_argument("--days", type=float, help="that runs are kept", default=7)
    parser.add_argument("--apis", type=int, default=2)
    given = vars(parser.parse_args())
    loads = LOADS if given["schedules"] is None else [Load("yours", **given)]
    print("\n".join(table(loads)))
    if loads is LOADS:
        print("\n" + "\n".join(crowds(30)))


if __name__ == "__main__":
    main()
