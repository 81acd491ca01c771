"""What is done to the processes of a deployment, drawn from a seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random

HEARTBEAT_TIMEOUT = 10


class Kind(StrEnum):
    """A fault."""

    KILL = "SIGKILL"
    TERM = "SIGTERM"
    FREEZE = "SIGSTOP"
    CUT = "cut"
    STALL = "stall"
    FILL = "full disk"


class Part(StrEnum):
    """What a fault can happen to."""

    WORKER = "worker"
    API = "api"
    TEMPORAL = "temporal"
    MONGOD = "mongod"
    DISK = "disk"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault.

    Attributes:
        at: seconds after the beginning.
        target: name of the process.
        seconds: how long it lasts.
    """

    at: float
    kind: Kind
    target: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Card:
    """A fault that may be drawn, and the bounds of how long it lasts."""

    kind: Kind
    part: Part
    shortest: float
    longest: float


LONGER = (HEARTBEAT_TIMEOUT + 1, HEARTBEAT_TIMEOUT + 5)
"""Longer than a worker may be silent."""

DECK = (
    Card(Kind.KILL, Part.WORKER, 0, 2),
    Card(Kind.KILL, Part.WORKER, 0, 2),
    Card(Kind.TERM, Part.WORKER, 0, 2),
    Card(Kind.TERM, Part.WORKER, 0, 2),
    Card(Kind.FREEZE, Part.WORKER, 1, 6),
    Card(Kind.FREEZE, Part.WORKER, *LONGER),
    Card(Kind.CUT, Part.WORKER, 0, 4),
    Card(Kind.STALL, Part.WORKER, 1, 4),
    Card(Kind.STALL, Part.WORKER, *LONGER),
    Card(Kind.FILL, Part.DISK, 2, 5),
    Card(Kind.KILL, Part.API, 0, 2),
    Card(Kind.TERM, Part.API, 0, 2),
    Card(Kind.FREEZE, Part.API, 1, 6),
    Card(Kind.CUT, Part.API, 0, 4),
    Card(Kind.KILL, Part.TEMPORAL, 0, 5),
    Card(Kind.TERM, Part.TEMPORAL, 0, 5),
    Card(Kind.FREEZE, Part.TEMPORAL, 1, 4),
    Card(Kind.FREEZE, Part.TEMPORAL, *LONGER),
    Card(Kind.KILL, Part.MONGOD, 0, 4),
    Card(Kind.FREEZE, Part.MONGOD, 1, 6),
    Card(Kind.CUT, Part.MONGOD, 0, 4),
)


def draw(
    random: Random, *, seconds: float, pause: float, targets: dict[Part, Sequence[str]]
) -> list[Fault]:
    """Give the faults of so many seconds, by their beginnings; one at a time for each target."""
    faults: list[Fault] = []
    free = {name: 0.0 for names in targets.values() for name in names}
    at, deck = 1.0, list[Card]()
    while True:
        if not deck:
            deck = random.sample(DECK, len(DECK))
        card = deck.pop()
        if not targets[card.part]:
            continue
        lasts = random.uniform(card.shortest, card.longest)
        target = random.choice(targets[card.part])
        begin = max(at, free[target])
        if begin >= seconds:
            return sorted(faults, key=lambda fault: fault.at)
        faults.append(Fault(round(begin, 3), card.kind, target, round(lasts, 3)))
        # A process that was started again has a moment in which it works.
        free[target] = begin + lasts + pause
        at += random.uniform(0.5, 1.5) * pause
