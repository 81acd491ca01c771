"""Outlives the supervisor by a moment, and ends every process that it leaves.

Run as a script with nothing but the standard library. Lines on stdin: ``+<session>`` is a session
to watch over, ``-<session>`` one that has ended. End of file means that the supervisor is gone,
however it went: every session that is left is killed.

Sessions, not process groups: a worker's host processes have groups of their own.
"""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from typing import BinaryIO

ROUNDS = 20
"""How often a session is looked at for processes that were forked meanwhile."""


def guard(lines: BinaryIO) -> None:
    """Read lines to their end, then kill the sessions that are left."""
    sessions: set[int] = set()
    for line in lines:
        sign, number = line[:1], line[1:].strip()
        if not number.isdigit():
            continue
        if sign == b"+":
            sessions.add(int(number))
        else:
            sessions.discard(int(number))
    kill_sessions(sessions)


def kill_sessions(sessions: set[int]) -> None:
    """Kill every process of these sessions."""
    dead: set[int] = set()
    for _ in range(ROUNDS):
        members = {pid for pid in _all_processes() if _session(pid) in sessions} - dead
        if not members:
            return
        for pid in members:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        # The dead may stay listed until their parents have looked.
        dead |= members


def _session(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except OSError:
        return None


def _all_processes() -> list[int]:
    if os.path.isdir("/proc/self"):  # noqa: PTH112 - pathlib would double the start time
        names = os.listdir("/proc")  # noqa: PTH208 - the same
    else:
        listing = ["/bin/ps", "-A", "-o", "pid="]
        done = subprocess.run(listing, capture_output=True, check=False, text=True)  # noqa: S603
        names = done.stdout.split()
    return [int(name) for name in names if name.isdigit()]


if __name__ == "__main__":
    for kind in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(kind, signal.SIG_IGN)
    guard(sys.stdin.buffer)
