import contextlib
import os
import signal
from pathlib import Path

_ROUNDS, _MANY = 5, 2000
"""How often, and for how many, it is looked for processes that left their group."""


def descendants(pid: int, most: int) -> list[int]:
    """Give the processes that a process started, and those that they started, as Linux tells.

    Where the system does not tell it, none are seen.

    Args:
        pid: the process.
        most: stop looking when more than so many are found.
    """
    found: list[int] = []
    looked_at = [pid]
    while looked_at and len(found) <= most:
        children = _children(looked_at.pop())
        found += children
        looked_at += children
    return found


def kill_tree(pid: int) -> None:
    """Kill the process group that a process leads, and what it started in other groups."""
    # Stopped in one step, the group starts nothing new while it is looked for what left it.
    _signal_group(pid, signal.SIGSTOP)
    for _ in range(_ROUNDS):
        others = [other for other in descendants(pid, _MANY) if _group(other) not in (pid, None)]
        for other in others:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(other, signal.SIGKILL)
        if not others:
            break
    _signal_group(pid, signal.SIGKILL)


def is_there(pid: int) -> bool:
    """Say whether a process of the group that a process leads has not ended, as Linux tells."""
    numbers = (int(path.name) for path in Path("/proc").glob("[0-9]*"))
    return any(_group(number) == pid for number in numbers)


def _signal_group(pid: int, kind: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, kind)


def _group(pid: int) -> int | None:
    """Give the process group of a process; None for one that has ended."""
    try:
        state, _, group = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:3]
    except (OSError, ValueError):
        return None
    return None if state == "Z" else int(group)


def _children(pid: int) -> list[int]:
    found: list[int] = []
    # A process may end while it is looked at.
    with contextlib.suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(OSError):
                found += map(int, (thread / "children").read_text().split())
    return found
