import contextlib
import ctypes
import resource
import sys
from dataclasses import dataclass

_PR_SET_CHILD_SUBREAPER = 36

_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What a walker may use.

    Attributes:
        memory: MiB that its process may have, and each one that it starts; 0 means no limit.
        processes: how many it may have started that have not ended; 0 means no limit.
    """

    memory: int = 0
    processes: int = 0


def limit_memory(mebibytes: int) -> None:
    """Limit the memory of this process, and of each one that it will start.

    Linux counts what is private and can be written to, which is what allocations are; files that
    are only read, and what is shared, do not count. Other systems do not keep to it.

    Args:
        mebibytes: how much; 0 means no limit.
    """
    if not mebibytes:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = mebibytes * _MIB
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def adopt_orphans() -> None:
    """Become the parent of all that this process starts, also where what is between ends.

    So what a walker leaves behind as a daemon is found, and ends with its host.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
