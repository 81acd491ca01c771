from functools import cache
from importlib.metadata import version
from zlib import crc32

from footfall.triggers.compiled import CompiledTrigger
from footfall.triggers.zone import release

PLAN_VERSION = 1
"""Counts up with each change of the code by which a plan says something else."""


def basis_of(compiled: CompiledTrigger) -> int:
    """Give a fingerprint of all that a plan hangs on beside its trigger.

    That is this code, the release of the time zones where the trigger has one, and that of the
    `holidays` library where it excludes some. Where it differs from that of the past, the
    trigger has to be planned anew.
    """
    has_clock = compiled.every is None or bool(compiled.exclude)
    return _basis(
        zones=has_clock and compiled.timezone != "UTC",
        holidays=bool(compiled.exclude.regions),
    )


def present_bases() -> frozenset[int]:
    """Give the fingerprints that plans can have in this process."""
    both = (False, True)
    return frozenset(_basis(zones=zones, holidays=holidays) for zones in both for holidays in both)


@cache
def _basis(*, zones: bool, holidays: bool) -> int:
    parts = [f"plan {PLAN_VERSION}"]
    if zones:
        parts.append(f"tzdata {release()}")
    if holidays:
        parts.append(f"holidays {version('holidays')}")
    return crc32(", ".join(parts).encode())
