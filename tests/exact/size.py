import os
import secrets
from dataclasses import dataclass

SIZE_VARIABLE = "FOOTFALL_EXACT"
SEED_VARIABLE = "FOOTFALL_EXACT_SEED"


@dataclass(frozen=True, slots=True)
class Size:
    """How much is compared.

    Attributes:
        starts: instants after which each expression is compared by the wall clock, at most 3.
        bounds: triggers with bounds and exclusions that are drawn.
        generated: expressions drawn from the grammars, beside those of the corpus.
        zones: time zones in which each expression is compared.
        shards: tests among which they are spread, which may run side by side.
    """

    starts: int
    bounds: int
    generated: int
    zones: int
    shards: int


SHORT = Size(starts=1, bounds=25, generated=200, zones=1, shards=2)
LONG = Size(starts=3, bounds=500, generated=12_000, zones=20, shards=48)


def size() -> Size:
    """Give the size that the environment asks for."""
    return LONG if os.environ.get(SIZE_VARIABLE) == "long" else SHORT


def seed() -> int:
    """Give the seed of this run: of all its choices, one that the environment may set."""
    return int(os.environ.setdefault(SEED_VARIABLE, str(secrets.randbelow(10**9))))
