import ctypes
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

type LiveUntil = ctypes.c_double
"""Shared by a host process and its owner: until when the walker may run, on the monotonic clock of
the machine (seconds), which all its processes share."""

_LOOK_SECONDS = 0.25


@contextmanager
def dying_at(until: LiveUntil, *, watched: bool) -> Iterator[None]:
    """End this process and all that it started, should the time come within the block.

    The owner puts it off for as long as it renews the lease of the root. An owner that is
    stopped, or cut off, cannot tell its host that the root is someone else's.

    Args:
        until: the time.
        watched: whether there is a time at all.
    """
    if not watched:
        yield
        return
    ended = threading.Event()
    watching = threading.Thread(
        target=_watch, args=(until, ended), name="footfall-lease", daemon=True
    )
    watching.start()
    try:
        yield
    finally:
        ended.set()
        watching.join()


def _watch(until: LiveUntil, ended: threading.Event) -> None:
    while not ended.wait(min(_LOOK_SECONDS, max(0.0, until.value - time.monotonic()))):
        if time.monotonic() >= until.value:
            os.killpg(os.getpid(), signal.SIGKILL)
