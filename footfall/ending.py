import os
import sys
import threading

import structlog

_log = structlog.get_logger(__name__)


def end_within(seconds: float, *, why: str) -> None:
    """End this process in so many seconds at the latest, from now on.

    What is put in order at the end may wait for servers that do not answer; whoever stops a
    process must not have to kill it for that. Its child processes see to themselves.

    Args:
        seconds: how long everything that is left to do may take.
        why: what is said in the log if that is not enough.
    """
    timer = threading.Timer(seconds, _end, args=(why,))
    timer.daemon = True
    timer.start()


def _end(why: str) -> None:
    _log.warning(why)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
