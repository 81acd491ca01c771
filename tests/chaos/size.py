import os
import secrets
from dataclasses import dataclass

SIZE_VARIABLE = "FOOTFALL_CHAOS"
SEED_VARIABLE = "FOOTFALL_CHAOS_SEED"


@dataclass(frozen=True, slots=True)
class Size:
    """How much happens, and for how long.

    Attributes:
        seconds: how long schedules are due and faults come.
        pause: seconds between two faults, on average.
        ticking: how many times as many schedules there are as in the short form.
        patience: seconds that what was missed may take to be made up.
    """

    seconds: int
    pause: float
    ticking: int
    patience: float


SHORT = Size(seconds=26, pause=1.2, ticking=1, patience=240)
LONG = Size(seconds=480, pause=5, ticking=3, patience=900)


def size() -> Size:
    """Give the size that the environment asks for."""
    return LONG if os.environ.get(SIZE_VARIABLE) == "long" else SHORT


def seed() -> int:
    """Give the seed of this run: of all its choices, one that the environment may set."""
    return int(os.environ.setdefault(SEED_VARIABLE, str(secrets.randbelow(10**9))))
